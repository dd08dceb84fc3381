/* SPDX-License-Identifier: GPL-2.0-only */
/* Well-formed events for tests. */
#include "tests/unit/support/builders.h"

#include <assert.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/map.h"

enum {
	BUILD_SZ = sizeof(struct ev_ck_thread) + EVENT_TAIL_MAX,
	TASK_INTERRUPTIBLE = 1, /* include/linux/sched.h */
	TASK_UNINTERRUPTIBLE = 2,
	TASK_DEAD = 0x80,
	TASK_FREEZABLE = 0x2000,
};

static struct {
	_Alignas(8) char bytes[BUILD_SZ];
} ring[BUILD_RING];

static unsigned ring_idx;
static __u64 next_ns = BUILD_BEGIN_NS;
static __u64 now_ns;
static unsigned now_cpu;

void build_begin(void)
{
	next_ns = BUILD_BEGIN_NS;
	now_ns = 0;
	now_cpu = 0;
}

void build_later(__u64 ns)
{
	next_ns += ns;
}

void build_at(__u64 ns)
{
	assert(BUILD_BEGIN_NS + ns >= next_ns);
	next_ns = BUILD_BEGIN_NS + ns;
}

__u64 build_now_ns(void)
{
	return now_ns;
}

void build_on_cpu(unsigned cpu)
{
	now_cpu = cpu;
}

/* An event of all zeros but its header. */
static void *build(enum event_kind kind, __u32 tid, unsigned flags)
{
	struct ev_hdr *ev = (void *)ring[ring_idx++ % BUILD_RING].bytes;

	memset(ev, 0, BUILD_SZ);
	now_ns = next_ns;
	next_ns += BUILD_STEP_NS;
	*ev = (struct ev_hdr){
		.ts_ns = now_ns,
		.tid = tid,
		.kind = kind,
		.flags = flags,
		.cpu = now_cpu,
	};
	return ev;
}

static void set_comm(char *dst, const char *comm)
{
	size_t len = strlen(comm);

	memcpy(dst, comm, len < EVENT_COMM_LEN ? len : EVENT_COMM_LEN - 1);
}

static __u32 set_tail(void *tail, const void *bytes, size_t len)
{
	assert(len <= EVENT_TAIL_MAX);
	if (len)
		memcpy(tail, bytes, len);
	return len;
}

struct ev_hdr *build_thread(__u32 tid, __u32 pid, __u32 parent_tid, const char *comm)
{
	struct ev_thread *ev = build(EV_THREAD, tid, 0);

	ev->pid = pid;
	ev->parent_tid = parent_tid;
	ev->ppid = 1;
	ev->uid = 1000;
	ev->start_ns = tid;
	set_comm(ev->comm, comm);
	return &ev->hdr;
}

struct ev_hdr *build_thread_met(__u32 tid, __u32 pid, const char *comm)
{
	struct ev_hdr *ev = build_thread(tid, pid, 0, comm);

	ev->flags = EVF_MET;
	return ev;
}

struct ev_hdr *build_thread_foreign(__u32 tid, __u32 pid, const char *comm)
{
	struct ev_hdr *ev = build_thread(tid, pid, 0, comm);

	ev->flags = EVF_MET | EVF_FOREIGN;
	return ev;
}

struct ev_hdr *build_admit(__u32 tid)
{
	return build(EV_ADMIT, tid, 0);
}

struct ev_hdr *build_exec(__u32 tid, __u32 old_tid, const char *comm, const char *path)
{
	struct ev_exec *ev = build(EV_EXEC, tid, 0);

	ev->old_tid = old_tid;
	set_comm(ev->comm, comm);
	ev->len = set_tail(ev + 1, path, strlen(path));
	return &ev->hdr;
}

struct ev_hdr *build_rename(__u32 tid, const char *comm)
{
	struct ev_rename *ev = build(EV_RENAME, tid, 0);

	set_comm(ev->comm, comm);
	return &ev->hdr;
}

struct ev_hdr *build_exit(__u32 tid, __u32 code)
{
	struct ev_exit *ev = build(EV_EXIT, tid, 0);

