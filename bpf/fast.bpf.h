/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads of the kernel on the hot path. For one object file only: the linker of libbpf 1.1
 * cannot join two that name the same kernel function.
 */
#ifndef CTRACE_FAST_BPF_H
#define CTRACE_FAST_BPF_H

#include "bpf/compat.bpf.h"

/*
 * From 6.2 a program may give an address its type (a35b9af4ec2c, "bpf: Add a kfunc for
 * generic type cast"). Loads through it are instructions, not calls: 25 ns less each.
 */
extern void *bpf_rdonly_cast(const void *address, __u32 btf_id) __ksym __weak;

static __always_inline __u32 read_u32(const void *address)
{
	__u32 value = 0;

	/* Some structure of the kernel that is one 32-bit number: it stands for __u32. */
	if (has_rdonly_cast) {
		struct refcount_struct *number =
			bpf_rdonly_cast(address, bpf_core_type_id_kernel(struct refcount_struct));

		return number->refs.counter;
	}
	bpf_probe_read_kernel(&value, sizeof(value), address);
	return value;
}

/*
 * Does the kernel serve an interrupt on this CPU? Then the current task has not
 * caused what happens. __preempt_count is a per-CPU variable that programs cannot
 * name on kernels without CONFIG_KALLSYMS_ALL, but it lies at a constant distance
 * from the run queue of the same CPU, and every task knows its run queue.
 */
static __always_inline __u8 irq_flags(struct task_struct *current)
{
	__u32 count;

	if (!current->pid)
		return EVF_HARDIRQ; /* the idle task wakes nobody of its own accord */
	if (!preempt_count_offset)
		return 0;
	count = read_u32((void *)current->se.cfs_rq->rq + preempt_count_offset);
	if (count & (HARDIRQ_MASK | NMI_MASK))
		return EVF_HARDIRQ;
	return count & SOFTIRQ_SERVED ? EVF_SOFTIRQ : 0;
}

static __always_inline __u32 file_mode(struct file *file)
{
	struct file *typed;
	__u32 mode;

	if (has_rdonly_cast) {
		typed = bpf_rdonly_cast(file, bpf_core_type_id_kernel(struct file));
		mode = typed->f_inode->i_mode;
	} else {
		mode = BPF_CORE_READ(file, f_inode, i_mode);
	}
	return FD_MODE(mode, file_kind(file, mode));
}

#endif /* CTRACE_FAST_BPF_H */
