/* SPDX-License-Identifier: GPL-2.0-only */
/* The time axis: where round times, the cursor, markers and losses are. */
#include "tui/time_axis.h"

#include <stdio.h>
#include <string.h>

enum {
	LABEL_GAP = 3, /* columns between two labels, the tick included */
	WORD_LEN = 3,  /* "now", "end" */
};

#define NS_PER_S 1000000000ULL

const char *time_label(char buf[TIME_LABEL_SZ], __u64 ns, __u64 step_ns)
{
	__u64 unit_ns = NS_PER_S;
	int len, digits = 0;

	while (unit_ns > step_ns && digits < 9) {
		unit_ns /= 10;
		digits++;
	}
	len = snprintf(buf, TIME_LABEL_SZ, "%llu.%09llu", (unsigned long long)(ns / NS_PER_S),
		       (unsigned long long)(ns % NS_PER_S));
	strcpy(buf + len - 9 + (digits ? digits : -1), " s");
	return buf;
}

const char *time_width(char buf[TIME_LABEL_SZ], __u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	int unit = 0;

	for (; ns >= 1000 && ns % 1000 == 0 && unit < 3; unit++)
		ns /= 1000;
	snprintf(buf, TIME_LABEL_SZ, "%llu %s", (unsigned long long)ns, units[unit]);
	return buf;
}

__u64 time_axis_step(__u64 end_ns, __u64 ns_per_col)
{
	__u64 step_ns = timeline_round_width(10 * ns_per_col), next_ns;
	char buf[TIME_LABEL_SZ];

	while (strlen(time_label(buf, end_ns, step_ns)) + LABEL_GAP > step_ns / ns_per_col) {
		next_ns = timeline_step_width(step_ns, 1);
		if (next_ns == step_ns)
			break;
		step_ns = next_ns;
	}
	return step_ns;
}

/* The column of ts_ns, negative or beyond the lanes when it lies outside. */
static long long column_of(const struct ui_window *win, __u64 ts_ns)
{
	long long off_ns = (long long)(ts_ns - win->begin_ns);

	return off_ns < 0 ? -1 : off_ns / (long long)win->ns_per_col;
}

/* Where the cursor or "now" stands: a label would run into it. */
static void reserve_cursor(const struct ui *ui, const struct ui_window *win, int left,
			   int *ret_from, int *ret_to)
{
	*ret_from = *ret_to = -1;
	if (win->cursor_col < 0)
		return;
	*ret_to = left + win->cursor_col + 1;
	*ret_from = ui_is_following(ui) ? *ret_to - WORD_LEN - 1 : *ret_to - 1;
}

/* Is a note where the label would stand? Half a number is a wrong one. */
static bool is_marked(const struct ui *ui, const struct ui_window *win, int from, int to)
{
	vec_for_each(note, &ui_notes(ui)->items) {
		long long col = column_of(win, note->at_ns);

		if (col >= from && col < to)
			return true;
	}
	return false;
}

static void draw_ticks(struct canvas *c, int row, int left, int from, const struct ui *ui,
		       const struct ui_window *win, int cols)
{
	__u64 begin_ns = ui_begin_ns(ui), end_ns = win->begin_ns + (__u64)cols * win->ns_per_col;
	__u64 step_ns, tick_ns = 0;
	char buf[TIME_LABEL_SZ];
	int taken_from, taken_to;

	if (end_ns <= begin_ns)
		return;
	reserve_cursor(ui, win, left, &taken_from, &taken_to);
	step_ns = time_axis_step(end_ns - begin_ns, win->ns_per_col);
	if (win->begin_ns > begin_ns)
		tick_ns = (win->begin_ns - begin_ns + step_ns - 1) / step_ns * step_ns;
	for (; begin_ns + tick_ns < end_ns && begin_ns + tick_ns <= ui_end_ns(ui);
	     tick_ns += step_ns) {
		const char *label = time_label(buf, tick_ns, step_ns);
		int col = left + (int)column_of(win, begin_ns + tick_ns);
		int end = col + 1 + (int)strlen(label);

		if (col < from || end > left + cols || (end > taken_from && col < taken_to))
			continue;
		canvas_glyph(c, row, col, STYLE_RULE, GLYPH_VLINE);
		if (!is_marked(ui, win, col - left, end - left))
			canvas_puts(c, row, col + 1, STYLE_HEADING, label);
	}
}

static void draw_losses(struct canvas *c, int row, int left, int from, const struct lanes *lanes)
{
	for (int i = from > left ? from - left : 0; i < lanes->cols; i++) {
		const struct timeline_column *column =
			timeline_column(lanes->timeline, lanes->first_idx + i);

		if (column && column->lost_cnt)
			canvas_glyph(c, row, left + i, STYLE_ALARM, GLYPH_GAP);
	}
}

static void draw_markers(struct canvas *c, int row, int left, int from, const struct ui *ui,
			 const struct ui_window *win, int cols)
{
	vec_for_each(note, &ui_notes(ui)->items) {
		long long col = column_of(win, note->at_ns);

		if (col >= 0 && col < cols && left + col >= from)
			canvas_put(c, row, left + (int)col, STYLE_CURSOR, 'm');
	}
}

static void draw_cursor(struct canvas *c, int row, int left, int from, const struct ui *ui,
			const struct ui_window *win)
{
	const char *word = ui_is_live(ui) ? "now" : "end";
	int col = left + win->cursor_col;

	if (win->cursor_col < 0 || col < from)
		return;
	if (ui_is_following(ui) && col - WORD_LEN + 1 >= from)
		canvas_puts(c, row, col - WORD_LEN + 1, STYLE_CURSOR, word);
	else
		canvas_glyph(c, row, col, STYLE_CURSOR, GLYPH_ARROW_DOWN);
}

void time_axis_draw(struct canvas *c, int row, int left, int from, const struct ui *ui,
		    const struct ui_window *win, const struct lanes *lanes)
{
	if (from < c->cols)
		canvas_hline(c, row, from, -1, STYLE_RULE, GLYPH_HLINE);
	draw_ticks(c, row, left, from, ui, win, lanes->cols);
	draw_losses(c, row, left, from, lanes);
	draw_markers(c, row, left, from, ui, win, lanes->cols);
	draw_cursor(c, row, left, from, ui, win);
}
