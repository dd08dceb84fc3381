/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks that nobody waits for long enough to be looked at, and that have no name: which are to be
 * named, each once. Only what is a global has one that needs no waiter to tell it.
 */
#ifndef CTRACE_INSPECT_SHORT_WAITS_H
#define CTRACE_INSPECT_SHORT_WAITS_H

#include "base/map.h"
#include "model/model.h"

enum { SHORT_WAITS_MAX = 16 }; /* locks in one answer */

#define SHORT_WAITS_AGE_NS 100000000ULL /* what has been there for this long may be named */

/* Zero-initialised is ready; give back with short_waits_release(). */
struct short_waits {
	struct map seen; /* lock -> when it was first seen, in ms; or that it was asked about */
	size_t next;	 /* the lock to begin with, so that each has a turn */
};

/* Locks of one process. */
struct nameless_locks {
	__u32 pid;
	__u32 uid;
	__u64 addresses[SHORT_WAITS_MAX];
	size_t cnt;
};

/*
 * Those that are to be named now, at now_ns: ret->cnt of one process, 0: there is none. To be
 * called again and again, a few are considered in each call.
 */
size_t short_waits_find(struct short_waits *s, const struct model *m, __u64 now_ns,
			struct nameless_locks *ret);

/* They have been asked about, and are not found again. */
void short_waits_forget(struct short_waits *s, const struct nameless_locks *locks);

/* The main thread of the process l is in, as long as its memory can be looked at; else NULL. */
const struct thread *short_waits_find_process(const struct model *m, const struct lock *l);

/* Has l been asked about? Then what name it has without a waiter is known, or will be soon. */
bool short_waits_is_told(const struct short_waits *s, const struct lock *l);

void short_waits_release(struct short_waits *s);

#endif
