/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells out of totals. A thread's times in each state only ever grow, so what it did
 * in a column is the difference between two looks at the model: exact wherever the
 * looks are taken, as dear for ten events as for ten million, and without a second
 * bookkeeping of states that could disagree with the model's.
 */
#include "trace/timeline_marks.h"

#include <string.h>

static const __u8 share_of_state[THREAD_STATE_CNT] = {
	[THREAD_UNKNOWN] = TIMELINE_UNKNOWN,  [THREAD_NEW] = TIMELINE_SHARE_CNT,
	[THREAD_READY] = TIMELINE_READY,      [THREAD_RUNNING] = TIMELINE_RUNNING,
	[THREAD_BLOCKED] = TIMELINE_BLOCKED,  [THREAD_STOPPED] = TIMELINE_STOPPED,
	[THREAD_ZOMBIE] = TIMELINE_SHARE_CNT, [THREAD_DEAD] = TIMELINE_SHARE_CNT,
};

void timeline_marks_copy(struct timeline_marks *dst, const struct timeline_marks *src)
{
	vec_copy(&dst->threads, &src->threads);
	timeline_lock_marks_copy(&dst->locks, &src->locks);
	dst->at_ns = src->at_ns;
	dst->lost_cnt = src->lost_cnt;
}

void timeline_marks_release(struct timeline_marks *marks)
{
	vec_release(&marks->threads);
	vec_release(&marks->order);
	timeline_lock_marks_release(&marks->locks);
}

static __u64 key_of(__u32 tid, __u32 start)
{
	return (__u64)tid << 32 | start;
}

static __u64 place_key(const struct model *m, __u32 idx)
{
	const struct thread *t = model_thread_at(m, idx);

	return key_of(t->tid, t->start_ns);
}

static int place_compare(const void *a, const void *b, void *arg)
{
	__u64 x = place_key(arg, *(const __u32 *)a), y = place_key(arg, *(const __u32 *)b);

	return x < y ? -1 : x > y;
}

/* Threads seldom move in the model, so the order of the last look is mostly right still. */
static void marks_sort(struct timeline_marks *marks, const struct model *m)
{
	size_t cnt = model_thread_cnt(m), kept = 0;
	__u64 key, last = 0;
	size_t i;

	for (i = 0; i < marks->order.cnt; i++)
		if (marks->order.items[i] < cnt)
			marks->order.items[kept++] = marks->order.items[i];
	for (marks->order.cnt = kept; marks->order.cnt < cnt;)
		vec_push(&marks->order, marks->order.cnt);
	for (i = 0; i < cnt; i++, last = key) {
		key = place_key(m, marks->order.items[i]);
		if (key < last)
			break;
	}
	if (i < cnt)
		qsort_r(marks->order.items, cnt, sizeof(*marks->order.items), place_compare,
			(void *)m);
}

static void mark_take(struct timeline_mark *mark, const struct thread *t, __u64 at_ns)
{
	*mark = (struct timeline_mark){
		.tid = t->tid,
		.start = t->start_ns,
		.wake_cnt = t->wake_cnt,
	};
	/* As thread_state_ns() of each, which is called for every thread at every column else. */
	for (unsigned s = 0; s < THREAD_STATE_CNT; s++)
		if (share_of_state[s] < TIMELINE_SHARE_CNT)
			mark->share_ns[share_of_state[s]] = t->state_ns[s];
	if (share_of_state[t->state] < TIMELINE_SHARE_CNT && at_ns > t->since_ns)
		mark->share_ns[share_of_state[t->state]] += at_ns - t->since_ns;
}

static void take_threads(struct timeline_marks *marks, const struct model *m, __u64 at_ns)
{
	marks_sort(marks, m);
	vec_clear(&marks->threads);
	vec_reserve(&marks->threads, marks->order.cnt);
	vec_for_each(idx, &marks->order)
		mark_take(&marks->threads.items[marks->threads.cnt++], model_thread_at(m, *idx),
			  at_ns);
}

