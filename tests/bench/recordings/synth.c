/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a recording of any size that nobody had to wait for: synth FILE EVENTS THREADS SEED.
 *
 * A small machine is played: CPUs, a run queue, mutexes with their queues, pipes, condition
 * variables and sleep, so that the events follow from each other as those of a kernel do. The
 * same arguments give the same events. Who holds a mutex never waits for another one, hence
 * nothing ever deadlocks, and who reads the file has to read all of it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/xalloc.h"
#include "tests/unit/support/builders.h"
#include "trace/writer.h"

enum {
	CPU_CNT = 4,
	FIRST_TID = 1000,
	THREADS_PER_LOCK = 4,
	LOCK_ADDRESS = 0x55d0c0de0000,
	CONDVAR_ADDRESS = 0x55d0c0ff0000,
	PIPE_FD = 5,
	RUN_MIN_NS = 500, /* what a thread computes between two things it does */
	RUN_SPREAD_NS = 20000,
	NOBODY = -1,
};

enum wait_kind { WAITS_PIPE, WAITS_CONDVAR, WAITS_SLEEP, WAIT_KIND_CNT };

struct task {
	int holds;	 /* index of a lock, or NOBODY */
	int next_waiter; /* behind it in the queue of a lock */
	enum wait_kind waits;
};

struct mutex {
	int holder, first_waiter, last_waiter;
};

static struct machine {
	struct trace *trace;
	__u64 dice, event_cnt;
	struct task *tasks;
	struct mutex *locks;
	int task_cnt, lock_cnt;
	int running[CPU_CNT];
	int *ready; /* a ring of task_cnt */
	int ready_first, ready_cnt;
	int *asleep; /* who waits for no lock */
	int asleep_cnt;
} m;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016. */
static unsigned roll(unsigned sides)
{
	m.dice ^= m.dice >> 12;
	m.dice ^= m.dice << 25;
	m.dice ^= m.dice >> 27;
	return (m.dice * 0x2545f4914f6cdd1dULL >> 32) % sides;
}

static void emit(struct ev_hdr *ev)
{
	if (trace_append(m.trace, ev))
		errx(1, "event %llu was refused", m.event_cnt);
	m.event_cnt++;
}

static __u32 tid_of(int task)
{
	return task == NOBODY ? 0 : FIRST_TID + task;
}

static __u64 lock_address(int lock)
{
	return LOCK_ADDRESS + 64ULL * lock;
}

static __u64 condvar_address(int task)
{
	return CONDVAR_ADDRESS + 64ULL * (task / THREADS_PER_LOCK);
}

static void make_ready(int task)
{
	m.ready[(m.ready_first + m.ready_cnt++) % m.task_cnt] = task;
}

/* The next one to run here, or NOBODY. */
static int schedule(int cpu)
{
	int task = NOBODY;

	if (m.ready_cnt) {
		task = m.ready[m.ready_first];
		m.ready_first = (m.ready_first + 1) % m.task_cnt;
		m.ready_cnt--;
	}
	m.running[cpu] = task;
	return task;
}

static void wait_for_lock(int cpu, int task, int lock)
{
	struct mutex *l = &m.locks[lock];

	m.tasks[task].next_waiter = NOBODY;
	if (l->first_waiter == NOBODY)
		l->first_waiter = task;
	else
		m.tasks[l->last_waiter].next_waiter = task;
	l->last_waiter = task;
	emit(build_block_mutex(tid_of(task), tid_of(schedule(cpu)), lock_address(lock),
			       tid_of(l->holder)));
}

static void unlock(int task)
{
	int lock = m.tasks[task].holds;
	struct mutex *l = &m.locks[lock];
	int heir = l->first_waiter;

	m.tasks[task].holds = NOBODY;
	l->holder = heir;
	if (heir == NOBODY)
		return;
	l->first_waiter = m.tasks[heir].next_waiter;
	m.tasks[heir].holds = lock;
	emit(build_wake_futex(tid_of(heir), tid_of(task), lock_address(lock)));
	make_ready(heir);
}

static void use_lock(int cpu, int task)
{
	int lock = roll(m.lock_cnt);

	if (m.tasks[task].holds != NOBODY) {
		unlock(task);
	} else if (m.locks[lock].holder == NOBODY) {
		m.locks[lock].holder = task;
		m.tasks[task].holds = lock;
	} else {
		wait_for_lock(cpu, task, lock);
	}
}

