/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking for the next or previous event of a kind, however far away it is.
 *
 * The trace is searched stretch by stretch, a stretch being what is left of one
 * block; ui_tick() does one slice and any key ends it, so that the screen stays
 * alive over a hundred million events.
 */
#include "model/alarm.h"
#include "tui/meaning.h"
#include "tui/ui_private.h"

enum {
	SLICE_EVENTS = 100 * 1000,
	BLOCK_EVENTS = 2000, /* to load a block takes as long as so many events */
};

#define NOT_FOUND (~0ULL)

/* Events first <= n < end, all in one block. */
struct stretch {
	__u64 first, end;
};

/* Index of the block that event n is in; the block count when it is behind them all. */
static size_t find_block(const struct trace *t, __u64 n)
{
	size_t low = 0, high = trace_block_cnt(t);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct trace_block_info info;

		trace_block_info(t, mid, &info);
		if (n < info.first_event + info.event_cnt)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* The part of the block around event n on the side that is searched, n included. */
static struct stretch stretch_at(const struct ui *ui, __u64 n)
{
	struct stretch s = { .first = n, .end = trace_event_cnt(ui->trace) };
	size_t idx = find_block(ui->trace, n);
	struct trace_block_info info;

	if (idx < trace_block_cnt(ui->trace)) {
		trace_block_info(ui->trace, idx, &info);
		s.end = info.first_event + info.event_cnt;
		if (ui->hunt.is_back)
			s.first = info.first_event;
	} else if (ui->hunt.is_back && idx > 0) {
		trace_block_info(ui->trace, idx - 1, &info);
		s.first = info.first_event + info.event_cnt;
	} else if (ui->hunt.is_back) {
		s.first = trace_first_event(ui->trace);
	}
	if (ui->hunt.is_back)
		s.end = n + 1;
	return s;
}

static bool changes_state(const struct ev_hdr *ev, const struct meaning *x, __u32 tid)
{
	switch (ev->kind) {
	case EV_SWITCH:
	case EV_BLOCK:
		return ev->tid == tid || event_next_tid(ev) == tid || x->displaced_tid == tid;
	case EV_THREAD:
	case EV_ADMIT:
	case EV_EXIT:
	case EV_REAP:
	case EV_WAKE:
		return ev->tid == tid;
	}
	return false;
}

static void look_before(const struct ui_hunt *h, struct cursor *c, struct meaning *x)
{
	const struct ev_hdr *ev;

	if (h->kind == HUNT_EDGE)
		meaning_before_graph(x, cursor_model(c));
	if (h->kind != HUNT_HANDOFF && h->kind != HUNT_STATE)
		return;
	ev = cursor_peek(c);
	if (ev && h->kind == HUNT_HANDOFF)
		meaning_before_handoff(x, cursor_model(c), ev);
	else if (ev)
		meaning_before_switch(x, cursor_model(c), ev);
}

static bool is_wanted(const struct ui_hunt *h, const struct cursor *c, const struct ev_hdr *ev,
		      struct meaning *x)
{
	switch (h->kind) {
	case HUNT_STATE:
		return changes_state(ev, x, h->tid);
	case HUNT_MARK:
		return ev->kind == EV_NOTE || ev->kind == EV_LOST || ev->kind == EV_END ||
		       ev->kind == EV_INVERSION;
	case HUNT_BLOCK:
		return meaning_is_block(ev);
	case HUNT_HANDOFF:
		return meaning_is_handoff(x, cursor_model(c));
	case HUNT_EDGE:
		return meaning_is_graph_change(x, cursor_model(c));
	case HUNT_ALARM: /* not told by an event, see take_alarm() */
	case HUNT_NONE:
		break;
	}
	return false;
}

/* In units of an event that is only looked at: a change of a wait is a look at all threads. */
static __u64 event_cost(const struct ui *ui)
{
	return ui->hunt.kind == HUNT_EDGE ? 1 + model_thread_cnt(ui_model(ui)) / 8 : 1;
}

static bool wants_alarms(const struct ui_hunt *h)
{
	return h->kind == HUNT_MARK || h->kind == HUNT_ALARM;
}

/* Of two finds the one that is met first; NOT_FOUND is the largest number. */
static __u64 nearer(const struct ui_hunt *h, __u64 a, __u64 b)
{
	if (a == NOT_FOUND || b == NOT_FOUND || !h->is_back)
		return a < b ? a : b;
	return a > b ? a : b;
}

/*
 * A deadlock or stall was confirmed: it began earlier, maybe before the stretch in which that
 * is seen. Of those that began on the side that is searched the nearest is kept.
 */
static void take_alarm(struct ui *ui, const struct verdict *v)
{
	struct ui_hunt *h = &ui->hunt;
	__u64 n;

	if (v->at_ns == h->judged_ns)
		return;
	h->judged_ns = v->at_ns;
	if (cursor_seek_time(ui->tell, v->at_ns) < 0 || !cursor_event(ui->tell))
		return;
	n = cursor_event(ui->tell) - 1;
	if (h->is_back ? n + 1 < h->from : n >= h->from)
		h->alarm = nearer(h, h->alarm, n);
}

/*
 * The first (back: the last) wanted event of the stretch. *end: the first event
 * that was not looked at, when the stretch is longer than a slice; a search back
 * cannot stop in the middle, and blocks are short enough. What is wanted may come before
 * an alarm that is known only later, so for those all of the stretch is read.
 */
static __u64 scan_events(struct ui *ui, const struct stretch *s, __u64 *end)
{
	bool has_alarms = wants_alarms(&ui->hunt);
	__u64 found = NOT_FOUND, n = s->first;
	__u64 limit = s->end, slice = SLICE_EVENTS;
	struct meaning meaning = {};
	struct alarm_watch watch = {};
	struct verdict v;

	slice = slice / event_cost(ui) + 1;
	if (!ui->hunt.is_back && limit - n > slice)
		limit = n + slice;
	cursor_seek_event(ui->scan, n);
	for (n = cursor_event(ui->scan); n < limit; n++) {
		const struct ev_hdr *ev = has_alarms ? cursor_peek(ui->scan) : NULL;

		if (ev && alarm_before(&watch, cursor_model(ui->scan), ev, &v))
			take_alarm(ui, &v);
		look_before(&ui->hunt, ui->scan, &meaning);
		ev = cursor_next(ui->scan);
		if (!ev)
			break;
		if (has_alarms && alarm_after(&watch, cursor_model(ui->scan), ev, &v))
			take_alarm(ui, &v);
		if (!is_wanted(&ui->hunt, ui->scan, ev, &meaning))
			continue;
		if (ui->hunt.is_back || found == NOT_FOUND)
			found = n;
		if (!ui->hunt.is_back && !has_alarms)
			break;
	}
	if (has_alarms && alarm_now(&watch, cursor_model(ui->scan), &v))
		take_alarm(ui, &v);
	*end = limit;
	return found;
}

/* The alarm that is known, when it is in the stretch; going back it waits until it is. */
static __u64 alarm_event(const struct ui_hunt *h, const struct stretch *s)
{
	return h->is_back && h->alarm != NOT_FOUND && h->alarm < s->first ? NOT_FOUND : h->alarm;
}

/* The same for a marker that only this session knows. */
static __u64 marker_event(struct ui *ui, const struct stretch *s, __u64 end)
{
	__u64 found = NOT_FOUND;

	if (ui->hunt.kind != HUNT_MARK)
		return NOT_FOUND;
	vec_for_each(m, &ui->notes.items) {
		__u64 n;

		if (cursor_seek_time(ui->scan, m->at_ns) < 0)
			continue;
		n = cursor_event(ui->scan);
		if (n > s->first && n <= end)
			found = nearer(&ui->hunt, found, n - 1);
	}
	return found;
}

static void hunt_fail(struct ui *ui)
{
	static const char *const sought[] = {
		[HUNT_NONE] = "event",
		[HUNT_STATE] = "state change of this thread",
		[HUNT_MARK] = "marker, alarm or loss",
		[HUNT_BLOCK] = "event that blocks a thread",
		[HUNT_HANDOFF] = "unlock that wakes a waiter",
		[HUNT_EDGE] = "change of who waits for whom",
		[HUNT_ALARM] = "deadlock or stall",
	};
	const char *what = sought[ui->hunt.kind];

	ui->hunt.kind = HUNT_NONE;
	ui_message(ui, "no %s %s", ui->hunt.is_back ? "earlier" : "later", what);
}

static void arrive(struct ui *ui, __u64 found)
{
	enum hunt_kind kind = ui->hunt.kind;

	ui->hunt.kind = HUNT_NONE;
	ui->message[0] = '\0';
	if (kind == HUNT_MARK && ui_lecture_arrive(ui, found + 1, ui->hunt.is_back))
		return;
	if (ui->hunt.is_back || !ui_predict_ask(ui, kind, found))
		ui_seek_event(ui, found + 1);
}

/* Search one stretch; returns how much work that was, in events. */
static __u64 hunt_step(struct ui *ui)
{
	struct ui_hunt *h = &ui->hunt;
	__u64 first = trace_first_event(ui->trace);
	struct stretch s;
	__u64 found, end;

	if (h->is_back ? h->next <= first : h->next >= trace_event_cnt(ui->trace)) {
		hunt_fail(ui);
		return 0;
	}
	s = stretch_at(ui, h->is_back ? h->next - 1 : h->next);
	found = scan_events(ui, &s, &end);
	found = nearer(h, found, alarm_event(h, &s));
	found = nearer(h, found, marker_event(ui, &s, end));
	if (found != NOT_FOUND) {
		arrive(ui, found);
		return 0;
	}
	h->next = h->is_back ? s.first : end;
	ui_message(ui, "searching ... #%llu (any key stops)", (unsigned long long)h->next);
	return (end - s.first) * event_cost(ui) + BLOCK_EVENTS;
}

/* A recording that was flushed every few seconds has many blocks with little in them. */
void ui_hunt_tick(struct ui *ui)
{
	__u64 done = 0;

	while (ui->hunt.kind != HUNT_NONE && done < SLICE_EVENTS)
		done += hunt_step(ui);
}

void ui_hunt_begin(struct ui *ui, enum hunt_kind kind, bool is_back)
{
	const struct verdict *v;
	__u64 at;

	ui_pause(ui);
	if (!is_back && ui_predict_again(ui, kind))
		return;
	if (kind == HUNT_STATE && !ui->selected_tid) {
		ui_message(ui, "no thread is selected");
		return;
	}
	at = cursor_event(ui->cursor);
	if (kind == HUNT_MARK && ui_lecture_arrive(ui, at, is_back))
		return;
	ui->hunt = (struct ui_hunt){
		.kind = kind,
		.is_back = is_back,
		.tid = ui->selected_tid,
		.from = at,
		.alarm = NOT_FOUND,
		/* the event that made the present state is not an earlier one */
		.next = is_back && at > 0 ? at - 1 : at,
	};
	/* Of one that is shown the begin may be in any stretch before. */
	v = ui_verdict(ui);
	if (wants_alarms(&ui->hunt) && (v->kind == VERDICT_DEADLOCK || v->kind == VERDICT_STALL))
		take_alarm(ui, v);
	ui_hunt_tick(ui);
}
