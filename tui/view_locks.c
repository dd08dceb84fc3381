/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of locks, in an order one chooses, and below it what is known of the selected one. */
#include <stdio.h>

#include "tui/lock_cells.h"
#include "tui/pane_lock.h"

enum {
	MARGIN = 1,
	PANE_FROM = 12, /* canvases from so many rows on have a pane, */
	PANE_PART = 2,	/* of that part of the rows at most, */
	PANE_ROWS = 8,	/* but no more than that while it is not large */
	HEAD = 2,	/* the rule and the headings */
};

struct locks_view {
	struct lock_rows rows;
	int top;
	int height; /* rows of the table in the last picture */
	bool is_large;
};

static void locks_release(struct view *v)
{
	struct locks_view *state = v->state;

	lock_rows_release(&state->rows);
}

static void make_rows(struct locks_view *state, const struct ui *ui)
{
	lock_rows_make(&state->rows, ui_model(ui), ui_now_ns(ui), ui_lock_order(ui));
}

static bool column_is_shown(const struct lock_column *col, int cols, enum lock_order order)
{
	return cols >= col->min_cols || (col->order == order && cols >= LOCK_ORDER_COLS);
}

/* First everybody gets the least, then those that grow share what is left. */
static void fit_columns(int cols, enum lock_order order, int width[LOCK_COLUMN_CNT])
{
	int left = cols - MARGIN + 1, grow = 0;

	for (int i = 0; i < LOCK_COLUMN_CNT; i++) {
		bool is_shown = column_is_shown(&lock_columns[i], cols, order);

		width[i] = is_shown ? lock_columns[i].width : 0;
		left -= is_shown ? width[i] + 1 : 0;
		grow += is_shown ? lock_columns[i].grow : 0;
	}
	for (int i = 0; i < LOCK_COLUMN_CNT && left > 0 && grow; i++) {
		int share = width[i] ? left * lock_columns[i].grow / grow : 0;

		grow -= width[i] ? lock_columns[i].grow : 0;
		width[i] += share;
		left -= share;
	}
}

static void draw_headings(struct canvas *c, int row, enum lock_order order,
			  const int width[LOCK_COLUMN_CNT])
{
	int col = MARGIN;

	for (int i = 0; i < LOCK_COLUMN_CNT; i++) {
		const struct lock_column *x = &lock_columns[i];
		int pad = x->is_right ? width[i] - text_width(x->heading) : 0;

		if (!width[i])
			continue;
		canvas_puts(c, row, col + (pad > 0 ? pad : 0),
			    x->order == order ? STYLE_CURSOR : STYLE_HEADING, x->heading);
		col += width[i] + 1;
	}
}

static void draw_row(const struct ui *ui, const struct lock_rows *rows, struct canvas *c, int at,
		     const struct lock_row *row, const int width[LOCK_COLUMN_CNT])
{
	struct lock_cell x = {
		.ui = ui,
		.m = ui_model(ui),
		.rows = rows,
		.row = row,
		.c = c,
		.at_row = at,
		.at_col = MARGIN,
	};

	for (int i = 0; i < LOCK_COLUMN_CNT; i++) {
		if (!width[i])
			continue;
		x.width = width[i];
		lock_columns[i].draw(&x);
		x.at_col += width[i] + 1;
	}
}

static void draw_table(struct locks_view *state, const struct ui *ui, struct canvas *c,
		       int selected)
{
	int width[LOCK_COLUMN_CNT], cnt = (int)state->rows.locks.cnt;
	enum lock_order order = ui_lock_order(ui);
	char title[64];

	snprintf(title, sizeof(title), "%d lock%s, %s", cnt, cnt == 1 ? "" : "s",
		 lock_order_words(order));
	canvas_rule(c, 0, title);
	fit_columns(c->cols, order, width);
	draw_headings(c, 1, order, width);
	if (!cnt)
		canvas_puts(c, HEAD, MARGIN, STYLE_DIM,
			    "Nobody has waited for a lock yet: one that is free leaves no trace.");
	state->height = c->rows - HEAD;
	ui_scroll_to(selected, cnt, state->height, &state->top);
	for (int i = state->top; i < cnt && i - state->top < state->height; i++) {
		int at = i - state->top + HEAD;

		draw_row(ui, &state->rows, c, at, &state->rows.locks.items[i], width);
		if (i != selected)
			continue;
		canvas_puts(c, at, 0, STYLE_NORMAL, ">");
		canvas_select_row(c, at);
		canvas_set_cursor(c, at, 0);
	}
}

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

