/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way through a window.
 *
 * The model knows since when each thread is in its state, so a stay is told from the
 * thread as it was before the event that ended it, and nothing has to be remembered
 * between events.
 */
#include "export/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "model/wakers.h"

enum { PROGRESS_EVENTS = 1 << 16 };

/* A thread that changed its tid in exec(2): under the new one its stays begin here. */
struct moved {
	__u32 tid;
	__u64 at_ns;
};

/* A thread whose state the event may end, as it was before. */
struct candidate {
	struct thread thread;
	struct stay stay;
};

struct walk {
	const struct export_input *in;
	const struct walk_hooks *hooks;
	void *arg;
	struct cursor *cursor;
	VEC(struct candidate) candidates;
	VEC(struct moved) moved;
	bool has_gap;
};

__u64 export_begin_ns(const struct export_input *in)
{
	return model_begin_ns(trace_tail(in->trace));
}

__u64 export_clock_ns(const struct export_input *in, __u64 ns)
{
	__u64 begin_ns = export_begin_ns(in);

	return ns > begin_ns ? ns - begin_ns : 0;
}

__u64 export_lost(const struct export_input *in)
{
	return model_lost(trace_tail(in->trace), 0) + in->meta->lost_cnt;
}

/* --- stays ------------------------------------------------------------------- */

static __u64 clip(const struct walk *w, __u64 ns)
{
	if (ns < w->in->from_ns)
		return w->in->from_ns;
	return ns > w->in->to_ns ? w->in->to_ns : ns;
}

static __u64 begin_of(struct walk *w, const struct thread *t)
{
	__u64 begin_ns = t->since_ns;

	for (size_t i = 0; i < w->moved.cnt; i++) {
		if (w->moved.items[i].tid != t->tid)
			continue;
		if (begin_ns < w->moved.items[i].at_ns)
			begin_ns = w->moved.items[i].at_ns;
		vec_remove(&w->moved, i);
		break;
	}
	return begin_ns;
}

static void describe_learned(const struct model *m, const struct thread *t, struct stay *ret)
{
	const struct waker *waker;
	const struct thread *by = model_learned(m, t, &waker);

	if (!by)
		return;
	ret->learned_tid = by->tid;
	memcpy(ret->learned_name, by->name, sizeof(ret->learned_name));
	ret->learned_cnt = waker->cnt;
	ret->learned_total = model_wakers(m, t)->total;
}

/* Whom a blocked thread waits for: asked before the event, which may change the answer. */
static void describe_wait(const struct model *m, const struct thread *t, struct stay *ret)
{
	const struct thread *owner = model_waits_for(m, t, &ret->evidence);
	const struct lock *l = model_lock_waited_on(m, t);
	const char *name = l ? model_lock_name(m, l) : NULL;

	if (owner) {
		ret->owner_tid = owner->tid;
		memcpy(ret->owner_name, owner->name, sizeof(ret->owner_name));
	}
	describe_learned(m, t, ret);
	if (name)
		strncpy(ret->lock_name, name, sizeof(ret->lock_name) - 1);
}

static void add_candidate(struct walk *w, const struct thread *t)
{
	const struct model *m = cursor_model(w->cursor);
	struct candidate *c;

	if (!t || (t->flags & THREAD_FOREIGN) || t->state == THREAD_DEAD)
		return;
	vec_push(&w->candidates, (struct candidate){ .thread = *t });
	c = vec_last(&w->candidates);
	if (!thread_is_blocked(t))
		return;
	describe_wait(m, t, &c->stay);
	if (w->hooks->wait)
		c->stay.wait = w->hooks->wait(w->arg, m, t);
}

/* The other thread that the event is about. */
static __u32 other_tid_of(const struct ev_hdr *ev)
{
	return ev->kind == EV_EXEC ? ((const struct ev_exec *)ev)->old_tid : event_next_tid(ev);
}

static void collect_candidates(struct walk *w, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(w->cursor);
	__u32 other_tid = other_tid_of(ev);

	vec_clear(&w->candidates);
	if (ev->kind == EV_LOST) {
		for (size_t i = 0; i < model_thread_cnt(m); i++)
			add_candidate(w, model_thread_at(m, i));
		return;
	}
	add_candidate(w, model_find_thread(m, ev->tid));
	if (other_tid && other_tid != ev->tid)
		add_candidate(w, model_find_thread(m, other_tid));
	add_candidate(w, model_displaced_by(m, ev));
}

/* It is no more, or another one has its tid; in exec(2) it only changes that. */
static bool has_ended(const struct model *m, const struct thread *before, const struct ev_hdr *ev)
{
	const struct thread *now = model_find_thread(m, before->tid);

	if (ev->kind == EV_EXEC && before->tid != ev->tid)
		return false;
	return !now || now->start_ns != before->start_ns || now->state == THREAD_DEAD;
}

static bool has_changed(const struct model *m, const struct thread *before)
{
	const struct thread *now = model_find_thread(m, before->tid);

	return !now || now->start_ns != before->start_ns || now->since_ns != before->since_ns ||
	       now->state != before->state;
}