void timeline_marks_take(struct timeline_marks *marks, const struct model *m, __u64 at_ns)
{
	if (marks->of_locks)
		timeline_lock_marks_take(&marks->locks, m, at_ns);
	else
		take_threads(marks, m, at_ns);
	marks->at_ns = at_ns;
	marks->lost_cnt = model_lost(m, 0);
}

__u8 timeline_share_of(__u64 part_ns, __u64 whole_ns)
{
	__u64 share;

	if (!part_ns)
		return 0;
	if (part_ns >= whole_ns)
		return TIMELINE_FULL;
	share = part_ns * TIMELINE_FULL / whole_ns;
	return share ? share : 1;
}

/*
 * The thread's mark before. exec can change the tid of a thread, and a thread whose
 * creation was lost learns its start time late: then only one of the two fits.
 */
static const struct timeline_mark *mark_find(const struct timeline_marks *before, size_t *from,
					     const struct timeline_mark *after, bool is_new)
{
	static const struct timeline_mark none;
	const struct timeline_mark *items = before->threads.items;
	__u64 key = key_of(after->tid, after->start);
	size_t i = *from;

	while (i < before->threads.cnt && key_of(items[i].tid, items[i].start) < key)
		i++;
	*from = i;
	if (i < before->threads.cnt && key_of(items[i].tid, items[i].start) == key)
		return &items[i];
	for (i = 0; !is_new && i < before->threads.cnt; i++)
		if (items[i].start == after->start ||
		    (items[i].tid == after->tid && !items[i].start))
			return &items[i];
	return &none;
}

/* False when the thread was not there at all. */
static bool cell_fill(struct timeline_cell *cell, const struct timeline_mark *before,
		      const struct timeline_mark *after, const struct thread *t, __u64 begin_ns,
		      __u64 whole_ns)
{
	__u32 wake_cnt = after->wake_cnt - before->wake_cnt;
	__u64 sum_ns = 0;

	*cell = (struct timeline_cell){ .tid = after->tid, .start = after->start };
	for (unsigned s = 0; s < TIMELINE_SHARE_CNT; s++) {
		__u64 ns = after->share_ns[s] - before->share_ns[s];

		sum_ns += ns;
		cell->share[s] = timeline_share_of(ns, whole_ns);
	}
	if (cell->share[TIMELINE_BLOCKED])
		cell->reason = t->wait.reason;
	cell->wake_cnt = wake_cnt < 255 ? wake_cnt : 255;
	if (wake_cnt && t->wake.at_ns >= begin_ns) {
		cell->waker_tid = t->wake.waker_tid;
		if (t->wake.flags & (EVF_HARDIRQ | EVF_SOFTIRQ))
			cell->flags |= TIMELINE_IRQ;
	}
	return sum_ns;
}

void timeline_marks_diff(const struct timeline_marks *before, const struct timeline_marks *after,
			 const struct model *m, struct timeline_column *ret)
{
	__u64 whole_ns = after->at_ns > before->at_ns ? after->at_ns - before->at_ns : 1;
	size_t from = 0;

	ret->cell_cnt = 0;
	ret->cells = xreallocarray(ret->cells, after->threads.cnt, sizeof(*ret->cells));
	for (size_t i = 0; i < after->threads.cnt; i++) {
		const struct timeline_mark *mark = &after->threads.items[i];
		const struct thread *t = model_thread_at(m, after->order.items[i]);
		const struct timeline_mark *was =
			mark_find(before, &from, mark, t->created_ns >= before->at_ns);

		if (!(t->flags & THREAD_FOREIGN))
			ret->cell_cnt += cell_fill(&ret->cells[ret->cell_cnt], was, mark, t,
						   before->at_ns, whole_ns);
	}
	ret->cells = xreallocarray(ret->cells, ret->cell_cnt, sizeof(*ret->cells));
	if (after->of_locks)
		timeline_lock_marks_diff(&before->locks, &after->locks,
					 after->at_ns > before->at_ns ? whole_ns : 0, ret);
	ret->lost_cnt = after->lost_cnt - before->lost_cnt;
}

