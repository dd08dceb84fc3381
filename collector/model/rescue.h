/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who could end a wait. This is what makes a wait an edge of the wait-for graph: any one of
 * the rescuers is enough, so a wait is hopeless only when all of them are.
 */
#ifndef CTRACE_MODEL_RESCUE_H
#define CTRACE_MODEL_RESCUE_H

#include "model/model.h"

enum rescuers {
	RESCUERS_OUTSIDE, /* time, the kernel, or somebody who is not traced or not known */
	RESCUERS_OWNER,	  /* one thread: it holds the lock, or is to end */
	RESCUERS_PEERS,	  /* any thread of the same process: only these reach the futex */
	RESCUERS_HOLDERS, /* any thread of some processes: the other end, the child, the locker */
};

struct rescue {
	enum rescuers by;
	enum evidence evidence;
	const struct thread *owner; /* of OWNER; it may have ended */
	const __u32 *pids;	    /* of PEERS and HOLDERS; borrowed from the model */
	size_t cnt;
	__u64 confirm_ns;   /* when the inspector last saw that it is so; 0: never */
	bool is_doubted;    /* what a stack that is being looked for will tell may be otherwise */
	bool needs_confirm; /* it was read, and may be stale by now */
};

/*
 * Who could end the wait of t; OUTSIDE when t does not wait. That time will end it, too
 * (wait_is_timed()), is not considered here.
 */
void rescue_find(const struct model *m, const struct thread *t, struct rescue *ret);

/* Was it seen again after the wait began, or needs it not be? Else it may be stale. */
bool rescue_is_confirmed(const struct rescue *r);

/* How it is known who they are, as evidence_phrase() has it. */
const char *rescue_evidence(const struct rescue *r);

/* The one thread or process that could, then a thread of it: t itself, perhaps. Or NULL. */
const struct thread *rescue_only_one(const struct model *m, const struct thread *t,
				     const struct rescue *r);

/*
 * Who could be the readers that t, a writer, waits for: all threads of its process, itself
 * included, when each that could ever have locked it is among them. Their number, *ret holds
 * them; 0 when that is not so, or not known, or they are more than max.
 */
size_t rescue_readers(const struct model *m, const struct thread *t, const struct thread **ret,
		      size_t max);

/* A living thread of process pid, its main thread if that lives; NULL: none is traced. */
const struct thread *model_find_process(const struct model *m, __u32 pid);

/* Has process pid a thread that could end the wait of t: one that t is not, or is not traced? */
bool rescue_may_come_from(const struct model *m, const struct thread *t, __u32 pid);

#endif /* CTRACE_MODEL_RESCUE_H */
