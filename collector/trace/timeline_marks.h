/* SPDX-License-Identifier: GPL-2.0-only */
/* The totals of all threads at one moment, and the cells that two such moments make. */
#ifndef CTRACE_TIMELINE_MARKS_H
#define CTRACE_TIMELINE_MARKS_H

#include "base/vec.h"
#include "trace/timeline.h"
#include "trace/timeline_locks.h"

struct timeline_mark {
	__u32 tid;
	__u32 start;
	__u32 wake_cnt;
	__u64 share_ns[TIMELINE_SHARE_CNT];
};

/* By tid and start. Zero-initialised is valid: before any thread was there. */
struct timeline_marks {
	bool of_locks; /* instead of threads */
	struct timeline_lock_marks locks;
	VEC(struct timeline_mark) threads;
	VEC(__u32) order; /* of the same threads, their places in the model */
	__u64 at_ns;
	__u64 lost_cnt;
};

/* The totals of m at at_ns, which is not before its last event. */
void timeline_marks_take(struct timeline_marks *marks, const struct model *m, __u64 at_ns);
void timeline_marks_copy(struct timeline_marks *dst, const struct timeline_marks *src);
void timeline_marks_release(struct timeline_marks *marks);

/* part of whole in parts of TIMELINE_FULL; what is there at all gives 1 at least. */
__u8 timeline_share_of(__u64 part_ns, __u64 whole_ns);

/*
 * What happened between the two, as the cells of *ret. m is the model that after was
 * taken from: it knows the reasons and the wakers. A bound that is not that of the
 * column does no harm, for shares are of the time between the marks.
 */
void timeline_marks_diff(const struct timeline_marks *before, const struct timeline_marks *after,
			 const struct model *m, struct timeline_column *ret);

/*
 * The cells of *ret when nothing has happened to m since the column began: each thread was all of
 * the time what it is. No totals are taken.
 */
void timeline_marks_still(struct timeline_marks *marks, const struct model *m,
			  struct timeline_column *ret);

/*
 * The totals at a moment between two that were taken, last and now, the latter from m:
 * those of a thread that changed since are divided in proportion.
 */
void timeline_marks_between(struct timeline_marks *marks, const struct timeline_marks *last,
			    const struct timeline_marks *now, const struct model *m, __u64 at_ns);

/*
 * The CPUs of *ret from where each thread ran last: the best there is when the events
 * between the marks were not seen.
 */
void timeline_marks_guess_cpus(const struct timeline_marks *after, const struct model *m,
			       struct timeline_column *ret);

/* Free what it points to; it is empty then. */
void timeline_column_release(struct timeline_column *col);

#endif /* CTRACE_TIMELINE_MARKS_H */
