/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdicts of a whole trace. */
#include "export/findings.h"

#include "trace/cursor.h"

enum {
	QUIET_NS = 5000000,    /* nothing happened for so long: something may be stuck */
	SAMPLE_NS = 100000000, /* and in the noise of others it is found within this */
	HIDDEN_NS = 200000000, /* what a loss hides in the last moments stays hidden */
	PROGRESS_EVENTS = 1 << 16,
};

struct search {
	struct cursor *cursor;
	struct findings *found;
	__u64 judged_ns, judged_version; /* of the model at the latest judgement */
	__u64 now_ns;			 /* of the event before */
	__u64 hidden_ns;		 /* when a loss hid a thread; 0: never */
	bool has_losses;
	bool has_found;
};

/* Judging costs a look at every thread, so it is done where it can make a difference. */
static void judge(struct search *s)
{
	const struct model *m = cursor_model(s->cursor);
	struct verdict v;

	s->judged_ns = model_now_ns(m);
	s->judged_version = model_wait_version(m);
	verdict_find(m, &v);
	if (v.kind != VERDICT_DEADLOCK && v.kind != VERDICT_STALL)
		return;
	s->has_found = true;
	s->found->verdict = v;
	s->found->event = cursor_event(s->cursor);
}

/* Does the chain of waits that begins at tid come back to it? */
static bool closes_cycle(const struct model *m, __u32 tid)
{
	const struct thread *first = model_find_thread(m, tid), *t = first;

	for (int i = 0; t && i < VERDICT_CYCLE_MAX; i++) {
		t = wait_is_timed(&t->wait) ? NULL : model_waits_for(m, t, NULL);
		if (t && t == first)
			return true;
	}
	return false;
}

/* For every event: the test that is seldom true comes first, and costs no call. */
static void before_event(struct search *s, const struct ev_hdr *ev)
{
	if ((ev->ts_ns > s->now_ns + QUIET_NS || s->now_ns > s->judged_ns + SAMPLE_NS) &&
	    model_wait_version(cursor_model(s->cursor)) != s->judged_version)
		judge(s);
}

static void after_event(struct search *s, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(s->cursor);

	s->now_ns = ev->ts_ns;
	s->has_losses |= ev->kind == EV_LOST;
	if (ev->kind == EV_HANDLERS || ev->kind == EV_HOLDERS ||
	    ((ev->kind == EV_BLOCK || ev->kind == EV_LOCKWORD) && closes_cycle(m, ev->tid)))
		judge(s);
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
	s->found->unread_cnt = total - done;
}

void findings_collect(struct trace *t, findings_progress_fn fn, void *arg, struct findings *ret)
{
	struct search s = {
		.cursor = cursor_new(t),
		.found = ret,
		.has_losses = trace_first_event(t) > 0, /* who knows: that part is forgotten */
	};
	bool is_cut;

	*ret = (struct findings){};
	read_all(&s, fn, arg, trace_event_cnt(t) - trace_first_event(t));
	is_cut = cursor_seek_event(s.cursor, trace_event_cnt(t)) != 0;
	judge(&s);
	ret->is_unsure = is_cut || (s.hidden_ns && s.now_ns < s.hidden_ns + HIDDEN_NS);
	if (!s.has_found) {
		verdict_find(cursor_model(s.cursor), &ret->verdict);
		ret->event = cursor_event(s.cursor);
	}
	cursor_free(s.cursor);
}
