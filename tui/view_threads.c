/* SPDX-License-Identifier: GPL-2.0-only */
/* The thread tree: state, CPU, shares of time, what each waits for and since when. */
#include <stdio.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/ui.h"

struct threads_state {
	int top; /* first row that is shown */
};

/* What a column needs to draw one cell of it. */
struct cell_ctx {
	const struct ui *ui;
	const struct model *m;
	const struct ui_row *row;
	const struct thread *t;
	__u64 now_ns;
	struct canvas *c;
	int at_row, at_col, width;
	unsigned style; /* of the row's plain cells */
};

static void put_text(const struct cell_ctx *x, unsigned style, const char *text)
{
	canvas_field(x->c, x->at_row, x->at_col, x->width, style, text);
}

static void put_right(const struct cell_ctx *x, const char *text)
{
	int pad = x->width - text_width(text);

	canvas_puts(x->c, x->at_row, x->at_col + (pad > 0 ? pad : 0), x->style, text);
}

static void put_count(const struct cell_ctx *x, __u64 cnt)
{
	char buf[FMT_SZ];

	put_right(x, fmt_count(buf, sizeof(buf), cnt));
}

static void draw_tid(const struct cell_ctx *x)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", x->t->tid);
	put_right(x, buf);
}

/* The branch is kept in ASCII; here it becomes lines where the terminal can. */
static int draw_branch(const struct cell_ctx *x)
{
	int col = x->at_col;

	for (const char *p = x->row->tree; *p && col < x->at_col + x->width; p++, col++) {
		if (*p == '|' && p[1] == '-')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_TREE_MID);
		else if (*p == '|')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_VLINE);
		else if (*p == '`')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_TREE_END);
		else if (*p == '-')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_HLINE);
	}
	return col;
}

static void draw_name(const struct cell_ctx *x)
{
	int col = draw_branch(x);
	unsigned style = x->row->is_process ? STYLE_BOLD : x->style;

	if (ui_search_matches(x->ui, x->t->name))
		style = STYLE_MATCH;
	if (verdict_has_thread(ui_verdict(x->ui), x->t->tid) &&
	    ui_verdict(x->ui)->kind == VERDICT_DEADLOCK)
		style = STYLE_ALARM;
	canvas_field(x->c, x->at_row, col, x->at_col + x->width - col, style,
		     x->t->name[0] ? x->t->name : "?");
}

static void draw_state(const struct cell_ctx *x)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%c %s", thread_state_letter(x->t->state),
		 thread_state_word(x->t->state));
	put_text(x, theme_state_style(x->t->state), buf);
}

static void draw_cpu(const struct cell_ctx *x)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", x->t->cpu);
	put_right(x, x->t->state == THREAD_RUNNING ? buf : "-");
}

/* Share of the time it has been known; what is Unknown is in none of the three. */
static void draw_share(const struct cell_ctx *x, enum thread_state s)
{
	__u64 end_ns = x->t->ended_ns ? x->t->ended_ns : x->now_ns;
	__u64 life_ns = end_ns > x->t->created_ns ? end_ns - x->t->created_ns : 0;
	__u64 ns = thread_state_ns(x->t, s, x->now_ns);
	char buf[16];

	if (ns > life_ns)
		ns = life_ns;
	snprintf(buf, sizeof(buf), "%.1f", life_ns ? 100.0 * (double)ns / (double)life_ns : 0.0);
	put_right(x, buf);
}

static void draw_running(const struct cell_ctx *x)
{
	draw_share(x, THREAD_RUNNING);
}

static void draw_ready(const struct cell_ctx *x)
{
	draw_share(x, THREAD_READY);
}

static void draw_blocked(const struct cell_ctx *x)
{
	draw_share(x, THREAD_BLOCKED);
}

static void draw_waits(const struct cell_ctx *x)
{
	struct strbuf text = {};

	if (thread_is_blocked(x->t) && x->width >= 40)
		describe_wait(x->m, x->t, &text);
	else if (thread_is_blocked(x->t))
		describe_wait_short(x->m, x->t, x->width, &text);
	else if (x->t->state == THREAD_READY)
		strbuf_adds(&text, ready_cause_word(x->t->ready_cause));
	else if (x->t->state == THREAD_ZOMBIE || x->t->state == THREAD_DEAD)
		describe_exit(x->t->exit_code, &text);
	put_text(x, x->style, strbuf_str(&text));
	strbuf_release(&text);
}

static void draw_since(const struct cell_ctx *x)
{
	char buf[FMT_SZ];

	put_right(x, fmt_duration(buf, sizeof(buf),
				  x->now_ns > x->t->since_ns ? x->now_ns - x->t->since_ns : 0));
}

static void draw_switches(const struct cell_ctx *x)
{
	put_count(x, x->t->switch_cnt);
}

static void draw_preempted(const struct cell_ctx *x)
{
	put_count(x, x->t->preempt_cnt);
}

static void draw_wakes(const struct cell_ctx *x)
{
	put_count(x, x->t->wake_cnt);
}

static void draw_waker(const struct cell_ctx *x)
{
	struct strbuf text = {};

	if (x->t->wake.at_ns)
		describe_wake(x->m, &x->t->wake, &text);
	put_text(x, STYLE_DIM, strbuf_str(&text));
	strbuf_release(&text);
}

