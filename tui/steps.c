/* SPDX-License-Identifier: GPL-2.0-only */
/* How a deadlock or stall came about, step by step. */
#include "tui/steps.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "tui/describe.h"
#include "tui/meaning.h"

struct finder {
	struct cursor *c;
	const struct model *m, *later;
	const struct verdict *v;
	struct steps *ret;
};

/* "mutex fork[1]"; a name may be found out later; of one without a name its address. */
static void describe_lock(const struct finder *f, const struct lock *l, struct strbuf *ret)
{
	const struct lock *later = model_find_lock(f->later, l->pid, l->address);
	const char *name = model_lock_name(f->m, l);

	if (!name && later)
		name = model_lock_name(f->later, later);
	strbuf_addf(ret, "%s ", wait_reason_word(l->kind));
	if (name)
		strbuf_adds(ret, name);
	else
		strbuf_addf(ret, "0x%llx", (unsigned long long)l->address);
}

static void add_step(struct finder *f, const struct step *s, const struct strbuf *text)
{
	struct step *added = &f->ret->items[f->ret->cnt++];

	*added = *s;
	added->closes = s->at_ns == f->v->at_ns && s->kind != STEP_HOLDS;
	snprintf(added->text, sizeof(added->text), "%s", strbuf_str(text));
}

/* How many events are applied with the first of a kind, of tid, at that time. */
static __u64 find_event(struct cursor *c, __u64 at_ns, enum event_kind kind, __u32 tid)
{
	const struct ev_hdr *ev;
	__u64 last;

	cursor_seek_time(c, at_ns);
	last = cursor_event(c);
	while ((ev = cursor_prev(c)) && ev->ts_ns == at_ns)
		if (ev->kind == kind && ev->tid == tid)
			return cursor_event(c) + 1;
	return last;
}

static __u32 handoffs(struct cursor *c, __u64 event, const struct lock *l)
{
	const struct lock *then;

	cursor_seek_event(c, event);
	then = model_find_lock(cursor_model(c), l->pid, l->address);
	return then ? then->handoff_cnt : 0;
}

/*
 * The last of the first cnt events with which an unlock of l woke a waiter: their number only
 * grows. How many events are applied with it; it is for the caller to see whether it is one.
 */
static __u64 last_handoff(struct cursor *c, const struct lock *l, __u64 cnt)
{
	__u32 all = handoffs(c, cnt, l);
	__u64 low = 0, high = cnt;

	while (low < high) {
		__u64 mid = low + (high - low) / 2;

		if (handoffs(c, mid, l) == all)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static bool hands_on(struct cursor *c, __u64 event, const struct lock *l)
{
	struct meaning x = {};
	const struct ev_hdr *ev;
	bool is_woken;

	if (!event || cursor_seek_event(c, event - 1) || !(ev = cursor_peek(c)))
		return false;
	is_woken = ev->kind == EV_WAKE && ev->tid == l->owner_tid;
	meaning_before_handoff(&x, cursor_model(c), ev);
	cursor_next(c);
	return is_woken && x.lock_pid == l->pid && x.lock_address == l->address &&
	       meaning_is_handoff(&x, cursor_model(c));
}

/* When the owner of l was seen to take it; false: never. */
static bool add_taking(struct finder *f, const struct lock *l, __u64 known_event)
{
	struct step s = {
		.kind = STEP_TAKES,
		.tid = l->owner_tid,
		.lock_pid = l->pid,
		.lock_address = l->address,
	};
	struct strbuf text = {};

	s.event = last_handoff(f->c, l, known_event);
	if (!hands_on(f->c, s.event, l))
		return false;
	s.at_ns = cursor_now_ns(f->c);
	describe_name(f->m, l->owner_tid, &text);
	strbuf_adds(&text, " is woken to take ");
	describe_lock(f, l, &text);
	add_step(f, &s, &text);
	strbuf_release(&text);
	return true;
}

static void add_holding(struct finder *f, const struct lock *l, __u64 known_event)
{
	struct step s = {
		.kind = STEP_HOLDS,
		.event = known_event,
		.at_ns = l->owner_since_ns,
		.tid = l->owner_tid,
		.lock_pid = l->pid,
		.lock_address = l->address,
	};
	struct strbuf text = {};

	describe_lock(f, l, &text);
	strbuf_adds(&text, " is read: held by ");
	describe_name(f->m, l->owner_tid, &text);
	strbuf_adds(&text, ", who took it unseen");
	add_step(f, &s, &text);
	strbuf_release(&text);
}

/* The wait of t, which tells by itself who holds the lock when that was unknown before. */
static void add_wait(struct finder *f, const struct thread *t, const struct lock *l, __u64 event,
		     bool tells_owner)
{
	struct step s = {
		.kind = STEP_WAITS,
		.event = event,
		.at_ns = t->wait.since_ns,
		.tid = t->tid,
		.lock_pid = l ? l->pid : 0,
		.lock_address = l ? l->address : 0,
	};
	struct strbuf text = {};

	describe_name(f->m, t->tid, &text);
	strbuf_adds(&text, " waits for ");
	if (l)
		describe_lock(f, l, &text);
	else
		describe_wait(f->m, t, &text);
	if (tells_owner) {
		strbuf_adds(&text, ", read: held by ");
		describe_name(f->m, l->owner_tid, &text);
	}
	add_step(f, &s, &text);
	strbuf_release(&text);
}

static void add_edge(struct finder *f, const struct thread *t)
{
	const struct lock *l = model_lock_waited_on(f->m, t);
	__u64 event = find_event(f->c, t->wait.since_ns, EV_BLOCK, t->tid), known;
	bool tells_owner = false;

	if (l && l->owner_tid) {
		tells_owner = l->owner_since_ns == t->wait.since_ns;
		known = tells_owner ? event
				    : find_event(f->c, l->owner_since_ns, EV_LOCKWORD, t->tid);
		if (!add_taking(f, l, known) && !tells_owner)
			add_holding(f, l, known);
	}
	add_wait(f, t, l, event, tells_owner);
}

/* Not a wait closed the set: somebody ended who could have ended one. */
static void add_end(struct finder *f)
{
	struct step s = { .kind = STEP_ENDS, .at_ns = f->v->at_ns };
	struct strbuf text = {};

	for (size_t i = 0; i < f->ret->cnt; i++)
		if (f->ret->items[i].closes)
			return;
	cursor_seek_time(f->c, s.at_ns);
	s.event = cursor_event(f->c);
	strbuf_adds(&text, "who could have ended a wait of these has ended");
	add_step(f, &s, &text);
	strbuf_release(&text);
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->event != y->event)
		return x->event < y->event ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

void steps_find(struct cursor *c, const struct model *m, const struct model *later,
		const struct verdict *v, struct steps *ret)
{
	struct finder f = { .c = c, .m = m, .later = later, .v = v, .ret = ret };

	*ret = (struct steps){};
	if (v->suspect != VERDICT_DEADLOCK && v->suspect != VERDICT_STALL)
		return;
	ret->closed_ns = v->at_ns;
	ret->tid = v->cycle[0].tid;
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t && thread_is_blocked(t))
			add_edge(&f, t);
	}
	add_end(&f);
	qsort(ret->items, ret->cnt, sizeof(ret->items[0]), compare_steps);
}
