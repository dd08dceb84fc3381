/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a thread of which nothing was heard for long still where it is said to be?
 *
 * A kernel can fail to report a switch or a wake-up (some virtual machines lose hits of trace
 * points for milliseconds), and nobody counts that as a loss. Of who is said to run, and in truth
 * waits for ever, no event would come. So the quiet are asked for where they are, the longer they
 * have been quiet the less often; a thread that stands elsewhere is met again, which is an event
 * that replaces the wrong state.
 */
#ifndef CTRACE_DOUBT_H
#define CTRACE_DOUBT_H

#include "capture/pump.h"

/* Zero-initialised is valid. */
struct doubt {
	__u64 from_ns, to_ns; /* this round is for those whose time to be asked for lies between */
	__u64 due_ns;	      /* when to go on */
	size_t next_idx;      /* of the model's threads: where */
	struct probe_registers *found;
};

/* One turn, when the ring is drained; it takes a twentieth of the time at most. */
void doubt_step(struct doubt *d, struct pump *p);

void doubt_release(struct doubt *d);

#endif /* CTRACE_DOUBT_H */
