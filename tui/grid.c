/* SPDX-License-Identifier: GPL-2.0-only */
/* The cells behind all canvases: memory, cursor, and the dumps that tests compare. */
#include "tui/grid.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"

static const struct cell blank = { .ch = ' ', .style = STYLE_NORMAL };

struct grid *grid_new(int rows, int cols)
{
	struct grid *g = xcalloc(1, sizeof(*g));

	grid_resize(g, rows, cols);
	return g;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	free(g->cells);
	free(g);
}

void grid_resize(struct grid *g, int rows, int cols)
{
	g->rows = rows > 0 ? rows : 0;
	g->cols = cols > 0 ? cols : 0;
	g->cells = xreallocarray(g->cells, (size_t)g->rows * (size_t)g->cols, sizeof(*g->cells));
	grid_clear(g);
}

void grid_clear(struct grid *g)
{
	size_t cnt = (size_t)g->rows * (size_t)g->cols;

	for (size_t i = 0; i < cnt; i++)
		g->cells[i] = blank;
	g->has_cursor = false;
}

void grid_set_ascii(struct grid *g, bool ascii)
{
	g->is_ascii = ascii;
}

bool grid_is_ascii(const struct grid *g)
{
	return g->is_ascii;
}

struct cell *grid_at(const struct grid *g, int row, int col)
{
	if (row < 0 || row >= g->rows || col < 0 || col >= g->cols)
		return NULL;
	return &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];
}

const struct cell *grid_cell(const struct grid *g, int row, int col)
{
	return grid_at(g, row, col);
}

bool grid_cursor(const struct grid *g, int *ret_row, int *ret_col)
{
	if (!g->has_cursor)
		return false;
	*ret_row = g->cursor_row;
	*ret_col = g->cursor_col;
	return true;
}

struct canvas grid_canvas(struct grid *g)
{
	return (struct canvas){ .grid = g, .rows = g->rows, .cols = g->cols };
}

/* One line per row; trailing blanks say nothing and would only make diffs noisy. */
static void dump_row(struct strbuf *ret, const char *line, size_t len, char filler)
{
	while (len > 0 && line[len - 1] == filler)
		len--;
	strbuf_add(ret, line, len);
	strbuf_addch(ret, '\n');
}

void grid_dump(const struct grid *g, struct strbuf *ret)
{
	struct strbuf line = {};
	char utf8[UTF8_MAX + 1];

	for (int row = 0; row < g->rows; row++) {
		strbuf_reset(&line);
		for (int col = 0; col < g->cols; col++) {
			uint32_t ch = grid_at(g, row, col)->ch;

			if (ch)
				strbuf_add(&line, utf8, (size_t)utf8_encode(ch, utf8));
		}
		dump_row(ret, strbuf_str(&line), line.len, ' ');
	}
	strbuf_release(&line);
}

void grid_dump_styles(const struct grid *g, struct strbuf *ret)
{
	struct strbuf line = {};

	for (int row = 0; row < g->rows; row++) {
		strbuf_reset(&line);
		for (int col = 0; col < g->cols; col++) {
			unsigned style = grid_at(g, row, col)->style;
			char letter = theme_style_letter(style);

			if (style & STYLE_ON_SELECTED)
				letter = letter == '.' ? 'X' : (char)toupper(letter);
			strbuf_addch(&line, letter);
		}
		dump_row(ret, strbuf_str(&line), line.len, '.');
	}
	strbuf_release(&line);
}
