/* SPDX-License-Identifier: GPL-2.0-only */
/* The event list: one line in plain words each, around the instant that is shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "trace/cursor.h"
#include "tui/sentence.h"
#include "tui/state_words.h"
#include "tui/ui.h"

enum {
	AHEAD_PART = 4, /* a quarter of the lines is for what comes next */
	CPU_MIN_COLS = 50,
	KIND_MIN_COLS = 100,
};

/* One event, as it was when it was read. */
struct event_line {
	__u64 ts_ns;
	__u32 tid, next_tid;
	__u8 kind;
	__u16 cpu;
	char *text;
};

struct events_view {
	struct cursor *cursor; /* its own: reading a line needs the state before it */
	__u64 first;	       /* number of the event in lines.items[0] */
	VEC(struct event_line) lines;
	__u64 top; /* number of the event in the first row of it */
};

static void lines_clear(struct events_view *state)
{
	vec_for_each(line, &state->lines)
		free(line->text);
	vec_clear(&state->lines);
}

static void events_view_init(struct view *v, struct ui *ui)
{
	struct events_view *state = v->state;

	state->cursor = cursor_new(ui_trace(ui));
}

static void events_view_release(struct view *v)
{
	struct events_view *state = v->state;

	lines_clear(state);
	vec_release(&state->lines);
	cursor_free(state->cursor);
}

/* Append the next event of the cursor; false at the end of the trace. */
static bool lines_add(struct events_view *state)
{
	const struct ev_hdr *ev = cursor_peek(state->cursor);
	struct strbuf sb = {};

	if (!ev)
		return false;
	event_sentence(cursor_model(state->cursor), ev, &sb);
	vec_push(&state->lines, (struct event_line){
					.ts_ns = ev->ts_ns,
					.tid = ev->tid,
					.next_tid = event_next_tid(ev),
					.kind = ev->kind,
					.cpu = ev->cpu,
					.text = xstrdup(strbuf_str(&sb)),
				});
	strbuf_release(&sb);
	cursor_next(state->cursor);
	return true;
}

/* Drop the lines before event first, which is among them. */
static void lines_drop_front(struct events_view *state, __u64 first)
{
	size_t cnt = first - state->first;

	for (size_t i = 0; i < cnt; i++)
		free(state->lines.items[i].text);
	state->lines.cnt -= cnt;
	memmove(state->lines.items, state->lines.items + cnt,
		state->lines.cnt * sizeof(*state->lines.items));
	state->first = first;
}

/* Have the lines of first to last; those that are there already are not read again. */
static void lines_read(struct events_view *state, __u64 first, __u64 last)
{
	__u64 end = state->first + state->lines.cnt;

	if (first < state->first || first >= end) {
		lines_clear(state);
		state->first = first;
		end = first;
	} else {
		lines_drop_front(state, first);
	}
	if (end > last)
		return;
	cursor_seek_event(state->cursor, end);
	while (end <= last && lines_add(state))
		end++;
}

static enum style kind_style(unsigned kind)
{
	switch (kind) {
	case EV_SWITCH:
		return STYLE_RUNNING;
	case EV_WAKE:
	case EV_ADMIT:
		return STYLE_READY;
	case EV_BLOCK:
	case EV_LOCKWORD:
		return STYLE_BLOCKED;
	case EV_THREAD:
	case EV_EXEC:
	case EV_RENAME:
		return STYLE_NEW;
	case EV_EXIT:
	case EV_REAP:
	case EV_END:
		return STYLE_ENDED;
	case EV_LOST:
		return STYLE_ALARM;
	case EV_NOTE:
		return STYLE_CURSOR;
	default:
		return STYLE_NORMAL;
	}
}

/* The letter of the state that somebody is in now. */
static char kind_letter(unsigned kind)
{
	switch (kind) {
	case EV_SWITCH:
		return state_letter(THREAD_RUNNING);
	case EV_WAKE:
	case EV_ADMIT:
		return state_letter(THREAD_READY);
	case EV_BLOCK:
		return state_letter(THREAD_BLOCKED);
	case EV_THREAD:
		return state_letter(THREAD_NEW);
	case EV_EXIT:
	case EV_REAP:
	case EV_END:
		return state_letter(THREAD_DEAD);
	case EV_LOST:
		return '!';
	default:
		return ' ';
	}
}

