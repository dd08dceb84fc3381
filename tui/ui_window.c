/* SPDX-License-Identifier: GPL-2.0-only */
/* The stretch of time that timelines show: zoom and pan. */
#include "trace/timeline.h"
#include "tui/ui_private.h"

enum {
	AUTO_UNIT_NS = 50 * 1000 * 1000,
	/* On the wall: the cursor is in the next column after this time of slow motion. */
	MOVE_NS = 200 * 1000 * 1000,
};

void ui_zoom(struct ui *ui, int step)
{
	struct ui_window w;

	/* Of what is seen: how much time a column has may depend on how many there are. */
	ui_window(ui, ui->hold.cnt > 1 ? ui->hold.cnt : UI_COLS_MIN, &w);
	ui->zoom = ZOOM_USER;
	ui->ns_per_col = timeline_step_width(w.ns_per_col, step);
	ui_touch(ui);
}

void ui_zoom_fit(struct ui *ui)
{
	ui->zoom = ZOOM_FIT;
	ui_touch(ui);
}

/* Columns are numbered from time 0, so that a window always begins with a whole one. */
struct extent {
	long long first, now, last; /* columns of the begin, the shown instant, the end */
	int cnt;		    /* that fit */
};

static long long clamp_left(const struct extent *e, long long left)
{
	if (left > e->last - e->cnt + 1)
		left = e->last - e->cnt + 1;
	return left > e->first ? left : e->first;
}

/*
 * The left edge. Following, the end is at the right; else the picture holds
 * still as long as the instant is inside, so that one sees it move.
 */
static long long find_left(const struct ui *ui, const struct extent *e, __u64 unit)
{
	const struct ui_hold *h = &ui->hold;
	bool holds = h->unit == unit && h->cnt == e->cnt;

	if (ui->zoom == ZOOM_FIT)
		return e->first;
	if (ui->mode == UI_FOLLOW)
		return clamp_left(e, e->last - e->cnt + 1);
	if (holds && (h->now == e->now || (e->now >= h->left && e->now < h->left + e->cnt)))
		return h->left;
	return clamp_left(e, e->now - e->cnt / 2);
}

static __u64 fit_unit(__u64 begin_ns, __u64 end_ns, __u64 cnt)
{
	__u64 unit = timeline_round_width((end_ns - begin_ns) / cnt + 1);

	/* Begin and end may be inside of their columns: then one column is missing. */
	while (end_ns / unit - begin_ns / unit >= cnt && timeline_step_width(unit, 1) > unit)
		unit = timeline_step_width(unit, 1);
	return unit;
}

/*
 * Until the user zooms, everything is in the window as long as that can be read;
 * after that, the end. Paused it stays as it was, though a live trace grows.
 */
static __u64 calm_unit(const struct ui *ui, __u64 begin_ns, __u64 end_ns, int cnt)
{
	__u64 fit_ns;

	if (ui->zoom == ZOOM_USER)
		return ui->ns_per_col;
	if (ui->zoom == ZOOM_AUTO && ui->mode != UI_FOLLOW && ui->hold.calm)
		return ui->hold.calm;
	fit_ns = fit_unit(begin_ns, end_ns, (__u64)cnt);
	return ui->zoom == ZOOM_AUTO && fit_ns > AUTO_UNIT_NS ? AUTO_UNIT_NS : fit_ns;
}

/* Is the instant in the latest picture, or that one panned away from it? */
static bool is_in_hold(const struct ui *ui)
{
	const struct ui_hold *h = &ui->hold;
	long long now;

	if (!h->unit)
		return false;
	now = (long long)(ui_now_ns(ui) / h->unit);
	return now == h->now || (now >= h->left && now < h->left + h->cnt);
}

/*
 * In slow motion a cursor that stands still for minutes would show nothing: the columns have so
 * much less time that it moves. When that is paused the picture stays, for it is what one wants
 * to point at, until one goes elsewhere.
 */
static __u64 find_unit(const struct ui *ui, __u64 calm)
{
	__u64 slow = timeline_round_width(ui_played_ns(ui, MOVE_NS));

	if (ui->zoom == ZOOM_AUTO && ui->mode == UI_PAUSED && is_in_hold(ui))
		return ui->hold.unit;
	return ui->zoom == ZOOM_AUTO && ui->mode == UI_PLAY && slow < calm ? slow : calm;
}

void ui_window(const struct ui *ui, int cols, struct ui_window *ret)
{
	__u64 begin_ns = ui_begin_ns(ui), now_ns = ui_now_ns(ui), end_ns = ui_end_ns(ui);
	struct extent e = { .cnt = cols > 1 ? cols : 1 };
	__u64 calm, unit;
	long long left;

	if (end_ns < begin_ns)
		end_ns = begin_ns;
	calm = calm_unit(ui, begin_ns, end_ns, e.cnt);
	unit = find_unit(ui, calm);
	e.first = (long long)(begin_ns / unit);
	e.now = (long long)(now_ns / unit);
	e.last = (long long)(end_ns / unit);
	left = find_left(ui, &e, unit);
	ret->begin_ns = (__u64)left * unit;
	ret->ns_per_col = unit;
	ret->cursor_col = e.now >= left && e.now < left + e.cnt ? (int)(e.now - left) : -1;
	/* Remembered, not changed: asked again it answers the same. */
	((struct ui *)ui)->hold = (struct ui_hold){
		.unit = unit, .calm = calm, .left = left, .now = e.now, .cnt = e.cnt
	};
}

void ui_pan(struct ui *ui, int cols)
{
	long long first = (long long)(ui_begin_ns(ui) / (ui->hold.unit ? ui->hold.unit : 1));

	if (ui->mode == UI_FOLLOW)
		ui_pause(ui);
	ui->hold.left += cols;
	if (ui->hold.left < first)
		ui->hold.left = first;
	ui_touch(ui);
}
