/* SPDX-License-Identifier: GPL-2.0-only */
/* Styles to colours: one table per theme and depth. */
#include "tui/theme.h"

#include <stddef.h>
#include <string.h>

#include "model/state.h"

#define B THEME_BOLD
#define R THEME_REVERSE
#define U THEME_UNDERLINE
#define D THEME_DIM

/* One style a line: */
/* clang-format off */

/*
 * The terminal's own eight colours (ECMA-48 numbers: 1 red, 2 green, 5 magenta),
 * on its own background, which nobody can ask for. Yellow and cyan vanish on
 * white, blue on black (contrast below 2.3 with xterm's values), so none of them
 * is used: Ready is magenta for the palette's reddish purple, and Blocked, where
 * threads are most of the time, is plain.
 */
static const struct theme_look looks_8[STYLE_CNT] = {
	[STYLE_NORMAL] = { -1, -1, 0 },
	[STYLE_DIM] = { -1, -1, D },
	[STYLE_BOLD] = { -1, -1, B },
	[STYLE_HEADING] = { -1, -1, B },
	[STYLE_BAR] = { -1, -1, R },
	[STYLE_BAR_KEY] = { -1, -1, R | B },
	[STYLE_RULE] = { -1, -1, D },
	[STYLE_RUNNING] = { 2, -1, B },
	[STYLE_READY] = { 5, -1, 0 },
	[STYLE_BLOCKED] = { -1, -1, 0 },
	[STYLE_STOPPED] = { 5, -1, U },
	[STYLE_NEW] = { -1, -1, 0 },
	[STYLE_ENDED] = { -1, -1, D },
	[STYLE_UNKNOWN] = { 1, -1, U },
	[STYLE_ALARM] = { 7, 1, B },
	[STYLE_WARNING] = { 1, -1, B },
	[STYLE_GOOD] = { 2, -1, B },
	[STYLE_CURSOR] = { -1, -1, R },
	[STYLE_MATCH] = { -1, -1, B | U },
	[STYLE_PROMPT] = { -1, -1, B },
};

/*
 * xterm's 256: the colours nearest to Okabe-Ito that keep a contrast of at least
 * 3.8:1 against both #000000 and #ffffff (WCAG 2.1 asks for 3:1 of signs):
 * bluish green #009E73 -> 29 #00875f, orange #E69F00 -> 130 #af5f00, blue
 * #0072B2 -> 32 #0087d7, vermillion #D55E00 -> 166 #d75f00, reddish purple
 * #CC79A7 -> 133 #af5faf, grey 244 #808080.
 */
static const struct theme_look looks_256[STYLE_CNT] = {
	[STYLE_NORMAL] = { -1, -1, 0 },
	[STYLE_DIM] = { 244, -1, 0 },
	[STYLE_BOLD] = { -1, -1, B },
	[STYLE_HEADING] = { -1, -1, B },
	[STYLE_BAR] = { -1, -1, R },
	[STYLE_BAR_KEY] = { -1, -1, R | B },
	[STYLE_RULE] = { 244, -1, 0 },
	[STYLE_RUNNING] = { 29, -1, B },
	[STYLE_READY] = { 130, -1, 0 },
	[STYLE_BLOCKED] = { 32, -1, 0 },
	[STYLE_STOPPED] = { 133, -1, 0 },
	[STYLE_NEW] = { -1, -1, 0 },
	[STYLE_ENDED] = { 244, -1, 0 },
	[STYLE_UNKNOWN] = { 133, -1, U },
	[STYLE_ALARM] = { 231, 160, B },
	[STYLE_WARNING] = { 166, -1, B },
	[STYLE_GOOD] = { 29, -1, B },
	[STYLE_CURSOR] = { -1, -1, R },
	[STYLE_MATCH] = { -1, -1, B | U },
	[STYLE_PROMPT] = { -1, -1, B },
};

static const struct theme_look looks_mono[STYLE_CNT] = {
	[STYLE_NORMAL] = { -1, -1, 0 },
	[STYLE_DIM] = { -1, -1, 0 },
	[STYLE_BOLD] = { -1, -1, B },
	[STYLE_HEADING] = { -1, -1, B },
	[STYLE_BAR] = { -1, -1, R },
	[STYLE_BAR_KEY] = { -1, -1, R | B },
	[STYLE_RULE] = { -1, -1, 0 },
	[STYLE_RUNNING] = { -1, -1, B },
	[STYLE_READY] = { -1, -1, 0 },
	[STYLE_BLOCKED] = { -1, -1, 0 },
	[STYLE_STOPPED] = { -1, -1, U },
	[STYLE_NEW] = { -1, -1, 0 },
	[STYLE_ENDED] = { -1, -1, 0 },
	[STYLE_UNKNOWN] = { -1, -1, U },
	[STYLE_ALARM] = { -1, -1, R | B },
	[STYLE_WARNING] = { -1, -1, B | U },
	[STYLE_GOOD] = { -1, -1, B },
	[STYLE_CURSOR] = { -1, -1, R },
	[STYLE_MATCH] = { -1, -1, B | U },
	[STYLE_PROMPT] = { -1, -1, B },
};