	ev->code = code;
	return &ev->hdr;
}

struct ev_hdr *build_reap(__u32 tid)
{
	return build(EV_REAP, tid, 0);
}

static struct ev_hdr *build_switch(__u32 tid, __u32 next_tid, unsigned flags, __u32 prev_state)
{
	struct ev_switch *ev = build(EV_SWITCH, tid, flags);

	ev->next_tid = next_tid;
	ev->prev_state = prev_state;
	return &ev->hdr;
}

struct ev_hdr *build_run(__u32 next_tid)
{
	return build_switch(0, next_tid, 0, 0);
}

struct ev_hdr *build_preempt(__u32 tid, __u32 next_tid)
{
	return build_switch(tid, next_tid, EVF_PREEMPT, 0);
}

struct ev_hdr *build_yield(__u32 tid, __u32 next_tid)
{
	return build_switch(tid, next_tid, EVF_YIELD, 0);
}

struct ev_hdr *build_die(__u32 tid, __u32 next_tid)
{
	return build_switch(tid, next_tid, 0, TASK_DEAD);
}

static struct ev_block *new_block(__u32 tid, __u32 next_tid, __s32 nr)
{
	struct ev_block *ev = build(EV_BLOCK, tid, 0);

	ev->next_tid = next_tid;
	ev->prev_state = TASK_INTERRUPTIBLE;
	ev->nr = nr;
	return ev;
}

struct ev_hdr *build_block(__u32 tid, __u32 next_tid, __s32 nr, __u64 a0, __u64 a1, __u64 a2)
{
	struct ev_block *ev = new_block(tid, next_tid, nr);

	ev->args[0] = a0;
	ev->args[1] = a1;
	ev->args[2] = a2;
	return &ev->hdr;
}

struct ev_hdr *build_block_fd(__u32 tid, __u32 next_tid, __s32 nr, int fd, __u32 fd_mode)
{
	struct ev_block *ev = new_block(tid, next_tid, nr);

	ev->args[0] = fd;
	ev->fd_mode = fd_mode;
	return &ev->hdr;
}

static struct ev_block *new_block_futex(__u32 tid, __u32 next_tid, __u64 address, int op, __u32 val)
{
	struct ev_block *ev = new_block(tid, next_tid, SYS_futex);

	ev->hdr.flags = EVF_WORDS;
	ev->prev_state |= TASK_FREEZABLE;
	ev->args[0] = address;
	ev->args[1] = op;
	ev->args[2] = val;
	return ev;
}

/* struct __pthread_mutex_s: lock, count, owner, nusers, kind (sysdeps/x86/nptl, glibc 2.36). */
static void set_mutex_words(__u32 words[EVENT_WORD_CNT], __u32 owner_tid)
{
	words[0] = 2; /* locked, and somebody waits */
	words[2] = owner_tid;
	words[3] = 1;
}

struct ev_hdr *build_block_mutex(__u32 tid, __u32 next_tid, __u64 address, __u32 owner_tid)
{
	struct ev_block *ev = new_block_futex(tid, next_tid, address, FUTEX_WAIT_PRIVATE, 2);

	set_mutex_words(ev->words, owner_tid);
	return &ev->hdr;
}

struct ev_hdr *build_block_shared(__u32 tid, __u32 next_tid, __u64 address, __u32 owner_tid)
{
	struct ev_block *ev = new_block_futex(tid, next_tid, address, FUTEX_WAIT, 2);

	set_mutex_words(ev->words, owner_tid);
	return &ev->hdr;
}

struct ev_hdr *build_block_condvar(__u32 tid, __u32 next_tid, __u64 address)
{
	return &new_block_futex(tid, next_tid, address,
				FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 0)
			->hdr;
}

/* The kernel clears the word, not private, when the thread ends: clone(2), CLONE_CHILD_CLEARTID. */
struct ev_hdr *build_block_join(__u32 tid, __u32 next_tid, __u64 address, __u32 joined_tid)
{
	struct ev_block *ev = new_block_futex(tid, next_tid, address,
					      FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, joined_tid);

	ev->words[0] = joined_tid;
	return &ev->hdr;
}

