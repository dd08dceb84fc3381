/* SPDX-License-Identifier: GPL-2.0-only */
/* Who could end a wait on a descriptor: the processes that hold the other end. */
#ifndef CTRACE_INSPECT_FAR_ENDS_H
#define CTRACE_INSPECT_FAR_ENDS_H

#include "inspect/open_files.h"

enum { FAR_ENDS_MAX = 256 };

struct far_ends {
	__u32 pids[FAR_ENDS_MAX];
	size_t cnt;
	bool is_complete; /* nobody else could; to be set before the first descriptor is added */
};

void far_ends_add_pid(struct far_ends *e, __u32 pid);

/*
 * Add who could make f, a record of the table of, ready for access (enum probe_access) by
 * the one thread that waits. alone_pid: the process of that thread if it has no other, else
 * 0: what it shares with itself helps it nothing.
 */
void far_ends_add(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		  __u32 access, __u32 alone_pid);

/* Who could make one of them ready could end the wait for both. */
void far_ends_merge(struct far_ends *e, const struct far_ends *other);

/* Add the processes that have the very same open file: they may change what it is. */
void far_ends_add_sharers(struct far_ends *e, const struct open_files *of,
			  const struct probe_file *f, __u32 alone_pid);

/* Are they the two ends of one connection on this machine? */
bool sockets_are_peers(const struct probe_socket *a, const struct probe_socket *b);

#endif
