/* SPDX-License-Identifier: GPL-2.0-only */
/* The timeline view: a lane per thread, CPU or lock over time, large or as a strip of some rows. */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "tui/describe.h"
#include "tui/lanes.h"
#include "tui/lock_lanes.h"
#include "tui/state_words.h"
#include "tui/time_axis.h"
#include "tui/ui.h"

enum {
	LARGE_ROWS = 12,   /* from here on there is room for a legend and words, */
	LARGE_EXTRA = 4,   /* which take that many rows, */
	LARGE_ALWAYS = 19, /* and from here on rather than for the last lanes */
	LABEL_MIN = 4,
	LABEL_MAX = 16,	     /* a thread's name and the mark before it */
	LABEL_PART = 6,	     /* of the width */
	LOCK_LABEL_MAX = 24, /* a lock's name can be an expression */
	LOCK_LABEL_PART = 4,
	FILL_EVENTS = 24000, /* or what costs as much, per picture: 2 to 4 ms */
	FAR_EVENTS = 64000,  /* a way that took some 10 ms: enough for one picture */
};

struct timeline_view {
	struct timeline *of_threads, *of_locks; /* the latter when it is asked for */
	struct timeline *timeline;		/* the one that is shown */
	struct map known_signs;
	struct lock_lanes locks;
	int top;	 /* first lane shown */
	bool is_pending; /* columns are missing that the next picture will have */
	bool has_waited; /* the last picture made none, to be there the sooner */
	/* Of the last picture, for clicks. */
	int lanes_row, left;
	enum ui_lanes shown;
	struct ui_window win;
};

/* Who ran on a CPU, as one letter per thread of the list. */
struct letters {
	const struct ui *ui;
	struct map row_of; /* tid to row of the list, of those that were asked for */
	__u32 selected_tid;
	bool is_used[64]; /* by row: it is in the picture */
	bool has_others;  /* so is somebody without a letter */
};

static const char letter_set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

enum { LETTER_CNT = sizeof(letter_set) - 1 };

static void timeline_view_init(struct view *v, struct ui *ui)
{
	struct timeline_view *state = v->state;

	state->timeline = state->of_threads = timeline_new(ui_trace(ui));
}

static void timeline_view_release(struct view *v)
{
	struct timeline_view *state = v->state;

	timeline_free(state->of_threads);
	timeline_free(state->of_locks);
	lock_lanes_release(&state->locks);
	map_release(&state->known_signs);
}

static void choose_timeline(struct timeline_view *state, const struct ui *ui)
{
	state->shown = ui_lanes(ui);
	if (state->shown == LANES_locks && !state->of_locks)
		state->of_locks = timeline_new_locks(ui_trace(ui));
	state->timeline = state->shown == LANES_locks ? state->of_locks : state->of_threads;
}

/* Compute what the window needs, as much as one picture may cost. */
static void prepare(struct timeline_view *state, const struct ui *ui, int cols, struct lanes *ret)
{
	struct ui_window *win = &state->win;

	ui_window(ui, cols, win);
	timeline_set_width(state->timeline, win->ns_per_col);
	timeline_set_exact(state->timeline, !ui_is_following(ui) || !ui_is_live(ui));
	*ret = (struct lanes){
		.timeline = state->timeline,
		.first_idx = win->begin_ns / win->ns_per_col,
		.begin_ns = trace_begin_ns(ui_trace(ui)),
		.end_ns = ui_end_ns(ui),
		.cols = cols,
		.known = &state->known_signs,
	};
	/* Who went far is to see where that is; what was around may come one picture later. */
	state->has_waited = ui_work(ui) >= FAR_EVENTS && !state->has_waited;
	state->is_pending = state->has_waited ||
			    !timeline_fill(state->timeline, win->begin_ns,
					   win->begin_ns + (__u64)cols * win->ns_per_col - 1,
					   ui_end_ns(ui), FILL_EVENTS);
	if (state->shown == LANES_locks)
		lock_lanes_make(&state->locks, ui, ret);
}

static enum style label_style(const struct ui *ui, const struct thread *t)
{
	const struct verdict *verdict = ui_verdict(ui);

