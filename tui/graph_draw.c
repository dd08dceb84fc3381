/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts that lines of the graph are made of. */
#include "tui/graph_draw.h"

enum {
	PROOF_MIN_COLS = 60,  /* narrower, the evidence follows the words, */
	PROOF_MAX_COLS = 110, /* and wider it would be too far away from them */
};

int graph_draw_name(struct graph_draw *d, int row, int col, enum style style, int node)
{
	struct strbuf name = {};

	graph_add_name(d, node, &name);
	col = canvas_puts(d->c, row, col, style, strbuf_str(&name));
	strbuf_release(&name);
	return col;
}

void graph_draw_line_to(struct graph_draw *d, int row, int col, int to, enum style style,
			bool is_dashed)
{
	for (; col < to; col++) {
		if (!is_dashed)
			canvas_glyph(d->c, row, col, style, GLYPH_HLINE);
		else if (!grid_is_ascii(d->c->grid))
			canvas_put(d->c, row, col, style, 0x254c);
		else
			canvas_put(d->c, row, col, style, col % 2 ? ' ' : '-');
	}
}

int graph_draw_arrow(struct graph_draw *d, int row, int col, enum style style, bool is_dashed)
{
	graph_draw_line_to(d, row, col, col + 2 + is_dashed, style, is_dashed);
	return canvas_glyph(d->c, row, col + 2 + is_dashed, style, GLYPH_ARROW_RIGHT) + 1;
}

int graph_draw_object(struct graph_draw *d, int row, int col, enum style style,
		      const struct graph_node *n)
{
	struct strbuf words = {};

	strbuf_addch(&words, '[');
	graph_add_object(d, n, &words);
	strbuf_addch(&words, ']');
	col = canvas_puts(d->c, row, col, style, strbuf_str(&words));
	strbuf_release(&words);
	return col;
}

/* Half a number is a wrong one: "11.9 s, read 2 s ago" without its end. False: it is empty. */
static bool drop_last_part(struct strbuf *words)
{
	while (words->len && words->data[words->len - 1] != ',')
		words->len--;
	if (words->len)
		words->len--;
	if (words->data)
		words->data[words->len] = '\0';
	return words->len;
}

void graph_draw_right(struct graph_draw *d, int row, int col, const char *words)
{
	int cols = d->c->cols < PROOF_MAX_COLS ? d->c->cols : PROOF_MAX_COLS;
	struct strbuf shown = {};
	int at;

	strbuf_adds(&shown, words);
	while (col + 2 + text_width(strbuf_str(&shown)) > d->c->cols)
		if (!drop_last_part(&shown))
			break;
	at = cols - 1 - text_width(strbuf_str(&shown));
	if (d->c->cols < PROOF_MIN_COLS || at < col + 2)
		at = col + 2;
	canvas_puts(d->c, row, at, STYLE_DIM, strbuf_str(&shown));
	strbuf_release(&shown);
}

void graph_draw_proof(struct graph_draw *d, int row, int col, const struct graph_node *n)
{
	struct strbuf words = {};

	graph_add_age(n, d->now_ns, &words);
	strbuf_adds(&words, ", ");
	graph_add_proof(n, d->now_ns, &words);
	graph_draw_right(d, row, col, strbuf_str(&words));
	strbuf_release(&words);
}

enum style graph_name_style(const struct graph_draw *d, int node, enum style otherwise)
{
	const struct wait_graph *waits = &d->graph->waits;

	return node < waits->thread_cnt && waits->nodes.items[node].is_alarm ? STYLE_ALARM
									     : otherwise;
}
