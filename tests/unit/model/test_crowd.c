/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts of very many threads: work that grows with their number, not with its square.
 *
 * Work is CPU time of this thread, of the shortest of some runs: eight times as many threads may
 * take some eight times as much, and not sixty-four times.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/futex.h>
#include <string.h>
#include <time.h>
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum {
	FEW = 4000,
	TIMES = 8,
	LINEAR_MAX = 16 * TIMES, /* 8 to 35 were seen, and 390 to 540 where it was the square */
	RUN_CNT = 5,
	LOCK = 0x5000,
	FIRST_TID = 1000,
	CHAIN = 0x100000,
};

static void setup(void)
{
	m = NULL;
}

TestSuite(crowd, .init = setup, .fini = teardown);

/* The model of a process whose main thread waits for a signal. */
static void begin(void)
{
	model_free(m);
	build_begin();
	m = model_new();
	apply(build_thread_met(1, 1, "main"));
	apply(build_exec(1, 1, "main", "/bin/main"));
	apply(build_block(1, 0, 34, 0, 0, 0)); /* pause(2) */
}

static void add_thread(__u32 tid, __u32 pid)
{
	apply(build_thread(tid, pid, 1, "one of many"));
	apply(build_run(tid));
}

static __u64 cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static __u64 judging_ns(void)
{
	__u64 shortest_ns = ~0ULL;

	for (int i = 0; i < RUN_CNT; i++) {
		__u64 begin_ns = cpu_now_ns(), ns;
		struct verdict v;

		verdict_find(m, &v);
		ns = cpu_now_ns() - begin_ns;
		shortest_ns = ns < shortest_ns ? ns : shortest_ns;
	}
	return shortest_ns;
}

static void expect_linear(void (*make)(__u32 cnt))
{
	__u64 few_ns, many_ns;

	begin();
	make(FEW);
	few_ns = judging_ns();
	begin();
	make(TIMES * FEW);
	many_ns = judging_ns();
	cr_expect(lt(u64, many_ns, LINEAR_MAX * few_ns), "%llu and %llu us", few_ns / 1000,
		  many_ns / 1000);
}

static struct ev_hdr *block_writer(__u32 tid, __u64 off, __u32 val, __u32 first, __u32 second)
{
	struct ev_block *ev = (struct ev_block *)build_block_condvar(tid, 0, LOCK + off);

	ev->args[1] = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
	ev->args[2] = val;
	ev->hdr.flags |= EVF_WORDS;
	memset(ev->words, 0, sizeof(ev->words));
	ev->words[0] = first;
	ev->words[1] = second;
	return &ev->hdr;
}

/* The first waits for readers, all others for it. */
static void wait_for_a_rwlock(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++)
		add_thread(FIRST_TID + i, 1);
	for (__u32 i = 0; i + 1 < cnt; i++)
		apply(block_writer(FIRST_TID + i, 12, 3, 3, 0));
	apply(block_writer(FIRST_TID + cnt - 1, 8, 2, 2, 1));
}

static void wait_for_one_mutex(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		add_thread(FIRST_TID + i, 1);
		apply(build_block_mutex(FIRST_TID + i, 0, LOCK, 1));
	}
}

static void wait_for_one_condvar(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		add_thread(FIRST_TID + i, 1);
		apply(build_block_condvar(FIRST_TID + i, 0, LOCK));
	}
}

/* Each for the next, and the last for main. */
static void wait_in_a_chain(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++)
		add_thread(FIRST_TID + i, 1);
	for (__u32 i = 0; i < cnt; i++)
		apply(build_block_mutex(FIRST_TID + i, 0, CHAIN + 64 * i,
					i + 1 < cnt ? FIRST_TID + i + 1 : 1));
}

/* The same, and the last for the first: none of them goes on. */
static void wait_in_a_ring(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++)
		add_thread(FIRST_TID + i, 1);
	for (__u32 i = 0; i < cnt; i++)
		apply(build_block_mutex(FIRST_TID + i, 0, CHAIN + 64 * i,
					FIRST_TID + (i + 1) % cnt));
}

/* Of each process the one thread waits for what only it could do. */
static void be_processes_that_wait(__u32 cnt)
{
	for (__u32 i = 0; i < cnt; i++) {
		add_thread(FIRST_TID + i, FIRST_TID + i);
		apply(build_block_condvar(FIRST_TID + i, 0, LOCK));
	}
}

/* For the other end of a pipe, which a process has that was never seen. */
static void wait_for_a_stranger(__u32 cnt)
{
	static const __u32 stranger = 7;

	for (__u32 i = 0; i < cnt; i++) {
		add_thread(FIRST_TID + i, FIRST_TID + i);
		apply(build_block_fd(FIRST_TID + i, 0, 0, 3, 0010000));
		apply(build_holders(FIRST_TID + i, &stranger, 1));
	}
}

Test(crowd, of_a_rwlock)
{
	const struct thread *first;

	expect_linear(wait_for_a_rwlock);
	first = model_find_thread(m, FIRST_TID + TIMES * FEW - 1);
	cr_expect(eq(ptr, (void *)model_waits_for(m, model_find_thread(m, FIRST_TID), NULL),
		     (void *)first));
	apply(build_wake_futex(first->tid, 1, LOCK + 8));
	cr_expect(eq(ptr, (void *)model_waits_for(m, model_find_thread(m, FIRST_TID), NULL), NULL));
}

Test(crowd, of_a_mutex)
{
	expect_linear(wait_for_one_mutex);
}

Test(crowd, of_a_condvar)
{
	expect_linear(wait_for_one_condvar);
}

Test(crowd, of_a_chain)
{
	expect_linear(wait_in_a_chain);
}

Test(crowd, of_a_ring)
{
	struct verdict v;

	expect_linear(wait_in_a_ring);
	verdict_find(m, &v);
	cr_expect(eq(int, v.suspect, VERDICT_DEADLOCK));
	cr_expect(eq(sz, v.closed_cnt, TIMES * FEW));
}

Test(crowd, of_processes)
{
	expect_linear(be_processes_that_wait);
}

Test(crowd, of_processes_that_wait_for_a_stranger)
{
	expect_linear(wait_for_a_stranger);
}