	if (verdict->kind == VERDICT_DEADLOCK && verdict_has_thread(verdict, t->tid))
		return STYLE_ALARM;
	if (ui_search_matches(ui, t->name))
		return STYLE_MATCH;
	return thread_is_alive(t) ? STYLE_NORMAL : STYLE_ENDED;
}

static void draw_label(struct canvas *c, int row, int left, const struct ui *ui,
		       const struct ui_row *of, bool is_selected)
{
	struct strbuf name = {};

	if (of->thread->name[0])
		ui_row_name(ui, of, &name);
	else
		strbuf_addf(&name, "%u", of->thread->tid);
	canvas_put(c, row, 0, STYLE_NORMAL, is_selected ? '>' : ' ');
	canvas_field(c, row, 1, left - 2, label_style(ui, of->thread), strbuf_str(&name));
	strbuf_release(&name);
}

struct lane_rows {
	const struct ui *ui;
	const struct ui_row *rows;
	size_t cnt;
	int top;
};

static bool find_lane(void *arg, __u32 tid, int *ret_row)
{
	const struct lane_rows *lanes = arg;

	for (size_t i = 0; i < lanes->cnt; i++) {
		if (ui_row_has(lanes->ui, &lanes->rows[i], tid)) {
			*ret_row = (int)i - lanes->top;
			return true;
		}
	}
	return false;
}

static void draw_threads(struct timeline_view *state, const struct ui *ui, struct canvas *c,
			 const struct lanes *lanes)
{
	struct lane_rows list = { .ui = ui };
	struct canvas field = canvas_sub(c, 0, state->left, -1, lanes->cols);
	int selected = ui_selected_row(ui), row;

	list.rows = ui_rows(ui, &list.cnt);
	ui_scroll_to(selected, (int)list.cnt, c->rows, &state->top);
	list.top = state->top;
	for (row = 0; row < c->rows && row + list.top < (int)list.cnt; row++) {
		const struct ui_row *r = &list.rows[row + list.top];

		draw_label(c, row, state->left, ui, r, row + list.top == selected);
		if (r->fold_cnt)
			lane_draw_threads(lanes, &field, row, ui_fold_threads(ui, r), r->fold_cnt);
		else
			lane_draw_threads(lanes, &field, row, &r->thread, 1);
	}
	if (!list.cnt)
		canvas_puts(c, 0, 1, STYLE_DIM, "no thread to show");
	row = selected - list.top;
	if (selected < 0 || row < 0 || row >= c->rows)
		return;
	canvas_select_row(c, row);
	if (list.rows[selected].fold_cnt)
		return;
	lane_draw_wakes(lanes, &field, row,
			state->win.cursor_col < 0 ? lanes->cols - 1 : state->win.cursor_col,
			list.rows[selected].thread, find_lane, &list);
}

static int compare_tid(const void *key, const void *member)
{
	__u32 a = *(const __u32 *)key, b = (*(const struct thread *const *)member)->tid;

	return a < b ? -1 : a > b;
}

/* The row that stands for tid, of those that have a letter; else LETTER_CNT. */
static uint32_t find_letter_row(const struct ui *ui, __u32 tid)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	for (uint32_t i = 0; i < cnt && i < LETTER_CNT; i++) {
		if (rows[i].thread->tid == tid ||
		    (rows[i].fold_cnt && bsearch(&tid, ui_fold_threads(ui, &rows[i]),
						 rows[i].fold_cnt, sizeof(void *), compare_tid)))
			return i;
	}
	return LETTER_CNT;
}

static uint32_t letter_of(void *arg, __u32 tid, enum style *style)
{
	struct letters *letters = arg;
	uint32_t row;

	if (!map_get(&letters->row_of, tid, &row)) {
		row = find_letter_row(letters->ui, tid);
		map_put(&letters->row_of, tid, row);
	}
	*style = tid == letters->selected_tid ? STYLE_RUNNING : STYLE_NORMAL;
	if (row >= LETTER_CNT) {
		letters->has_others = true;
		return '*';
	}
	letters->is_used[row] = true;
	return (uint32_t)letter_set[row];
}

