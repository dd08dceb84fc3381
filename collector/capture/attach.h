/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes one attaches to: are they there, and may they be looked at? */
#ifndef CAPTURE_ATTACH_H
#define CAPTURE_ATTACH_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/vec.h"

enum { ATTACH_MAX = 64 };

struct attach {
	__u32 pids[ATTACH_MAX];
	int pidfds[ATTACH_MAX]; /* readable when the process has ended */
	size_t cnt;
	VEC(__u32) below;  /* processes that were met below them */
	uid_t uid;	   /* who will read their memory */
	bool needs_ptrace; /* one is not of uid, or uid is root: its memory is out of reach */
};

/*
 * Check the processes and hold on to them, so that a reused number is never taken for
 * one of them. uid: who will read their memory. 0 and *ret, to be given back with
 * attach_release(); or -errno, with a message that says which one is what: gone, a
 * zombie, a thread, a kernel thread, ourselves.
 */
int attach_open(const __u32 *pids, size_t cnt, uid_t uid, struct attach *ret);
void attach_release(struct attach *a);

/* Process pid was met as well, below one of them. Its end is not waited for. */
void attach_add_below(struct attach *a, __u32 pid);

/*
 * Leave out those that have ended since, with a message each: their numbers may have become
 * those of others. -ESRCH when none is left, else 0.
 */
int attach_forget_ended(struct attach *a);

/* Have all of them ended? */
bool attach_has_ended(const struct attach *a);

#endif
