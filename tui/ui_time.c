/* SPDX-License-Identifier: GPL-2.0-only */
/* Where in time the screen stands: pausing, stepping, going there, markers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "tui/sentence.h"
#include "tui/ui_private.h"

void ui_place(struct ui *ui, __u64 n)
{
	if (cursor_seek_event(ui->cursor, n) < 0)
		ui_message(ui, "that part of the history is gone; this is the nearest");
	ui_touch_state(ui);
}

enum { RING_DELAY_NS = 200 * 1000 * 1000 };

static void place_time(struct ui *ui, __u64 ns)
{
	__u64 begin_ns = ui_begin_ns(ui), end_ns = ui_end_ns(ui);

	if (ns < begin_ns)
		ns = begin_ns;
	if (cursor_seek_time(ui->cursor, ns < end_ns ? ns : end_ns) < 0)
		ui_message(ui, "that part of the history is gone; this is the nearest");
	ui_touch_state(ui);
}

/*
 * Keep what is on the screen: the cursor takes over where the tail is, and when it
 * is: by the clock, for the last event of a program that hangs is long ago.
 */
void ui_pause(struct ui *ui)
{
	if (ui->mode == UI_FOLLOW)
		place_time(ui, ui_end_ns(ui));
	ui->mode = UI_PAUSED;
	ui->hunt.kind = HUNT_NONE;
	ui_touch_state(ui);
}

void ui_follow(struct ui *ui)
{
	ui->mode = UI_FOLLOW;
	ui->hunt.kind = HUNT_NONE;
	ui_touch_state(ui);
}

void ui_seek_event(struct ui *ui, __u64 n)
{
	ui_pause(ui);
	ui_place(ui, n);
}

void ui_seek_time(struct ui *ui, __u64 ns)
{
	ui_pause(ui);
	place_time(ui, ns);
}

/* The event that is not yet again; the narration tells the one before it. */
static void tell_undone(struct ui *ui, const struct ev_hdr *ev)
{
	struct strbuf text = {};

	event_sentence(cursor_model(ui->cursor), ev, &text);
	ui_message(ui, "undone: #%llu %s", (unsigned long long)cursor_event(ui->cursor),
		   strbuf_str(&text));
	strbuf_release(&text);
}

void ui_step(struct ui *ui, bool is_back)
{
	const struct ev_hdr *ev;

	ui_pause(ui);
	if (!is_back && ui_predict_reveal(ui))
		return;
	ev = is_back ? cursor_prev(ui->cursor) : cursor_peek(ui->cursor);
	if (!ev)
		ui_message(ui, is_back ? "this is the first event" : "this is the last event");
	else if (is_back)
		tell_undone(ui, ev);
	if (!is_back && ev && ui_predict_ask(ui, HUNT_NONE, ui_event(ui)))
		return;
	if (!is_back)
		cursor_next(ui->cursor);
	ui_touch_state(ui);
}

void ui_first(struct ui *ui)
{
	ui_seek_event(ui, trace_first_event(ui->trace));
}

void ui_last(struct ui *ui)
{
	if (ui->is_live)
		ui_follow(ui);
	else
		ui_seek_event(ui, trace_event_cnt(ui->trace));
}

/* "1:02.5" and "1:00:12.481", as the clock on the screen. 0 or -EINVAL. */
static int parse_clock(const char *text, __u64 *ret_ns)
{
	__u64 minutes = 0;
	uint64_t ns;
	const char *colon;

	while ((colon = strchr(text, ':'))) {
		char *end;
		unsigned long part = strtoul(text, &end, 10);

		if (end != colon || end == text || part > 1000000)
			return -EINVAL;
		minutes = minutes * 60 + part;
		text = colon + 1;
	}
	if (parse_duration(text, &ns) < 0)
		return -EINVAL;
	*ret_ns = minutes * 60 * 1000000000ULL + ns;
	return 0;
}

static void goto_thread(struct ui *ui, const char *text)
{
	__u32 tid = (__u32)strtoul(text, NULL, 10);

	if (!model_find_thread(ui_model(ui), tid)) {
		ui_message(ui, "no thread %u at this time", tid);
		return;
	}
	ui->filter[0] = '\0';
	ui_select_tid(ui, tid);
}

static void goto_percent(struct ui *ui, unsigned long percent)
{
	__u64 span_ns = trace_end_ns(ui->trace) - ui_begin_ns(ui);

	ui_seek_time(ui, ui_begin_ns(ui) + span_ns / 100 * (percent < 100 ? percent : 100));
}

void ui_goto(struct ui *ui, const char *text)
{
	char *end;
	__u64 ns;

	text += strspn(text, " :");
	if ((text[0] == '#' || text[0] == 't') && text[1] >= '0' && text[1] <= '9') {
		unsigned long long number = strtoull(text + 1, &end, 10);

		if (*end)
			ui_message(ui, "not a number: %s", text + 1);
		else if (text[0] == 't')
			goto_thread(ui, text + 1);
		else
			ui_seek_event(ui, number < ~0ULL ? number + 1
							 : number); /* it is the last applied */
		return;
	}
	if (strtoul(text, &end, 10) <= 100 && end != text && !strcmp(end, "%"))
		goto_percent(ui, strtoul(text, NULL, 10));
	else if (!parse_clock(text, &ns))
		ui_seek_time(ui, ui_begin_ns(ui) + ns);
	else if (*text && !ui_lecture_find(ui, text))
		ui_message(ui, "go where? 12.5s, 1:02.5, 50%%, #4711, t1234 or words of a note");
}

/*
 * Also an event, when there is a recording that goes on: then a replay has it, too.
 * Its time must not be ahead of events that are still on their way through the ring,
 * for the trace would move those to it.
 */
void ui_note_live(struct ui *ui, const char *note)
{
	size_t len = strlen(note);
	__u64 end_ns = trace_end_ns(ui->trace), settled_ns = ui->wall_ns - RING_DELAY_NS;
	struct {
		struct ev_note ev;
		char tail[UI_TEXT_MAX];
	} rec = { .ev = { .hdr = { .kind = EV_NOTE } } };

	rec.ev.hdr.ts_ns = settled_ns > end_ns ? settled_ns : end_ns;
	rec.ev.hdr.tid = ui->selected_tid;
	rec.ev.len = (__u32)len;
	memcpy((char *)&rec + sizeof(rec.ev), note, len);
	trace_append(ui->trace, &rec.ev.hdr);
}
