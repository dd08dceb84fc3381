/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lock words, read again from the memory of threads that have waited for a while.
 *
 * A blocked thread does not move, so its memory is read without stopping it
 * (process_vm_readv(2)). Short waits never pay for this.
 */
#ifndef CTRACE_LOCK_WORDS_H
#define CTRACE_LOCK_WORDS_H

#include "base/map.h"
#include "model/verdict.h"

enum {
	LOCK_WORDS_WAIT_NS = 20000000,	 /* a wait this long is looked at */
	LOCK_WORDS_AGAIN_NS = 500000000, /* and again after this, then ever more seldom */
	LOCK_WORDS_BATCH = 64,		 /* readings in one call */
};

#define LOCK_WORDS_AGAIN_MAX_NS 10000000000ULL

/* Zero-initialised is ready; give back with lock_words_release(). */
struct lock_words {
	struct map failed; /* tid -> the wait whose word could not be read: not tried again */
	size_t next;	   /* the thread to begin with, so that everybody has a turn */
};

/* Called with each reading, an event whose time is not set yet. */
typedef void (*lock_words_fn)(void *arg, struct ev_hdr *ev);

/*
 * Read what is due at now_ns: first the waits of a cycle that is not confirmed yet,
 * then long waits for a lock with an owner that were not read lately. Returns how many
 * readings were made; a word that cannot be read is an event with err.
 */
size_t lock_words_read(struct lock_words *lw, const struct model *m, const struct verdict *v,
		       __u64 now_ns, lock_words_fn fn, void *arg);
void lock_words_release(struct lock_words *lw);

#endif /* CTRACE_LOCK_WORDS_H */
