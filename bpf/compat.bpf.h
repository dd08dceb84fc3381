/* SPDX-License-Identifier: GPL-2.0-only */
/* Every dependency on the kernel version or the processor, each with its source. */
#ifndef CTRACE_COMPAT_BPF_H
#define CTRACE_COMPAT_BPF_H

#include "bpf/maps.bpf.h"

enum {
	NR_FUTEX = 202,              /* arch/x86/entry/syscalls/syscall_64.tbl */
	NR_FUTEX_COMPAT = 240,       /* arch/x86/entry/syscalls/syscall_32.tbl */
	NR_FUTEX_TIME64_COMPAT = 422,
	NR_SCHED_YIELD = 24,
};

static __always_inline bool task_is_compat(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)bpf_task_pt_regs(task);
}

/*
 * The system call a task is in, or -1. In an exception or interrupt from user
 * mode the entry code has put -1 there (arch/x86/entry/entry_64.S, idtentry).
 * The registers of a kernel thread are nobody's.
 */
static __always_inline __s32 task_syscall(struct task_struct *task, struct pt_regs *regs)
{
	return task->flags & PF_KTHREAD ? -1 : (__s32)regs->orig_ax;
}

static __always_inline bool syscall_is_futex(__s32 nr, bool compat)
{
	return compat ? nr == NR_FUTEX_COMPAT || nr == NR_FUTEX_TIME64_COMPAT : nr == NR_FUTEX;
}

/* Arguments in the order of the C prototype: System V for 64 bits, int 0x80 for 32. */
static __always_inline void regs_args(const struct pt_regs *regs, bool compat,
				      __u64 args[EVENT_ARG_CNT])
{
	if (compat) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
	} else {
		args[0] = regs->di;
		args[1] = regs->si;
		args[2] = regs->dx;
		args[3] = regs->r10;
		args[4] = regs->r8;
	}
}

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

/*
 * Is a wake-up of prev, seen before, still in the making while prev is switched
 * out? The waker holds pi_lock from before its trace point until prev is on a run
 * queue again, or has set TASK_WAKING and left the rest to the CPU of prev
 * (try_to_wake_up(), kernel/sched/core.c, 6.1 to 6.18).
 */
static __always_inline bool task_is_being_woken(struct task_struct *prev)
{
	return prev->__state == TASK_WAKING || prev->pi_lock.raw_lock.val.counter != 0;
}

static __always_inline __u32 file_mode(struct file *file)
{
	if (has_rdonly_cast) {
		file = bpf_rdonly_cast(file, bpf_core_type_id_kernel(struct file));
		return file->f_inode->i_mode;
	}
	return BPF_CORE_READ(file, f_inode, i_mode);
}

#endif /* CTRACE_COMPAT_BPF_H */
