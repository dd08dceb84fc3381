/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel has, and where, as far as its programs cannot find out themselves. */
#ifndef CTRACE_KERNEL_FACTS_H
#define CTRACE_KERNEL_FACTS_H

#include <linux/types.h>
#include <stdbool.h>

struct kernel_facts {
	/*
	 * The distance in bytes from the run queue of a CPU (struct rq runqueues) to its
	 * preemption count, both per-CPU variables: __preempt_count up to Linux 6.1 and
	 * from 6.15, pcpu_hot.preempt_count between (include/linux/preempt.h). It differs
	 * from build to build. 0: not found.
	 */
	__s64 preempt_count_offset;
	bool has_rdonly_cast; /* the kfunc bpf_rdonly_cast(), from 6.2 */
	/*
	 * One link for many uprobes, for all threads of a process: from 6.6, but up to 6.9 only
	 * for its main thread. struct bpf_uprobe::uprobe, from 6.12, tells.
	 */
	bool has_uprobe_multi;
};

/* From the BTF of the running kernel. 0, or -errno when it cannot be read. */
int kernel_facts_read(struct kernel_facts *ret);

/*
 * Are process and thread numbers here those of the machine, in which the probes count? Not
 * in a container with a PID namespace of its own. True when it cannot be found out.
 */
bool kernel_numbers_are_ours(void);

#endif /* CTRACE_KERNEL_FACTS_H */
