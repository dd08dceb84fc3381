/* SPDX-License-Identifier: GPL-2.0-only */
/* Walks through a trace and makes one column after the other of what it passes. */
#ifndef CTRACE_TIMELINE_FOLD_H
#define CTRACE_TIMELINE_FOLD_H

#include "base/map.h"
#include "trace/cursor.h"
#include "trace/timeline_marks.h"

/* A thread's time on a CPU within the column that is being made. */
struct timeline_run {
	__u32 cpu, tid;
	__u64 ns;
};

struct timeline_fold {
	struct trace *trace;
	struct cursor *cursor;
	struct timeline_marks marks; /* of the place it is at */
	struct timeline_marks after; /* of the next place, while a column is made */
	VEC(struct timeline_run) runs;
	struct map run_idx; /* CPU and tid to place in runs */
	__u64 work;	    /* done so far, in events replayed */
};

void timeline_fold_init(struct timeline_fold *f, struct trace *t);
void timeline_fold_release(struct timeline_fold *f);

/* About how many events lie in begin_ns to end_ns. */
__u64 timeline_fold_cost(const struct timeline_fold *f, __u64 begin_ns, __u64 end_ns);

/* Where the block with the instant ns begins: going there is cheap. */
__u64 timeline_fold_block_begin(const struct timeline_fold *f, __u64 ns);

/* Go to at_ns, or to the begin of a block that is no more than slack_ns away. */
void timeline_fold_seek(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns);

/*
 * Make *ret of what happened from the place to end_ns, and move there: by replaying the
 * events, or, when that is too dear, by a seek, after which only the totals are known.
 */
void timeline_fold_replay(struct timeline_fold *f, __u64 end_ns, struct timeline_column *ret);
void timeline_fold_jump(struct timeline_fold *f, __u64 end_ns, __u64 slack_ns,
			struct timeline_column *ret);

#endif /* CTRACE_TIMELINE_FOLD_H */