/* Rows of the pane: what the table does not need, within reason. */
static int pane_rows(const struct locks_view *state, int rows)
{
	int cnt = (int)state->rows.locks.cnt, table = HEAD + (cnt ? cnt : 1);

	if (rows < PANE_FROM)
		return state->is_large ? rows - HEAD - 1 : 0;
	if (state->is_large)
		return rows - min_int(table, rows / 3);
	table = min_int(table, rows - min_int(PANE_ROWS, rows / PANE_PART));
	return rows - table;
}

/* As long as nobody has chosen, the first: what matters most in this order. */
static int selected_row(const struct locks_view *state, const struct ui *ui)
{
	int row = lock_rows_find(&state->rows, ui_selected_lock(ui));

	return row < 0 && state->rows.locks.cnt ? 0 : row;
}

static void locks_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct locks_view *state = v->state;
	struct canvas table, pane;
	int selected;

	make_rows(state, ui);
	selected = selected_row(state, ui);
	pane = canvas_sub(c, c->rows - pane_rows(state, c->rows), 0, -1, -1);
	table = canvas_sub(c, 0, 0, c->rows - pane.rows, -1);
	draw_table(state, ui, &table, selected);
	if (pane.rows > 0)
		pane_lock_draw(ui, &state->rows,
			       selected < 0 ? NULL : &state->rows.locks.items[selected], &pane);
}

/* The rows are of the last picture, and the model may have changed: make them anew. */
static void move(struct locks_view *state, struct ui *ui, int distance)
{
	int row, cnt;

	make_rows(state, ui);
	cnt = (int)state->rows.locks.cnt;
	row = selected_row(state, ui) + distance;
	if (row >= cnt)
		row = cnt - 1;
	if (row < 0)
		row = 0;
	if (cnt)
		ui_select_lock(ui, state->rows.locks.items[row].lock);
}

static bool act_large(struct locks_view *state, bool is_large)
{
	bool changes = state->is_large != is_large;

	state->is_large = is_large;
	return changes;
}

static bool locks_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct locks_view *state = v->state;
	int page = state->height > 1 ? state->height - 1 : 1;

	switch (action) {
	case ACT_UP:
	case ACT_DOWN:
		move(state, ui, action == ACT_UP ? -1 : 1);
		return true;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		move(state, ui, action == ACT_PAGE_UP ? -page : page);
		return true;
	case ACT_ORDER:
		ui_next_lock_order(ui);
		state->top = 0;
		return true;
	case ACT_ENTER:
		move(state, ui, 0);
		act_large(state, true);
		return true;
	case ACT_BACK:
		return act_large(state, false);
	case ACT_OWNER:
		move(state, ui, 0);
		ui_jump_lock_owner(ui);
		return true;
	default:
		return false;
	}
}

static bool locks_click(struct view *v, struct ui *ui, int row, int col)
{
	struct locks_view *state = v->state;
	int at = state->top + row - HEAD;

	(void)col;
	make_rows(state, ui);
	if (row < HEAD || row - HEAD >= state->height || at >= (int)state->rows.locks.cnt)
		return false;
	ui_select_lock(ui, state->rows.locks.items[at].lock);
	return true;
}

const struct view_ops view_locks = {
	.name = "locks",
	.state_sz = sizeof(struct locks_view),
	.release = locks_release,
	.draw = locks_draw,
	.act = locks_act,
	.click = locks_click,
};
