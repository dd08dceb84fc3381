/* SPDX-License-Identifier: GPL-2.0-only */
/* Signal handlers: what may still run in a process all of whose threads wait. */
#ifndef CTRACE_MODEL_HANDLERS_H
#define CTRACE_MODEL_HANDLERS_H

#include <signal.h>
#include "model/model.h"

/*
 * The signals that count. A handler can wake a thread that waits on a futex (sem_post is
 * async-signal-safe), or end the wait for a pipe, a socket or a child with EINTR.
 * Not counted are those that nobody sends to a program that only waits (faults, SIGPIPE) and
 * those the C library handles itself (32 and 33). In waits with a holder those do not count
 * either that ask a program to end, or tell of a child or a terminal: they would break any
 * deadlock, as SIGKILL does. But who waits for data that its own process could write may be an
 * event loop with D. J. Bernstein's self-pipe, woken by any handler, and one process may pass on
 * to another that it is to end or to read its configuration again.
 */
#define HANDLERS_ANY   (~(SIGNAL_FAULTS | SIGNAL_LIBRARY))
#define HANDLERS_OWN   (HANDLERS_ANY & ~SIGNAL_OUTSIDE)
#define HANDLERS_TELL  (HANDLERS_OWN | SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGHUP))

#define SIGNAL_BIT(n)  (1ULL << ((n)-1))
#define SIGNAL_LIBRARY (SIGNAL_BIT(32) | SIGNAL_BIT(33))
#define SIGNAL_FAULTS                                                                          \
	(SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | SIGNAL_BIT(SIGBUS) | \
	 SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGPIPE) | SIGNAL_BIT(SIGSYS))
#define SIGNAL_OUTSIDE                                                                           \
	(SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGTERM) |   \
	 SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | \
	 SIGNAL_BIT(SIGTTOU) | SIGNAL_BIT(SIGWINCH))

enum handlers_known {
	HANDLERS_UNREAD, /* not read since since_ns */
	HANDLERS_NONE,	 /* read since then: it handles none of the signals */
	HANDLERS_SOME,	 /* it handles one of them, or that could not be found out */
};

/* Of signals, those that process pid was found to handle after since_ns; 0: none, or not known. */
__u64 model_handled(const struct model *m, __u32 pid, __u64 signals, __u64 since_ns);

/* Does process pid handle one of signals? What was read before since_ns proves nothing. */
enum handlers_known model_handlers(const struct model *m, __u32 pid, __u64 signals, __u64 since_ns);

#endif /* CTRACE_MODEL_HANDLERS_H */
