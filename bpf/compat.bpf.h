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

enum { FROZEN_STATE = 0x8000 }; /* TASK_FROZEN, include/linux/sched.h */

/*
 * The state of a task as its cgroup has it: one that a frozen cgroup of version 2 holds sleeps
 * as if it waited in its system call (do_freezer_trap(), kernel/signal.c). Others that are marked
 * as frozen are stopped, or wait for vfork(2), and not in this state.
 */
static __always_inline __u32 task_frozen_state(struct task_struct *task, __u32 state)
{
	if ((state & (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)) != TASK_INTERRUPTIBLE ||
	    !bpf_core_field_exists(task->frozen))
		return state;
	return BPF_CORE_READ_BITFIELD(task, frozen) ? state | FROZEN_STATE : state;
}

/*
 * task_struct::__state of a task that waits; 0: it can run, or does. One that was preempted
 * between having set its state and its schedule() stays on the run queue. From 6.12 on one that
 * waits may stay there, too, for a while (DELAY_DEQUEUE, kernel/sched/fair.c).
 */
static __always_inline __u32 task_wait_state(struct task_struct *task)
{
	bool is_queued = task->on_rq;

	if (is_queued && bpf_core_field_exists(task->se.sched_delayed))
		is_queued = !task->se.sched_delayed;
	return task->on_cpu || is_queued ? 0 : task_frozen_state(task, task->__state);
}

/*
 * How many refer to the file: descriptors, calls that use it, a socket that it is sent through, and
 * whoever asks. 6.13 counts in another way (90ee6ed776c0 "fs: port files to file_ref").
 */
static __always_inline __u32 file_refs(struct file *file)
{
	if (bpf_core_field_exists(file->f_ref))
		return file->f_ref.refcnt.counter + 1;
	return file->f_count.counter;
}

/* Descriptors that the user of the task has sent through Unix sockets and nobody has received. */
static __always_inline __u32 task_files_sent(struct task_struct *task)
{
	struct user_struct *user = BPF_CORE_READ(task, cred, user);

	if (!bpf_core_field_exists(user->unix_inflight))
		return 0;
	return BPF_CORE_READ(user, unix_inflight);
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

/* include/uapi/linux/magic.h; pidfds have a file system of their own from 6.9 on */
enum {
	ANON_INODE_FS_MAGIC = 0x09041934,
	PID_FS_MAGIC = 0x50494446,
	PIPEFS_MAGIC = 0x50495045,
};

#define NAME8(a, b, c, d, e, f, g, h)                                                            \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)

/* By the name that anon_inode_getfile() was given; none has the same eight characters. */
static __always_inline __u32 anon_file_kind(struct file *file)
{
	const unsigned char *name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	__u64 head = 0;

	bpf_probe_read_kernel(&head, sizeof(head), name);
	switch (head) {
	case NAME8('[', 'e', 'v', 'e', 'n', 't', 'f', 'd'):
		return FILE_EVENTFD;
	case NAME8('[', 't', 'i', 'm', 'e', 'r', 'f', 'd'):
		return FILE_TIMERFD;
	case NAME8('[', 's', 'i', 'g', 'n', 'a', 'l', 'f'):
		return FILE_SIGNALFD;
	case NAME8('i', 'n', 'o', 't', 'i', 'f', 'y', 0):
		return FILE_INOTIFY;
	case NAME8('[', 'f', 'a', 'n', 'o', 't', 'i', 'f'):
		return FILE_FANOTIFY;
	case NAME8('[', 'e', 'v', 'e', 'n', 't', 'p', 'o'):
		return FILE_EPOLL;
	case NAME8('[', 'p', 'i', 'd', 'f', 'd', ']', 0):
		return FILE_PIDFD;
	case NAME8('[', 'i', 'o', '_', 'u', 'r', 'i', 'n'):
		return FILE_IO_URING;
	case NAME8('[', 'u', 's', 'e', 'r', 'f', 'a', 'u'):
		return FILE_USERFAULT;
	}
	return FILE_PLAIN;
}

/*
 * Major numbers of terminals (Documentation/admin-guide/devices.txt): virtual consoles and
 * serial lines, /dev/tty, Unix98 pseudo-terminals, USB serial lines, ARM's, hypervisors'.
 */
static __always_inline bool is_terminal_major(__u32 major)
{
	return major == 4 || major == 5 || (major >= 136 && major <= 143) || major == 166 ||
	       major == 188 || major == 204 || major == 229;
}

/*
 * What mode does not tell. Files without a place in any directory had no type; from 6.17 on
 * they are regular ones (cfd86ef7e8e7, "anon_inode: use a proper mode internally").
 */
static __always_inline __u32 file_kind(struct file *file, __u32 mode)
{
	__u32 type = mode & S_IFMT;
	unsigned long magic;

	if (type == S_IFCHR)
		return is_terminal_major(BPF_CORE_READ(file, f_inode, i_rdev) >> 20) ? FILE_TERMINAL
										     : FILE_DEVICE;
	if (type && type != S_IFREG)
		return FILE_PLAIN;
	magic = BPF_CORE_READ(file, f_inode, i_sb, s_magic);
	if (magic == PID_FS_MAGIC)
		return FILE_PIDFD;
	return magic == ANON_INODE_FS_MAGIC ? anon_file_kind(file) : FILE_PLAIN;
}

#endif /* CTRACE_COMPAT_BPF_H */
