/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph, as textbooks draw it: (thread) --> [lock] --> (who has it), with since
 * when, and how that is known. What was read but once is dashed.
 */
#include <stdio.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/graph_layout.h"
#include "tui/lock_rows.h"
#include "tui/state_words.h"
#include "tui/ui.h"

enum {
	RING_COL = 1,	 /* of the line that closes a ring */
	MEMBER_COL = 6,	 /* of the names in it */
	EDGE_COL = 8,	 /* of the arrow from a lock down to who has it */
	LOCK_COL = 40,	 /* of the locks in it, where there is room, */
	ROOMY_COLS = 72, /* which there is from here on, */
	WIDE_COLS = 120, /* and from here on for long names, too */
	LEARNED_COL = 2, /* of the arrow to who woke such waits before */
	TREE_STEP = 3,
	TREE_DEPTH_SHOWN = 8,
	PROOF_MIN_COLS = 60,  /* narrower, the evidence follows the words, */
	PROOF_MAX_COLS = 110, /* and wider it would be too far away from them */
	ADDRESS_TAIL = 0xffff,
};

struct graph_view {
	struct graph graph;
	bool has_focus; /* only the part that the selected thread is in */
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
	int lock_col;
	enum style ring_style; /* of the ring that is being drawn */
};

/* "(phil-0)", with the tid when another one has the same; "(process shop)". */
static void add_name(const struct graph_draw *d, int node, struct strbuf *ret)
{
	const struct graph_node *n = node_at(d->graph, node);

	strbuf_adds(ret, n->is_process ? "(process " : "(");
	describe_name(ui_model(d->ui), n->tid, ret);
	strbuf_addch(ret, ')');
}

static int draw_name(struct graph_draw *d, int row, int col, enum style style, int node)
{
	struct strbuf name = {};

	add_name(d, node, &name);
	col = canvas_puts(d->c, row, col, style, strbuf_str(&name));
	strbuf_release(&name);
	return col;
}

/* A line to the right, up to before col to; broken where it is not confirmed. */
static void draw_line_to(struct graph_draw *d, int row, int col, int to, enum style style,
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

/* "--> " */
static int draw_arrow(struct graph_draw *d, int row, int col, enum style style, bool is_dashed)
{
	draw_line_to(d, row, col, col + 2 + is_dashed, style, is_dashed);
	return canvas_glyph(d->c, row, col + 2 + is_dashed, style, GLYPH_ARROW_RIGHT) + 1;
}

static void add_age(const struct graph_node *n, __u64 now_ns, struct strbuf *ret)
{
	__u64 since_ns = n->thread->wait.since_ns;
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf), now_ns > since_ns ? now_ns - since_ns : 0));
}

/* "read 200 ms ago": what a wait is known from. */
static void add_proof(const struct graph_node *n, __u64 now_ns, struct strbuf *ret)
{
	const struct wait *w = &n->thread->wait;
	char buf[FMT_SZ];

	strbuf_adds(ret, evidence_word(n->evidence));
	if (n->evidence == EVIDENCE_READ && w->read_ns)
		strbuf_addf(ret, " %s ago",
			    fmt_duration(buf, sizeof(buf),
					 now_ns > w->read_ns ? now_ns - w->read_ns : 0));
}

/* "mutex fork[1]", or "mutex@72a0" as in the list of threads: short, for a big screen. */
static void add_object(const struct graph_draw *d, const struct graph_node *n, struct strbuf *ret)
{
	const char *name = n->lock ? model_lock_name(ui_model(d->ui), n->lock) : NULL;
	const struct wait *w = &n->thread->wait;

	strbuf_adds(ret, wait_reason_word(w->reason));
	if (name)
		strbuf_addf(ret, " %s", name);
	else if (wait_is_futex(w) && w->reason != WAIT_JOIN)
		strbuf_addf(ret, "@%04llx", (unsigned long long)w->args[0] & ADDRESS_TAIL);
	else if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
}

static bool has_time_out(const struct graph_node *n)
{
	return wait_is_timed(&n->thread->wait) && n->thread->wait.reason != WAIT_SLEEP;
}

/* "[mutex fork[1]]" */
static int draw_lock(struct graph_draw *d, int row, int col, enum style style,
		     const struct graph_node *n)
{
	struct strbuf words = {};

	strbuf_addch(&words, '[');
	add_object(d, n, &words);
	strbuf_addch(&words, ']');
	col = canvas_puts(d->c, row, col, style, strbuf_str(&words));
	strbuf_release(&words);
	return col;
}

/* A join or a child is waited for itself; other things are held by somebody. */
static bool wait_is_for_end(const struct wait *w)
{
	return w->reason == WAIT_JOIN || w->reason == WAIT_CHILD;
}

/* Behind what is in the row: at the right, where there is room. */
static void draw_right(struct graph_draw *d, int row, int col, const char *words)
{
	int cols = d->c->cols < PROOF_MAX_COLS ? d->c->cols : PROOF_MAX_COLS;
	int at = cols - 1 - text_width(words);

	if (d->c->cols < PROOF_MIN_COLS || at < col + 2)
		at = col + 2;
	canvas_puts(d->c, row, at, STYLE_DIM, words);
}

