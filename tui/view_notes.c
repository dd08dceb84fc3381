/* SPDX-License-Identifier: GPL-2.0-only */
/* The notes of the recording: its chapters, markers and questions, each a place to go to. */
#include <stdio.h>

#include "base/fmt.h"
#include "tui/ui.h"

enum { TIME_COLS = 12, VIEW_COLS = 10, VIEW_MIN_COLS = 60 };

/* The selection stays while the instant does; else it is the note that was passed last. */
struct notes_view {
	int top, selected;
	__u64 now_ns;
	size_t cnt;
	int height; /* rows of notes in the last picture */
};

static int passed(const struct ui *ui)
{
	const struct annotations *all = ui_notes(ui);
	const struct annotation *here = ui_note_here(ui);
	int idx = -1;

	if (here)
		return (int)(here - all->items.items);
	vec_for_each(note, &all->items)
		if (note->at_ns <= ui_now_ns(ui))
			idx++;
	return idx;
}

static void keep_up(struct notes_view *st, const struct ui *ui)
{
	__u64 now_ns = ui_now_ns(ui);
	int cnt = (int)ui_notes(ui)->items.cnt;

	if (st->now_ns != now_ns || st->cnt != (size_t)cnt)
		st->selected = passed(ui);
	st->now_ns = now_ns;
	st->cnt = (size_t)cnt;
	if (st->selected >= cnt)
		st->selected = cnt - 1;
	if (st->selected < 0)
		st->selected = 0;
}

static void draw_note(const struct ui *ui, struct canvas *c, int row, const struct annotation *note,
		      bool is_inner)
{
	unsigned style = note->is_chapter ? STYLE_HEADING : STYLE_NORMAL;
	int end = c->cols, col;
	char buf[FMT_SZ];

	canvas_puts(c, row, 1, STYLE_DIM,
		    fmt_clock(buf, sizeof(buf), note->at_ns - ui_begin_ns(ui)));
	if (c->cols >= VIEW_MIN_COLS) {
		end -= VIEW_COLS;
		canvas_field(c, row, end, VIEW_COLS, STYLE_DIM, note->view ? note->view : "");
	}
	col = TIME_COLS + (is_inner ? 2 : 0);
	if (note->question)
		col = canvas_puts(c, row, col, STYLE_BOLD, "? ");
	canvas_field(c, row, col, end - col - 1, style,
		     note->text[0] || !note->question ? note->text : note->question);
}

static void draw_none(struct canvas *c)
{
	canvas_puts(c, 1, 1, STYLE_DIM, "No notes: m sets one here; ctrace annotate takes a text.");
}

static void notes_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	const struct annotations *all = ui_notes(ui);
	struct notes_view *st = v->state;
	bool is_inner = false;
	char title[64];

	keep_up(st, ui);
	snprintf(title, sizeof(title), "notes, %d of %zu passed", passed(ui) + 1, st->cnt);
	canvas_rule(c, 0, title);
	st->height = c->rows - 1;
	if (!st->cnt)
		draw_none(c);
	if (st->height <= 0 || !st->cnt)
		return;
	ui_scroll_to(st->selected, (int)st->cnt, st->height, &st->top);
	for (int i = 0; i < (int)st->cnt && i < st->top + st->height; i++) {
		const struct annotation *note = &all->items.items[i];

		if (i >= st->top)
			draw_note(ui, c, 1 + i - st->top, note, is_inner && !note->is_chapter);
		is_inner |= note->is_chapter;
	}
	canvas_put(c, 1 + st->selected - st->top, 0, STYLE_NORMAL, '>');
	canvas_select_row(c, 1 + st->selected - st->top);
	canvas_set_cursor(c, 1 + st->selected - st->top, 0);
}

static bool notes_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct notes_view *st = v->state;
	int page = st->height > 1 ? st->height - 1 : 1;

	keep_up(st, ui);
	switch (action) {
	case ACT_UP:
		st->selected--;
		break;
	case ACT_DOWN:
		st->selected++;
		break;
	case ACT_PAGE_UP:
		st->selected -= page;
		break;
	case ACT_PAGE_DOWN:
		st->selected += page;
		break;
	case ACT_ENTER:
		if (st->cnt)
			ui_go_note(ui, (size_t)st->selected);
		return true;
	default:
		return false;
	}
	keep_up(st, ui);
	return true;
}

static bool notes_click(struct view *v, struct ui *ui, int row, int col)
{
	struct notes_view *st = v->state;

	(void)ui;
	(void)col;
	if (row < 1 || st->top + row > (int)st->cnt)
		return false;
	st->selected = st->top + row - 1;
	return true;
}

const struct view_ops view_notes = {
	.name = "notes",
	.state_sz = sizeof(struct notes_view),
	.draw = notes_draw,
	.act = notes_act,
	.click = notes_click,
};
