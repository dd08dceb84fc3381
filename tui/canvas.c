/* SPDX-License-Identifier: GPL-2.0-only */
/* Drawing into a rectangle of the grid, clipped. */
#include "tui/canvas.h"

#include <string.h>

#include "base/utf8.h"
#include "tui/grid.h"

static const struct {
	uint32_t unicode;
	char ascii;
} glyphs[GLYPH_CNT] = {
#define GLYPH_ENTRY(name, code, plain) [GLYPH_##name] = { code, plain },
	GLYPHS(GLYPH_ENTRY)
#undef GLYPH_ENTRY
};

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

struct canvas canvas_sub(const struct canvas *c, int row, int col, int rows, int cols)
{
	struct canvas sub = { .grid = c->grid };
	int skip_rows = row < 0 ? -row : 0;
	int skip_cols = col < 0 ? -col : 0;

	sub.row = c->row + row + skip_rows;
	sub.col = c->col + col + skip_cols;
	sub.rows = min_int(rows < 0 ? c->rows : rows - skip_rows, c->rows - row - skip_rows);
	sub.cols = min_int(cols < 0 ? c->cols : cols - skip_cols, c->cols - col - skip_cols);
	if (sub.rows < 0)
		sub.rows = 0;
	if (sub.cols < 0)
		sub.cols = 0;
	return sub;
}

static struct cell *canvas_at(const struct canvas *c, int row, int col)
{
	if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
		return NULL;
	return grid_at(c->grid, c->row + row, c->col + col);
}

/* A half that is left of a wide character would shift the rest of the line: blank it. */
static void cell_set(const struct canvas *c, int row, int col, unsigned style, uint32_t ch)
{
	struct cell *cell = canvas_at(c, row, col);
	struct cell *before, *after;

	if (!cell)
		return;
	before = grid_at(c->grid, c->row + row, c->col + col - 1);
	after = grid_at(c->grid, c->row + row, c->col + col + 1);
	if (!cell->ch && before && ch)
		before->ch = ' ';
	if (after && !after->ch)
		after->ch = ' ';
	cell->ch = ch;
	cell->style = (uint16_t)style;
}

int canvas_put(struct canvas *c, int row, int col, unsigned style, uint32_t ch)
{
	int width = utf8_width(ch);
	bool is_cut = width == 2 && (!canvas_at(c, row, col) || !canvas_at(c, row, col + 1));

	if (width == 0)
		return col;
	if (is_cut || (c->grid->is_ascii && ch > '~')) {
		cell_set(c, row, col, style, '?');
		if (width == 2)
			cell_set(c, row, col + 1, style, '?');
		return col + width;
	}
	cell_set(c, row, col, style, ch);
	if (width == 2)
		cell_set(c, row, col + 1, style, 0);
	return col + width;
}

int canvas_puts(struct canvas *c, int row, int col, unsigned style, const char *text)
{
	uint32_t ch;

	while ((ch = utf8_next(&text)))
		col = canvas_put(c, row, col, style, ch);
	return col;
}

int canvas_printf(struct canvas *c, int row, int col, unsigned style, const char *fmt, ...)
{
	struct strbuf sb = {};
	va_list args;

	va_start(args, fmt);
	strbuf_vaddf(&sb, fmt, args);
	va_end(args);
	col = canvas_puts(c, row, col, style, strbuf_str(&sb));
	strbuf_release(&sb);
	return col;
}

int canvas_field(struct canvas *c, int row, int col, int width, unsigned style, const char *text)
{
	int end = col + width;
	bool is_cut = text_width(text) > width;
	uint32_t ch;

	if (width <= 0)
		return col;
	while ((ch = utf8_next(&text)) && col + utf8_width(ch) <= end - is_cut)
		col = canvas_put(c, row, col, style, ch);
	if (is_cut)
		col = canvas_put(c, row, col, style, '~');
	canvas_blank(c, row, col, end - col, style);
	return end;
}

int canvas_glyph(struct canvas *c, int row, int col, unsigned style, enum glyph g)
{
	uint32_t ch = c->grid->is_ascii ? (uint32_t)glyphs[g].ascii : glyphs[g].unicode;

	cell_set(c, row, col, style, ch);
	return col + 1;
}

void canvas_hline(struct canvas *c, int row, int col, int cnt, unsigned style, enum glyph g)
{
	int end = cnt < 0 ? c->cols : min_int(col + cnt, c->cols);

	for (; col < end; col++)
		canvas_glyph(c, row, col, style, g);
}

void canvas_blank(struct canvas *c, int row, int col, int cnt, unsigned style)
{
	int end = cnt < 0 ? c->cols : min_int(col + cnt, c->cols);

	for (; col < end; col++)
		cell_set(c, row, col, style, ' ');
}

void canvas_restyle(struct canvas *c, int row, int col, int cnt, unsigned style)
{
	int end = cnt < 0 ? c->cols : min_int(col + cnt, c->cols);

	for (; col < end; col++) {
		struct cell *cell = canvas_at(c, row, col);

		if (cell)
			cell->style = (uint16_t)style;
	}
}

void canvas_select_row(struct canvas *c, int row)
{
	for (int col = 0; col < c->cols; col++) {
		struct cell *cell = canvas_at(c, row, col);

		if (cell)
			cell->style |= STYLE_ON_SELECTED;
	}
}

void canvas_rule(struct canvas *c, int row, const char *title)
{
	int width = min_int(text_width(title), c->cols - 6);

	canvas_hline(c, row, 0, -1, STYLE_RULE, GLYPH_HLINE);
	if (width <= 0)
		return;
	canvas_put(c, row, 3, STYLE_RULE, ' ');
	canvas_field(c, row, 4, width, STYLE_HEADING, title);
	canvas_put(c, row, 4 + width, STYLE_RULE, ' ');
}

void canvas_set_cursor(struct canvas *c, int row, int col)
{
	if (!canvas_at(c, row, col))
		return;
	c->grid->has_cursor = true;
	c->grid->cursor_row = c->row + row;
	c->grid->cursor_col = c->col + col;
}

int text_width(const char *text)
{
	int width = 0;
	uint32_t ch;

	while ((ch = utf8_next(&text)))
		width += utf8_width(ch);
	return width;
}
