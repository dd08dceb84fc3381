/* SPDX-License-Identifier: GPL-2.0-only */
/* What both forms of the report are made of, sorted; for report*.c alone. */
#ifndef CTRACE_EXPORT_REPORT_PARTS_H
#define CTRACE_EXPORT_REPORT_PARTS_H

#include "base/vec.h"
#include "export/report.h"

struct report_waiter {
	size_t lock_idx; /* as in model_lock_at() */
	const struct thread *thread;
};

struct report_lock {
	const struct lock *lock;
	__u64 wait_ns, max_wait_ns;    /* the waits that last are in them */
	size_t waiter_idx, waiter_cnt; /* who waits now, longest first */
};

struct report_parts {
	VEC(const struct thread *) threads; /* the traced ones, by age */
	VEC(const struct thread *) ended;   /* of these, when folded: no longer in threads */
	VEC(struct report_lock) locks;	    /* by the time lost on them */
	VEC(struct report_waiter) waiters;
	bool is_complete; /* false: older ended threads are not listed */
};

/* Borrows from the model of @in. */
void report_collect(const struct report_input *in, struct report_parts *ret);
/* Take those out of threads that ended after short lives, unless they are few or needed. */
void report_fold_ended(const struct report_input *in, struct report_parts *parts);
void report_parts_release(struct report_parts *parts);

/* The end of the thread, or now. */
__u64 report_thread_end_ns(const struct report_input *in, const struct thread *t);

/* The limit decides only where the model has found nothing. */
bool report_is_limited(const struct report_input *in);

/* Has the verdict a cycle, or a closed set of waits, that is proved? */
bool report_has_cycle(const struct report_input *in);

/* One entry of it, with all that is known. */
struct report_edge {
	const struct verdict_edge *edge;
	const struct thread *thread; /* NULL: forgotten */
	const struct wait *wait;     /* NULL: it is over by now, only the edge tells of it */
	__u32 held_by;		     /* 0: nobody, or not known */
	enum evidence evidence;	     /* of held_by */
};
struct report_edge report_edge(const struct report_input *in, size_t idx);

/* How the program calls what t waits on, or NULL. */
const char *report_lock_name(const struct report_input *in, const struct thread *t);

enum { REPORT_LOST_FILE = -1 }; /* not in the model: the reader of the file knows */

/*        cause     id           word         what it means, and the remedy */
#define REPORT_LOSSES(_)                                                                     \
	_(OTHER, 0, "other", "for a reason that only a newer ctrace knows")                  \
	_(RING_FULL, LOST_RING_FULL, "ring_full",                                            \
	  "the ring buffer was full; try a larger --buffer")                                 \
	_(STORAGE, LOST_STORAGE, "storage", "the kernel had no memory to mark a new thread") \
	_(HISTORY, LOST_HISTORY, "history", "the trace could not be stored")                 \
	_(FILE, REPORT_LOST_FILE, "file", "the file is damaged, or the disk was full")

/* Lost for this cause; for 0, those of no known cause. All of them: report_lost_total(). */
__u64 report_lost(const struct report_input *in, unsigned cause);
__u64 report_lost_total(const struct report_input *in);

/* The end of the trace: of the program, of the losses. */
const struct model *report_last(const struct report_input *in);
/* Those that are kept. */
__u64 report_event_cnt(const struct report_input *in);
/* From the first event to the last, or to now. */
__u64 report_duration_ns(const struct report_input *in);

#endif /* CTRACE_EXPORT_REPORT_PARTS_H */
