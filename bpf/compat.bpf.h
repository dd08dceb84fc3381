/* SPDX-License-Identifier: GPL-2.0-only */
/* Every dependency on the kernel version or the processor, each with its source. */
#ifndef CTRACE_COMPAT_BPF_H
#define CTRACE_COMPAT_BPF_H

#include "bpf/maps.bpf.h"

enum {
	NR_FUTEX = 202,	       /* arch/x86/entry/syscalls/syscall_64.tbl */
	NR_FUTEX_COMPAT = 240, /* arch/x86/entry/syscalls/syscall_32.tbl */
	NR_FUTEX_TIME64_COMPAT = 422,
	NR_SCHED_YIELD = 24,
};

/* FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, include/uapi/linux/futex.h */
enum { FUTEX_WAIT_TIMED_CLOCK = 9 | 128 | 256 };

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
 * Is a wake-up of prev, seen before, still in the making while prev is switched
 * out? The waker holds pi_lock from before its trace point until prev is on a run
 * queue again, or has set TASK_WAKING and left the rest to the CPU of prev
 * (try_to_wake_up(), kernel/sched/core.c, 6.1 to 6.18).
 */
static __always_inline bool task_is_being_woken(struct task_struct *prev)
{
	return prev->__state == TASK_WAKING || prev->pi_lock.raw_lock.val.counter != 0;
}

/* The file that the system call nr waits on when its first argument is a descriptor, else 0. */
static __always_inline struct file *wait_file(struct task_struct *task, __s32 nr, bool compat,
					      __u32 fd)
{
	struct file *file = 0;
	struct fdtable *fdt;

	if (compat || nr < 0 || nr >= PROBE_SYSCALL_MAX || !syscall_takes_fd[nr])
		return 0;
	fdt = task->files->fdt;
	if (fd < fdt->max_fds)
		bpf_probe_read_kernel(&file, sizeof(file), fdt->fd + fd);
	return file;
}

#endif /* CTRACE_COMPAT_BPF_H */
