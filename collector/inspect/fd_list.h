/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptors that one call waits for: one, or the set of poll, select, epoll. */
#ifndef CTRACE_INSPECT_FD_LIST_H
#define CTRACE_INSPECT_FD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "model/thread.h"

enum { FD_LIST_MAX = 64 };

struct fd_item {
	__u32 fd;
	__u32 access; /* enum probe_access it waits for */
	__u64 ino;    /* with dev, the file that is meant when the descriptor may be another one */
	__u32 dev;    /* of epoll; else 0 and 0 */
};

struct fd_list {
	struct fd_item items[FD_LIST_MAX];
	size_t cnt;
	bool is_set;	  /* poll, select or epoll, however many there are in it */
	bool is_complete; /* these are all */
};

/* What t waits for. 0, or -errno: it could not be read, or it is no wait for descriptors. */
int fd_list_read(const struct thread *t, struct fd_list *ret);

/* The set in text, the fdinfo of an epoll descriptor (proc_pid_fdinfo(5)). */
void fd_list_parse_epoll(const char *text, struct fd_list *ret);

#endif
