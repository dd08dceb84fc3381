/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdicts of a whole trace. */
#include "export/findings.h"

#include "model/alarm.h"
#include "trace/cursor.h"

enum {
	HIDDEN_NS = 200000000, /* what a loss hides in the last moments stays hidden */
	PROGRESS_EVENTS = 1 << 16,
};

struct search {
	struct cursor *cursor;
	struct findings *found;
	struct alarm_watch watch;
	__u64 hidden_ns; /* when a loss hid a thread; 0: never */
	bool has_losses;
	bool has_found;
};

static void take(struct search *s, const struct verdict *v)
{
	s->has_found = true;
	s->found->verdict = *v;
	s->found->event = cursor_event(s->cursor);
}

static void before_event(struct search *s, const struct ev_hdr *ev)
{
	struct verdict v;

	if (alarm_before(&s->watch, cursor_model(s->cursor), ev, &v))
		take(s, &v);
}

static void after_event(struct search *s, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(s->cursor);
	struct verdict v;

	s->has_losses |= ev->kind == EV_LOST;
	if (alarm_after(&s->watch, m, ev, &v))
		take(s, &v);
	if (s->has_losses && model_state_cnt(m, THREAD_UNKNOWN))
		s->hidden_ns = ev->ts_ns;
}

static void read_all(struct search *s, findings_progress_fn fn, void *arg, __u64 total)
{
	const struct ev_hdr *ev;
	__u64 done = 0;

	for (; (ev = cursor_peek(s->cursor)); done++) {
		if (fn && done % PROGRESS_EVENTS == 0)
			fn(arg, done, total);
		before_event(s, ev);
		after_event(s, cursor_next(s->cursor));
	}
	s->found->read_cnt = done;
	s->found->unread_cnt = total - done;
}

void findings_collect(struct trace *t, findings_progress_fn fn, void *arg, struct findings *ret)
{
	struct search s = {
		.cursor = cursor_new(t),
		.found = ret,
		.has_losses = trace_first_event(t) > 0, /* who knows: that part is forgotten */
	};
	struct verdict v;
	bool is_cut;

	*ret = (struct findings){};
	read_all(&s, fn, arg, trace_event_cnt(t) - trace_first_event(t));
	is_cut = cursor_seek_event(s.cursor, trace_event_cnt(t)) != 0;
	if (alarm_now(&s.watch, cursor_model(s.cursor), &v))
		take(&s, &v);
	ret->is_unsure = is_cut || (s.hidden_ns && s.watch.now_ns < s.hidden_ns + HIDDEN_NS);
	if (!s.has_found) {
		verdict_find(cursor_model(s.cursor), &ret->verdict);
		ret->event = cursor_event(s.cursor);
	}
	cursor_free(s.cursor);
}
