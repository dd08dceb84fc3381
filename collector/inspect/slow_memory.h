/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of a process that may never come: it is waited for, but not for long. */
#ifndef CTRACE_INSPECT_SLOW_MEMORY_H
#define CTRACE_INSPECT_SLOW_MEMORY_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	SLOW_MEMORY_PATIENCE_MS = 500, /* for the first; for each that waits still, half as long */
	SLOW_MEMORY_STUCK_MAX = 8,     /* more are not begun */
};

/*
 * Like process_vm_readv() of one piece: the bytes read, or -errno. -ETIMEDOUT when it takes longer
 * than we wait: a thread of ours is left behind with it, which ends with what it waits for, or
 * with us.
 */
ssize_t slow_memory_read(__u32 tid, __u64 address, void *buf, size_t len);

/* How many wait still. */
unsigned slow_memory_stuck_cnt(void);

#endif
