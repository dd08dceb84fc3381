/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker gives up what it does not need, which is nearly everything. */
#ifndef CTRACE_INSPECT_WORKER_SANDBOX_H
#define CTRACE_INSPECT_WORKER_SANDBOX_H

#include <sys/types.h>

enum { WORKER_SOCKET = 3 };

/*
 * For a fresh child of parent: no terminal, no descriptor but fd, which becomes
 * WORKER_SOCKET, no capability, no file written, little memory. Dies with its parent.
 */
void worker_sandbox_enter(int fd, pid_t parent);

#endif
