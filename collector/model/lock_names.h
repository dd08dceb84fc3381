/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What locks are called in all of a trace. The name of a lock is found while somebody waits for
 * it, so of the waits before, the short ones above all, it is only known afterwards.
 */
#ifndef CTRACE_MODEL_LOCK_NAMES_H
#define CTRACE_MODEL_LOCK_NAMES_H

#include "base/map.h"
#include "base/vec.h"
#include "model/model.h"

struct later_name {
	__u64 from_ns; /* when the program began that calls it so */
	char *text;    /* "": it is called differently later */
};

/* Zero-initialised is empty; give back with lock_names_release(). */
struct lock_names {
	VEC(struct later_name) names;
	VEC(__u64) begin_ns; /* of programs */
	struct map name_of;  /* model_lock_key() -> index in names */
	struct map begin_of; /* process -> index in begin_ns */
};

/* m has just taken ev: remember what that tells. To be called with all events, in order. */
void lock_names_take(struct lock_names *n, const struct model *m, const struct ev_hdr *ev);
void lock_names_release(struct lock_names *n);

/* The name of the lock at that time, borrowed; NULL: it has none. */
const char *lock_names_find(const struct lock_names *n, const struct lock *l, __u64 now_ns);

#endif
