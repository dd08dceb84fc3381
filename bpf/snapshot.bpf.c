/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The snapshot: every thread of the processes that are attached to, met where it is; and met
 * again when events were lost, for one that waits may have no next event.
 *
 * Nothing is stopped for it. A thread is marked as traced first and looked at then,
 * so whatever it does in between is an event, too; the model prefers events.
 */
#include "bpf/compat.bpf.h"
#include "bpf/filter.bpf.h"

__u32 meet_whom = PROBE_MEET_TARGETS;
bool meet_children = false; /* those that are there, and theirs */
__u32 meet_left = 0;	    /* threads that the next round is for */
__u32 meet_unlisted = 0;    /* threads of this round for whose processes there was no room */
bool meet_is_last = false;  /* there is none */

/*
 * Is it of a process that is attached to, or of one below it? A child that is made meanwhile is
 * traced already when its maker is, and otherwise is there in the next round.
 */
static __always_inline bool is_target(struct task_struct *task)
{
	__u32 pid = task->tgid, parent_pid = BPF_CORE_READ(task, real_parent, tgid);
	__u8 *is = bpf_map_lookup_elem(&targets, &pid), taken = PROBE_TAKEN;

	if (is)
		return *is == PROBE_TAKEN;
	if (!meet_children)
		return false;
	is = bpf_map_lookup_elem(&targets, &parent_pid);
	if (!is || *is == PROBE_LEFT_OUT)
		return false;
	if (!bpf_map_update_elem(&targets, &pid, &taken, BPF_ANY))
		return true;
	meet_unlisted++;
	return false;
}

/*
 * From now on its events flow. The kernel refuses its storage also when somebody else is just
 * being given some on this CPU (bpf_task_storage_trylock()), so it is tried again.
 */
static __always_inline void mark(struct task_struct *task)
{
	struct traced *t = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	meet_left++;
	if (t) {
		traced_announce(task, t, 0, EVF_MET);
	} else if (meet_is_last) {
		__sync_fetch_and_add(&emit_counters()->generated, 1);
		emit_count_lost(LOST_STORAGE);
	}
}

/*
 * When was task last on a CPU? Of a clock that is not that of the trace, but one for all CPUs:
 * when it got one the last time, and for how long. (exec_start is of a clock of each CPU, which
 * stands still while interrupts or the host have it: they differ by all that this made since the
 * machine was started.)
 */
static __always_inline __u64 last_ran(struct task_struct *task)
{
	if (!bpf_core_field_exists(task->sched_info))
		return task->se.exec_start;
	return task->sched_info.last_arrival + task->se.sum_exec_runtime -
	       task->se.prev_sum_exec_runtime;
}

/* The same of the clock of the trace, right to a tick: so often the current task is charged. */
static __always_inline __u64 last_ran_ns(struct task_struct *task)
{
	__u64 ago = last_ran(bpf_get_current_task_btf()) - last_ran(task);
	__u64 now = bpf_ktime_get_ns();

	return ago < now ? now - ago : 0;
}

static __always_inline void fill_met(struct ev_met *ev, struct task_struct *task)
{
	struct pt_regs *regs = task_regs(task);
	bool compat = task_is_compat(task);
	struct file *file;
	__u32 mode;

	ev->running = task->on_cpu;
	ev->state = task_wait_state(task);
	ev->exit_state = task->exit_state;
	ev->zero = 0;
	ev->since_ns = last_ran_ns(task);
	ev->nr = task_syscall(task, regs);
	ev->hdr.cpu = task->thread_info.cpu;
	ev->hdr.flags = compat ? EVF_COMPAT : 0;
	regs_args(regs, compat, ev->args);
	file = wait_file(task, ev->nr, compat, ev->args[0]);
	mode = file ? BPF_CORE_READ(file, f_inode, i_mode) : 0;
	ev->fd_mode = file ? FD_MODE(mode, file_kind(file, mode)) : 0;
}

/* include/uapi/linux/magic.h, fs/smb/server/smb_common.h, fs/ceph: those with a server. */
static __always_inline bool is_served(__u64 magic)
{
	return magic == 0x65735546 /* FUSE */ || magic == 0x6969 /* NFS */ ||
	       magic == 0xff534d42 /* CIFS */ || magic == 0xfe534d42 /* SMB 2 */ ||
	       magic == 0x01021997 /* 9P */ || magic == 0x00c36400 /* Ceph */ ||
	       magic == 0x6b414653 /* AFS */;
}

static long look_at_mapping(struct task_struct *task, struct vm_area_struct *vma, bool *ret_served)
{
	struct file *file = BPF_CORE_READ(vma, vm_file);

	*ret_served = file && is_served(BPF_CORE_READ(file, f_inode, i_sb, s_magic));
	return 0;
}

/*
 * The page of a file whose server is gone never comes, and no signal would end the wait for it.
 * So the words of such a lock are not known.
 */
static __always_inline bool may_never_come(struct task_struct *task, __u64 address)
{
	bool served = false;

	bpf_find_vma(task, address, look_at_mapping, &served, 0);
	return served;
}

/* May sleep for a page of the other process, so it is done before a record is reserved. */
static __always_inline bool copy_words(struct task_struct *task, __u32 words[EVENT_WORD_CNT])
{
	struct pt_regs *regs = task_regs(task);
	bool compat = task_is_compat(task);
	__u64 args[EVENT_ARG_CNT];

	if (!syscall_is_futex(task_syscall(task, regs), compat))
		return false;
	regs_args(regs, compat, args);
	if (may_never_come(task, args[0]))
		return false;
	return !bpf_copy_from_user_task(words, EVENT_WORD_CNT * sizeof(words[0]), (void *)args[0],
					task, 0);
}

static __always_inline void meet(struct task_struct *task, struct traced *t)
{
	__u32 words[EVENT_WORD_CNT] = {};
	bool has_words = copy_words(task, words);
	struct ev_met *ev = emit_reserve(EV_MET, task->pid, sizeof(*ev));

	if (!ev)
		return;
	t->flags |= TRACED_MET;
	fill_met(ev, task);
	if (has_words)
		ev->hdr.flags |= EVF_WORDS;
	__builtin_memcpy(ev->words, words, sizeof(words));
	emit_submit(ev);
}

/*
 * Run several times: the first round marks and names the threads, the next meets them,
 * so that the owner of a lock is known before the thread that waits for it is met.
 */
SEC("iter.s/task")
int on_meet(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct traced *t;

	if (!task || (meet_whom == PROBE_MEET_TARGETS && !is_target(task)))
		return 0;
	t = traced_find(task);
	if (meet_whom == PROBE_MEET_NAMES && t)
		traced_introduce(task, t);
	else if (meet_whom == PROBE_MEET_AGAIN && t && is_wanted(task))
		meet(task, t);
	else if (meet_whom == PROBE_MEET_TARGETS && !t)
		mark(task);
	else if (meet_whom == PROBE_MEET_TARGETS && t && !(t->flags & TRACED_MET))
		meet(task, t);
	return 0;
}
