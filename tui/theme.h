/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Styles by meaning, and the themes that turn them into colours.
 *
 * Hues are those of Okabe and Ito, "Color Universal Design" (2008), as near as
 * 8, 16 or 256 colours come: running bluish green, ready orange/yellow, blocked
 * blue, alarm vermillion. A state is never told by colour alone: its letter and
 * its word are beside it.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdbool.h>

/*        name     letter  what it marks */
#define STYLES(_)                                              \
	_(NORMAL, '.', "text")                                 \
	_(DIM, 'd', "text of less weight")                     \
	_(BOLD, 'b', "text of more weight")                    \
	_(HEADING, 'h', "column heads, titles of panes")       \
	_(BAR, 'k', "key bar and title line")                  \
	_(BAR_KEY, 'q', "a key in the key bar")                \
	_(RULE, 'l', "lines between panes")                    \
	_(RUNNING, 'r', "Running")                             \
	_(READY, 'y', "Ready")                                 \
	_(BLOCKED, 'w', "Blocked")                             \
	_(STOPPED, 's', "Stopped")                             \
	_(NEW, 'n', "New")                                     \
	_(ENDED, 'z', "Zombie, Dead")                          \
	_(UNKNOWN, 'u', "Unknown: events were lost")           \
	_(ALARM, 'a', "deadlock, stall, lost events")          \
	_(WARNING, 'o', "unsure verdict, cycle not confirmed") \
	_(GOOD, 'g', "LIVE")                                   \
	_(CURSOR, 'c', "the time cursor, a marker")            \
	_(MATCH, 'm', "what a search found")                   \
	_(PROMPT, 'p', "the prompt line")

enum style {
#define STYLE_ENUM(name, letter, help) STYLE_##name,
	STYLES(STYLE_ENUM)
#undef STYLE_ENUM
		STYLE_CNT,
	STYLE_ON_SELECTED = 1 << 8, /* or'ed to a style: the cell is on the selected row */
};

enum theme_name {
	THEME_DARK,	 /* the terminal's own colours; readable on black and on white */
	THEME_PROJECTOR, /* black on white, strong colours (--theme=projector or light) */
	THEME_MONO,	 /* bold, reverse, underline only */
};

enum {
	THEME_BOLD = 1 << 0,
	THEME_REVERSE = 1 << 1,
	THEME_UNDERLINE = 1 << 2,
	THEME_DIM = 1 << 3,
};

/* How a style looks: colours as terminal numbers, -1 for the terminal's own. */
struct theme_look {
	short fg, bg;
	unsigned char attrs; /* THEME_BOLD ... */
};

/* For a terminal with color_cnt colours (0: none); style may carry STYLE_ON_SELECTED. */
struct theme_look theme_look(enum theme_name theme, int color_cnt, unsigned style);

char theme_style_letter(unsigned style);

/* "dark", "light", "projector", "mono". False when there is no such theme. */
bool theme_parse(const char *name, enum theme_name *ret);
const char *theme_word(enum theme_name theme);

/* The style of a thread state (enum thread_state). */
enum style theme_state_style(unsigned state);

#endif /* TUI_THEME_H */
