/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph: who waits for whom, for what, since when, and how that is known. */
#include <stdio.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/graph_layout.h"
#include "tui/state_words.h"
#include "tui/ui.h"

enum {
	RING_COL = 1,	/* of the line that closes a ring */
	MEMBER_COL = 6, /* of the names in it */
	EDGE_COL = 8,
	LEARNED_COL = 2, /* of the arrow to who woke such waits before */
	TREE_STEP = 3,
	TREE_DEPTH_SHOWN = 8,
	PROOF_MIN_COLS = 60, /* narrower, the evidence follows the words */
	ADDRESS_TAIL = 0xffff,
};

struct graph_view {
	struct graph graph;
	int top;
	int head; /* rows above the lines, in the last picture */
};

static void graph_view_release(struct view *v)
{
	struct graph_view *state = v->state;

	graph_release(&state->graph);
}

static const struct graph_node *node_at(const struct graph *g, int idx)
{
	return &g->nodes.items[idx];
}

struct graph_draw {
	const struct graph *graph;
	const struct ui *ui;
	struct canvas *c;
	__u64 now_ns;
	enum style ring_style; /* of the ring that is being drawn */
};

/* Its name, with the tid when another one has the same. */
static void add_name(const struct graph_draw *d, const struct thread *t, struct strbuf *ret)
{
	describe_name(ui_model(d->ui), t->tid, ret);
}

static int draw_name(struct graph_draw *d, int row, int col, enum style style,
		     const struct thread *t)
{
	struct strbuf name = {};

	add_name(d, t, &name);
	col = canvas_puts(d->c, row, col, style, strbuf_str(&name));
	strbuf_release(&name);
	return col;
}

/* "11.9 s, read 200 ms ago": how long it waits, and what that is known from. */
static void add_proof(const struct graph_node *n, __u64 now_ns, struct strbuf *ret)
{
	const struct wait *w = &n->thread->wait;
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf),
				      now_ns > w->since_ns ? now_ns - w->since_ns : 0));
	strbuf_addf(ret, ", %s", evidence_word(n->evidence));
	if (n->evidence == EVIDENCE_READ && w->read_ns)
		strbuf_addf(ret, " %s ago",
			    fmt_duration(buf, sizeof(buf),
					 now_ns > w->read_ns ? now_ns - w->read_ns : 0));
}

/* "mutex fork[1]", or "mutex@72a0" as in the list of threads: short, for a big screen. */
static void add_object(const struct graph_draw *d, const struct thread *t, struct strbuf *ret)
{
	const struct lock *l = model_lock_waited_on(ui_model(d->ui), t);
	const char *name = l ? model_lock_name(ui_model(d->ui), l) : NULL;
	const struct wait *w = &t->wait;

	strbuf_adds(ret, wait_reason_word(w->reason));
	if (name)
		strbuf_addf(ret, " %s", name);
	else if (wait_is_futex(w))
		strbuf_addf(ret, "@%04llx", (unsigned long long)w->args[0] & ADDRESS_TAIL);
	else if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
	if (wait_is_timed(w) && w->reason != WAIT_SLEEP)
		strbuf_adds(ret, ", with time-out");
}

/* A join or a child is waited for itself; other things are held by somebody. */
static bool wait_is_for_end(const struct wait *w)
{
	return w->reason == WAIT_JOIN || w->reason == WAIT_CHILD;
}

/* "waits for mutex@72a0, held by": the name of the holder follows, or is below. */
static void add_edge(const struct graph_draw *d, const struct thread *t, struct strbuf *ret)
{
	if (wait_is_for_end(&t->wait)) {
		strbuf_addf(ret, "waits for the end (%s) of", wait_reason_word(t->wait.reason));
		return;
	}
	strbuf_adds(ret, "waits for ");
	add_object(d, t, ret);
	strbuf_addf(ret, ", %s", wait_relation(&t->wait));
}

/* Words at the left and their proof at the right, where there is room. */
static void draw_edge(struct canvas *c, int row, int col, const struct graph_node *n,
		      const char *words, __u64 now_ns)
{
	struct strbuf proof = {};
	int at;

	add_proof(n, now_ns, &proof);
	col = canvas_puts(c, row, col, STYLE_BLOCKED, words) + 2;
	at = c->cols - 1 - text_width(strbuf_str(&proof));
	if (c->cols < PROOF_MIN_COLS || at < col)
		at = col;
	canvas_puts(c, row, at, STYLE_DIM, strbuf_str(&proof));
	strbuf_release(&proof);
}

