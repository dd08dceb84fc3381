/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of the user interface: made, asked, and moved on by the clock. */
#include "tui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/ui_private.h"

enum { REST_NS = 250 * 1000 * 1000 /* between pictures when only the clock moves */ };

static const struct view_ops *const view_table[VIEW_CNT] = {
#define VIEW_ENTRY(name, action) [VIEW_##name] = &view_##name,
	VIEWS(VIEW_ENTRY)
#undef VIEW_ENTRY
};

static void ui_init_views(struct ui *ui)
{
	for (size_t i = 0; i < VIEW_CNT; i++) {
		struct view *v = &ui->views[i];

		v->ops = view_table[i];
		v->state = xcalloc(1, v->ops->state_sz);
		if (v->ops->init)
			v->ops->init(v, ui);
	}
}

struct ui *ui_new(struct trace *t, const struct ui_options *opts)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	ui->trace = t;
	ui->cursor = cursor_new(t);
	ui->scan = cursor_new(t);
	ui->tell = cursor_new(t);
	ui->title = xstrdup(opts->title ? opts->title : "");
	ui->is_live = opts->live;
	ui->save = opts->save;
	ui->save_arg = opts->save_arg;
	ui->record = opts->record;
	ui->record_arg = opts->record_arg;
	ui->annotate = opts->annotate;
	ui->annotate_arg = opts->annotate_arg;
	ui->mode = opts->live ? UI_FOLLOW : UI_PAUSED;
	ui->list_height = 1;
	ui_play_speed(ui, 0);
	ui_init_views(ui);
	ui_touch_state(ui);
	if (!opts->live) {
		ui_first(ui);
		ui_message(ui, "Space plays, . steps, ] goes to the next alarm, G to the end");
	}
	ui_lecture_init(ui, opts->notes);
	return ui;
}

void ui_free(struct ui *ui)
{
	if (!ui)
		return;
	for (size_t i = 0; i < VIEW_CNT; i++) {
		if (ui->views[i].ops->release)
			ui->views[i].ops->release(&ui->views[i]);
		free(ui->views[i].state);
	}
	annotations_release(&ui->notes);
	vec_release(&ui->rows);
	vec_release(&ui->folds);
	vec_release(&ui->fold_threads);
	vec_release(&ui->unfolded);
	strbuf_release(&ui->told_text);
	cursor_free(ui->tell);
	cursor_free(ui->scan);
	cursor_free(ui->cursor);
	free(ui->title);
	free(ui);
}

void ui_touch(struct ui *ui)
{
	ui->is_changed = true;
}

void ui_touch_state(struct ui *ui)
{
	ui->is_changed = true;
	ui->rows_are_stale = true;
	ui->verdict_is_stale = true;
}

void ui_message(struct ui *ui, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(ui->message, sizeof(ui->message), fmt, args);
	va_end(args);
	ui_touch(ui);
}

void ui_set_recording(struct ui *ui, const struct ui_recording *rec)
{
	/* Its bytes alone are drawn with the next picture, whenever that is. */
	if (rec->is_on != ui->recording.is_on || rec->is_ending != ui->recording.is_ending ||
	    rec->lost_cnt != ui->recording.lost_cnt)
		ui_touch(ui);
	ui->recording = *rec;
}

void ui_set_ended(struct ui *ui)
{
	ui->is_live = false;
	ui_touch(ui);
}

/* The trace has grown, or time has passed in which waits became longer. */
static void ui_follow_tick(struct ui *ui)
{
	__u64 cnt = trace_event_cnt(ui->trace);

	if (cnt != ui->drawn_event_cnt) {
		ui->rows_are_stale = true;
		ui_touch(ui);
	} else if (ui->is_live && ui->wall_ns - ui->drawn_ns >= REST_NS) {
		if (ui->wall_ns >= ui->rows_due_ns)
			ui->rows_are_stale = true;
		ui_touch(ui);
	}
}

