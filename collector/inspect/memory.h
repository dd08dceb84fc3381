/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of another process, read without stopping it. */
#ifndef CTRACE_INSPECT_MEMORY_H
#define CTRACE_INSPECT_MEMORY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	MEMORY_PAGE_SZ = 4096,
	MEMORY_PAGE_CNT = 64, /* that are kept: the top of a stack and what it points at */
};

struct memory_page {
	__u64 address;
	bool is_there;
	__u8 bytes[MEMORY_PAGE_SZ];
};

/*
 * Zero-initialised but for fd. What was read once is kept until memory_forget(): threads
 * that wait do not change it, but others may.
 */
struct memory {
	int fd;			    /* /proc/PID/mem; -1: only the piece below */
	__u64 past_begin, past_end; /* what of it has changed since, so only the piece counts */
	__u64 piece_address;
	const __u8 *piece; /* a copy of some memory at piece_address, borrowed */
	size_t piece_len;
	struct memory_page pages[MEMORY_PAGE_CNT];
};

/* Forget what was read. */
void memory_forget(struct memory *m);

/* All of it, or false: some of it is not there. */
bool memory_read(struct memory *m, __u64 address, void *buf, size_t len);

#endif
