/* SPDX-License-Identifier: GPL-2.0-only */
/* Who holds a lock that processes share, when that is nobody who is traced. */
#ifndef CTRACE_INSPECT_LOCK_HOLDER_H
#define CTRACE_INSPECT_LOCK_HOLDER_H

#include "inspect/far_ends.h"
#include "model/model.h"

/*
 * The process, one of those in mappers, that has the thread of which the word says now that it
 * holds the lock t waits for, which its stack must have told to be one that has an owner. 0: the
 * word does not say, or a thread that is traced, or one of no process that could.
 */
__u32 lock_holder_find(const struct model *m, const struct thread *t,
		       const struct far_ends *mappers);

#endif
