/* SPDX-License-Identifier: GPL-2.0-only */
/* A wait for a condition variable of musl, which is built without unwind information. */
#ifndef CTRACE_INSPECT_STACK_MUSL_H
#define CTRACE_INSPECT_STACK_MUSL_H

#include "inspect/target.h"

/*
 * Does the thread that entered the kernel with regs[PREG_CNT] wait in pthread_cond_wait() or its
 * like? Then where in that function its call returns to; else 0.
 */
__u64 stack_musl_find_cond(struct target *t, const __u64 *regs);

#endif
