/* SPDX-License-Identifier: GPL-2.0-only */
/* Where in a trace to ask for a verdict. */
#include "model/alarm.h"

enum {
	QUIET_NS = 5000000,    /* nothing happened for so long: something may be stuck */
	SAMPLE_NS = 100000000, /* and in the noise of others it is found within this */
};

bool alarm_now(struct alarm_watch *w, const struct model *m, struct verdict *ret)
{
	w->judged_ns = model_now_ns(m);
	w->judged_version = model_wait_version(m);
	verdict_find(m, ret);
	return ret->kind == VERDICT_DEADLOCK || ret->kind == VERDICT_STALL;
}

static bool is_of_inspector(const struct ev_hdr *ev)
{
	switch (ev->kind) {
	case EV_LOCKWORD:
	case EV_LOCKNAME:
	case EV_STACK:
	case EV_HANDLERS:
	case EV_HOLDERS:
	case EV_FILE:
	case EV_LOCKPAGE:
		return true;
	}
	return false;
}

/*
 * For every event: the tests that are seldom true come first, and cost no call. What the inspector
 * has told at last may have been the missing piece, also when somebody is killed right after it.
 */
bool alarm_before(struct alarm_watch *w, const struct model *before, const struct ev_hdr *ev,
		  struct verdict *ret)
{
	return ((w->is_told && !is_of_inspector(ev)) || ev->ts_ns > w->now_ns + QUIET_NS ||
		w->now_ns > w->judged_ns + SAMPLE_NS) &&
	       model_wait_version(before) != w->judged_version && alarm_now(w, before, ret);
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

bool alarm_after(struct alarm_watch *w, const struct model *after, const struct ev_hdr *ev,
		 struct verdict *ret)
{
	w->now_ns = ev->ts_ns;
	w->is_told = is_of_inspector(ev);
	return (ev->kind == EV_HANDLERS || ev->kind == EV_HOLDERS ||
		((ev->kind == EV_BLOCK || ev->kind == EV_LOCKWORD || ev->kind == EV_STACK) &&
		 closes_cycle(after, ev->tid))) &&
	       alarm_now(w, after, ret);
}
