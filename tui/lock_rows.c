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

/* By lock, then by when they came; the tid decides between those that came at once. */
static int compare_arrival(const void *a, const void *b)
{
	const struct lock_waiter *x = a, *y = b;
	const struct thread *s = x->thread, *t = y->thread;

	if (x->lock != y->lock)
		return x->lock < y->lock ? -1 : 1;
	if (s->wait.since_ns != t->wait.since_ns)
		return s->wait.since_ns < t->wait.since_ns ? -1 : 1;
	return s->tid < t->tid ? -1 : s->tid > t->tid;
}

static void collect_waiters(struct lock_rows *rows, const struct model *m)
{
	vec_clear(&rows->waiters);
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		const struct lock *l = model_lock_waited_on(m, t);

		if (l)
			vec_push(&rows->waiters, (struct lock_waiter){ l, t });
	}
	if (rows->waiters.cnt)
		qsort(rows->waiters.items, rows->waiters.cnt, sizeof(*rows->waiters.items),
		      compare_arrival);
}

/* Locks come in the order of their addresses, so its queue begins where the last one ended. */
static void add_queue(struct lock_row *row, const struct lock_rows *rows, size_t *from,
		      __u64 now_ns)
{
	row->waiter_idx = *from;
	for (; *from < rows->waiters.cnt && rows->waiters.items[*from].lock == row->lock;
	     (*from)++) {
		const struct thread *t = rows->waiters.items[*from].thread;
		__u64 ns = now_ns > t->wait.since_ns ? now_ns - t->wait.since_ns : 0;

		row->waiter_cnt++;
		row->wait_ns += ns;
		if (ns > row->max_wait_ns) {
			row->max_wait_ns = ns;
			row->max_wait_tid = t->tid;
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
	size_t from = 0;

	collect_waiters(rows, m);
	vec_clear(&rows->locks);
	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *l = model_lock_at(m, i);
		struct lock_row row = {
			.lock = l,
			.wait_ns = l->wait_ns,
			.max_wait_ns = l->max_wait_ns,
			.max_wait_tid = l->max_wait_tid,
		};

		add_queue(&row, rows, &from, now_ns);
		if (l->owner_tid && l->owner_since_ns && now_ns > l->owner_since_ns)
			row.held_ns = now_ns - l->owner_since_ns;
		vec_push(&rows->locks, row);
	}
	if (rows->locks.cnt)
		qsort_r(rows->locks.items, rows->locks.cnt, sizeof(*rows->locks.items),
			compare_rows, &by);
}

void lock_rows_release(struct lock_rows *rows)
{
	vec_release(&rows->locks);
	vec_release(&rows->waiters);
}

int lock_rows_find(const struct lock_rows *rows, const struct lock *l)
{
	for (size_t i = 0; l && i < rows->locks.cnt; i++)
		if (rows->locks.items[i].lock == l)
			return (int)i;
	return -1;
}