/* Whose letter is which, of those in the picture, as many as there is room for. */
static void draw_letters(const struct ui *ui, struct canvas *c, int row, struct letters *letters)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);
	int col = canvas_puts(c, row, 1, STYLE_DIM, ".=idle or not traced") + 2;

	if (letters->has_others)
		col = canvas_puts(c, row, col, STYLE_DIM, "*=other") + 2;
	for (size_t i = 0; i < cnt && i < LETTER_CNT && col < c->cols; i++) {
		struct strbuf name = {};
		enum style style;
		uint32_t ch;

		if (!letters->is_used[i])
			continue;
		ch = letter_of(letters, rows[i].thread->tid, &style);
		col = canvas_put(c, row, col, style, ch);
		col = canvas_puts(c, row, col, STYLE_DIM, "=");
		ui_row_name(ui, &rows[i], &name);
		col = canvas_puts(c, row, col, style, strbuf_str(&name)) + 2;
		strbuf_release(&name);
	}
}

static void draw_cpus(struct timeline_view *state, const struct ui *ui, struct canvas *c,
		      const struct lanes *lanes, struct letters *letters)
{
	struct canvas field = canvas_sub(c, 0, state->left, -1, lanes->cols);
	const struct thread *selected = ui_selected(ui);
	int cnt = (int)model_cpu_cnt(ui_model(ui)), top = 0;

	if (selected)
		ui_scroll_to(selected->cpu, cnt, c->rows, &top);
	for (int row = 0; row < c->rows && row + top < cnt; row++) {
		bool is_marked = selected && selected->state == THREAD_RUNNING &&
				 selected->cpu == row + top;

		canvas_printf(c, row, 0, STYLE_NORMAL, "%cCPU %d", is_marked ? '>' : ' ',
			      row + top);
		lane_draw_cpu(lanes, &field, row, (unsigned)(row + top), letter_of, letters);
	}
}

static void draw_title(struct timeline_view *state, const struct ui *ui, struct canvas *c,
		       const struct lanes *lanes, bool is_large)
{
	static const char *const words[] = {
		[LANES_threads] = "timeline", [LANES_cpus] = "CPUs", [LANES_locks] = "locks"
	};
	char buf[TIME_LABEL_SZ], title[80];

	snprintf(title, sizeof(title), "%s, 1 column = %s", words[state->shown],
		 time_width(buf, state->win.ns_per_col));
	canvas_rule(c, 0, title);
	time_axis_draw(c, is_large, state->left, is_large ? state->left : 3 + text_width(title) + 2,
		       ui, &state->win, lanes);
}

static void draw_legend(struct canvas *c, int row, bool is_pending)
{
	const struct {
		enum lane_sign sign;
		const char *word;
	} items[] = {
		{ LANE_RUNNING, state_word(THREAD_RUNNING) },
		{ LANE_READY, state_word(THREAD_READY) },
		{ LANE_BLOCKED, state_word(THREAD_BLOCKED) },
		{ LANE_RUNNING_MIXED, NULL },
		{ LANE_READY_MIXED, NULL },
		{ LANE_BLOCKED_MIXED, "mostly" },
		{ LANE_STOPPED, state_word(THREAD_STOPPED) },
		{ LANE_UNKNOWN, state_word(THREAD_UNKNOWN) },
		{ LANE_LOST, "lost" },
		{ LANE_PENDING, "being computed" },
	};
	size_t cnt = sizeof(items) / sizeof(items[0]);
	int col = 1;

	for (size_t i = 0; i < cnt - !is_pending; i++) {
		col = lane_put(c, row, col, items[i].sign) + 1;
		if (items[i].word)
			col = canvas_puts(c, row, col, STYLE_DIM, items[i].word) + 2;
	}
}

/* What is there at all is never 0 %. */
static void add_percent(struct strbuf *ret, __u8 share, const char *word)
{
	int percent = (share * 100 + 127) / TIMELINE_FULL;

	if (share)
		strbuf_addf(ret, " %s%d%% %s", percent ? "" : "<", percent ? percent : 1, word);
}

static const struct timeline_cell *cell_of(const struct timeline_view *state, __u64 idx,
					   const struct thread *t)
{
	const struct timeline_column *column = timeline_column(state->timeline, idx);

	return column ? timeline_cell(column, t) : NULL;
}

