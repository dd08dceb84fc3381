/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a ring: (thread) --> [lock], and back to who has it. */
#include "tui/graph_draw.h"

enum {
	RING_COL = 1,	/* of the line that closes a ring */
	MEMBER_COL = 6, /* of the names in it */
	EDGE_COL = 8,	/* of the arrow from a lock down to who has it */
};

/* The line that closes a ring at its left: it begins and ends at the first thread. */
static void draw_bow(struct graph_draw *d, int row, const struct graph_line *line)
{
	bool is_ascii = grid_is_ascii(d->c->grid), is_dashed = line->closes_dashed;
	bool opens = line->is_first && line->kind != GRAPH_EDGE;
	bool closes = line->is_last && line->kind != GRAPH_MEMBER;
	uint32_t corner = is_ascii ? '+' : opens ? 0x250c : 0x2514;

	if (!opens && !closes && is_dashed) {
		canvas_put(d->c, row, RING_COL, d->ring_style, is_ascii ? ':' : 0x254e);
		return;
	}
	if (!opens && !closes) {
		canvas_glyph(d->c, row, RING_COL, d->ring_style, GLYPH_VLINE);
		return;
	}
	canvas_put(d->c, row, RING_COL, d->ring_style, corner);
	graph_draw_line_to(d, row, RING_COL + 1, MEMBER_COL - 1, d->ring_style, is_dashed);
	if (opens)
		canvas_glyph(d->c, row, MEMBER_COL - 2, d->ring_style, GLYPH_ARROW_RIGHT);
}

void graph_draw_heading(struct graph_draw *d, int row, const struct graph_line *line)
{
	const char *threads = line->cnt == 1 ? "thread waits" : "threads wait";

	d->ring_style = line->kind == GRAPH_DEADLOCK ? STYLE_ALARM : STYLE_WARNING;
	if (line->kind == GRAPH_DEADLOCK && line->cnt == 1)
		canvas_puts(d->c, row, 1, d->ring_style, "DEADLOCK: a thread waits for itself");
	else if (line->kind == GRAPH_DEADLOCK)
		canvas_printf(d->c, row, 1, d->ring_style,
			      "DEADLOCK: %d %s for each other in a ring", line->cnt, threads);
	else if (graph_ring_is_timed(d->graph, line->node))
		canvas_printf(d->c, row, 1, d->ring_style,
			      "%d %s in a ring, but a time-out will end it", line->cnt, threads);
	else
		canvas_printf(d->c, row, 1, d->ring_style,
			      "%d %s in a ring, not in the verdict (yet)", line->cnt, threads);
}

/* "waits 2.60 s", "join, 2.60 s": what stands on the line that leaves a thread. */
static void add_wait_words(const struct graph_draw *d, const struct graph_node *n,
			   struct strbuf *ret)
{
	if (n->object >= 0) {
		strbuf_adds(ret, "waits ");
	} else {
		graph_add_object(d, n, ret);
		strbuf_adds(ret, ", ");
	}
	graph_add_age(n, d->now_ns, ret);
	if (graph_has_time_out(n))
		strbuf_adds(ret, ", timed");
}

/* Of the line at both sides of the words on it, and a space each. */
enum { LINE_COLS = 4 };

/* Words on a line, with room for the line at both sides. What does not fit is left out. */
static void draw_on_line(struct graph_draw *d, int row, int col, int to, const char *words)
{
	int width = text_width(words);

	if (!*words || width > to - col - LINE_COLS)
		return;
	canvas_puts(d->c, row, col, STYLE_NORMAL, " ");
	canvas_field(d->c, row, col + 1, width, STYLE_NORMAL, words);
	canvas_puts(d->c, row, col + 1 + width, STYLE_NORMAL, " ");
}

/* A duration is not wider than this, so that the column stays while time goes by. */
#define WIDEST_AGE "9.99 ms"

/* Columns up to the object, and of that, of one thread of a ring. */
static void measure(const struct graph_draw *d, const struct graph_node *n, int node, int *ret_col,
		    int *ret_width)
{
	struct strbuf name = {}, object = {};

	graph_add_name(d, node, &name);
	graph_add_object(d, n, &object);
	*ret_col = MEMBER_COL + text_width(strbuf_str(&name)) + 1 + 2 + LINE_COLS +
		   (int)strlen("waits " WIDEST_AGE) +
		   (graph_has_time_out(n) ? (int)strlen(", timed") : 0);
	*ret_width = text_width(strbuf_str(&object)) + 2;
	strbuf_release(&name);
	strbuf_release(&object);
}

