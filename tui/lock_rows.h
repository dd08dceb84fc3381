/* SPDX-License-Identifier: GPL-2.0-only */
/* The locks of the program as a table: each with its queue, and in an order one chooses. */
#ifndef TUI_LOCK_ROWS_H
#define TUI_LOCK_ROWS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "model/model.h"

/*        name      in words */
#define LOCK_ORDERS(_)                      \
	_(QUEUE, "most waiters first")      \
	_(LONGEST, "longest wait first")    \
	_(TOTAL, "most time waited first")  \
	_(WAITS, "most waits first")        \
	_(HANDOFFS, "most hand-offs first") \
	_(HELD, "held longest first")       \
	_(NAME, "by name")

enum lock_order {
#define LOCK_ORDER_ENUM(name, words) LOCK_BY_##name,
	LOCK_ORDERS(LOCK_ORDER_ENUM)
#undef LOCK_ORDER_ENUM
		LOCK_ORDER_CNT,
};

const char *lock_order_words(enum lock_order order);

/* Waits that have not ended are in the times, up to now. */
struct lock_row {
	const struct lock *lock; /* borrowed, like the waiters: gone when the model changes */
	size_t waiter_idx;	 /* its queue is waiters[waiter_idx ...] */
	size_t waiter_cnt;
	__u64 wait_ns;
	__u64 max_wait_ns;
	__u32 max_wait_tid; /* whose wait that was; 0: not known */
	__u64 held_ns;	    /* how long at least its owner has it; 0: it is not known */
};

struct lock_waiter {
	const struct lock *lock;
	const struct thread *thread;
	__u64 since_ns; /* when it came */
};

struct lock_rows {
	VEC(struct lock_row) locks;
	VEC(struct lock_waiter) waiters;  /* lock by lock, each queue in order of arrival */
	VEC(struct lock_waiter) arrivals; /* the same as they come */
};

/* Zero-initialised is valid. Locks that nobody has waited for are not known of. */
void lock_rows_make(struct lock_rows *rows, const struct model *m, __u64 now_ns,
		    enum lock_order order);
void lock_rows_release(struct lock_rows *rows);

/* The row of l, -1: none. */
int lock_rows_find(const struct lock_rows *rows, const struct lock *l);

/* Append "table.fork[1]", or, of a lock without a name, "mutex@72a0". */
void lock_add_name(const struct model *m, const struct lock *l, struct strbuf *ret);

/* Is it one that a thread holds, other than a condition variable or a semaphore? */
bool lock_has_owner(const struct lock *l);

#endif /* TUI_LOCK_ROWS_H */
