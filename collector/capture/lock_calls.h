/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that lock, and the file that a program has them from. */
#ifndef CTRACE_CAPTURE_LOCK_CALLS_H
#define CTRACE_CAPTURE_LOCK_CALLS_H

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct lock_call {
	const char *name;
	__u64 what; /* enum order_call */
};

/* The list of them; NULL behind its end. */
const struct lock_call *lock_call_at(size_t idx);

struct lock_library {
	char path[PATH_MAX]; /* leads to it now; what stays is its inode */
	dev_t dev;
	ino_t ino;
	bool is_musl;
};

/*
 * The C library of a program that is to be started, which is the program itself when it is
 * linked statically. program: as execvp(3) takes it. 0 and *ret; or -errno with a message.
 */
int lock_library_find(const char *program, struct lock_library *ret);

/*
 * The same of process pid, which runs, in its own view of the file system. 0 and *ret;
 * -EAGAIN: it has just begun, and its library is not there yet; or -errno. Without message.
 */
int lock_library_of(__u32 pid, struct lock_library *ret);

/* Does the kernel take probes in programs? */
bool lock_probes_are_possible(void);

#endif /* CTRACE_CAPTURE_LOCK_CALLS_H */
