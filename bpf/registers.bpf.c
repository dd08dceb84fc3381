/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of threads that wait, for unwinding their stacks from user space.
 *
 * /proc shows but two of them. All others are needed, for what a function in the C library
 * does not save for itself may be where its caller keeps the frame.
 */
#include "bpf/compat.bpf.h"

static __always_inline bool is_wanted(struct task_struct *task)
{
	for (__u32 i = 0; i < PROBE_WANTED_MAX && i < wanted_cnt; i++)
		if (wanted_tids[i] == (__u32)task->pid)
			return true;
	return false;
}

static __always_inline void copy_regs(const struct pt_regs *from, __u64 to[PREG_CNT])
{
	to[PREG_RAX] = from->ax;
	to[PREG_RDX] = from->dx;
	to[PREG_RCX] = from->cx;
	to[PREG_RBX] = from->bx;
	to[PREG_RSI] = from->si;
	to[PREG_RDI] = from->di;
	to[PREG_RBP] = from->bp;
	to[PREG_RSP] = from->sp;
	to[PREG_R8] = from->r8;
	to[PREG_R9] = from->r9;
	to[PREG_R10] = from->r10;
	to[PREG_R11] = from->r11;
	to[PREG_R12] = from->r12;
	to[PREG_R13] = from->r13;
	to[PREG_R14] = from->r14;
	to[PREG_R15] = from->r15;
	to[PREG_RIP] = from->ip;
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
	r.state = task->on_cpu ? 0 : task->__state;
	r.is_compat = task_is_compat(task);
	copy_regs(task_regs(task), r.regs);
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
