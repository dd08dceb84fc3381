/* SPDX-License-Identifier: GPL-2.0-only */
/* Small programs, told event by event: what the golden screens show. */
#ifndef TESTS_SCENARIOS_H
#define TESTS_SCENARIOS_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/support/builders.h"
#include "trace/trace.h"

#define SCENARIO_MS (1000 * 1000ULL)

static inline struct ev_hdr *scenario_process(__u32 pid, __u32 ppid, const char *name)
{
	struct ev_thread *ev = (struct ev_thread *)build_thread(pid, pid, ppid, name);

	ev->ppid = ppid;
	return &ev->hdr;
}

/* main creates cnt threads that take turns on one CPU. */
static inline void scenario_begin(struct trace *t, const char *name, const char *child, int cnt)
{
	char comm[EVENT_COMM_LEN];

	trace_append(t, build_thread(4711, 4711, 100, name));
	trace_append(t, build_admit(4711));
	trace_append(t, build_run(4711));
	for (int i = 0; i < cnt; i++) {
		snprintf(comm, sizeof(comm), "%s%d", child, i);
		trace_append(t, build_thread(4712 + i, 4711, 4711, comm));
		trace_append(t, build_admit(4712 + i));
	}
}

/* Five philosophers, each with a fork in the hand of the next; main joins the first. */
static inline void scenario_forks(struct trace *t)
{
	scenario_begin(t, "forks", "phil-", 5);
	build_later(100 * SCENARIO_MS);
	trace_append(t, build_block_join(4711, 4712, 0x7f0000001000, 4712));
	for (__u32 i = 0; i < 5; i++) {
		build_later(300 * SCENARIO_MS);
		trace_append(t, build_block_mutex(4712 + i, i < 4 ? 4713 + i : 0,
						  0x55d0c0de0000 + i * 0x28, 4712 + (i + 1) % 5));
	}
	build_later(50 * SCENARIO_MS);
	for (__u32 i = 0; i < 5; i++)
		trace_append(
			t, build_lockword(4712 + i, 0x55d0c0de0000 + i * 0x28, 4712 + (i + 1) % 5));
}

/* One thread in each state and in many kinds of wait, two processes, an interrupt. */
static inline void scenario_zoo(struct trace *t)
{
	scenario_begin(t, "zoo", "t", 9);
	trace_append(t, scenario_process(4800, 4711, "child"));
	trace_append(t, build_thread(4801, 4800, 4800, "fresh"));
	build_later(10 * SCENARIO_MS);
	trace_append(t, build_preempt(4711, 4712));
	trace_append(t, build_block_sleep(4712, 4713));
	trace_append(t, build_block_fd(4713, 4714, SYS_read, 3, S_IFIFO));
	trace_append(t, build_block_condvar(4714, 4715, 0x55d0c0de9000));
	trace_append(t, build_block_fault(4715, 4716));
	trace_append(t, build_block_join(4716, 4717, 0x7f0000002000, 4712));
	trace_append(t, build_block(4717, 4718, SYS_epoll_wait, 5, 0x7ffe00001000, 16));
	build_later(5 * SCENARIO_MS);
	trace_append(t, build_wake_irq(4712));
	trace_append(t, build_yield(4718, 4719));
	build_later(5 * SCENARIO_MS);
	trace_append(t, build_exit(4719, 0));
	trace_append(t, build_die(4719, 4718));
	trace_append(t, build_reap(4719));
	build_on_cpu(1);
	trace_append(t, build_admit(4800));
	trace_append(t, build_run(4800));
	build_later(2 * SCENARIO_MS);
	trace_append(t, build_exit(4800, 9));
	trace_append(t, build_die(4800, 0));
	trace_append(t, build_output("hello\n\033[1;31mred\033[0m and \ttab\r\n", 30));
}

/* The ring was too small: who is what, nobody knows. */
static inline void scenario_lost(struct trace *t)
{
	scenario_begin(t, "busy", "w-", 3);
	build_later(500 * SCENARIO_MS);
	trace_append(t, build_preempt(4711, 4712));
	trace_append(t, build_lost(LOST_RING_FULL, 12345));
	build_later(100 * SCENARIO_MS);
	trace_append(t, build_preempt(4712, 4713));
}

