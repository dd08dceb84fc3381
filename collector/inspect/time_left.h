/* SPDX-License-Identifier: GPL-2.0-only */
/* When will time end a wait? */
#ifndef CTRACE_INSPECT_TIME_LEFT_H
#define CTRACE_INSPECT_TIME_LEFT_H

#include "model/thread.h"

/*
 * The moment by CLOCK_MONOTONIC at which the time-out of t's wait strikes, as its arguments
 * say, some of which are in the memory of its process; 0: it has none, or it cannot be told.
 */
__u64 time_left_until_ns(const struct thread *t);

/* The same of a timerfd: descriptor fd of process pid, from what /proc says at now_ns. */
__u64 time_left_timerfd_ns(__u32 pid, __u32 fd, __u64 now_ns);

#endif
