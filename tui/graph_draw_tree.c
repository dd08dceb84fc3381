/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of trees, and of threads that wait for nobody known. */
#include <string.h>

#include "base/fmt.h"
#include "tui/graph_draw.h"
#include "tui/lock_rows.h"
#include "tui/state_words.h"
#include "tui/theme.h"

enum {
	HINT_COL = 2, /* of the arrow to who could end such waits, or did before */
	TREE_STEP = 3,
	TREE_DEPTH_SHOWN = 8,
	MORE_COLS = 16, /* of " and 10000 more" */
};

void graph_draw_root(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	const struct thread *t = n->thread;
	enum style style = graph_name_style(d, line->node, n->ring ? STYLE_ALARM : STYLE_BOLD);
	int col = graph_draw_name(d, row, 1, style, line->node) + 1;
	struct strbuf words = {};
	char buf[FMT_SZ];

	if (n->ring)
		strbuf_adds(&words, "in the ring above, also keeps others waiting");
	else if (!thread_is_alive(t))
		strbuf_adds(&words, "has ended: it will never give back what it holds");
	else
		strbuf_adds(&words, state_word_of(t));
	if (thread_is_blocked(t) && !n->ring) {
		strbuf_adds(&words, ": ");
		graph_add_object(d, n, &words);
	}
	if (thread_is_alive(t) && !n->ring)
		strbuf_addf(&words, ", %s",
			    fmt_duration(buf, sizeof(buf),
					 d->now_ns > t->since_ns ? d->now_ns - t->since_ns : 0));
	canvas_puts(d->c, row, col, n->ring ? STYLE_DIM : theme_state_style(t->state),
		    strbuf_str(&words));
	strbuf_release(&words);
}

/* "|  |  `- ": a branch for each level; very deep ones are not shifted any more. */
static int draw_branch(struct graph_draw *d, int row, const struct graph_line *line, bool is_dashed)
{
	int depth = line->depth < TREE_DEPTH_SHOWN ? line->depth : TREE_DEPTH_SHOWN;
	int col = 2;

	for (int level = 1; level < depth; level++, col += TREE_STEP)
		if (line->more >> level & 1)
			canvas_glyph(d->c, row, col, STYLE_RULE, GLYPH_VLINE);
	canvas_glyph(d->c, row, col, STYLE_RULE, line->is_last ? GLYPH_TREE_END : GLYPH_TREE_MID);
	if (is_dashed)
		canvas_put(d->c, row, col + 1, STYLE_RULE,
			   grid_is_ascii(d->c->grid) ? '.' : 0x254c);
	else
		canvas_glyph(d->c, row, col + 1, STYLE_RULE, GLYPH_HLINE);
	return col + TREE_STEP;
}

/* What the thread has that the line hangs off, and several want. */
void graph_draw_queue(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	int col = draw_branch(d, row, line, !n->is_confirmed);

	col = graph_draw_object(d, row, col, STYLE_BLOCKED, n);
	canvas_printf(d->c, row, col, STYLE_NORMAL, " %d wait for it", line->cnt);
}

/* "[mutex fork[1]] <-- " */
static int draw_object_before(struct graph_draw *d, int row, int col, const struct graph_node *n)
{
	col = graph_draw_object(d, row, col, STYLE_BLOCKED, n) + 1;
	col = canvas_glyph(d->c, row, col, STYLE_RULE, GLYPH_ARROW_LEFT);
	graph_draw_line_to(d, row, col, col + 2, STYLE_RULE, false);
	return col + 3;
}

void graph_draw_waiter(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = graph_node_at(d->graph, line->node);
	const struct wait *w = &n->thread->wait;
	struct strbuf words = {};
	int col = draw_branch(d, row, line, !n->is_confirmed && !line->has_object);

	if (n->object >= 0 && !line->has_object)
		col = draw_object_before(d, row, col, n);
	col = graph_draw_name(d, row, col, graph_name_style(d, line->node, STYLE_NORMAL),
			      line->node);
	if (graph_is_for_end(w)) {
		strbuf_addf(&words, " waits for its end (%s)", wait_reason_word(w->reason));
	} else if (n->object < 0) {
		strbuf_adds(&words, " waits for ");
		graph_add_object(d, n, &words);
	}
	if (graph_has_time_out(n))
		strbuf_adds(&words, ", timed");
	col = canvas_puts(d->c, row, col, STYLE_BLOCKED, strbuf_str(&words));
	graph_draw_proof(d, row, col, n);
	strbuf_release(&words);
}

