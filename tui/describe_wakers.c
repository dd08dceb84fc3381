/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has woken waits before, in plain words: it explains a wait for what has no owner. */
#include "model/wakers.h"
#include "tui/describe.h"
#include "tui/state_words.h"

enum { NOW_COLS = 40 };

static void add_times(const struct wakers *all, const struct waker *w, struct strbuf *ret)
{
	strbuf_addf(ret, " (%u of %u %s)", w->cnt, all->total, all->total == 1 ? "time" : "times");
}

/* A tid says who it was only as long as that thread is remembered. */
static void add_name(const struct model *m, const struct waker *w, struct strbuf *ret)
{
	if (model_waker_thread(m, w))
		describe_name(m, w->tid, ret);
	else
		strbuf_addf(ret, "a former thread %u", w->tid);
}

/* What it does now: that is where to look next. */
static void add_now(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	if (!t)
		return;
	if (t->flags & THREAD_FOREIGN) {
		strbuf_adds(ret, ", which is not traced");
		return;
	}
	if (!thread_is_alive(t)) {
		strbuf_adds(ret, ", which has ended");
		return;
	}
	strbuf_addf(ret, ", now %s", state_word_of(t));
	if (!thread_is_blocked(t))
		return;
	strbuf_adds(ret, ": ");
	describe_wait_short(m, t, NOW_COLS, ret);
}

static void add_waker(const struct model *m, const struct wakers *all, const struct waker *w,
		      struct strbuf *ret)
{
	add_name(m, w, ret);
	add_times(all, w, ret);
	add_now(m, model_waker_thread(m, w), ret);
}

/* All but thread tid; 0: all. */
static void add_wakers(const struct model *m, const struct wakers *all, __u32 tid,
		       struct strbuf *ret)
{
	const char *sep = "by ";

	for (size_t i = 0; all && i < WAKER_MAX && all->top[i].cnt; i++) {
		const struct waker *w = &all->top[i];

		if (w->tid == tid)
			continue;
		strbuf_adds(ret, sep);
		add_waker(m, all, w, ret);
		sep = "; by ";
	}
}

void describe_wakers(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	add_wakers(m, model_wakers(m, t), t->tid, ret);
}

void describe_lock_wakers(const struct model *m, const struct lock *l, struct strbuf *ret)
{
	add_wakers(m, model_lock_wakers(m, l), 0, ret);
}

void describe_waker(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct waker *w;

	if (model_learned(m, t, &w))
		add_waker(m, model_wakers(m, t), w, ret);
}

void describe_learned(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct waker *w;

	if (!model_learned(m, t, &w))
		return;
	strbuf_adds(ret, ", woken here before by ");
	add_name(m, w, ret);
	add_times(model_wakers(m, t), w, ret);
}
