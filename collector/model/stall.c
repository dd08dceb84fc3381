/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stalls: a lost wake-up, a semaphore nobody will post, a queue nobody fills.
 *
 * A futex with FUTEX_PRIVATE_FLAG is woken by threads of its own process alone. When all
 * of these wait likewise, without a time-out, the set is closed: only a signal handler
 * could still run, so the verdict needs to know that there is none.
 */
#include <stdlib.h>
#include "model/model_private.h"
#include "model/stall.h"

enum { HANDLERS_MAX = 64 };

/* The C library handles signals 32 and 33 itself, to cancel threads and set their ids. */
#define LIBRARY_SIGNALS (3ULL << 31)

void model_take_handlers(struct model *m, const struct ev_handlers *ev)
{
	struct handlers fresh = {
		.pid = ev->hdr.tid,
		.err = ev->err,
		.caught = ev->caught,
		.read_ns = ev->read_ns ? ev->read_ns : ev->hdr.ts_ns,
	};

	m->wait_version++;
	vec_for_each(h, &m->handlers) {
		if (h->pid == fresh.pid) {
			*h = fresh;
			return;
		}
	}
	if (m->handlers.cnt == HANDLERS_MAX)
		vec_remove(&m->handlers, 0);
	vec_push(&m->handlers, fresh);
}

static bool handles_no_signal(const struct model *m, __u32 pid, __u64 since_ns)
{
	vec_for_each(h, &m->handlers)
		if (h->pid == pid)
			return !h->err && !(h->caught & ~LIBRARY_SIGNALS) && h->read_ns > since_ns;
	return false;
}

/* Can only a thread of the same process end this wait? */
static bool waits_inside(const struct thread *t)
{
	if (t->state != THREAD_BLOCKED || wait_is_timed(&t->wait))
		return false;
	if (t->wait.reason == WAIT_JOIN)
		return true;
	return wait_is_futex(&t->wait) && !wait_is_shared(&t->wait);
}

static bool is_of(const struct thread *t, __u32 pid)
{
	return t->pid == pid && thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

/* Is every living thread of the process waiting inside it? */
static bool process_is_closed(const struct model *m, __u32 pid)
{
	vec_for_each(t, &m->threads)
		if (is_of(t, pid) && !waits_inside(t))
			return false;
	return true;
}

static int compare_tids(const void *a, const void *b)
{
	const struct verdict_edge *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void collect(const struct model *m, __u32 pid, struct verdict *v)
{
	vec_for_each(t, &m->threads) {
		if (!is_of(t, pid))
			continue;
		if (t->wait.since_ns > v->at_ns)
			v->at_ns = t->wait.since_ns;
		v->stall_cnt++;
		if (v->cycle_cnt < VERDICT_CYCLE_MAX)
			v->cycle[v->cycle_cnt++] = (struct verdict_edge){
				.tid = t->tid,
				.reason = t->wait.reason,
				.address = t->wait.reason == WAIT_JOIN ? 0 : t->wait.args[0],
				.since_ns = t->wait.since_ns,
			};
	}
	qsort(v->cycle, v->cycle_cnt, sizeof(v->cycle[0]), compare_tids);
}

bool stall_find(const struct model *m, struct verdict *v)
{
	__u32 clear_pid = 0; /* found not closed already: no need to ask for each thread */

	vec_for_each(t, &m->threads) {
		if (!waits_inside(t) || t->pid == clear_pid || (t->flags & THREAD_NAMELESS))
			continue;
		if (!process_is_closed(m, t->pid)) {
			clear_pid = t->pid;
			continue;
		}
		v->stall_pid = t->pid;
		collect(m, t->pid, v);
		v->confirmed = handles_no_signal(m, t->pid, v->at_ns);
		return true;
	}
	return false;
}