/* The timeline is on two screens: in the main one as a strip. */
static void ui_views_tick(struct ui *ui)
{
	for (size_t i = 0; i < VIEW_CNT; i++) {
		struct view *v = &ui->views[i];
		bool is_shown = i == ui->view || (ui->view == VIEW_threads && i == VIEW_timeline);

		if (is_shown && v->ops->tick && v->ops->tick(v, ui))
			ui_touch(ui);
	}
}

bool ui_tick(struct ui *ui, __u64 now_ns)
{
	if (now_ns > ui->wall_ns)
		ui->wall_ns = now_ns;
	if (ui->hunt.kind != HUNT_NONE)
		ui_hunt_tick(ui);
	if (ui->mode == UI_FOLLOW)
		ui_follow_tick(ui);
	else if (ui->mode == UI_PLAY)
		ui_play_tick(ui);
	ui_views_tick(ui);
	return ui->is_changed;
}

struct trace *ui_trace(const struct ui *ui)
{
	return ui->trace;
}

const struct model *ui_model(const struct ui *ui)
{
	return ui->mode == UI_FOLLOW ? trace_tail(ui->trace) : cursor_model(ui->cursor);
}

__u64 ui_begin_ns(const struct ui *ui)
{
	__u64 begin_ns = model_begin_ns(trace_tail(ui->trace));

	return begin_ns ? begin_ns : ui->wall_ns;
}

__u64 ui_end_ns(const struct ui *ui)
{
	__u64 end_ns = trace_end_ns(ui->trace);

	/* Of a program that hangs a note can be later than all events. */
	if (ui->notes.items.cnt && vec_last(&ui->notes.items)->at_ns > end_ns)
		end_ns = vec_last(&ui->notes.items)->at_ns;
	return ui->is_live && ui->wall_ns > end_ns ? ui->wall_ns : end_ns;
}

__u64 ui_now_ns(const struct ui *ui)
{
	__u64 now_ns;

	if (ui->mode == UI_FOLLOW)
		return ui_end_ns(ui);
	now_ns = cursor_now_ns(ui->cursor);
	return now_ns > ui_begin_ns(ui) ? now_ns : ui_begin_ns(ui);
}

__u64 ui_event(const struct ui *ui)
{
	return ui->mode == UI_FOLLOW ? trace_event_cnt(ui->trace) : cursor_event(ui->cursor);
}

bool ui_is_live(const struct ui *ui)
{
	return ui->is_live;
}

__u64 ui_work(const struct ui *ui)
{
	return cursor_work(ui->cursor) - ui->drawn_work;
}

bool ui_is_following(const struct ui *ui)
{
	return ui->mode == UI_FOLLOW;
}

bool ui_is_playing(const struct ui *ui)
{
	return ui->mode == UI_PLAY;
}

bool ui_is_moving(const struct ui *ui)
{
	return ui->is_changed || ui->mode == UI_PLAY || ui->hunt.kind != HUNT_NONE;
}

enum ui_lanes ui_lanes(const struct ui *ui)
{
	return ui->lanes;
}

void ui_next_lanes(struct ui *ui)
{
	ui->lanes = (ui->lanes + 1) % LANES_CNT;
	ui_touch(ui);
}

enum lock_order ui_lock_order(const struct ui *ui)
{
	return ui->lock_order;
}

void ui_next_lock_order(struct ui *ui)
{
	ui->lock_order = (ui->lock_order + 1) % LOCK_ORDER_CNT;
	ui_touch(ui);
}

bool ui_shows(const struct ui *ui, enum ui_view view)
{
	return ui->view == view;
}

const struct verdict *ui_verdict(const struct ui *ui)
{
	struct ui *cache = (struct ui *)ui; /* a cache: the answer is the same */
	__u64 version = model_wait_version(ui_model(ui));

	if (!ui->verdict_is_stale && version == ui->verdict_version)
		return &ui->verdict;
	verdict_find(ui_model(ui), &cache->verdict);
	cache->verdict_is_stale = false;
	cache->verdict_version = version;
	return &ui->verdict;
}