/* The line that closes a ring at its left: it begins and ends at the first thread. */
static void draw_bow(struct canvas *c, int row, enum style style, const struct graph_line *line)
{
	bool opens = line->is_first && line->kind != GRAPH_EDGE;
	bool closes = line->is_last && line->kind != GRAPH_MEMBER;
	uint32_t corner = grid_is_ascii(c->grid) ? '+' : opens ? 0x250c : 0x2514;

	if (!opens && !closes) {
		canvas_glyph(c, row, RING_COL, style, GLYPH_VLINE);
		return;
	}
	canvas_put(c, row, RING_COL, style, corner);
	canvas_hline(c, row, RING_COL + 1, MEMBER_COL - RING_COL - 2, style, GLYPH_HLINE);
	if (opens)
		canvas_glyph(c, row, MEMBER_COL - 2, style, GLYPH_ARROW_RIGHT);
}

static void draw_ring_heading(struct graph_draw *d, int row, const struct graph_line *line)
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

static void draw_member(struct graph_draw *d, int row, const struct graph_line *line)
{
	draw_bow(d->c, row, d->ring_style, line);
	draw_name(d, row, MEMBER_COL, d->ring_style, node_at(d->graph, line->node)->thread);
}

static void draw_ring_edge(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	struct strbuf words = {};

	draw_bow(d->c, row, d->ring_style, line);
	canvas_glyph(d->c, row, EDGE_COL - 2, d->ring_style, GLYPH_ARROW_DOWN);
	add_edge(d, n->thread, &words);
	if (line->is_last) {
		strbuf_addch(&words, ' ');
		add_name(d, node_at(d->graph, n->next)->thread, &words);
	}
	draw_edge(d->c, row, EDGE_COL, n, strbuf_str(&words), d->now_ns);
	strbuf_release(&words);
}

/* A thread, what it waits for and who has it, in one line. */
static void draw_flat(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	struct strbuf words = {};
	int col;

	draw_bow(d->c, row, d->ring_style, line);
	col = draw_name(d, row, MEMBER_COL, d->ring_style, n->thread) + 1;
	add_edge(d, n->thread, &words);
	strbuf_addch(&words, ' ');
	add_name(d, node_at(d->graph, n->next)->thread, &words);
	draw_edge(d->c, row, col, n, strbuf_str(&words), d->now_ns);
	strbuf_release(&words);
}

