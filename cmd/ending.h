/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last steps of a program that has ended. The kernel reports a process as ended while its
 * threads may still be on their way out: exit_notify() (kernel/exit.c) comes before the last
 * switch, and a thread can be preempted in between.
 */
#ifndef CTRACE_ENDING_H
#define CTRACE_ENDING_H

#include "capture/pump.h"

/* Is a thread still on its way out? */
bool ending_awaits_any(const struct model *m);

/* Does the kernel know the thread no more? Its last events may be on their way yet. */
bool ending_is_gone(const struct thread *t);

/* Tell the trace that thread tid has ended, and that nobody saw how. */
void ending_tell_of(struct pump *p, __u32 tid);

/* Tell the trace of each thread that has ended for certain while nobody saw how. */
void ending_tell_unseen(struct pump *p);

#endif /* CTRACE_ENDING_H */
