/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks on files, from /proc/locks (proc_locks(5)). */
#ifndef CTRACE_INSPECT_FILE_LOCKS_H
#define CTRACE_INSPECT_FILE_LOCKS_H

#include "base/strbuf.h"
#include "inspect/far_ends.h"

/* Bytes of a file, the last one included; UINT64_MAX: to its end, however long it gets. */
struct file_range {
	__u64 first, last;
};

/* The lock that somebody waits for. */
struct file_lock {
	bool is_posix; /* of a process, fcntl(2); else of an open file: flock(2), F_OFD_SETLKW */
	bool is_write;
	__u32 pid; /* who took it, and may have ended since unless is_posix; 0: not told */
	struct file_range range, wanted;
};

/*
 * In text, what /proc/locks says: which lock does process pid wait for on the file f? False:
 * on none. pid 0: whoever waits with F_OFD_SETLKW, of which there are no numbers; where these
 * wait for several, it is not told which.
 */
bool file_locks_find(const char *text, __u32 pid, const struct probe_file *f,
		     struct file_lock *ret);

/* The same from /proc/locks itself. */
bool file_locks_read(__u32 pid, const struct probe_file *f, struct file_lock *ret);

/*
 * Add who could release lock l on the file that the waiter has open as f. True: these have it, and
 * are not only all who might.
 */
bool far_ends_add_lock(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		       const struct file_lock *l);

/*
 * " bytes 0 to 14, locked by pid 812 (bytes 10 to 29)"; e and are_known as from
 * far_ends_add_lock(). Whether who took the lock lives is asked of /proc.
 */
void file_lock_add_words(const struct file_lock *l, const struct far_ends *e, bool are_known,
			 struct strbuf *ret);

#endif
