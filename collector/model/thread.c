/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions one asks of a thread. */
#include "model/thread.h"

/* include/linux/sched.h */
enum {
	TASK_STOP_BITS = 0x4 | 0x8 | 0x8000, /* __TASK_STOPPED, __TASK_TRACED, TASK_FROZEN */
	TASK_WAKING_BIT = 0x200,
};

enum thread_state thread_state_of_task(bool is_running, __u32 task_state)
{
	if (is_running)
		return THREAD_RUNNING;
	if (!task_state || (task_state & TASK_WAKING_BIT))
		return THREAD_READY;
	return task_state & TASK_STOP_BITS ? THREAD_STOPPED : THREAD_BLOCKED;
}

__u64 thread_state_ns(const struct thread *t, enum thread_state s, __u64 now_ns)
{
	__u64 ns = t->state_ns[s];

	if (t->state == s && now_ns > t->since_ns)
		ns += now_ns - t->since_ns;
	return ns;
}

__u64 thread_reason_ns(const struct thread *t, enum wait_reason r, __u64 now_ns)
{
	__u64 ns = t->reason_ns[r];

	if (t->state == THREAD_BLOCKED && t->wait.reason == r && now_ns > t->since_ns)
		ns += now_ns - t->since_ns;
	return ns;
}

bool thread_is_alive(const struct thread *t)
{
	return t->state != THREAD_ZOMBIE && t->state != THREAD_DEAD;
}

bool thread_is_blocked(const struct thread *t)
{
	return t->state == THREAD_BLOCKED;
}

bool thread_is_main(const struct thread *t)
{
	return t->tid == t->pid;
}
