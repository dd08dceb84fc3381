/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the boxes and arrows of the state diagram are, and how their lines are drawn. */
#include "tui/diagram_lines.h"

enum {
	ARC_ROWS = 2,	 /* above the boxes */
	BETWEEN = 2,	 /* rows between the upper boxes and Blocked */
	NOTE_ROWS = 1,	 /* below everything, for what has no box */
	WIDE_COLS = 120, /* from here on the arrows are longer */
	ARROW_INSET = 3, /* of the vertical arrows from the corners of Blocked */
	BOX_SHARES = 57, /* of which New has 10, Ready 15, Running and Terminated 16 each */
};

void diagram_lay_out(int rows, int cols, struct diagram_layout *l)
{
	bool is_wide = cols >= WIDE_COLS;
	int admit = is_wide ? 16 : 7, dispatch = is_wide ? 18 : 10, exit = is_wide ? 16 : 6;
	int left = cols - admit - dispatch - exit;
	int height = rows - ARC_ROWS - BETWEEN - NOTE_ROWS;
	int upper = height / 2, top = ARC_ROWS; /* most threads are Blocked */

	l->fresh = (struct diagram_box){ top, 0, upper, left * 10 / BOX_SHARES };
	l->ready =
		(struct diagram_box){ top, l->fresh.cols + admit, upper, left * 15 / BOX_SHARES };
	l->running = (struct diagram_box){ top, l->ready.col + l->ready.cols + dispatch, upper,
					   left * 16 / BOX_SHARES };
	l->terminated.col = l->running.col + l->running.cols + exit;
	l->terminated.row = top;
	l->terminated.rows = rows - NOTE_ROWS - top;
	l->terminated.cols = cols - l->terminated.col;
	l->blocked.row = top + upper + BETWEEN;
	l->blocked.rows = height - upper;
	l->blocked.col = l->ready.col;
	l->blocked.cols = l->running.col + l->running.cols - l->ready.col;
	l->reap_row = top + l->terminated.rows / 2;
	l->arc_row = 0;
	l->wake_col = l->blocked.col + ARROW_INSET;
	l->block_col = l->blocked.col + l->blocked.cols - 1 - ARROW_INSET;
}

void diagram_draw_box(struct canvas *c, const struct diagram_box *b, unsigned style,
		      const char *title, const char *note)
{
	int right = b->col + b->cols - 1, bottom = b->row + b->rows - 1;

	canvas_hline(c, b->row, b->col, b->cols, style, GLYPH_HLINE);
	canvas_hline(c, bottom, b->col, b->cols, style, GLYPH_HLINE);
	for (int row = b->row; row <= bottom; row++) {
		canvas_glyph(c, row, b->col, style, GLYPH_VLINE);
		canvas_glyph(c, row, right, style, GLYPH_VLINE);
	}
	canvas_glyph(c, b->row, b->col, style, GLYPH_TOP_LEFT);
	canvas_glyph(c, b->row, right, style, GLYPH_TOP_RIGHT);
	canvas_glyph(c, bottom, b->col, style, GLYPH_BOTTOM_LEFT);
	canvas_glyph(c, bottom, right, style, GLYPH_BOTTOM_RIGHT);
	if (text_width(title) <= b->cols - 2)
		canvas_puts(c, b->row, b->col + 1, style, title);
	else
		canvas_field(c, b->row, b->col + 1, b->cols - 2, style, title);
	if (*note && text_width(note) <= b->cols - 2)
		canvas_puts(c, bottom, b->col + 1, STYLE_DIM, note);
}

static unsigned line_style(bool is_taken)
{
	return is_taken ? STYLE_CURSOR : STYLE_RULE;
}

/* From the right edge of a to the left edge of b, the word above it and a name below. */
static void draw_across(struct canvas *c, const struct diagram_box *a, const struct diagram_box *b,
			enum arrow arrow, bool is_taken, const char *label)
{
	int col = a->col + a->cols, cnt = b->col - col, row = a->row + a->rows / 2;
	const char *word = arrow_word(arrow);
	unsigned style = is_taken ? STYLE_CURSOR : STYLE_NORMAL;

	canvas_puts(c, row - 1, col + (cnt - text_width(word)) / 2, style, word);
	canvas_hline(c, row, col, cnt, line_style(is_taken), GLYPH_HLINE);
	canvas_glyph(c, row, col + cnt - 1, is_taken ? STYLE_CURSOR : STYLE_NORMAL,
		     GLYPH_ARROW_RIGHT);
	if (!is_taken)
		return;
	if (text_width(label) < cnt)
		canvas_puts(c, row + 1, col + (cnt - text_width(label)) / 2, style, label);
	else
		canvas_field(c, row + 1, col, cnt, style, label);
}