struct ev_hdr *build_block_sleep(__u32 tid, __u32 next_tid)
{
	return &new_block(tid, next_tid, SYS_nanosleep)->hdr;
}

struct ev_hdr *build_block_fault(__u32 tid, __u32 next_tid)
{
	struct ev_block *ev = new_block(tid, next_tid, -1);

	ev->prev_state = TASK_UNINTERRUPTIBLE;
	return &ev->hdr;
}

struct ev_hdr *build_wake(__u32 tid, __u32 waker_tid, __s32 nr, __u64 a0, __u64 a1)
{
	struct ev_wake *ev = build(EV_WAKE, tid, 0);

	ev->waker_tid = waker_tid;
	ev->nr = nr;
	ev->args[0] = a0;
	ev->args[1] = a1;
	return &ev->hdr;
}

struct ev_hdr *build_wake_futex(__u32 tid, __u32 waker_tid, __u64 address)
{
	return build_wake(tid, waker_tid, SYS_futex, address, FUTEX_WAKE_PRIVATE);
}

struct ev_hdr *build_wake_irq(__u32 tid)
{
	struct ev_hdr *ev = build_wake(tid, 0, -1, 0, 0);

	ev->flags = EVF_HARDIRQ;
	return ev;
}

struct ev_hdr *build_lost(enum lost_cause cause, __u64 cnt)
{
	struct ev_lost *ev = build(EV_LOST, 0, 0);

	ev->cause = cause;
	ev->cnt = cnt;
	return &ev->hdr;
}

struct ev_hdr *build_lockword(__u32 tid, __u64 address, __u32 owner_tid)
{
	struct ev_lockword *ev = build(EV_LOCKWORD, tid, 0);

	ev->address = address;
	set_mutex_words(ev->words, owner_tid);
	return &ev->hdr;
}

struct ev_hdr *build_joinword(__u32 tid, __u64 address, __u32 joined_tid)
{
	struct ev_lockword *ev = build(EV_LOCKWORD, tid, 0);

	ev->address = address;
	ev->words[0] = joined_tid;
	return &ev->hdr;
}

struct ev_hdr *build_lockname(__u32 pid, __u64 address, const char *name)
{
	struct ev_lockname *ev = build(EV_LOCKNAME, pid, 0);

	ev->address = address;
	ev->len = set_tail(ev + 1, name, strlen(name));
	return &ev->hdr;
}

struct ev_hdr *build_lockname_borrowed(__u32 pid, __u64 address, const char *name, __u32 holds_ns)
{
	struct ev_hdr *ev = build_lockname(pid, address, name);

	ev->flags = EVF_BORROWED;
	((struct ev_lockname *)ev)->holds_ns = holds_ns;
	return ev;
}

struct ev_hdr *build_stack(__u32 tid, const char *frames)
{
	struct ev_stack *ev = build(EV_STACK, tid, 0);

	ev->len = set_tail(ev + 1, frames, strlen(frames));
	return &ev->hdr;
}

struct ev_hdr *build_stack_pending(__u32 tid)
{
	return build(EV_STACK, tid, EVF_PENDING);
}

struct ev_hdr *build_lockpage(__u32 tid, __u32 pid, __u64 address, __u64 ino, __u64 off)
{
	struct ev_lockpage *ev = build(EV_LOCKPAGE, tid, ino ? 0 : EVF_PRIVATE);

	ev->pid = pid;
	ev->address = address;
	ev->dev = ino ? 1 : 0;
	ev->ino = ino;
	ev->off = off;
	return &ev->hdr;
}

struct ev_hdr *build_holders(__u32 tid, const __u32 *pids, size_t cnt)
{
	struct ev_holders *ev = build(EV_HOLDERS, tid, EVF_COMPLETE);

	ev->len = set_tail(ev + 1, pids, cnt * sizeof(pids[0]));
	return &ev->hdr;
}