/* "11.9 s, read 200 ms ago": how long it waits, and how that is known. */
static void draw_proof(struct graph_draw *d, int row, int col, const struct graph_node *n)
{
	struct strbuf words = {};

	add_age(n, d->now_ns, &words);
	strbuf_adds(&words, ", ");
	add_proof(n, d->now_ns, &words);
	draw_right(d, row, col, strbuf_str(&words));
	strbuf_release(&words);
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

/* "waits 2.60 s", "join, 2.60 s": what stands on the line that leaves a thread. */
static void add_wait_words(const struct graph_draw *d, const struct graph_node *n,
			   struct strbuf *ret)
{
	if (n->lock) {
		strbuf_adds(ret, "waits ");
	} else {
		add_object(d, n, ret);
		strbuf_adds(ret, ", ");
	}
	add_age(n, d->now_ns, ret);
	if (has_time_out(n))
		strbuf_adds(ret, ", timed");
}

/* Words on a line, with room for the line at both sides. */
static void draw_on_line(struct graph_draw *d, int row, int col, int to, const char *words)
{
	int width = text_width(words);

	if (!*words)
		return;
	if (width > to - col - 4)
		width = to - col - 4;
	canvas_puts(d->c, row, col, STYLE_NORMAL, " ");
	canvas_field(d->c, row, col + 1, width, STYLE_NORMAL, words);
	canvas_puts(d->c, row, col + 1 + width, STYLE_NORMAL, " ");
}

/* A thread of a ring, and at its right the lock it waits for, or the turn to who ends it. */
static void draw_member(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	bool is_dashed = !n->lock && !n->is_confirmed;
	struct strbuf words = {};
	int col;

	draw_bow(d->c, row, d->ring_style, line);
	col = draw_name(d, row, MEMBER_COL, d->ring_style, line->node) + 1;
	draw_line_to(d, row, col, d->lock_col + 2, d->ring_style, is_dashed);
	add_wait_words(d, n, &words);
	draw_on_line(d, row, col + 2, d->lock_col, strbuf_str(&words));
	if (n->lock) {
		canvas_glyph(d->c, row, d->lock_col - 2, d->ring_style, GLYPH_ARROW_RIGHT);
		canvas_put(d->c, row, d->lock_col - 1, STYLE_NORMAL, ' ');
		draw_lock(d, row, d->lock_col, d->ring_style, n);
	} else {
		canvas_glyph(d->c, row, d->lock_col + 2, d->ring_style, GLYPH_TOP_RIGHT);
	}
	strbuf_release(&words);
}

/* From the lock back to the next thread of the ring, which has it. */
static void draw_ring_edge(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	const char *relation = wait_relation(&n->thread->wait);
	int col = line->is_last ? MEMBER_COL - 1 : EDGE_COL;
	struct strbuf proof = {};

	draw_bow(d->c, row, d->ring_style, line);
	draw_line_to(d, row, col, d->lock_col + 2, d->ring_style, !n->is_confirmed);
	if (!line->is_last)
		canvas_glyph(d->c, row, col, d->ring_style, GLYPH_ARROW_DOWN);
	if (!wait_is_for_end(&n->thread->wait))
		draw_on_line(d, row, EDGE_COL + 8, d->lock_col + 2, relation);
	canvas_glyph(d->c, row, d->lock_col + 2, d->ring_style, GLYPH_BOTTOM_RIGHT);
	add_proof(n, d->now_ns, &proof);
	draw_right(d, row, d->lock_col + 3, strbuf_str(&proof));
	strbuf_release(&proof);
}

/* A thread, what it waits for and who has it, in one line. */
static void draw_flat(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	struct strbuf words = {};
	int col;

	draw_bow(d->c, row, d->ring_style, line);
	col = draw_name(d, row, MEMBER_COL, d->ring_style, line->node) + 1;
	if (n->lock) {
		col = draw_arrow(d, row, col, d->ring_style, false);
		col = draw_lock(d, row, col, d->ring_style, n) + 1;
	} else {
		add_object(d, n, &words);
		draw_line_to(d, row, col, col + 2, d->ring_style, !n->is_confirmed);
		col = canvas_printf(d->c, row, col + 2, STYLE_NORMAL, " %s ", strbuf_str(&words));
	}
	col = draw_arrow(d, row, col, d->ring_style, !n->is_confirmed);
	col = draw_name(d, row, col, d->ring_style, n->next);
	if (has_time_out(n))
		col = canvas_puts(d->c, row, col, STYLE_NORMAL, ", timed");
	draw_proof(d, row, col, n);
	strbuf_release(&words);
}

static void draw_root(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	const struct thread *t = n->thread;
	enum style style = n->ring ? STYLE_ALARM : STYLE_BOLD;
	int col = draw_name(d, row, 1, style, line->node) + 1;
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
		add_object(d, n, &words);
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
static void draw_queue(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	int col = draw_branch(d, row, line, !n->is_confirmed);

	col = draw_lock(d, row, col, STYLE_BLOCKED, n);
	canvas_printf(d->c, row, col, STYLE_NORMAL, " %d wait for it", line->cnt);
}

/* "[mutex fork[1]] <-- " */
static int draw_lock_before(struct graph_draw *d, int row, int col, const struct graph_node *n)
{
	col = draw_lock(d, row, col, STYLE_BLOCKED, n) + 1;
	col = canvas_glyph(d->c, row, col, STYLE_RULE, GLYPH_ARROW_LEFT);
	draw_line_to(d, row, col, col + 2, STYLE_RULE, false);
	return col + 3;
}

static void draw_waiter(struct graph_draw *d, int row, const struct graph_line *line)
{
	const struct graph_node *n = node_at(d->graph, line->node);
	const struct wait *w = &n->thread->wait;
	struct strbuf words = {};
	int col = draw_branch(d, row, line, !n->is_confirmed && !line->has_lock);

	if (n->lock && !line->has_lock)
		col = draw_lock_before(d, row, col, n);
	col = draw_name(d, row, col, STYLE_NORMAL, line->node);
	if (wait_is_for_end(w)) {
		strbuf_addf(&words, " waits for its end (%s)", wait_reason_word(w->reason));
	} else if (!n->lock) {
		strbuf_adds(&words, " waits for ");
		add_object(d, n, &words);
	}
	if (has_time_out(n))
		strbuf_adds(&words, ", timed");
	col = canvas_puts(d->c, row, col, STYLE_BLOCKED, strbuf_str(&words));
	draw_proof(d, row, col, n);
	strbuf_release(&words);
}

/* "[condvar@55d0] <-- (worker-1), (worker-2)"; "sleep: (worker-3)" */
static void draw_lone(struct graph_draw *d, int row, const struct graph_line *line)
{
	const int *nodes = &d->graph->lone.items[line->node];
	const struct graph_node *first = node_at(d->graph, nodes[0]);
	struct strbuf words = {};
	int col;

	add_object(d, first, &words);
	strbuf_addch(&words, ':');
	if (first->lock)
		col = draw_lock_before(d, row, 1, first);
	else
		col = canvas_puts(d->c, row, 1, STYLE_BLOCKED, strbuf_str(&words)) + 1;
	for (int i = 0; i < line->cnt && col < d->c->cols; i++) {
		bool is_selected = node_at(d->graph, nodes[i])->tid == ui_selected_tid(d->ui);

		col = draw_name(d, row, col, is_selected ? STYLE_BOLD : STYLE_NORMAL, nodes[i]);
		if (i + 1 < line->cnt)
			col = canvas_puts(d->c, row, col, STYLE_NORMAL, ", ");
	}
	if (first->lock && lock_has_owner(first->lock))
		col = canvas_puts(d->c, row, col, STYLE_DIM, "; who has it is not known");
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
	case GRAPH_LOCK:
		draw_queue(d, row, line);
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
	    line->kind == GRAPH_RING || line->kind == GRAPH_LEARNED || line->kind == GRAPH_LOCK ||
	    line->node < 0)
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

static void draw_title(const struct graph_draw *d, struct canvas *c, __u32 focus_tid)
{
	struct strbuf title = {};

	strbuf_adds(&title, "who waits for whom");
	if (focus_tid) {
		strbuf_adds(&title, ", with ");
		describe_name(ui_model(d->ui), focus_tid, &title);
	}
	if (c->cols >= ROOMY_COLS)
		strbuf_adds(&title, ": (thread) --> [lock] --> (has it)");
	if (c->cols >= ROOMY_COLS && !focus_tid)
		strbuf_adds(&title, "; - -> not confirmed");
	canvas_rule(c, 0, strbuf_str(&title));
	strbuf_release(&title);
}

static void graph_view_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct graph_view *state = v->state;
	struct graph *g = &state->graph;
	struct canvas body = canvas_sub(c, 1, 0, c->rows - 1, -1);
	struct graph_draw d = {
		.graph = g,
		.ui = ui,
		.c = &body,
		.now_ns = ui_now_ns(ui),
		.lock_col = c->cols < WIDE_COLS ? LOCK_COL : LOCK_COL * 3 / 2,
	};
	__u32 focus_tid = state->has_focus ? ui_selected_tid(ui) : 0;
	int selected;

	graph_build(g, ui_model(ui));
	graph_lay_out(g, ui_verdict(ui), true, focus_tid);
	if ((int)g->lines.cnt > body.rows || c->cols < ROOMY_COLS)
		graph_lay_out(g, ui_verdict(ui), false, focus_tid);
	draw_title(&d, c, focus_tid);
	if (!g->lines.cnt && focus_tid)
		canvas_puts(c, 1, 1, STYLE_DIM, "It waits for nobody, and nobody waits for it.");
	else if (!g->lines.cnt)
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

static bool graph_view_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct graph_view *state = v->state;

	if (action != ACT_FOCUS)
		return false;
	if (!ui_selected_tid(ui))
		return true;
	state->has_focus = !state->has_focus;
	state->top = 0;
	return true;
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
	.act = graph_view_act,
	.click = graph_view_click,
};