static void draw_line(struct canvas *c, int row, const struct ui *ui, const struct event_line *line)
{
	__u64 at_ns = line->ts_ns > ui_begin_ns(ui) ? line->ts_ns - ui_begin_ns(ui) : 0;
	__u32 selected = ui_selected_tid(ui);
	enum style style = STYLE_NORMAL;
	int col = 1;

	if (line->kind == EV_LOST)
		style = STYLE_ALARM;
	else if (ui_search_matches(ui, line->text))
		style = STYLE_MATCH;
	else if (selected && (line->tid == selected || line->next_tid == selected))
		style = STYLE_BOLD;
	col = canvas_printf(c, row, col, STYLE_DIM, "%4llu.%06llu",
			    (unsigned long long)(at_ns / 1000000000),
			    (unsigned long long)(at_ns / 1000 % 1000000)) +
	      1;
	if (c->cols >= CPU_MIN_COLS)
		col = canvas_printf(c, row, col, STYLE_DIM, "%3u", line->cpu) + 1;
	canvas_put(c, row, col, kind_style(line->kind), (uint32_t)kind_letter(line->kind));
	col += 2;
	if (c->cols >= KIND_MIN_COLS)
		col = canvas_field(c, row, col, 8, kind_style(line->kind),
				   event_kind_name(line->kind)) +
		      1;
	canvas_field(c, row, col, c->cols - col, style, line->text);
}

static void draw_head(struct canvas *c, const struct ui *ui, __u64 shown)
{
	char title[80];

	if (ui_is_following(ui))
		snprintf(title, sizeof(title), "events: time, CPU, state, what; the latest of %llu",
			 (unsigned long long)trace_event_cnt(ui_trace(ui)));
	else
		snprintf(title, sizeof(title),
			 "events: time, CPU, state, what; #%llu of %llu was last",
			 (unsigned long long)(shown ? shown - 1 : 0),
			 (unsigned long long)trace_event_cnt(ui_trace(ui)));
	canvas_rule(c, 0, title);
}

static void events_view_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct events_view *state = v->state;
	__u64 shown = ui_event(ui), oldest = trace_first_event(ui_trace(ui)), first;
	__u64 end = trace_event_cnt(ui_trace(ui));
	int rows = c->rows - 1, ahead = rows / AHEAD_PART;

	draw_head(c, ui, shown);
	if (rows <= 0)
		return;
	if (shown + ahead > end)
		ahead = (int)(end - shown);
	first = shown + ahead > oldest + rows ? shown + ahead - rows : oldest;
	lines_read(state, first, first + rows - 1);
	state->top = first;
	for (int row = 0; row < rows && row < (int)state->lines.cnt; row++) {
		if (state->lines.items[row].ts_ns > ui_horizon_ns(ui))
			break;
		draw_line(c, row + 1, ui, &state->lines.items[row]);
		if (first + row + 1 != shown)
			continue;
		canvas_put(c, row + 1, 0, STYLE_NORMAL, '>');
		canvas_select_row(c, row + 1);
		canvas_set_cursor(c, row + 1, 0);
	}
	if (!state->lines.cnt)
		canvas_puts(c, 1, 1, STYLE_DIM, "No event yet.");
}

/* A line: to the instant after that event. */
static bool events_view_click(struct view *v, struct ui *ui, int row, int col)
{
	struct events_view *state = v->state;
	__u32 tid;

	(void)col;
	if (row < 1 || row > (int)state->lines.cnt)
		return false;
	tid = state->lines.items[row - 1].tid;
	ui_seek_event(ui, state->top + (__u64)row);
	if (tid)
		ui_select_tid(ui, tid);
	return true;
}

/* Up and down go from event to event here: the list moves, the thread stays. */
static bool events_view_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct events_view *state = v->state;
	__u64 shown = ui_event(ui), page = state->lines.cnt;

	switch (action) {
	case ACT_UP:
		ui_seek_event(ui, shown ? shown - 1 : 0);
		return true;
	case ACT_DOWN:
		ui_seek_event(ui, shown + 1);
		return true;
	case ACT_PAGE_UP:
		ui_seek_event(ui, shown > page ? shown - page : 0);
		return true;
	case ACT_PAGE_DOWN:
		ui_seek_event(ui, shown + page);
		return true;
	default:
		return false;
	}
}

const struct view_ops view_events = {
	.name = "events",
	.state_sz = sizeof(struct events_view),
	.init = events_view_init,
	.release = events_view_release,
	.draw = events_view_draw,
	.act = events_view_act,
	.click = events_view_click,
};
