/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks on the heap that nobody waits for long enough to be looked at: the probes keep the stack
 * of one waiter as its wait begins, and what the lock is called is read from that.
 *
 * The waiter goes on, and the memory may become another lock. So such a name holds for a few
 * seconds, and as long as the lock is waited for another waiter is caught now and then.
 */
#ifndef CTRACE_INSPECT_CATCHES_H
#define CTRACE_INSPECT_CATCHES_H

#include "base/map.h"
#include "inspect/short_waits.h"

#define CATCHES_AGAIN_NS    1000000000ULL  /* after a lock was given a name, or was not met */
#define CATCHES_NAMELESS_NS 10000000000ULL /* after none was found */
#define CATCHES_PATIENCE_NS 200000000ULL   /* for somebody to wait for it */
#define CATCHES_HOLDS_NS    4000000000ULL  /* such a name */

/* Zero-initialised is ready; give back with catches_release(). */
struct catches {
	struct map due;			 /* lock -> when to catch again, in ms */
	struct map wait_cnt;		 /* lock -> its waits when it was last considered */
	__u64 since_ns[PROBE_CATCH_MAX]; /* when each was wanted */
	size_t next;			 /* the lock to go on with */
};

/*
 * Choose locks for what is free of slots[PROBE_CATCH_MAX], which the probes fill in, from those
 * that are waited for and that s has been asked about in vain; and give up what nobody has waited
 * for. To be called again and again, a few are considered in each call. True: something is
 * wanted, so the probes have to look.
 */
bool catches_want(struct catches *c, const struct short_waits *s, const struct model *m,
		  struct probe_catch *slots, __u64 now_ns);

/* When the lock is to be caught again: it was found to have a name, or not. */
void catches_told(struct catches *c, __u32 pid, __u64 address, bool has_name, __u64 now_ns);

/* May the lock be called text from now on? Not as long as another name holds. */
bool catches_may_tell(const struct model *m, __u32 pid, __u64 address, const char *text,
		      size_t len);

void catches_release(struct catches *c);

#endif
