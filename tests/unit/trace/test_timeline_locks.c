/* SPDX-License-Identifier: GPL-2.0-only */
/* The locks of a timeline: how many wait in each column, for whom, and who hands over. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "tests/unit/support/builders.h"
#include "trace/cursor.h"
#include "trace/timeline.h"

#define MS (1000 * 1000ULL)

enum { PLENTY = 1 << 30, MUTEX = 0x5000, CONDVAR = 0x6000, STORY_THREADS = 12 };

static struct trace *trace;
static struct timeline *timeline;

static void setup(void)
{
	trace = trace_new(&(struct trace_options){});
	timeline = timeline_new_locks(trace);
	build_begin();
}

static void teardown(void)
{
	timeline_free(timeline);
	trace_free(trace);
}

TestSuite(timeline_locks, .init = setup, .fini = teardown);

static void add(struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(trace, ev), 0));
}

static void begin(void)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_thread(102, 100, 100, "b"));
	add(build_thread(103, 100, 100, "c"));
	for (__u32 tid = 101; tid < 104; tid++)
		add(build_admit(tid));
	add(build_run(102));
}

static void fill(__u64 width_ns)
{
	timeline_set_width(timeline, width_ns);
	timeline_fill(timeline, trace_begin_ns(trace), trace_end_ns(trace), trace_end_ns(trace),
		      PLENTY);
}

static const struct timeline_lock *lock_at(__u64 ns, __u64 address)
{
	const struct timeline_column *col =
		timeline_column(timeline, (BUILD_BEGIN_NS + ns) / timeline_width_ns(timeline));

	cr_assert(ne(ptr, (void *)col, NULL));
	return timeline_lock(col, model_find_lock(trace_tail(trace), 100, address));
}

/* In parts of TIMELINE_FULL; -1: the lock is not in the column. */
static int waiters(__u64 ns, __u64 address)
{
	const struct timeline_lock *l = lock_at(ns, address);

	return l ? (int)l->waiters : -1;
}

/* b waits for a from 10 ms on, c as well from 20 ms on; a gives it to b at 30 ms. */
static void tell_queue(void)
{
	begin();
	build_at(10 * MS);
	add(build_block_mutex(102, 103, MUTEX, 101));
	build_at(20 * MS);
	add(build_block_mutex(103, 101, MUTEX, 101));
	build_at(30 * MS);
	add(build_wake_futex(102, 101, MUTEX));
	build_at(35 * MS);
	add(build_lockword(103, MUTEX, 102));
	build_at(40 * MS);
	add(build_note("end"));
}

Test(timeline_locks, a_column_says_how_many_wait_and_for_whom)
{
	tell_queue();
	fill(MS);
	cr_expect(eq(int, waiters(5 * MS, MUTEX), -1));
	cr_expect(eq(int, waiters(15 * MS, MUTEX), TIMELINE_FULL));
	cr_expect(eq(int, waiters(25 * MS, MUTEX), 2 * TIMELINE_FULL));
	cr_expect(eq(u32, lock_at(15 * MS, MUTEX)->owner_tid, 101));
	cr_expect(eq(u32, lock_at(15 * MS, MUTEX)->handoff_cnt, 0));
	/* Who has it after the hand-over is not known until somebody reads it again. */
	cr_expect(eq(u32, lock_at(32 * MS, MUTEX)->owner_tid, 0));
	cr_expect(eq(int, waiters(32 * MS, MUTEX), TIMELINE_FULL));
	cr_expect(eq(u32, lock_at(36 * MS, MUTEX)->owner_tid, 102));
}

Test(timeline_locks, a_hand_over_says_who_gave)
{
	tell_queue();
	fill(MS);
	cr_expect(eq(u32, lock_at(30 * MS, MUTEX)->handoff_cnt, 1));
	cr_expect(eq(u32, lock_at(30 * MS, MUTEX)->owner_tid, 101));
}

Test(timeline_locks, a_part_of_a_column_is_a_part_of_a_waiter)
{
	tell_queue();
	fill(20 * MS);
	cr_expect(eq(int, waiters(0, MUTEX), (TIMELINE_FULL + 1) / 2));
	cr_expect(eq(int, waiters(25 * MS, MUTEX), (3 * TIMELINE_FULL + 1) / 2));
}

Test(timeline_locks, who_only_signals_has_had_nothing)
{
	begin();
	build_at(10 * MS);
	add(build_block_condvar(102, 103, CONDVAR));
	build_at(20 * MS);
	add(build_wake_futex(102, 103, CONDVAR));
	build_at(30 * MS);
	add(build_note("end"));
	fill(MS);
	cr_expect(eq(u32, lock_at(20 * MS, CONDVAR)->handoff_cnt, 1));
	cr_expect(eq(u32, lock_at(20 * MS, CONDVAR)->owner_tid, 0));
}

