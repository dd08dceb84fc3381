/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks at the growing end of a trace, and what the totals were in between.
 *
 * A program that switches a million times a second cannot be replayed beside the
 * recording that it already costs. But the tail of the trace is a model at hand: two
 * looks at it, before and after a bound, give the totals at the bound - exactly for a
 * thread that has not changed since, in proportion for one that has.
 */
#ifndef CTRACE_TIMELINE_LOOK_H
#define CTRACE_TIMELINE_LOOK_H

#include "trace/timeline_marks.h"

/* Zero-initialised is valid: nothing was seen. */
struct timeline_look {
	struct timeline_marks last, now; /* the two looks */
	struct timeline_marks begin;	 /* where the column begins that is not over */
	struct timeline_marks bound;
	__u64 width_ns;
	bool has_begin;
};

/* Look at locks instead of threads; before the first look. */
void timeline_look_at_locks(struct timeline_look *l);
void timeline_look_release(struct timeline_look *l);

/* Look at m, the tail of a trace that ends at end_ns. False: nothing has come since. */
bool timeline_look_take(struct timeline_look *l, const struct model *m, __u64 end_ns);

/*
 * The next column of that width which ended between the two looks, into *ret: its
 * cells and its bounds. False when there is none (any more). m is that of the look.
 */
bool timeline_look_next(struct timeline_look *l, const struct model *m, __u64 width_ns,
			struct timeline_column *ret);

#endif /* CTRACE_TIMELINE_LOOK_H */
