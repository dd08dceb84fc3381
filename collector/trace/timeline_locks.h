/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The totals of all locks at one moment, and what two such moments make: how many waited.
 *
 * How long threads have waited for a lock only ever grows, so that the number of waiters in
 * a column is what came to it there, by the time that is. Whether a lock is free or held
 * while nobody waits cannot be seen, and nothing is said about it.
 */
#ifndef CTRACE_TIMELINE_LOCKS_H
#define CTRACE_TIMELINE_LOCKS_H

#include "base/vec.h"
#include "trace/timeline.h"

struct timeline_lock_mark {
	__u64 address;
	__u32 pid;
	__u32 wait_cnt;
	__u32 handoff_cnt;
	__u32 waiter_cnt; /* now */
	__u32 owner_tid;  /* 0: not known */
	__u32 giver_tid;  /* who gave it to a waiter last; 0: nobody, or it is nobody's to give */
	__u64 wait_ns;	  /* of all waits, those that last included */
};

/* By process and address. Zero-initialised is valid: before there was a lock. */
struct timeline_lock_marks {
	VEC(struct timeline_lock_mark) locks;
};

/* The totals of m at at_ns, which is not before its last event. */
void timeline_lock_marks_take(struct timeline_lock_marks *marks, const struct model *m,
			      __u64 at_ns);
void timeline_lock_marks_copy(struct timeline_lock_marks *dst,
			      const struct timeline_lock_marks *src);
void timeline_lock_marks_release(struct timeline_lock_marks *marks);

/* What happened in the whole_ns between the two, as the locks of *ret. */
void timeline_lock_marks_diff(const struct timeline_lock_marks *before,
			      const struct timeline_lock_marks *after, __u64 whole_ns,
			      struct timeline_column *ret);

/* The totals at a moment between the two, where that part of the time has passed. */
void timeline_lock_marks_between(struct timeline_lock_marks *marks,
				 const struct timeline_lock_marks *last,
				 const struct timeline_lock_marks *now, double part);

#endif /* CTRACE_TIMELINE_LOCKS_H */