/* clang-format on */

/*
 * A projector shows black on white best (Carpentries, "Instructor training",
 * on large rooms), and washes out what is light: dark colours, no grey.
 */
static struct theme_look on_white(struct theme_look look, int color_cnt)
{
	short black = color_cnt >= 256 ? 16 : 0;
	short white = color_cnt >= 256 ? 231 : 7;

	if (look.fg < 0 || look.fg == 244)
		look.fg = black;
	if (look.bg < 0)
		look.bg = white;
	if (look.fg == 2 && color_cnt < 256)
		look.fg = 4; /* the only dark hue of the eight that is left */
	look.attrs &= (unsigned char)~THEME_DIM;
	return look;
}

/*
 * The selected row is reversed but for what tells a state: a lane of blocks would
 * turn into its negative, and Running would look like nothing.
 */
static bool keeps_its_look(unsigned idx)
{
	return idx == STYLE_RUNNING || idx == STYLE_READY || idx == STYLE_BLOCKED ||
	       idx == STYLE_STOPPED || idx == STYLE_UNKNOWN || idx == STYLE_ALARM;
}

struct theme_look theme_look(enum theme_name theme, int color_cnt, unsigned style)
{
	unsigned idx = style & ~(unsigned)STYLE_ON_SELECTED;
	struct theme_look look;

	if (idx >= STYLE_CNT)
		idx = STYLE_NORMAL;
	if (theme == THEME_MONO || color_cnt < 8)
		look = looks_mono[idx];
	else if (color_cnt < 256)
		look = looks_8[idx];
	else
		look = looks_256[idx];
	if (theme == THEME_PROJECTOR && color_cnt >= 8)
		look = on_white(look, color_cnt);
	if (!(style & STYLE_ON_SELECTED) || keeps_its_look(idx))
		return look;
	look = (struct theme_look){ -1, -1, (look.attrs & THEME_BOLD) | THEME_REVERSE };
	return theme == THEME_PROJECTOR && color_cnt >= 8 ? on_white(look, color_cnt) : look;
}

char theme_style_letter(unsigned style)
{
	static const char letters[STYLE_CNT] = {
#define STYLE_LETTER(name, letter, help) [STYLE_##name] = (letter),
		STYLES(STYLE_LETTER)
#undef STYLE_LETTER
	};
	unsigned idx = style & ~(unsigned)STYLE_ON_SELECTED;

	return idx < STYLE_CNT ? letters[idx] : '!';
}

static const struct {
	const char *word;
	enum theme_name theme;
} theme_words[] = {
	{ "dark", THEME_DARK },
	{ "projector", THEME_PROJECTOR },
	{ "light", THEME_PROJECTOR },
	{ "mono", THEME_MONO },
};

bool theme_parse(const char *name, enum theme_name *ret)
{
	for (size_t i = 0; i < sizeof(theme_words) / sizeof(theme_words[0]); i++) {
		if (!strcmp(theme_words[i].word, name)) {
			*ret = theme_words[i].theme;
			return true;
		}
	}
	return false;
}

const char *theme_word(enum theme_name theme)
{
	for (size_t i = 0; i < sizeof(theme_words) / sizeof(theme_words[0]); i++) {
		if (theme_words[i].theme == theme)
			return theme_words[i].word;
	}
	return "?";
}

enum style theme_state_style(unsigned state)
{
	switch ((enum thread_state)state) {
	case THREAD_NEW:
		return STYLE_NEW;
	case THREAD_READY:
		return STYLE_READY;
	case THREAD_RUNNING:
		return STYLE_RUNNING;
	case THREAD_BLOCKED:
		return STYLE_BLOCKED;
	case THREAD_STOPPED:
		return STYLE_STOPPED;
	case THREAD_ZOMBIE:
	case THREAD_DEAD:
		return STYLE_ENDED;
	case THREAD_UNKNOWN:
	case THREAD_STATE_CNT:
		break;
	}
	return STYLE_UNKNOWN;
}
