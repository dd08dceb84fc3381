/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this thread traced? And its introduction to the reader. */
#ifndef CTRACE_FILTER_BPF_H
#define CTRACE_FILTER_BPF_H

#include "bpf/emit.bpf.h"

static __always_inline struct traced *traced_find(struct task_struct *task)
{
	return task->pid ? bpf_task_storage_get(&threads, task, 0, 0) : 0;
}

/* Is it one of the threads that are asked for? Or has it the same bit as one of them. */
static __always_inline bool is_wanted(struct task_struct *task)
{
	__u32 bit = (__u32)task->pid % PROBE_WANTED_BITS;

	return wanted_bits[bit / 64] >> bit % 64 & 1;
}

/* Its number in its own PID namespace: what it writes into the words of its locks. */
static __always_inline void read_number(struct task_struct *task, struct ev_thread *ev)
{
	struct upid number = {};
	struct pid *pid = NULL;
	__u32 level = 0;

	ev->ns_tid = ev->ns_id = 0;
	if (bpf_probe_read_kernel(&pid, sizeof(pid), &task->thread_pid) || !pid ||
	    bpf_probe_read_kernel(&level, sizeof(level), &pid->level) ||
	    bpf_probe_read_kernel(&number, sizeof(number),
				  (void *)&pid->numbers[0] + level * sizeof(number)))
		return;
	if (bpf_probe_read_kernel(&ev->ns_id, sizeof(ev->ns_id), &number.ns->ns.inum))
		ev->ns_id = 0;
	ev->ns_tid = number.nr;
}

/* A child of vfork(2) and its like: what it has locked is locked for its parent, too. */
static __always_inline __u8 shares_memory(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	return mm && mm == BPF_CORE_READ(task, real_parent, mm) &&
			       task->tgid != BPF_CORE_READ(task, real_parent, tgid)
		       ? EVF_SHARES_MEMORY
		       : 0;
}

/*
 * Tell the reader who this is. Done once; when the ring was full it is tried
 * again at the next event of the thread.
 *
 * Pointers are followed by copying: for each that is loaded from a task itself the verifier
 * searches all names of types of the kernel, in each program that has this in it, which is most
 * of the time that loading takes (btf_nested_type_is_trusted(), kernel/bpf/btf.c).
 */
static __always_inline void traced_announce(struct task_struct *task, struct traced *t,
					    __u32 parent_tid, __u8 flags)
{
	struct ev_thread *ev = emit_reserve(EV_THREAD, task->pid, sizeof(*ev));

	if (!ev)
		return;
	t->flags |= TRACED_ANNOUNCED;
	ev->hdr.flags = flags | shares_memory(task);
	ev->pid = task->tgid;
	ev->parent_tid = parent_tid;
	ev->ppid = BPF_CORE_READ(task, real_parent, tgid);
	ev->uid = BPF_CORE_READ(task, cred, uid.val);
	ev->start_ns = task->start_boottime;
	read_number(task, ev);
	bpf_probe_read_kernel(ev->comm, sizeof(ev->comm), task->comm);
	emit_submit(ev);
}

static __always_inline void traced_introduce(struct task_struct *task, struct traced *t)
{
	if (!(t->flags & TRACED_ANNOUNCED))
		traced_announce(task, t, 0, EVF_MET);
}

#endif /* CTRACE_FILTER_BPF_H */