static void draw_root(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	const struct thread *t = n->thread;
	enum style style = n->ring ? STYLE_ALARM : STYLE_BOLD;
	int col = draw_name(d, row, 1, style, t) + 1;
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
		add_object(d, t, &words);
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
static int draw_branch(struct canvas *c, int row, const struct graph_line *line)
{
	int depth = line->depth < TREE_DEPTH_SHOWN ? line->depth : TREE_DEPTH_SHOWN;
	int col = 2;

	for (int d = 1; d < depth; d++, col += TREE_STEP)
		if (line->more >> d & 1)
			canvas_glyph(c, row, col, STYLE_RULE, GLYPH_VLINE);
	canvas_glyph(c, row, col, STYLE_RULE, line->is_last ? GLYPH_TREE_END : GLYPH_TREE_MID);
	canvas_glyph(c, row, col + 1, STYLE_RULE, GLYPH_HLINE);
	return col + TREE_STEP;
}

static void draw_waiter(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	const struct wait *w = &n->thread->wait;
	struct strbuf words = {};
	int col = draw_branch(d->c, row, line);

	col = draw_name(d, row, col, STYLE_NORMAL, n->thread) + 1;
	strbuf_adds(&words, "waits for ");
	if (wait_is_for_end(w))
		strbuf_addf(&words, "its end (%s)", wait_reason_word(w->reason));
	else
		add_object(d, n->thread, &words);
	draw_edge(d->c, row, col, n, strbuf_str(&words), d->now_ns);
	strbuf_release(&words);
}

/* "condvar 0x55d0: worker-1, worker-2" */
static void draw_lone(struct graph_draw *d, int row, const struct graph_line *line)
{
	const int *nodes = &d->graph->lone.items[line->node];
	const struct thread *first = node_at(d->graph, nodes[0])->thread;
	struct strbuf words = {};
	int col;

	add_object(d, first, &words);
	strbuf_addch(&words, ':');
	col = canvas_puts(d->c, row, 1, STYLE_BLOCKED, strbuf_str(&words)) + 1;
	for (int i = 0; i < line->cnt && col < d->c->cols; i++) {
		const struct thread *t = node_at(d->graph, nodes[i])->thread;
		enum style style = t->tid == ui_selected_tid(d->ui) ? STYLE_BOLD : STYLE_NORMAL;

		col = draw_name(d, row, col, style, t);
		if (i + 1 < line->cnt)
			col = canvas_puts(d->c, row, col, STYLE_NORMAL, ", ");
	}
	if (col > d->c->cols)
		canvas_put(d->c, row, d->c->cols - 1, STYLE_DIM, '~');
	strbuf_release(&words);
}

/* "  ..> learned: woken before by producer (41 of 44 times), now Running": a dashed arrow. */
static void draw_learned(struct graph_draw *d, int row, const struct graph_line *line)
{
	uint32_t dash = grid_is_ascii(d->c->grid) ? '.' : 0x2504;
	struct strbuf words = {};
	int col = LEARNED_COL;

	canvas_put(d->c, row, col++, STYLE_RULE, dash);
	canvas_put(d->c, row, col++, STYLE_RULE, dash);
	canvas_glyph(d->c, row, col++, STYLE_RULE, GLYPH_ARROW_RIGHT);
	strbuf_addf(&words, "%s: woken before by ", evidence_word(EVIDENCE_LEARNED));
	describe_waker(ui_model(d->ui), node_at(d->graph, line->node)->thread, &words);
	canvas_puts(d->c, row, col + 1, STYLE_DIM, strbuf_str(&words));
	strbuf_release(&words);
}

static void draw_line(struct graph_draw *d, int row, const struct graph_line *line)
{
	switch ((enum graph_line_kind)line->kind) {
	case GRAPH_BLANK:
		break;
	case GRAPH_DEADLOCK:
	case GRAPH_RING:
		draw_ring_heading(d, row, line);
		break;
	case GRAPH_MEMBER:
		draw_member(d, row, line);
		break;
	case GRAPH_EDGE:
		draw_ring_edge(d, row, line);
		break;
	case GRAPH_FLAT:
		draw_flat(d, row, line);
		break;
	case GRAPH_OTHERS:
		canvas_puts(d->c, row, 1, STYLE_HEADING, "who keeps whom waiting");
		break;
	case GRAPH_ROOT:
		draw_root(d, row, line);
		break;
	case GRAPH_WAITER:
		draw_waiter(d, row, line);
		break;
	case GRAPH_LONE:
		draw_lone(d, row, line);
		break;
	case GRAPH_LEARNED:
		draw_learned(d, row, line);
		break;
	}
}

/* Does the line stand for the thread? It is what a selection marks. */
static bool line_is_of(const struct graph *g, const struct graph_line *line, __u32 tid)
{
	if (line->kind == GRAPH_LONE || line->kind == GRAPH_EDGE || line->kind == GRAPH_DEADLOCK ||
	    line->kind == GRAPH_RING || line->kind == GRAPH_LEARNED || line->node < 0)
		return false;
	return node_at(g, line->node)->tid == tid;
}

static int find_line(const struct graph *g, __u32 tid)
{
	for (int i = 0; tid && i < (int)g->lines.cnt; i++)
		if (line_is_of(g, &g->lines.items[i], tid))
			return i;
	return -1;
}

/* The colour of a ring is that of its heading, which may be scrolled away. */
static enum style ring_style_at(const struct graph *g, int top)
{
	for (int i = top; i >= 0 && i < (int)g->lines.cnt; i--)
		if (g->lines.items[i].kind == GRAPH_DEADLOCK)
			return STYLE_ALARM;
		else if (g->lines.items[i].kind == GRAPH_RING)
			break;
	return STYLE_WARNING;
}

static void graph_view_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct graph_view *state = v->state;
	struct graph *g = &state->graph;
	struct canvas body = canvas_sub(c, 1, 0, c->rows - 1, -1);
	struct graph_draw d = { .graph = g, .ui = ui, .c = &body, .now_ns = ui_now_ns(ui) };
	int selected;

	graph_build(g, ui_model(ui));
	graph_lay_out(g, ui_verdict(ui), true);
	if ((int)g->lines.cnt > body.rows)
		graph_lay_out(g, ui_verdict(ui), false);
	canvas_rule(c, 0, "who waits for whom");
	if (!g->lines.cnt)
		canvas_printf(c, 1, 1, STYLE_DIM, "No thread is %s.", state_word(THREAD_BLOCKED));
	selected = find_line(g, ui_selected_tid(ui));
	ui_scroll_to(selected, (int)g->lines.cnt, body.rows, &state->top);
	d.ring_style = ring_style_at(g, state->top);
	for (int row = 0; row < body.rows && row + state->top < (int)g->lines.cnt; row++) {
		draw_line(&d, row, &g->lines.items[row + state->top]);
		if (row + state->top == selected) {
			canvas_put(&body, row, 0, STYLE_NORMAL, '>');
			canvas_select_row(&body, row);
			canvas_set_cursor(&body, row, 0);
		}
	}
}

static bool graph_view_click(struct view *v, struct ui *ui, int row, int col)
{
	struct graph_view *state = v->state;
	const struct graph *g = &state->graph;
	int at = row - 1 + state->top;

	(void)col;
	if (row < 1 || at < 0 || at >= (int)g->lines.cnt || g->lines.items[at].node < 0 ||
	    g->lines.items[at].kind == GRAPH_LONE)
		return false;
	ui_select_tid(ui, node_at(g, g->lines.items[at].node)->tid);
	return true;
}

const struct view_ops view_graph = {
	.name = "graph",
	.state_sz = sizeof(struct graph_view),
	.release = graph_view_release,
	.draw = graph_view_draw,
	.click = graph_view_click,
};
