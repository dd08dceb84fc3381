/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The least that any tracer of this kind costs: ask whether a thread is traced, put 32 bytes
 * with the time into a ring. Nothing is read of the thread.
 */
#include "bpf/kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

struct record {
	__u64 ts_ns;
	__u32 tid;
	__u32 other_tid;
	__u64 rest[2];
};

__u64 lost_cnt = 0;

static __always_inline bool is_traced(struct task_struct *task)
{
	return task->pid && bpf_task_storage_get(&traced, task, 0, 0);
}

static __always_inline void put(__u32 tid, __u32 other_tid)
{
	struct record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record) {
		__sync_fetch_and_add(&lost_cnt, 1);
		return;
	}
	record->ts_ns = bpf_ktime_get_ns();
	record->tid = tid;
	record->other_tid = other_tid;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	if (is_traced(parent))
		bpf_task_storage_get(&traced, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	bool prev_is_traced = is_traced(prev), next_is_traced = is_traced(next);

	if (prev_is_traced || next_is_traced)
		put(prev->pid, next->pid);
	return 0;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	if (is_traced(task))
		put(task->pid, 0);
	return 0;
}
