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

/* What the marks are of. */
enum timeline_fold_place {
	FOLD_AWAY,   /* nothing: it is on its way to where a column begins */
	FOLD_AT,     /* the place it is at */
	FOLD_INSIDE, /* the begin of a column that is being made */
};

struct timeline_fold {
	struct trace *trace;
	struct cursor *cursor;
	enum timeline_fold_place place;
	struct timeline_marks marks; /* see timeline_fold_marks() */
	__u64 marks_event;	     /* events applied where they are of */
	bool has_marks; /* else only at_ns is set: they are taken when they are needed */
	struct timeline_marks after; /* of the next place, while a column is made */
	VEC(struct timeline_run) runs;
	struct map run_idx; /* CPU and tid to place in runs */
	__u64 column_work;  /* of columns, beside what it took to get there */
	__u64 begin_work;   /* when the picture was begun */
};

void timeline_fold_init(struct timeline_fold *f, struct trace *t);
void timeline_fold_release(struct timeline_fold *f);

/* The totals at the place. Borrowed, until the fold moves. */
const struct timeline_marks *timeline_fold_marks(struct timeline_fold *f);

/* From now on it is for another picture. */
void timeline_fold_begin(struct timeline_fold *f);

/* Done so far, at the price of an event applied. */
__u64 timeline_fold_work(const struct timeline_fold *f);

/* About how many events lie in begin_ns to end_ns; and how many the block with ns has. */
__u64 timeline_fold_cost(const struct timeline_fold *f, __u64 begin_ns, __u64 end_ns);

__u64 timeline_fold_block_cost(const struct timeline_fold *f, __u64 ns);

/* Where the block with the instant ns begins: going there is cheap. */
__u64 timeline_fold_block_begin(const struct timeline_fold *f, __u64 ns);

/*
 * Each of these does some of it, until about so much work was done in all; true: it is finished,
 * and the fold is FOLD_AT the place. A step that would go beyond waits, unless it is the first.
 * To be called again with the same arguments otherwise.
 *
 * Go to at_ns, or to the begin of a block that is no more than slack_ns away.
 */
bool timeline_fold_seek(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns, __u64 until);

/*
 * Make *ret of what happened from the place to end_ns, and move there: by replaying the
 * events, or, when that is too dear, by a seek, after which only the totals are known.
 */
bool timeline_fold_replay(struct timeline_fold *f, __u64 end_ns, __u64 until,
			  struct timeline_column *ret);
bool timeline_fold_jump(struct timeline_fold *f, __u64 end_ns, __u64 slack_ns, __u64 until,
			struct timeline_column *ret);

#endif /* CTRACE_TIMELINE_FOLD_H */