/* What the selected thread did in the column of the cursor. */
static void draw_words(struct timeline_view *state, const struct ui *ui, struct canvas *c, int row,
		       const struct lanes *lanes, int col)
{
	const struct thread *t = ui_selected(ui);
	const struct timeline_cell *cell = t ? cell_of(state, lanes->first_idx + col, t) : NULL;
	struct strbuf sb = {};

	/* At the end a column may just have begun: nothing has happened in it. */
	if (t && !cell && ui_is_following(ui))
		cell = cell_of(state, lanes->first_idx + col - 1, t);
	if (!cell)
		return;
	strbuf_addf(&sb, "%s here:", t->name);
	add_percent(&sb, cell->share[TIMELINE_RUNNING], state_word(THREAD_RUNNING));
	add_percent(&sb, cell->share[TIMELINE_READY], state_word(THREAD_READY));
	add_percent(&sb, cell->share[TIMELINE_BLOCKED], state_word(THREAD_BLOCKED));
	if (cell->share[TIMELINE_BLOCKED])
		strbuf_addf(&sb, " (%s)", wait_reason_word(cell->reason));
	add_percent(&sb, cell->share[TIMELINE_STOPPED], state_word(THREAD_STOPPED));
	add_percent(&sb, cell->share[TIMELINE_UNKNOWN], state_word(THREAD_UNKNOWN));
	if (cell->wake_cnt == 1)
		strbuf_adds(&sb, "; woken by ");
	else if (cell->wake_cnt)
		strbuf_addf(&sb, "; %d%s wake-ups, last by ", cell->wake_cnt,
			    cell->wake_cnt == 255 ? "+" : "");
	if (cell->wake_cnt && (cell->flags & TIMELINE_IRQ))
		strbuf_adds(&sb, "an interrupt");
	else if (cell->wake_cnt && !cell->waker_tid)
		strbuf_adds(&sb, "the kernel");
	else if (cell->wake_cnt)
		describe_name(ui_model(ui), cell->waker_tid, &sb);
	canvas_puts(c, row, 1, STYLE_NORMAL, strbuf_str(&sb));
	strbuf_release(&sb);
}

static int label_width(int cols, bool is_lock)
{
	int width = cols / (is_lock ? LOCK_LABEL_PART : LABEL_PART);
	int most = is_lock ? LOCK_LABEL_MAX : LABEL_MAX;

	return width < LABEL_MIN ? LABEL_MIN : width > most ? most : width;
}

static int lane_cnt(const struct timeline_view *state, const struct ui *ui)
{
	size_t cnt;

	if (state->shown == LANES_cpus)
		return (int)model_cpu_cnt(ui_model(ui));
	if (state->shown == LANES_locks)
		return (int)state->locks.rows.locks.cnt;
	ui_rows(ui, &cnt);
	return (int)cnt;
}

/* Legend and words, unless that would cost a strip of the main screen its lanes. */
static bool has_room(const struct timeline_view *state, const struct ui *ui, const struct canvas *c)
{
	return c->rows >= LARGE_ALWAYS ||
	       (c->rows >= LARGE_ROWS && c->rows >= lane_cnt(state, ui) + LARGE_EXTRA);
}

/* A question is asked, here or later: lanes, and an axis of its own, end there. */
static void hide_future(const struct timeline_view *state, const struct ui *ui, struct canvas *c,
			int first, int end)
{
	const struct ui_window *w = &state->win;
	__u64 end_ns = ui_horizon_ns(ui);
	long long col = end_ns < w->begin_ns ? -1
					     : (long long)((end_ns - w->begin_ns) / w->ns_per_col);

	for (int row = first; row < end; row++)
		if (state->left + col + 1 < c->cols)
			canvas_blank(c, row, state->left + (int)col + 1, -1, STYLE_DIM);
	if (state->left + col + 3 < c->cols)
		canvas_puts(c, first, state->left + (int)col + 2, STYLE_CURSOR, "?");
}

