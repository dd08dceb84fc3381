/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of threads that wait, for unwinding their stacks from user space.
 *
 * /proc shows but two of them. All others are needed, for what a function in the C library
 * does not save for itself may be where its caller keeps the frame.
 */
#include "bpf/compat.bpf.h"
#include "bpf/filter.bpf.h"
#include "bpf/registers.bpf.h"

static __always_inline __u32 place_of(struct task_struct *task)
{
	if (task->exit_state)
		return PROBE_ENDED;
	if (!task->on_cpu)
		return PROBE_OFF_CPU;
	return task->__state ? PROBE_LEAVING : PROBE_ON_CPU;
}

SEC("iter/task")
int on_registers(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct probe_registers r;

	if (!task || !is_wanted(task))
		return 0;
	r.tid = task->pid;
	r.pid = task->tgid;
	r.state = task_wait_state(task);
	r.is_compat = task_is_compat(task);
	r.place = place_of(task);
	r.nr = task_syscall(task, task_regs(task));
	registers_copy(task_regs(task), r.regs);
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
