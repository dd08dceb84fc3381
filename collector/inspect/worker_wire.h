/* SPDX-License-Identifier: GPL-2.0-only */
/* What the worker is asked and answers, in packets over a socket. */
#ifndef CTRACE_INSPECT_WORKER_WIRE_H
#define CTRACE_INSPECT_WORKER_WIRE_H

#include <sys/types.h>
#include "inspect/worker.h"

enum worker_fd {
	WORKER_FD_MAPS, /* /proc/PID/maps; the others may be missing */
	WORKER_FD_MEM,
	WORKER_FD_ROOT,
	WORKER_FD_EXE,
	WORKER_FD_CNT,
};

/* With a descriptor for each bit of fds, in this order. Tail: piece_len bytes. */
struct worker_request {
	__u32 pid;
	__u32 uid;
	__u32 fds; /* bits of enum worker_fd */
	__u32 look_cnt;
	struct worker_look looks[WORKER_BATCH_MAX];
	__u64 piece_address; /* of memory that comes with the request, for want of a descriptor */
	__u32 piece_len;
	__u32 is_urgent;
};

enum { WORKER_PIECE_MAX = 32 << 10 };

/* The life of parent's child: answer requests on the socket fd until its other end is closed. */
_Noreturn void worker_run(int fd, pid_t parent);

#endif
