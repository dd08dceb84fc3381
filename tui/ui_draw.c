/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout: what gets how many rows. */
#include <stdio.h>

#include "tui/head.h"
#include "tui/pane_details.h"
#include "tui/ui_private.h"
#include "tui/wrap.h"

/* Rows of the parts of the main screen; 0: it is left out. */
struct layout {
	int list, strip, details;
};

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

/*
 * List and timeline show the same threads; both get what they need when there is
 * room, else three fifths and two fifths. The details take the rest.
 */
static struct layout main_layout(const struct ui *ui, int rows)
{
	struct layout l = {};
	size_t cnt;
	int want, rest;

	ui_rows(ui, &cnt);
	want = (int)cnt + 1;
	if (ui->is_large) {
		l.list = min_int(want, rows / 3);
		l.details = rows - l.list;
		return l;
	}
	l.details = rows >= 40 ? 14 : rows >= 30 ? 8 : rows >= 14 ? 5 : rows >= 9 ? 3 : 0;
	rest = rows - l.details;
	if (rows >= 14)
		l.strip = want * 2 <= rest ? want : min_int(want, rest * 2 / 5);
	l.list = min_int(want, rest - l.strip);
	l.details = rows - l.list - l.strip;
	return l;
}

static void draw_view(struct ui *ui, enum ui_view view, struct canvas *c)
{
	if (c->rows > 0 && c->cols > 0)
		ui->views[view].ops->draw(&ui->views[view], ui, c);
}

static void draw_main(struct ui *ui, struct canvas *c)
{
	struct layout l = main_layout(ui, c->rows);
	struct canvas details = canvas_sub(c, l.list + l.strip, 0, l.details, -1);

	ui->list = canvas_sub(c, 0, 0, l.list, -1);
	ui->strip = canvas_sub(c, l.list, 0, l.strip, -1);
	ui->list_height = l.list - 1;
	draw_view(ui, VIEW_threads, &ui->list);
	draw_view(ui, VIEW_timeline, &ui->strip);
	if (ui->details_tid != ui->selected_tid)
		ui->details_top = 0;
	ui->details_tid = ui->selected_tid;
	ui->details_page = details.rows > 2 ? details.rows - 2 : 1;
	ui->details_is_cut = l.details > 0 &&
			     pane_details_draw(ui, &details, ui->is_large, ui->details_top);
}

static void draw_full(struct ui *ui, struct canvas *c)
{
	head_draw_tabs(ui, c);
	ui->list = ui->strip = (struct canvas){};
	ui->body = canvas_sub(c, 1, 0, c->rows - 1, -1);
	ui->list_height = ui->body.rows;
	draw_view(ui, ui->view, &ui->body);
}

static void draw_too_small(const struct canvas *all)
{
	struct canvas c = *all;
	char text[80];

	snprintf(text, sizeof(text), "terminal too small (have %dx%d, want %dx%d)", c.cols, c.rows,
		 UI_COLS_MIN, UI_ROWS_MIN);
	wrap_draw(&c, 0, STYLE_NORMAL, text);
}

/*
 * As long as nobody chose, what matters most is selected: a thread of the
 * deadlock, else the first of the list. So it is when a filter hides the chosen one.
 */
static void select_default(struct ui *ui)
{
	const struct verdict *v = ui_verdict(ui);
	size_t cnt;
	const struct ui_row *rows;

	if (!ui->is_selected_by_user && (v->kind == VERDICT_DEADLOCK || v->kind == VERDICT_STALL))
		ui->selected_tid = v->cycle[0].tid;
	if (ui->is_selected_by_user && !ui->filter[0])
		return;
	rows = ui_rows(ui, &cnt);
	if (cnt && ui_selected_row(ui) < 0)
		ui->selected_tid = rows[0].thread->tid;
}

static void draw_screen(struct ui *ui, struct canvas *c)
{
	int verdict_rows = head_verdict_rows(ui, c->cols,
					     c->rows >= 40   ? 5
					     : c->rows >= 20 ? 2
							     : 1);
	struct canvas title = canvas_sub(c, 0, 0, 1, -1);
	struct canvas verdict = canvas_sub(c, 1, 0, verdict_rows, -1);
	int told_rows = head_narration_rows(ui, c->rows, c->cols);
	int note_rows = head_note_rows(ui, c->rows, c->cols);
	int top = 1 + verdict_rows + told_rows + note_rows;
	struct canvas told = canvas_sub(c, 1 + verdict_rows, 0, told_rows, -1);
	struct canvas note = canvas_sub(c, 1 + verdict_rows + told_rows, 0, note_rows, -1);
	struct canvas middle = canvas_sub(c, top, 0, c->rows - 1 - top, -1);
	struct canvas bar = canvas_sub(c, c->rows - 1, 0, 1, -1);

	head_draw_title(ui, &title);
	head_draw_verdict(ui, &verdict);
	if (told_rows)
		head_draw_narration(ui, &told);
	if (note_rows)
		head_draw_note(ui, &note);
	if (ui->view == VIEW_threads)
		draw_main(ui, &middle);
	else
		draw_full(ui, &middle);
	head_draw_bar(ui, &bar);
}

void ui_draw(struct ui *ui, struct grid *g)
{
	struct canvas c = grid_canvas(g);

	grid_clear(g);
	ui->list = ui->strip = ui->body = (struct canvas){};
	select_default(ui);
	if (c.rows < UI_ROWS_MIN || c.cols < UI_COLS_MIN)
		draw_too_small(&c);
	else
		draw_screen(ui, &c);
	ui->is_changed = false;
	ui->drawn_ns = ui->wall_ns;
	ui->drawn_event_cnt = trace_event_cnt(ui->trace);
	ui->drawn_work = cursor_work(ui->cursor);
}
