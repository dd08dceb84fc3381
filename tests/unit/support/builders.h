/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Well-formed events for tests, one call each:
 *
 *	build_begin();
 *	model_apply(m, build_thread(101, 100, 100, "phil-0"));
 *	model_apply(m, build_run(101));
 *	build_later(5 * 1000 * 1000);
 *	model_apply(m, build_block_mutex(101, 102, 0x5000, 102));
 *
 * The story has a clock: each event is a microsecond after the one before, more
 * when build_later() says so. The events are borrowed: each is valid until
 * BUILD_RING more were built, and may be changed before use.
 */
#ifndef TESTS_BUILDERS_H
#define TESTS_BUILDERS_H

#include <stddef.h>

#include "bpf/event.h"

enum {
	BUILD_RING = 64,
	BUILD_STEP_NS = 1000,
	BUILD_BEGIN_NS = 1000 * 1000 * 1000,
};

/* A new story: the next event is at BUILD_BEGIN_NS, on CPU 0. */
void build_begin(void);
/* Let @ns pass before the next event. */
void build_later(__u64 ns);
/* The next event is at BUILD_BEGIN_NS + @ns, which is not before now. */
void build_at(__u64 ns);
/* The time of the event built last. */
__u64 build_now_ns(void);
/* The CPU of the events that follow. */
void build_on_cpu(unsigned cpu);

/* Threads come and go. A thread has start_ns = its tid, unless a test says otherwise. */
struct ev_hdr *build_thread(__u32 tid, __u32 pid, __u32 parent_tid, const char *comm);
struct ev_hdr *build_thread_met(__u32 tid, __u32 pid, const char *comm);
struct ev_hdr *build_thread_foreign(__u32 tid, __u32 pid, const char *comm);
struct ev_hdr *build_admit(__u32 tid);
struct ev_hdr *build_exec(__u32 tid, __u32 old_tid, const char *comm, const char *path);
struct ev_hdr *build_rename(__u32 tid, const char *comm);
struct ev_hdr *build_exit(__u32 tid, __u32 code); /* of a main thread: the last one */
struct ev_hdr *build_reap(__u32 tid);

/* A CPU changes threads; 0 is somebody who is not traced. */
struct ev_hdr *build_run(__u32 next_tid); /* nobody gives way to next_tid */
struct ev_hdr *build_preempt(__u32 tid, __u32 next_tid);
struct ev_hdr *build_yield(__u32 tid, __u32 next_tid);
struct ev_hdr *build_die(__u32 tid, __u32 next_tid); /* the last switch of a thread */

/* Thread tid begins to wait in system call nr (numbers of x86-64), next_tid runs. */
struct ev_hdr *build_block(__u32 tid, __u32 next_tid, __s32 nr, __u64 a0, __u64 a1, __u64 a2);
/* The same on a descriptor of a mode as in inode::i_mode, such as S_IFIFO. */
struct ev_hdr *build_block_fd(__u32 tid, __u32 next_tid, __s32 nr, int fd, __u32 fd_mode);
/* The waits that glibc 2.36 makes of its primitives. */
struct ev_hdr *build_block_mutex(__u32 tid, __u32 next_tid, __u64 address, __u32 owner_tid);
/* PTHREAD_PROCESS_SHARED */
struct ev_hdr *build_block_shared(__u32 tid, __u32 next_tid, __u64 address, __u32 owner_tid);
struct ev_hdr *build_block_condvar(__u32 tid, __u32 next_tid, __u64 address);
struct ev_hdr *build_block_join(__u32 tid, __u32 next_tid, __u64 address, __u32 joined_tid);
struct ev_hdr *build_block_sleep(__u32 tid, __u32 next_tid);
/* A system call of no thread: taken off a CPU by a page fault. */
struct ev_hdr *build_block_fault(__u32 tid, __u32 next_tid);

struct ev_hdr *build_wake(__u32 tid, __u32 waker_tid, __s32 nr, __u64 a0, __u64 a1);
struct ev_hdr *build_wake_futex(__u32 tid, __u32 waker_tid, __u64 address);
struct ev_hdr *build_wake_irq(__u32 tid); /* a timer, with nobody running */

struct ev_hdr *build_lost(enum lost_cause cause, __u64 cnt);
/* A mutex read again by the inspector while tid waits for it. */
struct ev_hdr *build_lockword(__u32 tid, __u64 address, __u32 owner_tid);
/* The same of the word that tid waits on for the end of joined_tid. */
struct ev_hdr *build_joinword(__u32 tid, __u64 address, __u32 joined_tid);
/* What the inspector finds out while tid waits: a name such as "fork[1]", frames by line. */
struct ev_hdr *build_lockname(__u32 pid, __u64 address, const char *name);
struct ev_hdr *build_lockname_borrowed(__u32 pid, __u64 address, const char *name, __u32 holds_ns);
struct ev_hdr *build_stack(__u32 tid, const char *frames);
struct ev_hdr *build_stack_pending(__u32 tid); /* it is being looked for */
/* The word that tid waits on, one without FUTEX_PRIVATE_FLAG; ino 0: in private memory. */
struct ev_hdr *build_lockpage(__u32 tid, __u32 pid, __u64 address, __u64 ino, __u64 off);
/* The processes that could end the wait of tid; nobody else could. */
/* The idx-th of cnt descriptors of a set, to be read, that pids could write. */
struct ev_hdr *build_setfd(__u32 tid, __u32 idx, __u32 cnt, __u32 fd, const char *text,
			   const __u32 *pids, __u32 pid_cnt);
struct ev_hdr *build_holders(__u32 tid, const __u32 *pids, size_t cnt);
/* What its descriptor is, and when time will end the wait; 0: never. */
struct ev_hdr *build_file(__u32 tid, const char *text, __u64 until_ns);
struct ev_hdr *build_output(const void *bytes, size_t len);
struct ev_hdr *build_note(const char *text);
struct ev_hdr *build_end(__u32 pid, __u32 code);

/*
 * The idx-th event of a program of @thread_cnt threads (2 or more) that does a bit of
 * everything, the same for the same arguments and @seed: a story without end for
 * tests of size and order. It has the clock of the builders: ask for the events in order.
 */
struct ev_hdr *build_story(__u64 seed, unsigned thread_cnt, __u64 idx);

#endif