struct ev_hdr *build_setfd(__u32 tid, __u32 idx, __u32 cnt, __u32 fd, const char *text,
			   const __u32 *pids, __u32 pid_cnt)
{
	struct ev_setfd *ev = build(EV_SETFD, tid, EVF_COMPLETE);

	ev->idx = idx;
	ev->cnt = cnt;
	ev->fd = fd;
	ev->access = PROBE_READ;
	ev->pid_cnt = pid_cnt;
	for (__u32 i = 0; i < pid_cnt && i < SETFD_PID_MAX; i++)
		ev->pids[i] = pids[i];
	ev->len = set_tail(ev + 1, text, strlen(text));
	return &ev->hdr;
}

struct ev_hdr *build_file(__u32 tid, const char *text, __u64 until_ns)
{
	struct ev_file *ev = build(EV_FILE, tid, 0);

	ev->len = set_tail(ev + 1, text, strlen(text));
	ev->until_ns = until_ns;
	return &ev->hdr;
}

struct ev_hdr *build_output(const void *bytes, size_t len)
{
	struct ev_output *ev = build(EV_OUTPUT, 0, 0);

	ev->len = set_tail(ev + 1, bytes, len);
	return &ev->hdr;
}

struct ev_hdr *build_note(const char *text)
{
	struct ev_note *ev = build(EV_NOTE, 0, 0);

	ev->len = set_tail(ev + 1, text, strlen(text));
	return &ev->hdr;
}

struct ev_hdr *build_end(__u32 pid, __u32 code)
{
	struct ev_end *ev = build(EV_END, pid, 0);

	ev->code = code;
	return &ev->hdr;
}

static struct ev_hdr *build_story_rare(__u64 dice, __u32 tid, __u32 next_tid)
{
	switch (dice % 10) {
	case 0:
		return build_note("look here");
	case 1:
		return build_output("hello\n", dice >> 8 & 4);
	case 2:
		return build_exec(tid, tid, "other", "/bin/other");
	case 3:
		return build_rename(tid, dice & 256 ? "left" : "right");
	case 4:
		return build_lost(LOST_RING_FULL, 1 + (dice >> 8) % 100);
	case 8:
		return build_stack(tid, "wait w.c:1\nmain m.c:2");
	case 9:
		if (dice & 256)
			return build_file(tid, "pipe:[7] (read end)", dice >> 9 & 0xffff);
		return build_holders(tid, &next_tid, 1);
	case 5:
		return build_exit(tid, 0);
	case 6:
		return build_lockword(tid, 0x5000 + next_tid % 97 * 64, next_tid);
	default:
		return build_thread_foreign(50 + (dice >> 8) % 4, 50, "stranger");
	}
}

struct ev_hdr *build_story(__u64 seed, unsigned thread_cnt, __u64 idx)
{
	__u64 dice = map_hash(seed * 0x9e3779b97f4a7c15ULL + idx);
	__u32 tid = 100 + dice % thread_cnt;
	__u32 next_tid = 100 + (tid - 99) % thread_cnt;

	if (idx < thread_cnt)
		return build_thread(100 + idx, 100, idx ? 100 : 0, "story");
	build_later(dice >> 40 & 0xfff);
	build_on_cpu(dice >> 32 & 3);
	switch (dice >> 20 & 15) {
	case 0:
		return build_run(next_tid);
	case 1:
		return build_preempt(tid, next_tid);
	case 2:
		return build_yield(tid, next_tid);
	case 3:
	case 4:
	case 5:
		return build_block_mutex(tid, next_tid, 0x5000 + next_tid % 97 * 64, next_tid);
	case 6:
		return build_block_condvar(tid, 0, 0x9000 + (dice >> 8 & 0x38));
	case 7:
		return build_block_fd(tid, next_tid, SYS_read, 3 + (dice >> 8) % 5, S_IFIFO);
	case 8:
		return build_block_join(tid, next_tid, 0x7f0000000910, next_tid);
	case 9:
		return build_block_sleep(tid, 0);
	case 10:
		return build_wake_irq(tid);
	case 11:
		return build_wake(tid, next_tid, SYS_write, 4, 0);
	case 12:
		return dice >> 50 & 31 ? build_admit(tid)
				       : build_story_rare(dice >> 8, tid, next_tid);
	default:
		return build_wake_futex(tid, next_tid, 0x5000 + next_tid % 97 * 64);
	}
}