/* In the order they are drawn. A column is there when the canvas has min_cols. */
static const struct column {
	const char *heading;
	short width;
	short grow; /* its part of the columns that are left over */
	short min_cols;
	bool is_right; /* the heading stands at the right */
	void (*draw)(const struct cell_ctx *x);
} columns[] = {
	{ "TID", 4, 0, 0, true, draw_tid }, /* as wide as the longest */
	{ "THREAD", 12, 2, 0, false, draw_name },
	{ "STATE", 9, 0, 0, false, draw_state },
	{ "CPU", 3, 0, 50, true, draw_cpu },
	{ "RUN%", 5, 0, 60, true, draw_running },
	{ "READY%", 6, 0, 72, true, draw_ready },
	{ "BLOCK%", 6, 0, 72, true, draw_blocked },
	{ "WAITS FOR", 7, 6, 0, false, draw_waits },
	{ "SINCE", 7, 0, 60, true, draw_since },
	{ "SWITCHES", 10, 0, 120, true, draw_switches },
	{ "PREEMPTED", 10, 0, 132, true, draw_preempted },
	{ "WOKEN", 10, 0, 144, true, draw_wakes },
	{ "LAST WOKEN", 16, 4, 160, false, draw_waker },
};

enum {
	COLUMN_CNT = sizeof(columns) / sizeof(columns[0]),
	MARGIN = 1,
	NAME_MAX_COLS = 32,
	NAME_GROWS_COLS = 100, /* below, what is left over goes to what is waited for */
};

static int digits(__u32 number)
{
	return number < 10 ? 1 : 1 + digits(number / 10);
}

static int tid_width(const struct ui *ui, int min)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);
	__u32 max = 0;

	for (size_t i = 0; i < cnt; i++)
		max = rows[i].thread->tid > max ? rows[i].thread->tid : max;
	return digits(max) > min ? digits(max) : min;
}

static int column_grow(int i, int cols)
{
	if (columns[i].draw == draw_name && cols < NAME_GROWS_COLS)
		return 0;
	return columns[i].grow;
}

/* Widths at this canvas width; 0: the column is not there. */
static void fit_columns(const struct ui *ui, int cols, int width[COLUMN_CNT])
{
	int left = cols - MARGIN, grow = 0;

	for (int i = 0; i < COLUMN_CNT; i++) {
		width[i] = cols >= columns[i].min_cols ? columns[i].width : 0;
		if (columns[i].draw == draw_tid)
			width[i] = tid_width(ui, width[i]);
		left -= width[i] ? width[i] + 1 : 0;
		grow += width[i] ? column_grow(i, cols) : 0;
	}
	for (int i = 0; i < COLUMN_CNT && left > 0; i++) {
		int share = width[i] && grow ? left * column_grow(i, cols) / grow : 0;

		width[i] += share;
		left -= share;
		grow -= width[i] ? column_grow(i, cols) : 0;
		if (columns[i].draw == draw_name && width[i] > NAME_MAX_COLS) {
			left += width[i] - NAME_MAX_COLS;
			width[i] = NAME_MAX_COLS;
		}
	}
}

static void draw_headings(struct canvas *c, const int width[COLUMN_CNT])
{
	int col = MARGIN;

	for (int i = 0; i < COLUMN_CNT; i++) {
		int pad = columns[i].is_right ? width[i] - text_width(columns[i].heading) : 0;

		if (!width[i])
			continue;
		canvas_puts(c, 0, col + (pad > 0 ? pad : 0), STYLE_HEADING, columns[i].heading);
		col += width[i] + 1;
	}
}

static void draw_row(const struct ui *ui, struct canvas *c, int at, const struct ui_row *row,
		     const int width[COLUMN_CNT])
{
	struct cell_ctx x = {
		.ui = ui,
		.m = ui_model(ui),
		.row = row,
		.t = row->thread,
		.now_ns = ui_now_ns(ui),
		.c = c,
		.at_row = at,
		.at_col = MARGIN,
		.style = row->thread->state == THREAD_DEAD ? STYLE_ENDED : STYLE_NORMAL,
	};

	for (int i = 0; i < COLUMN_CNT; i++) {
		if (!width[i])
			continue;
		x.width = width[i];
		columns[i].draw(&x);
		x.at_col += width[i] + 1;
	}
}

static void threads_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct threads_state *st = v->state;
	int width[COLUMN_CNT], selected = ui_selected_row(ui);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	fit_columns(ui, c->cols, width);
	draw_headings(c, width);
	if (!cnt)
		canvas_puts(c, 1, MARGIN, STYLE_DIM, "No threads to show.");
	ui_scroll_to(selected, (int)cnt, c->rows - 1, &st->top);
	for (int i = st->top; i < (int)cnt && i - st->top < c->rows - 1; i++) {
		int at = i - st->top + 1;

		draw_row(ui, c, at, &rows[i], width);
		if (i != selected)
			continue;
		canvas_puts(c, at, 0, STYLE_NORMAL, ">");
		canvas_select_row(c, at);
		canvas_set_cursor(c, at, 0);
	}
}

static bool threads_click(struct view *v, struct ui *ui, int row, int col)
{
	const struct threads_state *st = v->state;
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);
	int at = st->top + row - 1;

	(void)col;
	if (row < 1 || at >= (int)cnt)
		return false;
	ui_select_tid(ui, rows[at].thread->tid);
	return true;
}

const struct view_ops view_threads = {
	.name = "threads",
	.state_sz = sizeof(struct threads_state),
	.draw = threads_draw,
	.click = threads_click,
};