/* Do they all wait for the same descriptor? Of many the word is enough. */
static bool is_one_descriptor(const struct graph *g, const int *nodes, int cnt)
{
	const struct thread *first = graph_node_at(g, nodes[0])->thread;

	for (int i = 1; i < cnt; i++) {
		const struct thread *t = graph_node_at(g, nodes[i])->thread;

		if (t->pid != first->pid || wait_fd(&t->wait) != wait_fd(&first->wait))
			return false;
	}
	return true;
}

/* "[condvar@55d0] <-- ", "sleep: " */
static int draw_lone_object(struct graph_draw *d, int row, const int *nodes, int cnt)
{
	const struct graph_node *first = graph_node_at(d->graph, nodes[0]);
	struct strbuf words = {};
	int col;

	if (first->object >= 0)
		return draw_object_before(d, row, 1, first);
	if (is_one_descriptor(d->graph, nodes, cnt))
		graph_add_object(d, first, &words);
	else
		strbuf_adds(&words, wait_reason_word(first->thread->wait.reason));
	strbuf_addch(&words, ':');
	col = canvas_puts(d->c, row, 1, STYLE_BLOCKED, strbuf_str(&words)) + 1;
	strbuf_release(&words);
	return col;
}

static bool owner_is_missing(const struct graph *g, const struct graph_node *n)
{
	const struct lock *l = n->object >= 0 ? g->waits.nodes.items[n->object].lock : NULL;

	return l && lock_has_owner(l);
}

/* "(worker-1), (worker-2) and 498 more", as many as there is room for */
static int draw_names(struct graph_draw *d, int row, int col, const int *nodes, int cnt)
{
	for (int i = 0; i < cnt; i++) {
		bool is_selected = graph_node_at(d->graph, nodes[i])->tid == ui_selected_tid(d->ui);
		enum style style = is_selected ? STYLE_BOLD : STYLE_NORMAL;
		struct strbuf name = {};
		int room = d->c->cols - col - (i + 1 < cnt ? MORE_COLS : 0);

		graph_add_name(d, nodes[i], &name);
		if (i && text_width(strbuf_str(&name)) + 2 > room) {
			strbuf_release(&name);
			return canvas_printf(d->c, row, col, STYLE_NORMAL, " and %d more", cnt - i);
		}
		if (i)
			col = canvas_puts(d->c, row, col, STYLE_NORMAL, ", ");
		col = canvas_puts(d->c, row, col, graph_name_style(d, nodes[i], style),
				  strbuf_str(&name));
		strbuf_release(&name);
	}
	return col;
}

void graph_draw_crowd(struct graph_draw *d, int row, const struct graph_line *line)
{
	int col = draw_branch(d, row, line, false);

	draw_names(d, row, col, &d->graph->crowd.items[line->node], line->cnt);
}

/* "[condvar@55d0] <-- (worker-1), (worker-2)"; "sleep: (worker-3)" */
void graph_draw_lone(struct graph_draw *d, int row, const struct graph_line *line)
{
	const int *nodes = &d->graph->lone.items[line->node];
	int col = draw_lone_object(d, row, nodes, line->cnt);

	col = draw_names(d, row, col, nodes, line->cnt);
	if (owner_is_missing(d->graph, graph_node_at(d->graph, nodes[0])))
		col = canvas_puts(d->c, row, col, STYLE_DIM, "; who has it is not known");
	if (col > d->c->cols)
		canvas_put(d->c, row, d->c->cols - 1, STYLE_DIM, '~');
}

/* "  ..> learned: woken before by producer (41 of 44 times), now Running": a dashed arrow. */
void graph_draw_hint(struct graph_draw *d, int row, const struct graph_line *line)
{
	uint32_t dash = grid_is_ascii(d->c->grid) ? '.' : 0x2504;
	struct strbuf words = {};
	int col = HINT_COL;

	canvas_put(d->c, row, col++, STYLE_RULE, dash);
	canvas_put(d->c, row, col++, STYLE_RULE, dash);
	canvas_glyph(d->c, row, col++, STYLE_RULE, GLYPH_ARROW_RIGHT);
	graph_add_hint(d, line->edge, &words);
	canvas_puts(d->c, row, col + 1,
		    d->graph->waits.edges.items[line->edge].is_alarm ? STYLE_ALARM : STYLE_DIM,
		    strbuf_str(&words));
	strbuf_release(&words);
}