static void tell_stay(struct walk *w, struct candidate *c, __u64 end_ns, bool is_open)
{
	c->stay.thread = &c->thread;
	c->stay.model = cursor_model(w->cursor);
	c->stay.begin_ns = clip(w, begin_of(w, &c->thread));
	c->stay.end_ns = clip(w, end_ns);
	c->stay.is_open = is_open;
	if (c->stay.end_ns < c->stay.begin_ns)
		c->stay.end_ns = c->stay.begin_ns;
	w->hooks->stay(w->arg, &c->stay);
}

static void tell_ended_stays(struct walk *w, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(w->cursor);

	vec_for_each(c, &w->candidates) {
		if (!has_changed(m, &c->thread))
			continue;
		if (ev->kind == EV_WAKE)
			c->stay.wake = (const struct ev_wake *)ev;
		c->stay.has_ended = has_ended(m, &c->thread, ev);
		tell_stay(w, c, ev->ts_ns, false);
	}
	if (ev->kind == EV_EXEC && other_tid_of(ev) != ev->tid)
		vec_push(&w->moved, (struct moved){ ev->tid, ev->ts_ns });
}

static int compare_age(const void *a, const void *b)
{
	const struct thread *x = *(const struct thread *const *)a;
	const struct thread *y = *(const struct thread *const *)b;

	if (x->created_ns != y->created_ns)
		return x->created_ns < y->created_ns ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

const struct thread **walk_living(const struct model *m, size_t *ret_cnt)
{
	VEC(const struct thread *) living = {};

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (!(t->flags & THREAD_FOREIGN) && t->state != THREAD_DEAD)
			vec_push(&living, t);
	}
	if (living.cnt)
		qsort(living.items, living.cnt, sizeof(living.items[0]), compare_age);
	*ret_cnt = living.cnt;
	return living.items;
}

static void tell_open_stays(struct walk *w, struct out *out)
{
	size_t cnt;
	const struct thread **living = walk_living(cursor_model(w->cursor), &cnt);

	for (size_t i = 0; i < cnt && !out_commit(out); i++) {
		vec_clear(&w->candidates);
		add_candidate(w, living[i]);
		tell_stay(w, vec_last(&w->candidates), w->in->to_ns, true);
	}
	free(living);
}

/* --- events ------------------------------------------------------------------ */

/* Stand before the first event that is not earlier than the window. */
static void seek_begin(struct walk *w)
{
	__u64 from_ns = w->in->from_ns;

	if (from_ns > trace_begin_ns(w->in->trace))
		cursor_seek_time(w->cursor, from_ns - 1);
	else
		cursor_seek_event(w->cursor, trace_first_event(w->in->trace));
}

/* The next event of the window, not applied, or NULL. */
static const struct ev_hdr *peek(struct walk *w)
{
	__u64 n = cursor_event(w->cursor);
	const struct ev_hdr *ev = cursor_peek(w->cursor);

	if (cursor_event(w->cursor) != n) {
		w->has_gap = true;
		if (w->hooks->gap)
			w->hooks->gap(w->arg, cursor_model(w->cursor));
	}
	w->has_gap |= !ev && cursor_event(w->cursor) < trace_event_cnt(w->in->trace);
	return ev && ev->ts_ns <= w->in->to_ns ? ev : NULL;
}

static void step(struct walk *w, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(w->cursor);
	__u64 n = cursor_event(w->cursor);

	if (w->hooks->before)
		w->hooks->before(w->arg, m, ev, n);
	if (w->hooks->stay)
		collect_candidates(w, ev);
	ev = cursor_next(w->cursor);
	if (w->hooks->after)
		w->hooks->after(w->arg, m, ev, n);
	if (w->hooks->stay)
		tell_ended_stays(w, ev);
}

static void report_progress(const struct export_input *in, __u64 done)
{
	if (in->progress && done % PROGRESS_EVENTS == 0)
		in->progress(in->progress_arg, done,
			     trace_event_cnt(in->trace) - trace_first_event(in->trace));
}

int walk(const struct export_input *in, struct out *out, const struct walk_hooks *hooks, void *arg)
{
	struct walk w = {
		.in = in,
		.hooks = hooks,
		.arg = arg,
		.cursor = cursor_new(in->trace),
	};
	const struct ev_hdr *ev;

	seek_begin(&w);
	if (hooks->begin)
		hooks->begin(arg, cursor_model(w.cursor));
	for (__u64 done = 0; !out_commit(out) && (ev = peek(&w)); done++) {
		report_progress(in, done);
		step(&w, ev);
	}
	if (hooks->stay)
		tell_open_stays(&w, out);
	if (hooks->end)
		hooks->end(arg, cursor_model(w.cursor));
	vec_release(&w.candidates);
	vec_release(&w.moved);
	cursor_free(w.cursor);
	if (out_commit(out))
		return out->err;
	return w.has_gap ? -ENODATA : 0;
}
