/* SPDX-License-Identifier: GPL-2.0-only */
/* What an event means beyond its kind: who hands a lock on, whether the wait-for graph changed. */
#include "tui/meaning.h"

enum { TASK_STOP_BITS = 0x4 | 0x8 }; /* include/linux/sched.h */

bool meaning_is_block(const struct ev_hdr *ev)
{
	const struct ev_block *block = (const struct ev_block *)ev;

	return ev->kind == EV_BLOCK && !(ev->flags & EVF_WOKEN) &&
	       !(block->prev_state & TASK_STOP_BITS);
}

/* A signal of a condition variable hands nothing on, nor does an end or a barrier. */
static bool can_be_held(const struct lock *l)
{
	return l->kind != WAIT_CONDVAR && l->kind != WAIT_BARRIER && l->kind != WAIT_JOIN;
}

void meaning_before_handoff(struct meaning *x, const struct model *before, const struct ev_hdr *ev)
{
	const struct thread *t = ev->kind == EV_WAKE ? model_find_thread(before, ev->tid) : NULL;
	const struct lock *l = t ? model_lock_waited_on(before, t) : NULL;

	x->has_lock = l && can_be_held(l);
	if (!x->has_lock)
		return;
	x->lock_pid = l->pid;
	x->lock_address = l->address;
	x->handoff_cnt = l->handoff_cnt;
}

bool meaning_is_handoff(const struct meaning *x, const struct model *after)
{
	const struct lock *l = x->has_lock ? model_find_lock(after, x->lock_pid, x->lock_address)
					   : NULL;

	return l && l->handoff_cnt != x->handoff_cnt;
}

void meaning_before_switch(struct meaning *x, const struct model *before, const struct ev_hdr *ev)
{
	const struct thread *t = model_displaced_by(before, ev);

	x->displaced_tid = t ? t->tid : 0;
}

/* One edge as a number: Vigna's splitmix64, so that a sum of them tells sets apart. */
static __u64 edge_number(__u32 from, __u32 to)
{
	__u64 z = ((__u64)from << 32 | to) + 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static __u64 sum_edges(const struct model *m)
{
	__u64 sum = 0;

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		const struct thread *owner = model_waits_for(m, t, NULL);

		if (owner)
			sum += edge_number(t->tid, owner->tid);
	}
	return sum;
}

void meaning_before_graph(struct meaning *x, const struct model *before)
{
	if (x->has_edges)
		return;
	x->has_edges = true;
	x->version = model_wait_version(before);
	x->edges = sum_edges(before);
}

bool meaning_is_graph_change(struct meaning *x, const struct model *after)
{
	__u64 version = model_wait_version(after), edges;

	if (version == x->version)
		return false;
	edges = sum_edges(after);
	x->version = version;
	if (edges == x->edges)
		return false;
	x->edges = edges;
	return true;
}
