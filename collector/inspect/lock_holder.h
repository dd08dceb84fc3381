/* SPDX-License-Identifier: GPL-2.0-only */
/* Who holds a lock that processes share, when that is nobody who is traced. */
#ifndef CTRACE_INSPECT_LOCK_HOLDER_H
#define CTRACE_INSPECT_LOCK_HOLDER_H

#include "inspect/far_ends.h"
#include "model/model.h"

struct lock_holder {
	__u32 pid; /* the process, one of those that could; 0: the thread that holds it is gone */
	struct ev_lockword word; /* that says so; without time */
};

/*
 * Does the word of the lock t waits for, which its stack must have told to be one that has an
 * owner, say now whose it is? A thread that is gone has ended, or left the memory that mappers
 * share: all of them, if they are complete. False: the word does not say, or a thread that is
 * traced, or one of no process that could hold it.
 */
bool lock_holder_find(const struct model *m, const struct thread *t, const struct far_ends *mappers,
		      struct lock_holder *ret);

#endif
