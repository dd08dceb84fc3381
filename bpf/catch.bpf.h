/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits that are over too soon to be looked at: of a few locks that have no name the stack of the
 * next waiter is kept as it begins to wait, for user space to find the name there. As long as
 * nothing is wanted this costs one load.
 */
#ifndef CTRACE_CATCH_BPF_H
#define CTRACE_CATCH_BPF_H

#include "bpf/registers.bpf.h"

/* Set and cleared by user space through the mapping. */
__u32 catch_is_wanted = 0;
struct probe_catch catches[PROBE_CATCH_MAX] = {};

/* A lock has up to two words next to each other that are waited on: wait_lock_address(). */
enum { CATCH_WORDS_SZ = 8 };

static __always_inline void catch_stack(struct task_struct *task, struct probe_catch *c)
{
	struct pt_regs *regs = task_regs(task);

	if (!__sync_bool_compare_and_swap(&c->state, PROBE_CATCH_WANTED, PROBE_CATCH_TAKING))
		return;
	c->tid = task->pid;
	registers_copy(regs, c->regs);
	c->stack_len = stack_copy(c->stack, regs->sp);
	__sync_lock_test_and_set(&c->state, PROBE_CATCH_TAKEN);
}

/* task begins to wait for the futex at address; to be called if catch_is_wanted. */
static __noinline int catch_wait(struct task_struct *task, __u64 address)
{
	for (int i = 0; i < PROBE_CATCH_MAX; i++) {
		struct probe_catch *c = &catches[i];

		if (c->state == PROBE_CATCH_WANTED && address - c->address < CATCH_WORDS_SZ &&
		    c->pid == (__u32)task->tgid)
			catch_stack(task, c);
	}
	return 0;
}

#endif /* CTRACE_CATCH_BPF_H */
