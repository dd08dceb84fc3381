/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the running kernel keeps what its programs cannot name. */
#ifndef CTRACE_KERNEL_OFFSET_H
#define CTRACE_KERNEL_OFFSET_H

#include <linux/types.h>

/*
 * The distance in bytes from the run queue of a CPU (struct rq runqueues) to its
 * preemption count, both per-CPU variables: __preempt_count up to Linux 6.1 and from
 * 6.15, pcpu_hot.preempt_count between (include/linux/preempt.h). From the BTF of the
 * running kernel. 0, or -errno when it cannot be found.
 */
int kernel_preempt_count_offset(__s64 *ret);

#endif /* CTRACE_KERNEL_OFFSET_H */
