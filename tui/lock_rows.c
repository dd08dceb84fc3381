/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks with their queues: collected in one pass over the threads. */
#include "tui/lock_rows.h"

#include <stdlib.h>
#include <string.h>

enum { ADDRESS_TAIL = 0xffff };

const char *lock_order_words(enum lock_order order)
{
	static const char *const words[] = {
#define LOCK_ORDER_WORDS(name, text) (text),
		LOCK_ORDERS(LOCK_ORDER_WORDS)
#undef LOCK_ORDER_WORDS
	};

	return words[order];
}

void lock_add_name(const struct model *m, const struct lock *l, struct strbuf *ret)
{
	const char *name = model_lock_name(m, l);

	if (name)
		strbuf_adds(ret, name);
	else
		strbuf_addf(ret, "%s@%04llx", wait_reason_word(l->kind),
			    (unsigned long long)l->address & ADDRESS_TAIL);
}

bool lock_has_owner(const struct lock *l)
{
	return l->kind == WAIT_MUTEX || l->kind == WAIT_RWLOCK || l->owner_tid;
}

/* By when they came; the tid decides between those that came at once. */
static int compare_arrival(const void *a, const void *b)
{
	const struct lock_waiter *x = a, *y = b;

	if (x->since_ns != y->since_ns)
		return x->since_ns < y->since_ns ? -1 : 1;
	return x->thread->tid < y->thread->tid ? -1 : x->thread->tid > y->thread->tid;
}

/* Who waits, as the model has them, and how many for each lock. */
static void collect_arrivals(struct lock_rows *rows, const struct model *m)
{
	const struct lock *first = model_lock_cnt(m) ? model_lock_at(m, 0) : NULL;

	vec_clear(&rows->arrivals);
	for (size_t i = 0; first && i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		const struct lock *l = model_lock_waited_on(m, t);

		if (!l)
			continue;
		vec_push(&rows->arrivals, (struct lock_waiter){ l, t, t->wait.since_ns });
		rows->locks.items[l - first].waiter_cnt++;
	}
}

/* Thousands wait for hundreds of locks: each is put into its queue, and queues are short. */
static void sort_into_queues(struct lock_rows *rows, const struct model *m)
{
	size_t idx = 0;

	vec_for_each(row, &rows->locks) {
		row->waiter_idx = idx;
		idx += row->waiter_cnt;
		row->waiter_cnt = 0;
	}
	vec_clear(&rows->waiters);
	vec_reserve(&rows->waiters, idx);
	rows->waiters.cnt = idx;
	vec_for_each(w, &rows->arrivals) {
		struct lock_row *row = &rows->locks.items[w->lock - model_lock_at(m, 0)];

		rows->waiters.items[row->waiter_idx + row->waiter_cnt++] = *w;
	}
	vec_for_each(row, &rows->locks)
		if (row->waiter_cnt > 1)
			qsort(&rows->waiters.items[row->waiter_idx], row->waiter_cnt,
			      sizeof(*rows->waiters.items), compare_arrival);
}

static void add_queue(struct lock_row *row, const struct lock_rows *rows, __u64 now_ns)
{
	for (size_t i = 0; i < row->waiter_cnt; i++) {
		const struct lock_waiter *w = &rows->waiters.items[row->waiter_idx + i];
		__u64 ns = now_ns > w->since_ns ? now_ns - w->since_ns : 0;

		row->wait_ns += ns;
		if (ns > row->max_wait_ns) {
			row->max_wait_ns = ns;
			row->max_wait_tid = w->thread->tid;
		}
	}
}

static __u64 order_key(const struct lock_row *row, enum lock_order order)
{
	switch (order) {
	case LOCK_BY_QUEUE:
		return row->waiter_cnt;
	case LOCK_BY_LONGEST:
		return row->max_wait_ns;
	case LOCK_BY_TOTAL:
		return row->wait_ns;
	case LOCK_BY_WAITS:
		return row->lock->wait_cnt;
	case LOCK_BY_HANDOFFS:
		return row->lock->handoff_cnt;
	case LOCK_BY_HELD:
		return row->held_ns;
	case LOCK_BY_NAME:
	case LOCK_ORDER_CNT:
		break;
	}
	return 0;
}

struct ordering {
	const struct model *m;
	enum lock_order order;
};

/* "fork[2]" before "fork[10]"; locks without a name behind the others. */
static int compare_names(const struct model *m, const struct lock *k, const struct lock *l)
{
	const char *a = model_lock_name(m, k), *b = model_lock_name(m, l);

	if (!a || !b)
		return a ? -1 : b ? 1 : 0;
	return strverscmp(a, b);
}

/* The largest first; equal ones in an order that does not change while one looks at it. */
static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct ordering *by = arg;
	const struct lock_row *x = a, *y = b;
	__u64 k = order_key(x, by->order), l = order_key(y, by->order);
	int names;

	if (k != l)
		return k > l ? -1 : 1;
	names = compare_names(by->m, x->lock, y->lock);
	if (names)
		return names;
	if (x->lock->pid != y->lock->pid)
		return x->lock->pid < y->lock->pid ? -1 : 1;
	return x->lock->address < y->lock->address ? -1 : x->lock->address > y->lock->address;
}

void lock_rows_make(struct lock_rows *rows, const struct model *m, __u64 now_ns,
		    enum lock_order order)
{
	struct ordering by = { m, order };

	vec_clear(&rows->locks);
	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *l = model_lock_at(m, i);
		struct lock_row row = {
			.lock = l,
			.wait_ns = l->wait_ns,
			.max_wait_ns = l->max_wait_ns,
			.max_wait_tid = l->max_wait_tid,
		};

		if (l->owner_tid && l->owner_since_ns && now_ns > l->owner_since_ns)
			row.held_ns = now_ns - l->owner_since_ns;
		vec_push(&rows->locks, row);
	}
	collect_arrivals(rows, m);
	sort_into_queues(rows, m);
	vec_for_each(row, &rows->locks)
		add_queue(row, rows, now_ns);
	if (rows->locks.cnt)
		qsort_r(rows->locks.items, rows->locks.cnt, sizeof(*rows->locks.items),
			compare_rows, &by);
}

void lock_rows_release(struct lock_rows *rows)
{
	vec_release(&rows->locks);
	vec_release(&rows->waiters);
	vec_release(&rows->arrivals);
}

int lock_rows_find(const struct lock_rows *rows, const struct lock *l)
{
	for (size_t i = 0; l && i < rows->locks.cnt; i++)
		if (rows->locks.items[i].lock == l)
			return (int)i;
	return -1;
}