void timeline_marks_still(struct timeline_marks *marks, const struct model *m,
			  struct timeline_column *ret)
{
	marks_sort(marks, m);
	ret->cell_cnt = 0;
	ret->cells = xreallocarray(ret->cells, marks->order.cnt, sizeof(*ret->cells));
	vec_for_each(idx, &marks->order) {
		const struct thread *t = model_thread_at(m, *idx);
		__u8 share = share_of_state[t->state];
		struct timeline_cell cell = { .tid = t->tid, .start = t->start_ns };

		if ((t->flags & THREAD_FOREIGN) || share == TIMELINE_SHARE_CNT)
			continue;
		cell.share[share] = TIMELINE_FULL;
		if (share == TIMELINE_BLOCKED)
			cell.reason = t->wait.reason;
		ret->cells[ret->cell_cnt++] = cell;
	}
	ret->cells = xreallocarray(ret->cells, ret->cell_cnt, sizeof(*ret->cells));
	ret->lost_cnt = 0;
}

static __u64 divide(__u64 last, __u64 now, double part)
{
	return last + (now > last ? (double)(now - last) * part : 0);
}

void timeline_marks_between(struct timeline_marks *marks, const struct timeline_marks *last,
			    const struct timeline_marks *now, const struct model *m, __u64 at_ns)
{
	double part = (double)(at_ns - last->at_ns) / (double)(now->at_ns - last->at_ns);
	size_t from = 0;

	vec_clear(&marks->threads);
	vec_clear(&marks->order);
	vec_reserve(&marks->threads, now->threads.cnt);
	vec_reserve(&marks->order, now->threads.cnt);
	for (size_t i = 0; i < now->threads.cnt; i++) {
		const struct timeline_mark *end = &now->threads.items[i];
		const struct thread *t = model_thread_at(m, now->order.items[i]);
		const struct timeline_mark *begin =
			mark_find(last, &from, end, t->created_ns >= last->at_ns);
		struct timeline_mark *mark = &marks->threads.items[marks->threads.cnt++];

		vec_push(&marks->order, now->order.items[i]);
		mark_take(mark, t, at_ns);
		if (t->since_ns <= at_ns)
			continue;
		mark->wake_cnt = divide(begin->wake_cnt, end->wake_cnt, part);
		for (unsigned s = 0; s < TIMELINE_SHARE_CNT; s++)
			mark->share_ns[s] = divide(begin->share_ns[s], end->share_ns[s], part);
	}
	timeline_lock_marks_between(&marks->locks, &last->locks, &now->locks, part);
	marks->at_ns = at_ns;
	marks->lost_cnt = divide(last->lost_cnt, now->lost_cnt, part);
}

void timeline_marks_guess_cpus(const struct timeline_marks *after, const struct model *m,
			       struct timeline_column *ret)
{
	ret->cpu_cnt = model_cpu_cnt(m);
	ret->cpus = xreallocarray(ret->cpus, ret->cpu_cnt, sizeof(*ret->cpus));
	memset(ret->cpus, 0, ret->cpu_cnt * sizeof(*ret->cpus));
	for (size_t i = 0, c = 0; i < after->threads.cnt && c < ret->cell_cnt; i++) {
		const struct timeline_cell *cell = &ret->cells[c];
		const struct timeline_mark *mark = &after->threads.items[i];
		unsigned cpu = model_thread_at(m, after->order.items[i])->cpu;
		__u8 share = cell->share[TIMELINE_RUNNING];

		if (mark->tid != cell->tid || mark->start != cell->start)
			continue;
		c++;
		if (!share || cpu >= ret->cpu_cnt)
			continue;
		if (share > ret->cpus[cpu].share) {
			ret->cpus[cpu].share = share;
			ret->cpus[cpu].tid = cell->tid;
		}
		ret->cpus[cpu].total = share < TIMELINE_FULL - ret->cpus[cpu].total
					       ? ret->cpus[cpu].total + share
					       : TIMELINE_FULL;
	}
}
