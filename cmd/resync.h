/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everybody is after events were lost. A thread that runs soon has another event; one that
 * waits, perhaps for ever, has none, and is met again where it stands.
 */
#ifndef CTRACE_RESYNC_H
#define CTRACE_RESYNC_H

#include "base/vec.h"
#include "capture/pump.h"

struct resync {
	__u64 lost_cnt;	 /* events that were lost as of the last step */
	__u64 due_ns;	 /* when to look next; 0: everybody is known, or given up */
	__u64 rest_ns;	 /* not before that, whatever is lost: looking has its price */
	unsigned rounds; /* since events were lost */
	size_t left_cnt; /* threads that this round has not come to */
	size_t next_idx; /* of the model's threads: where it goes on */
	VEC(__u32) gone; /* tids that the kernel knew no more at the last look */
};

/* One turn, when the ring is drained; cheap when there is nothing to do. */
void resync_step(struct resync *r, struct pump *p);

void resync_release(struct resync *r);

#endif /* CTRACE_RESYNC_H */
