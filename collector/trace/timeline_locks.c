/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks in columns, out of totals. */
#include "trace/timeline_locks.h"

#include <stdlib.h>

void timeline_lock_marks_release(struct timeline_lock_marks *marks)
{
	vec_release(&marks->locks);
}

void timeline_lock_marks_copy(struct timeline_lock_marks *dst,
			      const struct timeline_lock_marks *src)
{
	vec_copy(&dst->locks, &src->locks);
}

/* Only what has an owner is given by one: who signals a condition variable has nothing. */
static bool has_giver(const struct lock *l)
{
	return l->kind == WAIT_MUTEX || l->kind == WAIT_RWLOCK;
}

static struct timeline_lock_mark mark_of(const struct lock *l)
{
	return (struct timeline_lock_mark){
		.address = l->address,
		.pid = l->pid,
		.wait_cnt = l->wait_cnt,
		.handoff_cnt = l->handoff_cnt,
		.owner_tid = l->owner_tid,
		.giver_tid = has_giver(l) ? l->waker_tid : 0,
		.wait_ns = l->wait_ns,
	};
}

/* As yet the marks are in the order of the model. */
static void add_waiters(struct timeline_lock_marks *marks, const struct model *m, __u64 at_ns)
{
	const struct lock *locks = marks->locks.cnt ? model_lock_at(m, 0) : NULL;

	for (size_t i = 0; locks && i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		const struct lock *l = model_lock_waited_on(m, t);
		struct timeline_lock_mark *mark;

		if (!l)
			continue;
		mark = &marks->locks.items[l - locks];
		mark->waiter_cnt++;
		if (at_ns > t->wait.since_ns)
			mark->wait_ns += at_ns - t->wait.since_ns;
	}
}

static int compare(__u32 pid, __u64 address, __u32 other_pid, __u64 other)
{
	if (pid != other_pid)
		return pid < other_pid ? -1 : 1;
	return address < other ? -1 : address > other;
}

static int mark_compare(const void *a, const void *b)
{
	const struct timeline_lock_mark *x = a, *y = b;

	return compare(x->pid, x->address, y->pid, y->address);
}

void timeline_lock_marks_take(struct timeline_lock_marks *marks, const struct model *m, __u64 at_ns)
{
	size_t cnt = model_lock_cnt(m);

	vec_clear(&marks->locks);
	vec_reserve(&marks->locks, cnt);
	for (size_t i = 0; i < cnt; i++)
		marks->locks.items[marks->locks.cnt++] = mark_of(model_lock_at(m, i));
	add_waiters(marks, m, at_ns);
	if (cnt)
		qsort(marks->locks.items, cnt, sizeof(*marks->locks.items), mark_compare);
}

/* The lock's mark before. One that was forgotten meanwhile counts anew. */
static const struct timeline_lock_mark *mark_find(const struct timeline_lock_marks *before,
						  size_t *from,
						  const struct timeline_lock_mark *after)
{
	static const struct timeline_lock_mark none;
	const struct timeline_lock_mark *items = before->locks.items;

	while (*from < before->locks.cnt && mark_compare(&items[*from], after) < 0)
		(*from)++;
	if (*from == before->locks.cnt || mark_compare(&items[*from], after) ||
	    items[*from].wait_cnt > after->wait_cnt ||
	    items[*from].handoff_cnt > after->handoff_cnt)
		return &none;
	return &items[*from];
}

/*
 * How long threads waited there, all together: no longer than each of those that there were
 * could, for a lock that is known to be the same as another takes over what that counted. A
 * wait of which the end was lost counts no more, as if it had never been.
 */
static __u64 waited_ns(const struct timeline_lock_mark *before,
		       const struct timeline_lock_mark *after, __u64 whole_ns)
{
	__u64 most_ns = whole_ns * (before->waiter_cnt + after->wait_cnt - before->wait_cnt);
	__u64 ns = after->wait_ns > before->wait_ns ? after->wait_ns - before->wait_ns : 0;

	return ns < most_ns ? ns : most_ns;
}

/* In parts of TIMELINE_FULL, 1 at least for who waited at all. At an instant, who waits then. */
static __u32 count_waiters(const struct timeline_lock_mark *before,
			   const struct timeline_lock_mark *after, __u64 whole_ns)
{
	__u64 ns, share;

	if (!whole_ns)
		return after->waiter_cnt * TIMELINE_FULL;
	ns = waited_ns(before, after, whole_ns);
	share = (double)ns / (double)whole_ns * TIMELINE_FULL + 0.5;
	return ns && !share ? 1 : share;
}

/* False when nobody waited for it. */
static bool lock_fill(struct timeline_lock *lock, const struct timeline_lock_mark *before,
		      const struct timeline_lock_mark *after, __u64 whole_ns)
{
	*lock = (struct timeline_lock){
		.address = after->address,
		.pid = after->pid,
		.handoff_cnt = after->handoff_cnt - before->handoff_cnt,
		.waiters = count_waiters(before, after, whole_ns),
		.owner_tid = after->owner_tid,
	};
	if (!lock->owner_tid)
		lock->owner_tid = lock->handoff_cnt ? after->giver_tid : before->owner_tid;
	return lock->waiters || lock->handoff_cnt;
}

void timeline_lock_marks_diff(const struct timeline_lock_marks *before,
			      const struct timeline_lock_marks *after, __u64 whole_ns,
			      struct timeline_column *ret)
{
	size_t from = 0;

	ret->lock_cnt = 0;
	ret->locks = xreallocarray(ret->locks, after->locks.cnt, sizeof(*ret->locks));
	vec_for_each(mark, &after->locks)
		ret->lock_cnt += lock_fill(&ret->locks[ret->lock_cnt],
					   mark_find(before, &from, mark), mark, whole_ns);
	ret->locks = xreallocarray(ret->locks, ret->lock_cnt, sizeof(*ret->locks));
}

static __u64 divide(__u64 last, __u64 now, double part)
{
	return last + (now > last ? (__u64)((double)(now - last) * part) : 0);
}

void timeline_lock_marks_between(struct timeline_lock_marks *marks,
				 const struct timeline_lock_marks *last,
				 const struct timeline_lock_marks *now, double part)
{
	size_t from = 0;

	vec_clear(&marks->locks);
	vec_for_each(end, &now->locks) {
		const struct timeline_lock_mark *begin = mark_find(last, &from, end);
		struct timeline_lock_mark mark = *end;

		mark.wait_cnt = divide(begin->wait_cnt, end->wait_cnt, part);
		mark.handoff_cnt = divide(begin->handoff_cnt, end->handoff_cnt, part);
		mark.wait_ns = divide(begin->wait_ns, end->wait_ns, part);
		vec_push(&marks->locks, mark);
	}
}

int timeline_lock_compare(const struct timeline_lock *a, const struct lock *l)
{
	return compare(a->pid, a->address, l->pid, l->address);
}

static int key_compare(const void *key, const void *member)
{
	return -timeline_lock_compare(member, key);
}

const struct timeline_lock *timeline_lock(const struct timeline_column *col, const struct lock *l)
{
	if (!col->lock_cnt)
		return NULL;
	return bsearch(l, col->locks, col->lock_cnt, sizeof(*col->locks), key_compare);
}
