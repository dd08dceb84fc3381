/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canvas: a grid of styled character cells in memory, and windows on it.
 *
 * Everything above tui/screen.c draws here and only here, so a test reads what
 * a user would see. Rows and columns count from 0; whatever lies outside of the
 * canvas is clipped, on all four sides. Text is UTF-8 as safe_text() leaves it.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/strbuf.h"
#include "tui/theme.h"

/* Characters that have an ASCII stand-in. None is wide in any locale a screen shows them in. */
#define GLYPHS(_)                                    \
	_(HLINE, 0x2500, '-')                        \
	_(VLINE, 0x2502, '|')                        \
	_(TREE_MID, 0x251c, '|')                     \
	_(TREE_END, 0x2514, '`')                     \
	_(TOP_LEFT, 0x250c, '+')                     \
	_(TOP_RIGHT, 0x2510, '+')                    \
	_(BOTTOM_LEFT, 0x2514, '+')                  \
	_(BOTTOM_RIGHT, 0x2518, '+')                 \
	_(SIDE_LEFT, 0x251c, '+')                    \
	_(SIDE_RIGHT, 0x2524, '+')                   \
	_(FULL, 0x2588, '#')  /* Running */          \
	_(SHADE, 0x2592, ':') /* Ready */            \
	_(DOT, 0x002e, '.')   /* Blocked */          \
	_(GAP, 0x002f, '/')   /* events were lost */ \
	_(ARROW_UP, 0x005e, '^')                     \
	_(ARROW_DOWN, 0x0076, 'v')                   \
	_(ARROW_LEFT, 0x003c, '<')                   \
	_(ARROW_RIGHT, 0x003e, '>')

enum glyph {
#define GLYPH_ENUM(name, unicode, ascii) GLYPH_##name,
	GLYPHS(GLYPH_ENUM)
#undef GLYPH_ENUM
		GLYPH_CNT,
};

struct cell {
	uint32_t ch;	/* code point; 0: the right half of the wide character before it */
	uint16_t style; /* enum style, may carry STYLE_ON_SELECTED */
};

struct grid; /* the cells, shared by all canvases on it */

/* A rectangle of a grid, in which a view draws from (0, 0). Passed by pointer, copied freely. */
struct canvas {
	struct grid *grid;
	int row, col;	/* its corner in the grid */
	int rows, cols; /* its size; never negative */
};

struct grid *grid_new(int rows, int cols);
void grid_free(struct grid *g); /* accepts NULL */
/* Another size; the contents become blank. */
void grid_resize(struct grid *g, int rows, int cols);
/* Blank every cell and hide the cursor. */
void grid_clear(struct grid *g);
void grid_set_ascii(struct grid *g, bool ascii); /* glyphs as their ASCII stand-ins */
bool grid_is_ascii(const struct grid *g);
const struct cell *grid_cell(const struct grid *g, int row, int col); /* NULL outside */
/* False: no cursor was set. */
bool grid_cursor(const struct grid *g, int *ret_row, int *ret_col);

/* The whole grid as a canvas. */
struct canvas grid_canvas(struct grid *g);
/* A part of c, clipped to it. rows or cols < 0: up to the end. */
struct canvas canvas_sub(const struct canvas *c, int row, int col, int rows, int cols);

/* Each returns the column behind what it drew (also when that is clipped). */
int canvas_puts(struct canvas *c, int row, int col, unsigned style, const char *text);
int canvas_printf(struct canvas *c, int row, int col, unsigned style, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Text cut to width columns, with '~' as the last when something is missing, then padded. */
int canvas_field(struct canvas *c, int row, int col, int width, unsigned style, const char *text);
int canvas_put(struct canvas *c, int row, int col, unsigned style, uint32_t ch);
int canvas_glyph(struct canvas *c, int row, int col, unsigned style, enum glyph g);

/* cnt cells to the right get the glyph or blank; cnt < 0: up to the end of the row. */
void canvas_hline(struct canvas *c, int row, int col, int cnt, unsigned style, enum glyph g);
void canvas_blank(struct canvas *c, int row, int col, int cnt, unsigned style);
/* Change the style alone. */
void canvas_restyle(struct canvas *c, int row, int col, int cnt, unsigned style);
/* Add STYLE_ON_SELECTED to a row: its own styles stay visible where the theme allows. */
void canvas_select_row(struct canvas *c, int row);
/* A separator over the whole row with a title in it: "-- title ----------". */
void canvas_rule(struct canvas *c, int row, const char *title);

/* Where the terminal's cursor shall stand (braille displays follow it). */
void canvas_set_cursor(struct canvas *c, int row, int col);

/* Columns that text takes. */
int text_width(const char *text);

/* Append the grid as lines of text without trailing blanks: what tests compare. */
void grid_dump(const struct grid *g, struct strbuf *ret);
/* The same with the letter of its style (theme.h) for each cell, upper case on the selected row. */
void grid_dump_styles(const struct grid *g, struct strbuf *ret);

#endif /* TUI_CANVAS_H */