/* The wait ends in time, not by an unlock: whoever has the mutex then, nobody waits for it. */
Test(timeline_locks, a_lock_that_nobody_waits_for_is_in_no_column)
{
	begin();
	build_at(10 * MS);
	add(build_block_mutex(102, 103, MUTEX, 101));
	build_at(20 * MS);
	add(build_wake_irq(102));
	build_at(40 * MS);
	add(build_note("end"));
	fill(MS);
	cr_expect(eq(int, waiters(15 * MS, MUTEX), TIMELINE_FULL));
	cr_expect(eq(int, waiters(30 * MS, MUTEX), -1));
	cr_expect(eq(int, waiters(40 * MS, MUTEX), -1));
}

/* How long each lock was waited for up to now, as the model has it. */
static double waited_ns(const struct model *m, const struct lock *l, __u64 now_ns)
{
	double sum_ns = l->wait_ns;

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (model_lock_waited_on(m, t) == l)
			sum_ns += now_ns - t->wait.since_ns;
	}
	return sum_ns;
}

/* The shares are rounded to 1/255: what a column can be off by is half of that. */
Test(timeline_locks, all_columns_together_have_all_waits)
{
	const struct model *m = trace_tail(trace);
	const __u64 width_ns = 10 * MS;
	__u64 column_cnt;
	size_t waited_cnt = 0;

	for (__u64 i = 0; i < 20000; i++)
		trace_append(trace, build_story(7, STORY_THREADS, i));
	fill(width_ns);
	column_cnt = trace_end_ns(trace) / width_ns - trace_begin_ns(trace) / width_ns;
	cr_assert(lt(u64, column_cnt, TIMELINE_COLUMN_MAX));
	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *l = model_lock_at(m, i);
		__u64 end_ns = trace_end_ns(trace) / width_ns * width_ns;
		double sum_ns = 0;

		for (__u64 ns = trace_begin_ns(trace); ns < end_ns; ns += width_ns) {
			const struct timeline_column *col =
				timeline_column(timeline, ns / width_ns);
			const struct timeline_lock *here = timeline_lock(col, l);

			sum_ns += here ? (double)here->waiters / TIMELINE_FULL * width_ns : 0;
		}
		waited_cnt += sum_ns > 0;
		cr_expect(le(dbl, sum_ns,
			     waited_ns(m, l, trace_end_ns(trace)) +
				     (double)column_cnt * width_ns / 500));
		cr_expect(ge(dbl, sum_ns,
			     waited_ns(m, l, trace_end_ns(trace)) -
				     (double)column_cnt * width_ns / 500 -
				     (double)width_ns * STORY_THREADS));
	}
	cr_expect(gt(sz, waited_cnt, 3));
}

static long waiter_sum(const struct timeline_column *col)
{
	long sum = 0;

	for (unsigned i = 0; i < col->lock_cnt; i++)
		sum += col->locks[i].waiters;
	return sum;
}

/* As live, at the end of a program too busy to be replayed. */
Test(timeline_locks, columns_from_looks_are_near_the_exact_ones)
{
	struct timeline *exact = timeline_new_locks(trace);
	__u64 w_ns = 20 * MS;
	int seen_cnt = 0;

	timeline_set_width(timeline, w_ns);
	timeline_set_width(exact, w_ns);
	timeline_set_exact(timeline, false);
	for (__u64 i = 0; i < 100; i++) {
		for (__u64 j = 0; j < 1000; j++)
			trace_append(trace, build_story(7, STORY_THREADS, i * 1000 + j));
		timeline_observe(timeline);
		fill(w_ns);
	}
	timeline_fill(exact, 0, trace_end_ns(trace), trace_end_ns(trace), PLENTY);
	for (__u64 idx = BUILD_BEGIN_NS / w_ns + 2; idx < trace_end_ns(trace) / w_ns; idx++) {
		const struct timeline_column *col = timeline_column(timeline, idx);
		const struct timeline_column *want = timeline_column(exact, idx);

		seen_cnt += !!(col->flags & TIMELINE_SEEN);
		cr_expect(lt(long, labs(waiter_sum(col) - waiter_sum(want)), TIMELINE_FULL),
			  "column %llu", idx);
	}
	cr_expect(gt(int, seen_cnt, 5));
	timeline_free(exact);
}