/* Producer and consumer wait for each other's signal, which both have missed. */
static inline void scenario_stall(struct trace *t)
{
	struct ev_handlers handlers = { .hdr = { .tid = 4711, .kind = EV_HANDLERS } };

	scenario_begin(t, "prodcons", "worker-", 2);
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_join(4711, 4712, 0x7f0000001000, 4712));
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_condvar(4712, 4713, 0x55d0c0de9000));
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_condvar(4713, 0, 0x55d0c0de9040));
	build_later(50 * SCENARIO_MS);
	trace_append(t, build_joinword(4711, 0x7f0000001000, 4712));
	handlers.hdr.ts_ns = build_now_ns();
	trace_append(t, &handlers.hdr);
}

static inline void scenario_ended(struct trace *t)
{
	scenario_begin(t, "job", "w-", 2);
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_join(4711, 4712, 0x7f0000001000, 4712));
	for (__u32 tid = 4712; tid < 4714; tid++) {
		build_later(20 * SCENARIO_MS);
		trace_append(t, build_exit(tid, 0));
		trace_append(t, build_die(tid, tid + 1 < 4714 ? tid + 1 : 0));
		trace_append(t, build_reap(tid));
	}
	trace_append(t, build_wake_futex(4711, 4713, 0x7f0000001000));
	trace_append(t, build_run(4711));
	trace_append(t, build_exit(4711, 3 << 8));
	trace_append(t, build_die(4711, 0));
	trace_append(t, build_reap(4711));
	trace_append(t, build_end(4711, 3 << 8));
}

static inline void scenario_empty(struct trace *t)
{
	(void)t;
}

/* Names from all over, as long as they get. */
static inline void scenario_names(struct trace *t)
{
	scenario_begin(t, "exactly15bytes!", "t", 1);
	trace_append(t, build_thread(4720, 4711, 4711, "\u6f22\u5b57\u6f22\u5b57x"));
	trace_append(t, build_thread(4721, 4711, 4711, "\033[31mred\033[0m"));
	trace_append(t, build_thread(4722, 4711, 4711, "\xff\xfe\x80"));
	trace_append(t, build_thread(4723, 4711, 4711, ""));
}

enum { CROWD_CPU_CNT = 4 }; /* those of build_story() */

/* A thread leaves the CPU it is on, and is on one at a time; false: nobody could have left. */
static inline bool scenario_tame(__u32 on_cpu[CROWD_CPU_CNT], struct ev_hdr *ev)
{
	__u32 *next_tid = ev->kind == EV_SWITCH ? &((struct ev_switch *)ev)->next_tid
						: &((struct ev_block *)ev)->next_tid;

	if (ev->kind != EV_SWITCH && ev->kind != EV_BLOCK)
		return true;
	ev->tid = on_cpu[ev->cpu];
	for (unsigned cpu = 0; cpu < CROWD_CPU_CNT; cpu++)
		if (on_cpu[cpu] == *next_tid)
			*next_tid = 0;
	on_cpu[ev->cpu] = *next_tid;
	return ev->tid || (ev->kind == EV_SWITCH && *next_tid);
}

static inline void scenario_crowd(struct trace *t)
{
	__u32 on_cpu[CROWD_CPU_CNT] = {};

	for (__u64 i = 0; i < 2000; i++) {
		struct ev_hdr *ev = build_story(3, 40, i);

		if (scenario_tame(on_cpu, ev))
			trace_append(t, ev);
	}
}

