/* SPDX-License-Identifier: GPL-2.0-only */
/* What a call waits for that is no descriptor alone, from its arguments and what they lead to. */
#ifndef CTRACE_INSPECT_CALL_WORDS_H
#define CTRACE_INSPECT_CALL_WORDS_H

#include <signal.h>
#include "base/strbuf.h"
#include "model/model.h"

/* Is there something to be told of such a wait? */
bool call_words_are_for(const struct wait *w);

/*
 * Append "a message of type 7 in message queue 3", "SIGUSR1 or SIGTERM", "io_uring fd 3: ...";
 * nothing when it cannot be read. t waits, and its process is in our PID namespace.
 */
void call_words_add(const struct thread *t, struct strbuf *ret);

/* "SIGUSR1 or SIGTERM", "SIGHUP, SIGINT, SIGQUIT or one of 59 others"; bit n - 1: signal n. */
void call_words_add_signals(__u64 set, struct strbuf *ret);

/* From /proc/PID/fdinfo/FD of an io_uring (io_uring/fdinfo.c): what is done, what is under way. */
void call_words_add_ring(const char *text, struct strbuf *ret);

/* The set of a signalfd, from its fdinfo (fs/signalfd.c). false: it is not there. */
bool call_words_parse_sigmask(const char *text, __u64 *ret);

#endif
