/* SPDX-License-Identifier: GPL-2.0-only */
/* The thread tree: state, CPU, shares of time, what each waits for and since when. */
#include "tui/thread_cells.h"
#include "tui/ui.h"

enum { MARGIN = 1, NEED_MAX = 28, GROW_MIN = 7 /* columns that are left to those that grow */ };

struct threads_state {
	int top; /* first row that is shown */
	/* Widths of the columns, for these rows in so many columns of the canvas. */
	__u64 rows_version;
	int cols, width[THREAD_COLUMN_CNT];
};

static int column_need(const struct ui *ui, const struct thread_column *col)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);
	int max = col->width;

	for (size_t i = 0; col->need && i < cnt; i++) {
		int need = col->need(ui, &rows[i]);

		max = need > max ? need : max;
	}
	return max < NEED_MAX ? max : NEED_MAX;
}

/*
 * Widths at this canvas width; 0: the column is not there. First everybody gets the
 * least, then those that could show more of their texts, then those that grow.
 */
static void fit_columns(const struct ui *ui, int cols, int width[THREAD_COLUMN_CNT])
{
	const struct thread_column *col = thread_columns;
	int left = cols - MARGIN + 1, grow = 0;

	for (int i = 0; i < THREAD_COLUMN_CNT; i++) {
		width[i] = cols >= col[i].min_cols ? col[i].width : 0;
		left -= width[i] ? width[i] + 1 : 0;
		grow += width[i] ? col[i].grow : 0;
	}
	for (int i = 0; i < THREAD_COLUMN_CNT && left > GROW_MIN; i++) {
		int more = width[i] ? column_need(ui, &col[i]) - width[i] : 0;

		if (more > left - GROW_MIN)
			more = left - GROW_MIN;
		width[i] += more;
		left -= more;
	}
	for (int i = 0; i < THREAD_COLUMN_CNT && left > 0; i++) {
		int share = width[i] && grow ? left * col[i].grow / grow : 0;

		width[i] += share;
		left -= share;
		grow -= width[i] ? col[i].grow : 0;
	}
}

/* Thousands of rows are asked what they need; while nothing happens, once. */
static void fit_again(struct threads_state *st, const struct ui *ui, int cols)
{
	__u64 version = ui_rows_version(ui);

	if (st->rows_version == version && st->cols == cols)
		return;
	fit_columns(ui, cols, st->width);
	st->rows_version = version;
	st->cols = cols;
}

static void draw_headings(struct canvas *c, const int width[THREAD_COLUMN_CNT])
{
	int col = MARGIN;

	for (int i = 0; i < THREAD_COLUMN_CNT; i++) {
		int pad = thread_columns[i].is_right
				  ? width[i] - text_width(thread_columns[i].heading)
				  : 0;

		if (!width[i])
			continue;
		canvas_puts(c, 0, col + (pad > 0 ? pad : 0), STYLE_HEADING,
			    thread_columns[i].heading);
		col += width[i] + 1;
	}
}

static void draw_row(const struct ui *ui, struct canvas *c, int at, const struct ui_row *row,
		     const int width[THREAD_COLUMN_CNT])
{
	struct thread_cell x = {
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

	for (int i = 0; i < THREAD_COLUMN_CNT; i++) {
		if (!width[i])
			continue;
		x.width = width[i];
		thread_columns[i].draw(&x);
		x.at_col += width[i] + 1;
	}
}

static void threads_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct threads_state *st = v->state;
	int selected = ui_selected_row(ui);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	fit_again(st, ui, c->cols);
	draw_headings(c, st->width);
	if (!cnt)
		canvas_puts(c, 1, MARGIN, STYLE_DIM, "No threads to show.");
	ui_scroll_to(selected, (int)cnt, c->rows - 1, &st->top);
	for (int i = st->top; i < (int)cnt && i - st->top < c->rows - 1; i++) {
		int at = i - st->top + 1;

		draw_row(ui, c, at, &rows[i], st->width);
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
	int at = st->top + row - 1;

	(void)col;
	ui_rows(ui, &cnt);
	if (row < 1 || at >= (int)cnt)
		return false;
	ui_select_row(ui, (size_t)at);
	return true;
}

const struct view_ops view_threads = {
	.name = "threads",
	.state_sz = sizeof(struct threads_state),
	.draw = threads_draw,
	.click = threads_click,
};
