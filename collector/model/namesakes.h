/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks that are called the same, as those of two objects or of two processes are. */
#ifndef CTRACE_MODEL_NAMESAKES_H
#define CTRACE_MODEL_NAMESAKES_H

#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/model.h"

/* Names of locks, each with what tells those that have it apart. */
struct namesake {
	const char *name; /* borrowed */
	__u64 address;	  /* of the first that is called so */
	__u32 pid;
	bool by_address, by_process;
};

/* Zero-initialised is valid, and knows no name; to be filled again and again. */
struct namesakes {
	VEC(struct namesake) names;
	struct map by_name;
};

/* Of all locks of m, in time proportional to their number. */
void namesakes_find(struct namesakes *n, const struct model *m);
/* One more, at address in process pid. */
void namesakes_take(struct namesakes *n, const char *name, __u64 address, __u32 pid);
void namesakes_release(struct namesakes *n);

/*
 * Append "table.fork[1]"; "this->mutex at 0x5000" and "count at 0x5000 of 4711" when several are
 * called so.
 */
void namesakes_add_name(const struct namesakes *n, const char *name, __u64 address, __u32 pid,
			struct strbuf *ret);

/* The same of one lock, where no table is worth it. False: it has no name; nothing is appended. */
bool model_add_lock_name(const struct model *m, const struct lock *l, struct strbuf *ret);

#endif /* CTRACE_MODEL_NAMESAKES_H */
