/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose memory is out of reach. What the kernel tells needs no right to look into a process; that
 * its waits have not changed can only be read there, so no deadlock of it is ever claimed.
 */
#ifndef CTRACE_REACH_H
#define CTRACE_REACH_H

#include "capture/attach.h"
#include "capture/privileges.h"

/*
 * Warn of the program that was launched (0: none), of the processes attached to and of those
 * below them, when their memory may not be read; with what would help @as, who runs ctrace.
 */
void reach_say(const struct invoker *as, __u32 launched, const struct attach *attached);

#endif /* CTRACE_REACH_H */
