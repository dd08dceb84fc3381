/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal: a grid goes out, keys come in. The only file that knows curses.
 *
 * One screen at a time. Whatever ends the process - exit(), a signal that kills, a
 * crash, no memory left - the terminal is given back as it was.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include "tui/canvas.h"
#include "tui/theme.h"

struct screen;

enum screen_color {
	SCREEN_COLOR_AUTO,   /* unless the terminal has none or NO_COLOR is set (no-color.org) */
	SCREEN_COLOR_ALWAYS, /* whatever NO_COLOR says */
	SCREEN_COLOR_NEVER,
};

struct screen_options {
	enum screen_color color;
	enum theme_name theme;
};

/*
 * Take /dev/tty. A TERM that terminfo does not know is taken for the nearest that it
 * does. 0, or -ENXIO and the like: there is no terminal; -ENOTSUP: it cannot move its
 * cursor. Nothing was written to it then.
 */
int screen_open(const struct screen_options *opts, struct screen **ret);
void screen_close(struct screen *s); /* accepts NULL */

int screen_fd(const struct screen *s);	      /* readable when there are keys */
bool screen_has_utf8(const struct screen *s); /* by the locale */
void screen_size(const struct screen *s, int *ret_rows, int *ret_cols);

/* Ask the terminal for its size. True when it has changed. */
bool screen_update_size(struct screen *s);

/*
 * Show the grid; only what differs from the picture before is sent. False: the
 * terminal does not take anything now, try again later.
 */
bool screen_draw(struct screen *s, const struct grid *g);
/* The next screen_draw() sends everything: somebody else wrote on the terminal. */
void screen_invalidate(struct screen *s);

enum screen_event {
	SCREEN_NONE,  /* nothing more for now */
	SCREEN_KEY,   /* code: a code point or an enum ui_keycode */
	SCREEN_CLICK, /* row, col */
	SCREEN_WHEEL, /* steps: > 0 is down */
	SCREEN_SIZE,  /* the size has changed */
	SCREEN_GONE,  /* the terminal was closed */
};

struct screen_input {
	enum screen_event event;
	uint32_t code;
	int row, col, steps;
};

/* Never waits, but up to 25 ms behind an escape byte: is it a key or the begin of one? */
void screen_read(struct screen *s, struct screen_input *ret);

/* Give the terminal back for a while, and take it again. */
void screen_leave(struct screen *s);
void screen_enter(struct screen *s);

#endif /* TUI_SCREEN_H */
