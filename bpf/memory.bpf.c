/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of a traced thread that waits, for where the system denies us process_vm_readv(2): without
 * CAP_SYS_PTRACE, or with kernel.yama.ptrace_scope 3. Of what is not traced nothing can be read.
 */
#include "bpf/filter.bpf.h"

SEC("iter.s/task")
int on_memory(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 len = memory.len;

	if (!task || (__u32)task->pid != memory.tid || len > sizeof(memory.bytes) ||
	    !traced_find(task))
		return 0;
	memory.err = bpf_copy_from_user_task(memory.bytes, len, (void *)memory.address, task, 0);
	return 0;
}