/* Three workers pass a mutex on; the last one keeps it, and two more queue up behind it. */
static inline void scenario_queue(struct trace *t)
{
	enum { MUTEX = 0x55d0c0de0040 };

	scenario_begin(t, "shop", "w-", 5);
	trace_append(t, build_preempt(4711, 4712));
	for (__u32 i = 1; i < 3; i++) {
		build_later(20 * SCENARIO_MS);
		trace_append(t, build_preempt(4711 + i, 4712 + i));
		trace_append(t, build_block_mutex(4712 + i, 4711 + i, MUTEX, 4711 + i));
		trace_append(t, build_lockname(4711, MUTEX, "shop.till"));
		build_later(10 * i * SCENARIO_MS);
		trace_append(t, build_wake_futex(4712 + i, 4711 + i, MUTEX));
		trace_append(t, build_preempt(4711 + i, 4712 + i));
	}
	trace_append(t, build_block_sleep(4714, 4715));
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_mutex(4715, 4716, MUTEX, 4714));
	build_later(20 * SCENARIO_MS);
	trace_append(t, build_block_mutex(4716, 4711, MUTEX, 4714));
	build_later(50 * SCENARIO_MS);
	trace_append(t, build_yield(4711, 4711));
}

/* Eight workers, six of whom have nothing to do; one works, one has just begun to wait. */
static inline void scenario_pool(struct trace *t)
{
	enum { NOT_EMPTY = 0x55d0c0de9000 };

	scenario_begin(t, "server", "worker-", 8);
	trace_append(t, build_block_join(4711, 4712, 0x7f0000001000, 4712));
	for (__u32 i = 0; i < 6; i++) {
		build_later(100 * SCENARIO_MS);
		trace_append(t, build_block_condvar(4712 + i, 4713 + i, NOT_EMPTY + i % 2 * 4));
		trace_append(t, build_lockname(4711, NOT_EMPTY + i % 2 * 4, "queue.not_empty"));
	}
	build_later(3000 * SCENARIO_MS);
	trace_append(t, build_block_condvar(4718, 4719, NOT_EMPTY));
	build_later(500 * SCENARIO_MS);
	trace_append(t, build_yield(4719, 4719));
}

/* A producer keeps two consumers waiting again; both have woken the other side before. */
static inline void scenario_prodcons(struct trace *t)
{
	enum { MAIN = 4711, PRODUCER = 4712, NOT_EMPTY = 0x9028, NOT_FULL = 0x9060 };

	scenario_begin(t, "prodcons", "worker-", 3);
	trace_append(t, build_rename(PRODUCER, "producer"));
	trace_append(t, build_block_join(MAIN, 4713, 0x7f0000001000, PRODUCER));
	for (int i = 0; i < 9; i++) {
		__u32 consumer = 4713 + i % 2;

		build_later(20 * SCENARIO_MS);
		trace_append(t, build_block_condvar(consumer, PRODUCER, NOT_EMPTY));
		trace_append(t, i % 4 == 3 ? build_wake_irq(consumer)
					   : build_wake_futex(consumer, PRODUCER, NOT_EMPTY));
		trace_append(t, build_block_condvar(PRODUCER, consumer, NOT_FULL));
		trace_append(t, build_wake_futex(PRODUCER, consumer, NOT_FULL));
	}
	trace_append(t, build_block_condvar(4713, 4714, NOT_EMPTY));
	trace_append(t, build_block_condvar(4714, PRODUCER, NOT_EMPTY));
	trace_append(t, build_lockname(MAIN, NOT_EMPTY, "queue.not_empty"));
	build_later(200 * SCENARIO_MS);
	trace_append(t, build_block_sleep(PRODUCER, 0));
}

static const struct {
	const char *name;
	void (*tell)(struct trace *t);
} scenarios[] = {
	{ "forks", scenario_forks }, { "zoo", scenario_zoo },		{ "lost", scenario_lost },
	{ "ended", scenario_ended }, { "stall", scenario_stall },	{ "empty", scenario_empty },
	{ "names", scenario_names }, { "crowd", scenario_crowd },	{ "queue", scenario_queue },
	{ "pool", scenario_pool },   { "prodcons", scenario_prodcons },
};

/* False: there is none of that name. */
static inline bool scenario_tell(const char *name, struct trace *t)
{
	build_begin();
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (!strcmp(scenarios[i].name, name)) {
			scenarios[i].tell(t);
			return true;
		}
	}
	return false;
}

#endif
