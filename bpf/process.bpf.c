/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads and processes: created, another program, another name, ended, collected. */
#include "bpf/compat.bpf.h"
#include "bpf/filter.bpf.h"

__u32 awaited_pid = 0; /* process that is traced from its next exec on; 0: there is none */

static __always_inline struct traced *traced_begin(struct task_struct *task, __u32 parent_tid,
						   __u8 flags)
{
	struct traced *t = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (t) {
		traced_announce(task, t, parent_tid, flags);
	} else {
		__sync_fetch_and_add(&emit_counters()->generated, 1);
		emit_count_lost(LOST_STORAGE);
	}
	return t;
}

/* Whatever a traced thread creates is traced. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	if (traced_find(parent))
		traced_begin(child, parent->pid, 0);
	return 0;
}

/* The program that ctrace starts. What the process did before is not of the program. */
static __always_inline struct traced *take_awaited(struct task_struct *task)
{
	if ((__u32)task->tgid != awaited_pid)
		return 0;
	awaited_pid = 0;
	return traced_begin(task, 0, EVF_RUNS);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(on_admit, struct task_struct *task)
{
	struct ev_admit *ev;

	if (!traced_find(task))
		return 0;
	ev = emit_reserve(EV_ADMIT, task->pid, sizeof(*ev));
	if (ev)
		emit_submit(ev);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct traced *t = traced_find(task);
	struct ev_exec *ev;
	long len;

	if (!t)
		t = take_awaited(task);
	if (!t)
		return 0;
	traced_introduce(task, t);
	ev = emit_reserve(EV_EXEC, task->pid, sizeof(*ev) + PROBE_PATH_MAX);
	if (!ev)
		return 0;
	len = bpf_probe_read_kernel_str(ev + 1, PROBE_PATH_MAX, bprm->filename);
	ev->len = len > 0 ? len - 1 : 0;
	ev->old_tid = old_pid;
	bpf_probe_read_kernel(ev->comm, sizeof(ev->comm), task->comm);
	emit_submit(ev);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *comm)
{
	struct traced *t = traced_find(task);
	struct ev_rename *ev;

	if (!t)
		return 0;
	traced_introduce(task, t);
	ev = emit_reserve(EV_RENAME, task->pid, sizeof(*ev));
	if (!ev)
		return 0;
	__builtin_memset(ev->comm, 0, sizeof(ev->comm));
	bpf_probe_read_kernel_str(ev->comm, sizeof(ev->comm), comm);
	emit_submit(ev);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct traced *t = traced_find(task);
	struct ev_exit *ev;

	if (!t)
		return 0;
	traced_introduce(task, t);
	ev = emit_reserve(EV_EXIT, task->pid, sizeof(*ev));
	if (!ev)
		return 0;
	ev->hdr.flags = task->signal->live.counter ? 0 : EVF_GROUP;
	ev->code = task->exit_code;
	ev->zero = 0;
	emit_submit(ev);
	return 0;
}

/* Only main threads stay behind as zombies; the others are gone with their last switch. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(on_reap, struct task_struct *task)
{
	struct ev_reap *ev;

	if (task->pid != task->tgid || !traced_find(task))
		return 0;
	ev = emit_reserve(EV_REAP, task->pid, sizeof(*ev));
	if (ev)
		emit_submit(ev);
	return 0;
}
