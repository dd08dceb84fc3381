/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph, as textbooks draw it: (thread) --> [lock] --> (who has it), with since
 * when, and how that is known. What was read but once is dashed.
 */
#include "tui/describe.h"
#include "tui/graph_draw.h"
#include "tui/state_words.h"

enum { LOCK_COL = 40 }; /* of what is waited for in a ring, where names are short */

/* What a layout is made of. */
struct graph_view_key {
	__u64 rows_version;
	__u32 focus_tid;
	int rows, cols;
};

struct graph_view {
	struct graph graph;
	struct graph_view_key made_of;
	bool has_focus; /* only the part that the selected thread is in */
	int top;
};

static void graph_view_release(struct view *v)
{
	struct graph_view *state = v->state;

	graph_release(&state->graph);
}

static void draw_line(struct graph_draw *d, int row, const struct graph_line *line)
{
	switch ((enum graph_line_kind)line->kind) {
	case GRAPH_BLANK:
		break;
	case GRAPH_DEADLOCK:
	case GRAPH_RING:
		graph_draw_heading(d, row, line);
		break;
	case GRAPH_MEMBER:
		graph_draw_member(d, row, line);
		break;
	case GRAPH_EDGE:
		graph_draw_edge(d, row, line);
		break;
	case GRAPH_FLAT:
		graph_draw_flat(d, row, line);
		break;
	case GRAPH_OTHERS:
		canvas_puts(d->c, row, 1, STYLE_HEADING, "who keeps whom waiting");
		break;
	case GRAPH_ROOT:
		graph_draw_root(d, row, line);
		break;
	case GRAPH_OBJECT:
		graph_draw_queue(d, row, line);
		break;
	case GRAPH_WAITER:
		graph_draw_waiter(d, row, line);
		break;
	case GRAPH_CROWD:
		graph_draw_crowd(d, row, line);
		break;
	case GRAPH_LONE:
		graph_draw_lone(d, row, line);
		break;
	case GRAPH_HINT:
		graph_draw_hint(d, row, line);
		break;
	}
}

/* Does the line stand for the thread? It is what a selection marks. */
static bool line_is_of(const struct graph *g, const struct graph_line *line, __u32 tid)
{
	if (line->kind == GRAPH_LONE || line->kind == GRAPH_CROWD || line->kind == GRAPH_EDGE ||
	    line->kind == GRAPH_DEADLOCK || line->kind == GRAPH_RING || line->kind == GRAPH_HINT ||
	    line->kind == GRAPH_OBJECT || line->node < 0)
		return false;
	return graph_node_at(g, line->node)->tid == tid;
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
	if (c->cols >= GRAPH_ROOMY_COLS)
		strbuf_adds(&title, ": (thread) --> [lock] --> (has it)");
	if (c->cols >= GRAPH_ROOMY_COLS && !focus_tid)
		strbuf_adds(&title, "; - -> not confirmed");
	canvas_rule(c, 0, strbuf_str(&title));
	strbuf_release(&title);
}

static bool key_is_same(const struct graph_view_key *a, const struct graph_view_key *b)
{
	return a->rows_version == b->rows_version && a->focus_tid == b->focus_tid &&
	       a->rows == b->rows && a->cols == b->cols;
}

/* While nothing happens the graph is that of the last picture: of thousands it is dear to make. */
static void make_graph(struct graph_view *state, const struct ui *ui, int rows, int cols,
		       __u32 focus_tid)
{
	struct graph_view_key key = { ui_rows_version(ui), focus_tid, rows, cols };
	struct graph *g = &state->graph;

	if (key_is_same(&key, &state->made_of))
		return;
	state->made_of = key;
	graph_build(g, ui_model(ui), ui_verdict(ui));
	graph_lay_out(g, ui_verdict(ui), true, focus_tid, ui_selected_tid(ui));
	if ((int)g->lines.cnt > rows || cols < GRAPH_ROOMY_COLS)
		graph_lay_out(g, ui_verdict(ui), false, focus_tid, ui_selected_tid(ui));
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
	};
	__u32 focus_tid = state->has_focus ? ui_selected_tid(ui) : 0;
	int selected;

	make_graph(state, ui, body.rows, c->cols, focus_tid);
	draw_title(&d, c, focus_tid);
	if (!g->lines.cnt && focus_tid)
		canvas_puts(c, 1, 1, STYLE_DIM, "It waits for nobody, and nobody waits for it.");
	else if (!g->lines.cnt)
		canvas_printf(c, 1, 1, STYLE_DIM, "No thread is %s.", state_word(THREAD_BLOCKED));
	selected = find_line(g, ui_selected_tid(ui));
	ui_scroll_to(selected, (int)g->lines.cnt, body.rows, &state->top);
	d.ring_style = ring_style_at(g, state->top);
	graph_draw_set_column(&d, c->cols < GRAPH_WIDE_COLS ? LOCK_COL : LOCK_COL * 3 / 2);
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
	    g->lines.items[at].kind == GRAPH_LONE || g->lines.items[at].kind == GRAPH_CROWD)
		return false;
	ui_select_tid(ui, graph_node_at(g, g->lines.items[at].node)->tid);
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
