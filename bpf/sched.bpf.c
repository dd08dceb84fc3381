/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduling: who leaves a CPU, who gets it, who wakes whom.
 *
 * No system call is traced. When a thread is switched out because it waits, its
 * saved registers are the reason, and its memory is still mapped: the lock word
 * and the owner beside it are read here.
 */
#include "bpf/fast.bpf.h"
#include "bpf/catch.bpf.h"
#include "bpf/filter.bpf.h"

/*
 * A wait for zero to change, by glibc's clock: a condition variable or a semaphore. Neither
 * has an owner, and what it is the model knows from the thread's wait before at the same
 * place. To read user memory is the dearest thing here (100 ns), so it is done anew only
 * now and then, in case the memory has become something else.
 */
static __always_inline bool has_no_owner_again(struct traced *t, const __u64 args[EVENT_ARG_CNT])
{
	if ((__u32)args[1] != FUTEX_WAIT_TIMED_CLOCK || (__u32)args[2])
		return false;
	if (args[0] == t->ownerless[0] || args[0] == t->ownerless[1])
		return ++t->skipped_cnt % 16;
	t->ownerless[1] = t->ownerless[0];
	t->ownerless[0] = args[0];
	return false;
}

/* What does the thread wait for? Its system call, arguments, the words of a futex. */
static __always_inline void read_wait(struct ev_block *ev, struct task_struct *prev,
				      struct traced *t)
{
	struct pt_regs *regs = task_regs(prev);
	bool compat = task_is_compat(prev);
	__s32 nr = task_syscall(prev, regs);
	struct file *file;

	ev->nr = nr;
	regs_args(regs, compat, ev->args);
	if (compat)
		ev->hdr.flags |= EVF_COMPAT;
	else if (catch_is_wanted && syscall_is_futex(nr, compat))
		catch_wait(prev, ev->args[0]);

	if (syscall_is_futex(nr, compat) && !has_no_owner_again(t, ev->args) &&
	    !bpf_probe_read_user(ev->words, sizeof(ev->words), (void *)ev->args[0])) {
		ev->hdr.flags |= EVF_WORDS;
		ev->fd_mode = 0;
		return;
	}
	__builtin_memset(ev->words, 0, sizeof(ev->words));
	file = wait_file(prev, nr, compat, ev->args[0]);
	ev->fd_mode = file ? file_mode(file) : 0;
}

static __always_inline void emit_block(struct task_struct *prev, struct traced *t, __u32 next_tid,
				       __u32 prev_state)
{
	bool woken = (t->flags & TRACED_WAKE_PENDING) && task_is_being_woken(prev);
	struct ev_block *ev;

	t->flags &= ~(TRACED_WAKE_PENDING | TRACED_BLOCKED);
	if (!woken)
		t->flags |= TRACED_BLOCKED;
	ev = emit_reserve(EV_BLOCK, prev->pid, sizeof(*ev));
	if (!ev)
		return;
	ev->hdr.flags = woken ? EVF_WOKEN : 0;
	ev->next_tid = next_tid;
	ev->prev_state = prev_state;
	read_wait(ev, prev, t);
	emit_submit(ev);
}

static __always_inline void emit_switch(__u32 tid, __u32 next_tid, __u32 prev_state, __u8 flags)
{
	struct ev_switch *ev = emit_reserve(EV_SWITCH, tid, sizeof(*ev));

	if (!ev)
		return;
	ev->hdr.flags = flags;
	ev->next_tid = next_tid;
	ev->prev_state = prev_state;
	emit_submit(ev);
}

/* prev could go on: was it pushed off, or did it step aside? */
static __always_inline __u8 switch_flags(struct task_struct *prev, bool preempt)
{
	if (preempt)
		return EVF_PREEMPT;
	return task_syscall(prev, task_regs(prev)) == NR_SCHED_YIELD && !task_is_compat(prev)
		       ? EVF_YIELD
		       : 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	struct traced *p = traced_find(prev), *n = traced_find(next);
	__u32 next_tid = n ? next->pid : 0;

	if (n)
		traced_introduce(next, n);
	if (!p) {
		if (n)
			emit_switch(0, next_tid, 0, 0);
		return 0;
	}
	traced_introduce(prev, p);
	if (prev_state && !preempt && !(prev_state & TASK_DEAD))
		emit_block(prev, p, next_tid, task_frozen_state(prev, prev_state));
	else
		emit_switch(prev->pid, next_tid, prev_state, switch_flags(prev, preempt));
	return 0;
}

/* Who wakes: the current task and its system call, unless an interrupt does. */
static __always_inline void read_waker(struct ev_wake *ev, struct task_struct *current)
{
	struct pt_regs *regs = task_regs(current);
	bool compat = task_is_compat(current);

	ev->hdr.flags = irq_flags(current) | (compat ? EVF_COMPAT : 0);
	ev->waker_tid = current->pid;
	ev->nr = task_syscall(current, regs);
	ev->args[0] = compat ? (__u32)regs->bx : regs->di;
	ev->args[1] = compat ? (__u32)regs->cx : regs->si;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct traced *t = traced_find(task);
	struct ev_wake *ev;

	if (!t || task->pid == current->pid)
		return 0;
	traced_introduce(task, t);
	if (t->flags & TRACED_BLOCKED)
		t->flags &= ~TRACED_BLOCKED;
	else
		t->flags |= TRACED_WAKE_PENDING;
	ev = emit_reserve(EV_WAKE, task->pid, sizeof(*ev));
	if (!ev)
		return 0;
	read_waker(ev, current);
	emit_submit(ev);
	return 0;
}
