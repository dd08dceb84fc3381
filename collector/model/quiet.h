/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads of which nothing was heard for long: when to ask the kernel, what its answer means. */
#ifndef CTRACE_MODEL_QUIET_H
#define CTRACE_MODEL_QUIET_H

#include "model/thread.h"

enum { QUIET_ASK_NS = 100000000 /* how long a thread is quiet when it is asked for first */ };

/*
 * Does a moment come after from_ns, and not after to_ns, at which t is to be asked for? They come
 * each time when it has been quiet for twice as long, but those of a thread that runs or is to run
 * not more than 0.8 s apart, and those of others, of whom there may be thousands, 51.2 s.
 */
bool quiet_is_due(const struct thread *t, __u64 from_ns, __u64 to_ns);

/*
 * Is t elsewhere than the model has it? r was read after asked_ns, and all that was reported up to
 * that reading is in the model.
 */
bool quiet_is_wrong(const struct thread *t, const struct probe_registers *r, __u64 asked_ns);

#endif /* CTRACE_MODEL_QUIET_H */