void graph_draw_set_column(struct graph_draw *d, int least)
{
	int widest = 0;

	d->lock_col = least;
	vec_for_each(line, &d->graph->lines) {
		const struct graph_node *n;
		int col, width;

		if (line->kind != GRAPH_MEMBER)
			continue;
		n = graph_node_at(d->graph, line->node);
		if (n->object < 0)
			continue;
		measure(d, n, line->node, &col, &width);
		d->lock_col = col > d->lock_col ? col : d->lock_col;
		widest = width > widest ? width : widest;
	}
	if (d->lock_col > d->c->cols - widest)
		d->lock_col = d->c->cols - widest > least ? d->c->cols - widest : least;
}

/* A thread of a ring, and at its right the lock it waits for, or the turn to who ends it. */
void graph_draw_member(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	bool is_dashed = n->object < 0 && !n->is_confirmed;
	struct strbuf words = {};
	int col;

	draw_bow(d, row, line);
	col = graph_draw_name(d, row, MEMBER_COL, d->ring_style, line->node) + 1;
	graph_draw_line_to(d, row, col, d->lock_col + 2, d->ring_style, is_dashed);
	add_wait_words(d, n, &words);
	draw_on_line(d, row, col + 2, d->lock_col, strbuf_str(&words));
	if (n->object >= 0) {
		canvas_glyph(d->c, row, d->lock_col - 2, d->ring_style, GLYPH_ARROW_RIGHT);
		canvas_put(d->c, row, d->lock_col - 1, STYLE_NORMAL, ' ');
		graph_draw_object(d, row, d->lock_col, d->ring_style, n);
	} else {
		canvas_glyph(d->c, row, d->lock_col + 2, d->ring_style, GLYPH_TOP_RIGHT);
	}
	strbuf_release(&words);
}

/* From the lock back to the next thread of the ring, which has it. */
void graph_draw_edge(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	int col = line->is_last ? MEMBER_COL - 1 : EDGE_COL;
	struct strbuf relation = {}, proof = {};

	draw_bow(d, row, line);
	graph_draw_line_to(d, row, col, d->lock_col + 2, d->ring_style, !n->is_confirmed);
	if (!line->is_last)
		canvas_glyph(d->c, row, col, d->ring_style, GLYPH_ARROW_DOWN);
	if (!graph_is_for_end(&n->thread->wait))
		graph_add_relation(d, line->node, &relation);
	draw_on_line(d, row, EDGE_COL + 8, d->lock_col + 2, strbuf_str(&relation));
	canvas_glyph(d->c, row, d->lock_col + 2, d->ring_style, GLYPH_BOTTOM_RIGHT);
	graph_add_proof(n, d->now_ns, &proof);
	graph_draw_right(d, row, d->lock_col + 3, strbuf_str(&proof));
	strbuf_release(&relation);
	strbuf_release(&proof);
}

/* A thread, what it waits for and who has it, in one line. */
void graph_draw_flat(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	struct strbuf words = {};
	int col;

	draw_bow(d, row, line);
	col = graph_draw_name(d, row, MEMBER_COL, d->ring_style, line->node) + 1;
	if (n->object >= 0) {
		col = graph_draw_arrow(d, row, col, d->ring_style, false);
		col = graph_draw_object(d, row, col, d->ring_style, n) + 1;
	} else {
		graph_add_object(d, n, &words);
		graph_draw_line_to(d, row, col, col + 2, d->ring_style, !n->is_confirmed);
		col = canvas_printf(d->c, row, col + 2, STYLE_NORMAL, " %s ", strbuf_str(&words));
	}
	col = graph_draw_arrow(d, row, col, d->ring_style, !n->is_confirmed);
	col = graph_draw_name(d, row, col, d->ring_style, n->next);
	if (graph_has_time_out(n))
		col = canvas_puts(d->c, row, col, STYLE_NORMAL, ", timed");
	graph_draw_proof(d, row, col, n);
	strbuf_release(&words);
}
