/* SPDX-License-Identifier: GPL-2.0-only */
/* Escape sequences of ECMA-48, which every terminal of today obeys. */
#include "cmd/ansi.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "base/xalloc.h"

static void add_color(struct strbuf *out, int color, int base)
{
	if (color < 0)
		return;
	if (color < 8)
		strbuf_addf(out, ";%d", base + color);
	else
		strbuf_addf(out, ";%d;5;%d", base + 8, color);
}

static void add_style(const struct ansi *a, struct strbuf *out, unsigned style)
{
	struct theme_look look = theme_look(a->theme, a->color_cnt, style);

	strbuf_adds(out, "\033[0");
	if (look.attrs & THEME_BOLD)
		strbuf_adds(out, ";1");
	if (look.attrs & THEME_DIM)
		strbuf_adds(out, ";2");
	if (look.attrs & THEME_UNDERLINE)
		strbuf_adds(out, ";4");
	if (look.attrs & THEME_REVERSE)
		strbuf_adds(out, ";7");
	add_color(out, look.fg, 30);
	add_color(out, look.bg, 40);
	strbuf_addch(out, 'm');
}

static bool is_same(const struct cell *a, const struct cell *b)
{
	return a->ch == b->ch && a->style == b->style;
}

/* The cells of a row from first to last, which begin and end with whole characters. */
static void add_cells(const struct ansi *a, const struct grid *g, int row, int first, int last,
		      struct strbuf *out)
{
	unsigned style = grid_cell(g, row, first)->style;
	char text[UTF8_MAX + 1];

	strbuf_addf(out, "\033[%d;%dH", row + 1, first + 1);
	add_style(a, out, style);
	for (int col = first; col <= last; col++) {
		const struct cell *cell = grid_cell(g, row, col);

		if (!cell->ch) /* the right half of a wide one */
			continue;
		if (cell->style != style) {
			style = cell->style;
			add_style(a, out, style);
		}
		strbuf_add(out, text, utf8_encode(cell->ch, text));
	}
}

static void draw_row(struct ansi *a, const struct grid *g, int row, struct strbuf *out)
{
	struct cell *shown = &a->cells[row * a->cols];
	int first = 0, last = a->cols - 1;

	while (first <= last && is_same(&shown[first], grid_cell(g, row, first)))
		first++;
	while (last > first && is_same(&shown[last], grid_cell(g, row, last)))
		last--;
	if (first > last)
		return;
	while (first > 0 && !grid_cell(g, row, first)->ch)
		first--;
	while (last + 1 < a->cols && !grid_cell(g, row, last + 1)->ch)
		last++;
	add_cells(a, g, row, first, last, out);
	for (int col = first; col <= last; col++)
		shown[col] = *grid_cell(g, row, col);
}

static void begin(struct ansi *a, const struct grid *g, struct strbuf *out)
{
	while (grid_cell(g, a->rows, 0))
		a->rows++;
	while (grid_cell(g, 0, a->cols))
		a->cols++;
	/* Zeros are no character: every cell differs. */
	a->cells = xcalloc((size_t)a->rows * a->cols + 1, sizeof(*a->cells));
	strbuf_adds(out, "\033[?25l\033[0m\033[2J");
}

void ansi_draw(struct ansi *a, const struct grid *g, struct strbuf *ret)
{
	if (!a->cells)
		begin(a, g, ret);
	for (int row = 0; row < a->rows; row++)
		draw_row(a, g, row, ret);
}

void ansi_release(struct ansi *a)
{
	free(a->cells);
	*a = (struct ansi){};
}
