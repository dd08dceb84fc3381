/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The timeline: what each thread and each CPU did in each column of a stretch of time.
 *
 * Column i of width w is the time from i * w to (i + 1) * w, so a column whose time
 * is over never changes: it is computed once and kept, and the next frame only
 * computes what is new. The work of one call is bounded; what it could not reach is
 * there after the next calls.
 */
#ifndef CTRACE_TIMELINE_H
#define CTRACE_TIMELINE_H

#include "trace/trace.h"

/* NEW, ZOMBIE and DEAD are no share: what is missing to TIMELINE_FULL, it was not there. */
enum timeline_share {
	TIMELINE_RUNNING,
	TIMELINE_READY,
	TIMELINE_BLOCKED,
	TIMELINE_STOPPED,
	TIMELINE_UNKNOWN,
	TIMELINE_SHARE_CNT,
};

enum {
	TIMELINE_FULL = 255,	    /* the share that is the whole column */
	TIMELINE_COLUMN_MAX = 1024, /* columns of one width that are kept */
};

enum timeline_flag {
	TIMELINE_NEAR = 1 << 0, /* column: its bounds are those of blocks, off by an eighth at most,
				 * and a CPU is guessed from where its thread ran last */
	TIMELINE_SEEN = 1 << 2, /* column: besides, from looks at the tail; replaced when exact */
	TIMELINE_OPEN = 1 << 1, /* column: its time is not over; shares are of what has passed */
	TIMELINE_IRQ = 1 << 0,	/* cell: the last wake-up came from an interrupt */
};

/* One thread in one column. */
struct timeline_cell {
	__u32 tid;
	__u32 start; /* low half of thread::start_ns: with the tid, its identity */
	__u8 share[TIMELINE_SHARE_CNT]; /* of TIMELINE_FULL; never 0 for what happened at all */
	__u8 reason;			/* enum wait_reason of its last wait, when it was Blocked */
	__u8 wake_cnt;			/* wake-ups, 255 for that many or more */
	__u8 flags;
	__u32 waker_tid; /* of the last of them; 0: nobody, an interrupt */
};

/* One CPU in one column: the traced thread that ran longest there. */
struct timeline_cpu {
	__u32 tid;  /* 0: none of the traced threads ran */
	__u8 share; /* of that thread */
	__u8 total; /* of all traced threads */
	__u16 zero;
};

/* One lock in one column: threads waited for it. */
struct timeline_lock {
	__u64 address;
	__u32 pid;	   /* with the address, which it is */
	__u32 waiters;	   /* how many, in the mean: TIMELINE_FULL is one. 0: for no time at all */
	__u32 handoff_cnt; /* times it was given to one of them */
	__u32 owner_tid;   /* who had it last; 0: not known */
};

struct timeline_column {
	__u64 idx;
	__u64 serial; /* no other column of its timeline has it; 0: it will still change */
	__u64 begin_ns, end_ns;
	__u64 lost_cnt;		     /* events lost in it */
	struct timeline_cell *cells; /* by tid, only of threads that were there */
	struct timeline_cpu *cpus;   /* by CPU number */
	struct timeline_lock *locks; /* by process and address, only of those waited for */
	__u32 cell_cnt;
	__u32 cpu_cnt;
	__u32 lock_cnt;
	__u32 flags; /* enum timeline_flag */
};

struct timeline;

/* A timeline of t, which must outlive it. */
struct timeline *timeline_new(struct trace *t);
/* The same of what threads do at locks: its columns have locks, and no thread. */
struct timeline *timeline_new_locks(struct trace *t);
void timeline_free(struct timeline *tl); /* accepts NULL */

/*
 * Widths are 1, 2 or 5 times a power of ten, from 1 ns to 1000 s. The nearest that is not
 * smaller than w_ns; the one that lies steps above (or below, negative) a valid one.
 */
__u64 timeline_round_width(__u64 w_ns);
__u64 timeline_step_width(__u64 w_ns, int steps);

/* The width of the columns, rounded up to a valid one. Columns of some widths before are kept. */
void timeline_set_width(struct timeline *tl, __u64 w_ns);
__u64 timeline_width_ns(const struct timeline *tl);

/*
 * Compute the columns of from_ns to to_ns that are missing, roughly the newest first,
 * for the price of about max_events replayed; but it goes to a column that is missing, or
 * makes one, at least. now_ns: until when
 * the state after the last event is known to have held - the clock when live, the end
 * of the trace when not. True when nothing is missing any more.
 */
bool timeline_fill(struct timeline *tl, __u64 from_ns, __u64 to_ns, __u64 now_ns,
		   size_t max_events);

/*
 * To be called often while the trace grows by more than can be replayed (20 times a
 * second and more): the columns that end meanwhile, if they have many events, come out
 * of two looks at the tail. They are near the truth, and replayed once somebody asks
 * for the exact ones, which is the default.
 */
void timeline_observe(struct timeline *tl);
void timeline_set_exact(struct timeline *tl, bool is_exact);

/*
 * A column, or NULL when it is not computed or lies outside the time that is known.
 * Borrowed until the next timeline_fill().
 */
const struct timeline_column *timeline_column(const struct timeline *tl, __u64 idx);

/* The thread's cell, NULL when it was not there. */
const struct timeline_cell *timeline_cell(const struct timeline_column *col,
					  const struct thread *t);

/* What happened at l, NULL when nobody waited for it. */
const struct timeline_lock *timeline_lock(const struct timeline_column *col, const struct lock *l);
/* Less than 0, 0, more: where a stands to l in the order of a column. */
int timeline_lock_compare(const struct timeline_lock *a, const struct lock *l);

/* The largest share of a cell; TIMELINE_SHARE_CNT when it was mostly not there. */
enum timeline_share timeline_main_share(const struct timeline_cell *cell);

__u64 timeline_work(const struct timeline *tl);	   /* done so far, in events replayed */
size_t timeline_mem_sz(const struct timeline *tl); /* bytes that the columns take */

#endif /* CTRACE_TIMELINE_H */
