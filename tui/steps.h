/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a deadlock or stall came about, step by step: each wait of its set, and of each lock
 * that is waited for when its holder was seen to take it.
 *
 * A mutex that nobody holds is taken without the kernel, and so unseen. What is seen is who
 * was woken by an unlock to take it, and who holds it at a reading.
 */
#ifndef TUI_STEPS_H
#define TUI_STEPS_H

#include "model/verdict.h"
#include "trace/cursor.h"

enum step_kind {
	STEP_TAKES, /* the holder is woken by an unlock, for the last time */
	STEP_HOLDS, /* the holder is first read from the lock: when it took it was not seen */
	STEP_WAITS,
	STEP_ENDS, /* a thread ends who could have helped: with that the set closed */
};

enum { STEP_TEXT_MAX = 160 };

struct step {
	enum step_kind kind;
	__u64 event;	    /* events applied: it is number event - 1 */
	__u64 at_ns;	    /* when that was */
	__u32 tid;	    /* who takes, holds or waits; 0: of STEP_ENDS */
	__u32 lock_pid;	    /* of the lock, */
	__u64 lock_address; /* 0: it is about none */
	bool closes;	    /* with it nobody could help anybody any more */
	char text[STEP_TEXT_MAX];
};

enum { STEPS_MAX = 2 * VERDICT_CYCLE_MAX + 1 };

struct steps {
	__u64 closed_ns; /* at_ns of the verdict */
	__u32 tid;	 /* the first of its set; 0: there are no steps */
	size_t cnt;
	struct step items[STEPS_MAX]; /* in the order of the trace */
};

/*
 * The steps to v, a verdict about m, confirmed or not. c is moved to look them up; m must not
 * be its model. Of a later model are names of locks that m does not know yet.
 */
void steps_find(struct cursor *c, const struct model *m, const struct model *later,
		const struct verdict *v, struct steps *ret);

#endif /* TUI_STEPS_H */
