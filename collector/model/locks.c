/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of locks, and the line that decides who holds one.
 *
 * The owner belongs to the lock, not to a waiter: what any waiter or the
 * inspector reads last is what is known, and an unlock that wakes a waiter makes
 * it unknown again until the next reading.
 */
#include <string.h>
#include "model/model_private.h"

/* The address space of a lock; 0: one that processes share. */
static __u32 lock_space(const struct thread *t)
{
	return wait_is_shared(&t->wait) ? 0 : t->pid;
}

/* Mixed so that equal keys of different locks do not occur in practice (64 bits). */
static __u64 lock_key(__u32 pid, __u64 address)
{
	return map_hash(address + map_hash(pid + 1ULL));
}

static struct lock *find_lock(const struct model *m, __u32 pid, __u64 address)
{
	uint32_t idx;

	if (!map_get(&m->by_address, lock_key(pid, address), &idx))
		return NULL;
	return &m->locks.items[idx];
}

struct lock *model_peek_lock(const struct model *m, __u32 pid, __u64 address)
{
	struct lock *l = find_lock(m, pid, address);

	return l ? l : find_lock(m, 0, address);
}

const struct lock *model_find_lock(const struct model *m, __u32 pid, __u64 address)
{
	return model_peek_lock(m, pid, address);
}

static bool wait_is_on_lock(const struct wait *w)
{
	return wait_is_futex(w) && w->reason != WAIT_JOIN;
}

struct lock *model_lock_of_wait(const struct model *m, const struct thread *t)
{
	return wait_is_on_lock(&t->wait) ? find_lock(m, lock_space(t), t->wait.args[0]) : NULL;
}

static void forget_one_lock(struct model *m)
{
	size_t oldest = 0, last = m->locks.cnt - 1;
	struct lock *l = m->locks.items;

	for (size_t i = 1; i < m->locks.cnt; i++)
		if (l[i].read_ns < l[oldest].read_ns)
			oldest = i;
	map_remove(&m->by_address, lock_key(l[oldest].pid, l[oldest].address));
	if (oldest != last) {
		l[oldest] = l[last];
		map_put(&m->by_address, lock_key(l[last].pid, l[last].address), oldest);
	}
	m->locks.cnt--;
}

void model_add_lock(struct model *m, const struct lock *l)
{
	if (m->locks.cnt == MODEL_LOCK_MAX)
		forget_one_lock(m);
	vec_push(&m->locks, *l);
	map_put(&m->by_address, lock_key(l->pid, l->address), m->locks.cnt - 1);
}

static struct lock *get_lock(struct model *m, __u32 pid, __u64 address)
{
	struct lock *l = find_lock(m, pid, address);

	if (l)
		return l;
	model_add_lock(m, &(struct lock){ .pid = pid, .address = address });
	return vec_last(&m->locks);
}

/*
 * Here is decided that "this thread is blocked on that lock, held by that one":
 * the words say a tid, and it is a thread that is traced. Otherwise memory that
 * merely looks like a mutex would get an owner.
 */
static void take_owner(struct model *m, struct lock *l, const struct wait *w)
{
	const struct thread *owner = model_peek_thread(m, wait_owner_tid(w));
	__u32 before = l->owner_tid;

	l->read_ns = w->read_ns;
	l->owner_tid = owner && !(owner->flags & THREAD_FOREIGN) ? owner->tid : 0;
	if (l->owner_tid != before)
		l->owner_since_ns = l->owner_tid ? l->read_ns : 0;
	l->evidence = l->owner_tid ? EVIDENCE_READ : EVIDENCE_UNKNOWN;
}

/* A "mutex" whose owner is no thread we know is a futex of some other kind. */
static void check_reason(const struct model *m, struct wait *w)
{
	if (w->reason != WAIT_MUTEX && w->reason != WAIT_RWLOCK && w->reason != WAIT_JOIN)
		return;
	if (!model_peek_thread(m, wait_owner_tid(w)))
		w->reason = WAIT_FUTEX;
}

/*
 * The probe reads the words of a futex without owner only now and then (bpf/sched.bpf.c,
 * has_no_owner_again()); what the lock was at the waits before is what it is.
 */
static void recall_reason(const struct model *m, struct thread *t)
{
	const struct lock *l = model_lock_of_wait(m, t);

	if (!(t->wait.flags & EVF_WORDS) && l && wait_has_no_owner(&t->wait))
		t->wait.reason = l->kind;
}

void model_wait_begins(struct model *m, struct thread *t)
{
	struct lock *l;

	m->wait_version++;
	check_reason(m, &t->wait);
	recall_reason(m, t);
	if (!wait_is_on_lock(&t->wait))
		return;
	l = get_lock(m, lock_space(t), t->wait.args[0]);
	model_check_lock_name(m, l, t);
	l->kind = t->wait.reason;
	l->wait_cnt++;
	if (t->wait.flags & EVF_WORDS)
		take_owner(m, l, &t->wait);
}

/* Did the waker call futex(FUTEX_WAKE) on the very word t waits on? */
static bool is_handoff(const struct thread *t, const struct ev_wake *by)
{
	struct wait waker = { .nr = by->nr, .flags = by->hdr.flags & EVF_COMPAT };

	if ((by->hdr.flags & (EVF_HARDIRQ | EVF_SOFTIRQ)) || by->args[0] != t->wait.args[0])
		return false;
	wait_classify(&waker);
	return wait_is_futex(&waker);
}

static void forget_owner(struct lock *l)
{
	l->owner_tid = 0;
	l->owner_since_ns = 0;
	l->evidence = EVIDENCE_UNKNOWN;
}

/* The owner gives it back. */
static void count_hold(struct lock *l, __u64 ts_ns)
{
	__u64 ns = ts_ns > l->owner_since_ns ? ts_ns - l->owner_since_ns : 0;

	if (!l->owner_tid)
		return;
	l->hold_cnt++;
	l->hold_ns += ns;
	if (ns > l->max_hold_ns)
		l->max_hold_ns = ns;
}

void model_wait_ends(struct model *m, struct thread *t, const struct ev_wake *by, __u64 ts_ns)
{
	struct lock *l = model_lock_of_wait(m, t);
	__u64 ns = ts_ns > t->wait.since_ns ? ts_ns - t->wait.since_ns : 0;

	m->wait_version++;
	if (!l)
		return;
	l->wait_ns += ns;
	if (ns > l->max_wait_ns) {
		l->max_wait_ns = ns;
		l->max_wait_tid = t->tid;
	}
	if (!by || !is_handoff(t, by))
		return;
	if (l->owner_tid == by->waker_tid)
		count_hold(l, ts_ns);
	l->handoff_cnt++;
	l->waker_tid = by->waker_tid;
	forget_owner(l);
}

void model_lock_read(struct model *m, const struct ev_lockword *ev)
{
	struct thread *t = model_peek_thread(m, ev->hdr.tid);
	struct lock *l;

	if (!t || t->state != THREAD_BLOCKED || !wait_is_futex(&t->wait) ||
	    t->wait.args[0] != ev->address || ev->err)
		return;
	memcpy(t->wait.words, ev->words, sizeof(ev->words));
	t->wait.flags |= EVF_WORDS;
	t->wait.read_ns = t->wait.confirm_ns = ev->hdr.ts_ns;
	l = model_lock_of_wait(m, t);
	if (l)
		take_owner(m, l, &t->wait);
	m->wait_version++;
}

void model_forget_owners(struct model *m)
{
	vec_for_each(l, &m->locks)
		forget_owner(l);
}