/* How many rows the lanes took. */
static int draw_lanes(struct timeline_view *state, const struct ui *ui, struct canvas *c,
		      const struct lanes *lanes, struct letters *letters)
{
	int cnt = lane_cnt(state, ui);

	switch (state->shown) {
	case LANES_cpus:
		draw_cpus(state, ui, c, lanes, letters);
		break;
	case LANES_locks:
		return lock_lanes_draw(&state->locks, ui, c, state->left);
	case LANES_threads:
	case LANES_CNT:
		draw_threads(state, ui, c, lanes);
		break;
	}
	return cnt < c->rows ? cnt : c->rows;
}

/* The legend, and in words what is in the column of the cursor. */
static void draw_foot(struct timeline_view *state, const struct ui *ui, struct canvas *c,
		      const struct lanes *lanes, struct letters *letters)
{
	int col = state->win.cursor_col < 0 ? lanes->cols - 1 : state->win.cursor_col;

	if (state->shown == LANES_cpus)
		draw_letters(ui, c, c->rows - 2, letters);
	else if (state->shown == LANES_locks)
		lock_lanes_draw_legend(c, c->rows - 2, state->is_pending);
	else
		draw_legend(c, c->rows - 2, state->is_pending);
	if (state->shown == LANES_locks)
		lock_lanes_draw_words(&state->locks, ui, c, c->rows - 1, col);
	else
		draw_words(state, ui, c, c->rows - 1, lanes, col);
}

static void timeline_view_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct timeline_view *state = v->state;
	struct letters letters = { .ui = ui, .selected_tid = ui_selected_tid(ui) };
	struct lanes lanes;
	struct canvas body;
	int head, foot, rows;
	bool is_large;

	choose_timeline(state, ui);
	state->left = label_width(c->cols, state->shown == LANES_locks);
	if (c->cols <= state->left || !c->rows)
		return;
	prepare(state, ui, c->cols - state->left, &lanes);
	is_large = has_room(state, ui, c);
	head = state->lanes_row = is_large ? 2 : 1;
	foot = is_large ? 2 : 0;
	body = canvas_sub(c, head, 0, c->rows - head - foot, -1);
	draw_title(state, ui, c, &lanes, is_large);
	rows = draw_lanes(state, ui, &body, &lanes, &letters);
	if (state->win.cursor_col >= 0 && !ui_is_following(ui))
		for (int row = 0; row < rows; row++)
			canvas_restyle(&body, row, state->left + state->win.cursor_col, 1,
				       STYLE_CURSOR);
	if (is_large)
		draw_foot(state, ui, c, &lanes, &letters);
	if (ui_horizon_ns(ui) != ~0ULL)
		hide_future(state, ui, c, is_large ? head - 1 : head, c->rows - foot);
	map_release(&letters.row_of);
}

static bool timeline_view_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct timeline_view *state = v->state;

	if (action == ACT_LANES) {
		ui_next_lanes(ui);
		return true;
	}
	return ui_lanes(ui) == LANES_locks && lock_lanes_act(&state->locks, ui, action);
}

static bool timeline_view_tick(struct view *v, const struct ui *ui)
{
	struct timeline_view *state = v->state;

	if (ui_is_following(ui))
		timeline_observe(state->timeline);
	return state->is_pending;
}

static bool timeline_view_click(struct view *v, struct ui *ui, int row, int col)
{
	struct timeline_view *state = v->state;
	size_t cnt, lane = (size_t)(row - state->lanes_row + state->top);

	ui_rows(ui, &cnt);
	if (!state->win.ns_per_col)
		return false;
	if (row >= state->lanes_row && state->shown == LANES_threads && lane < cnt)
		ui_select_row(ui, lane);
	else if (row >= state->lanes_row && state->shown == LANES_locks)
		lock_lanes_click(&state->locks, ui, row - state->lanes_row);
	if (col >= state->left)
		ui_seek_time(ui, state->win.begin_ns +
					 (__u64)(col - state->left) * state->win.ns_per_col);
	return true;
}

const struct view_ops view_timeline = {
	.name = "timeline",
	.state_sz = sizeof(struct timeline_view),
	.init = timeline_view_init,
	.release = timeline_view_release,
	.draw = timeline_view_draw,
	.act = timeline_view_act,
	.tick = timeline_view_tick,
	.click = timeline_view_click,
};