/* Above the boxes, from Running back to Ready: preempt and yield are one line. */
static void draw_arc(struct canvas *c, const struct diagram_layout *l, bool is_taken,
		     const char *label)
{
	int from = l->running.col + l->running.cols / 2, to = l->ready.col + l->ready.cols / 2;
	int room = from - to - 5, width = text_width(label);
	unsigned style = line_style(is_taken);

	canvas_hline(c, l->arc_row, to, from - to, style, GLYPH_HLINE);
	canvas_glyph(c, l->arc_row, to, style, GLYPH_TOP_LEFT);
	canvas_glyph(c, l->arc_row, from, style, GLYPH_TOP_RIGHT);
	canvas_glyph(c, l->arc_row + 1, from, style, GLYPH_VLINE);
	canvas_glyph(c, l->arc_row + 1, to, is_taken ? STYLE_CURSOR : STYLE_NORMAL,
		     GLYPH_ARROW_DOWN);
	if (width > room)
		width = room;
	canvas_put(c, l->arc_row, to + 2 + (room - width) / 2, style, ' ');
	canvas_field(c, l->arc_row, to + 3 + (room - width) / 2, width,
		     is_taken ? STYLE_CURSOR : STYLE_NORMAL, label);
	canvas_put(c, l->arc_row, to + 3 + (room - width) / 2 + width, style, ' ');
}

/* Between Blocked and the upper boxes: wake goes up at the left, block down at the right. */
static void draw_upright(struct canvas *c, const struct diagram_layout *l, enum arrow arrow,
			 bool is_taken, const char *label)
{
	int row = l->blocked.row - BETWEEN, col = arrow == ARROW_WAKE ? l->wake_col : l->block_col;
	int head = arrow == ARROW_WAKE ? row : row + BETWEEN - 1, width = text_width(label);
	int room = l->block_col - l->wake_col - 3;
	unsigned style = is_taken ? STYLE_CURSOR : STYLE_NORMAL;

	for (int i = 0; i < BETWEEN; i++)
		canvas_glyph(c, row + i, col, line_style(is_taken), GLYPH_VLINE);
	canvas_glyph(c, head, col, style, arrow == ARROW_WAKE ? GLYPH_ARROW_UP : GLYPH_ARROW_DOWN);
	if (width > room)
		width = room;
	if (arrow == ARROW_WAKE)
		canvas_field(c, row, col + 2, width, style, label);
	else
		canvas_field(c, row + 1, col - 1 - width, width, style, label);
}

/* In the line that parts Zombie and Dead. */
static void draw_reap(struct canvas *c, const struct diagram_layout *l, bool is_taken,
		      const char *label)
{
	const struct diagram_box *b = &l->terminated;
	unsigned style = is_taken ? STYLE_CURSOR : STYLE_NORMAL;
	int width = text_width(label) < b->cols - 5 ? text_width(label) : b->cols - 5;

	canvas_hline(c, l->reap_row, b->col, b->cols, STYLE_RULE, GLYPH_HLINE);
	canvas_glyph(c, l->reap_row, b->col, STYLE_RULE, GLYPH_SIDE_LEFT);
	canvas_glyph(c, l->reap_row, b->col + b->cols - 1, STYLE_RULE, GLYPH_SIDE_RIGHT);
	canvas_glyph(c, l->reap_row, b->col + 2, style, GLYPH_ARROW_DOWN);
	canvas_blank(c, l->reap_row, b->col + 3, 1, style);
	canvas_field(c, l->reap_row, b->col + 4, width, style, label);
}

void diagram_draw_arrow(struct canvas *c, const struct diagram_layout *l, enum arrow arrow,
			bool is_taken, const char *label)
{
	switch (arrow) {
	case ARROW_ADMIT:
		draw_across(c, &l->fresh, &l->ready, arrow, is_taken, label);
		break;
	case ARROW_DISPATCH:
		draw_across(c, &l->ready, &l->running, arrow, is_taken, label);
		break;
	case ARROW_EXIT:
		draw_across(c, &l->running, &l->terminated, arrow, is_taken, label);
		break;
	case ARROW_PREEMPT:
	case ARROW_YIELD:
		draw_arc(c, l, is_taken, label);
		break;
	case ARROW_BLOCK:
	case ARROW_WAKE:
		draw_upright(c, l, arrow, is_taken, label);
		break;
	case ARROW_REAP:
		draw_reap(c, l, is_taken, label);
		break;
	case ARROW_NONE:
	case ARROW_CNT:
		break;
	}
}