static void fall_asleep(int cpu, int task)
{
	__u32 next_tid = tid_of(schedule(cpu));

	m.tasks[task].waits = roll(WAIT_KIND_CNT);
	m.asleep[m.asleep_cnt++] = task;
	if (m.tasks[task].waits == WAITS_PIPE)
		emit(build_block_fd(tid_of(task), next_tid, SYS_read, PIPE_FD, S_IFIFO));
	else if (m.tasks[task].waits == WAITS_CONDVAR)
		emit(build_block_condvar(tid_of(task), next_tid, condvar_address(task)));
	else
		emit(build_block_sleep(tid_of(task), next_tid));
}

/* @waker: who runs here, or NOBODY, then what comes is an interrupt. Everybody may be awake. */
static void wake_somebody(int waker)
{
	int idx, task;

	if (!m.asleep_cnt)
		return;
	idx = roll(m.asleep_cnt);
	task = m.asleep[idx];
	m.asleep[idx] = m.asleep[--m.asleep_cnt];
	if (waker == NOBODY || m.tasks[task].waits == WAITS_SLEEP)
		emit(build_wake_irq(tid_of(task)));
	else if (m.tasks[task].waits == WAITS_PIPE)
		emit(build_wake(tid_of(task), tid_of(waker), SYS_write, PIPE_FD + 1, 0));
	else
		emit(build_wake_futex(tid_of(task), tid_of(waker), condvar_address(task)));
	make_ready(task);
}

static void preempt(int cpu, int task)
{
	make_ready(task);
	emit(build_preempt(tid_of(task), tid_of(schedule(cpu))));
}

static void step(void)
{
	int cpu = roll(CPU_CNT), task = m.running[cpu];
	unsigned does = roll(16);

	build_on_cpu(cpu);
	build_later(RUN_MIN_NS + roll(RUN_SPREAD_NS));
	if (task == NOBODY && m.ready_cnt)
		emit(build_run(tid_of(schedule(cpu))));
	else if (task == NOBODY || (does < 5 && m.asleep_cnt))
		wake_somebody(task);
	else if (does < 9)
		use_lock(cpu, task);
	else if (does < 13)
		fall_asleep(cpu, task);
	else if (m.ready_cnt)
		preempt(cpu, task);
}

static void set_up(int task_cnt, __u64 seed)
{
	m.dice = seed * 2 + 1; /* anything but 0 */
	m.task_cnt = task_cnt;
	m.lock_cnt = task_cnt / THREADS_PER_LOCK + 1;
	m.tasks = xcalloc(task_cnt, sizeof(*m.tasks));
	m.locks = xcalloc(m.lock_cnt, sizeof(*m.locks));
	m.ready = xcalloc(task_cnt, sizeof(*m.ready));
	m.asleep = xcalloc(task_cnt, sizeof(*m.asleep));
	for (int i = 0; i < m.lock_cnt; i++)
		m.locks[i] = (struct mutex){ NOBODY, NOBODY, NOBODY };
	for (int i = 0; i < CPU_CNT; i++)
		m.running[i] = NOBODY;
}

static void start_threads(void)
{
	char comm[EVENT_COMM_LEN];

	for (int i = 0; i < m.task_cnt; i++) {
		m.tasks[i].holds = NOBODY;
		snprintf(comm, sizeof(comm), i ? "w-%d" : "synth", i);
		emit(build_thread(tid_of(i), FIRST_TID, i ? FIRST_TID : 1, comm));
		emit(build_admit(tid_of(i)));
		make_ready(i);
	}
}

static void tear_down(void)
{
	trace_free(m.trace);
	free(m.tasks);
	free(m.locks);
	free(m.ready);
	free(m.asleep);
}

static __u64 number(const char *text, __u64 min, __u64 max)
{
	char *end;
	__u64 value = strtoull(text, &end, 10);

	if (end == text || *end || value < min || value > max)
		errx(2, "%s is no number from %llu to %llu", text, min, max);
	return value;
}

int main(int argc, char **argv)
{
	struct trace_meta meta;
	struct writer *w;
	__u64 event_cnt;

	if (argc != 5)
		errx(2, "usage: synth FILE EVENTS THREADS SEED");
	event_cnt = number(argv[2], 1, ~0ULL >> 1);
	set_up(number(argv[3], 1, 100000), number(argv[4], 0, ~0ULL >> 1));
	meta_init(&meta, "synth");
	if (writer_open(argv[1], &meta, true, &w))
		errx(1, "cannot write %s", argv[1]);
	m.trace = trace_new(&(struct trace_options){ .history_sz = 1 });
	trace_set_writer(m.trace, w);
	build_begin();
	start_threads();
	while (m.event_cnt < event_cnt)
		step();
	if (writer_close(w))
		errx(1, "cannot write %s", argv[1]);
	meta_release(&meta);
	tear_down();
	return 0;
}
