/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has woken waits before: counted by place, bounded, kept over checkpoints. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/stat.h>
#include "model/verdict.h"
#include "model/wakers.h"
#include "tests/unit/support/one_model.h"

enum { A = 0x1000, B = 0x2000, NR_READ = 0, NR_WRITE = 1, NR_TGKILL = 234, NR_SEMOP = 65 };

static void setup(void)
{
	build_begin();
	m = model_new();
	apply(build_thread(1, 1, 0, "main"));
	apply(build_thread(2, 1, 1, "waiter"));
	for (__u32 tid = 3; tid < 10; tid++)
		apply(build_thread(tid, 1, 1, "waker"));
}

TestSuite(wakers, .init = setup, .fini = teardown);

static const struct wakers *of(__u32 tid)
{
	return model_wakers(m, model_find_thread(m, tid));
}

static __u32 learned(__u32 tid)
{
	const struct thread *t = model_learned(m, model_find_thread(m, tid), NULL);

	return t ? t->tid : 0;
}

/* Tid 2 waits on the condition variable at address, and is woken by waker. */
static void waits(__u64 address)
{
	apply(build_run(2));
	apply(build_block_condvar(2, 0, address));
}

static void woken_by(__u32 waker, __u64 address, int times)
{
	while (times--) {
		waits(address);
		apply(build_wake_futex(2, waker, address));
	}
}

static void expect_waker(size_t idx, __u32 tid, __u32 cnt)
{
	const struct wakers *w = of(2);

	cr_assert(ne(ptr, (void *)w, NULL));
	cr_expect(eq(u32, w->top[idx].tid, tid));
	cr_expect(eq(u32, w->top[idx].cnt, cnt));
}

Test(wakers, nothing_is_learned_from_the_first_wait)
{
	waits(A);
	cr_expect(eq(ptr, (void *)of(2), NULL));
	cr_expect(eq(u32, learned(2), 0));
}

Test(wakers, the_most_frequent_comes_first)
{
	woken_by(3, A, 2);
	woken_by(4, A, 5);
	woken_by(5, A, 1);
	waits(A);
	expect_waker(0, 4, 5);
	expect_waker(1, 3, 2);
	expect_waker(2, 5, 1);
	expect_waker(3, 0, 0);
	cr_expect(eq(u32, of(2)->total, 8));
	cr_expect(eq(u32, learned(2), 4));
}

Test(wakers, another_address_is_another_place)
{
	woken_by(3, A, 2);
	waits(B);
	cr_expect(eq(ptr, (void *)of(2), NULL));
}

Test(wakers, the_two_words_of_a_condition_variable_are_one_place)
{
	woken_by(3, A, 1);
	woken_by(3, A + 4, 1);
	waits(A);
	expect_waker(0, 3, 2);
}

Test(wakers, an_interrupt_counts_but_is_nobody)
{
	woken_by(3, A, 1);
	waits(A);
	apply(build_wake_irq(2));
	waits(A);
	expect_waker(0, 3, 1);
	expect_waker(1, 0, 0);
	cr_expect(eq(u32, of(2)->total, 2));
}

Test(wakers, a_signal_counts_but_its_sender_is_nobody)
{
	waits(A);
	apply(build_wake(2, 3, NR_TGKILL, 1, 2));
	waits(A);
	cr_expect(eq(ptr, (void *)of(2), NULL));
	apply(build_wake_futex(2, 4, A));
	waits(A);
	expect_waker(0, 4, 1);
	cr_expect(eq(u32, of(2)->total, 2));
}

Test(wakers, a_descriptor_is_a_place_of_its_process_and_its_type)
{
	apply(build_run(2));
	apply(build_block_fd(2, 0, NR_READ, 7, S_IFIFO));
	apply(build_wake(2, 3, NR_WRITE, 8, 0));
	apply(build_run(4));
	apply(build_block_fd(4, 0, NR_READ, 7, S_IFIFO));
	cr_expect(eq(u32, learned(4), 3));
	apply(build_wake(4, 3, NR_WRITE, 8, 0));
	apply(build_run(4));
	apply(build_block_fd(4, 0, NR_READ, 7, S_IFSOCK));
	cr_expect(eq(u32, learned(4), 0));
	apply(build_wake(4, 3, NR_WRITE, 8, 0));
	apply(build_run(4));
	apply(build_block_fd(4, 0, NR_WRITE, 7, S_IFIFO));
	cr_expect(eq(u32, learned(4), 0));
}

Test(wakers, a_thread_is_not_its_own_waker)
{
	apply(build_run(5));
	apply(build_block_condvar(5, 0, A));
	apply(build_wake_futex(5, 2, A));
	waits(A);
	cr_expect(eq(ptr, (void *)of(2), NULL));
	cr_expect(eq(u32, learned(2), 0));
	apply(build_wake_futex(2, 3, A));
	waits(A);
	cr_expect(eq(u32, learned(2), 3));
}

Test(wakers, of_more_than_fit_the_rarest_goes)
{
	woken_by(3, A, 4);
	woken_by(4, A, 3);
	woken_by(5, A, 2);
	woken_by(6, A, 1);
	woken_by(7, A, 1);
	waits(A);
	expect_waker(2, 5, 2);
	expect_waker(3, 7, 1);
	cr_expect(eq(u32, of(2)->total, 11));
}

Test(wakers, who_has_ended_goes_before_the_rarest)
{
	woken_by(3, A, 4);
	woken_by(4, A, 3);
	woken_by(5, A, 2);
	woken_by(6, A, 1);
	apply(build_run(3));
	apply(build_exit(3, 0));
	apply(build_die(3, 0));
	woken_by(7, A, 1);
	waits(A);
	expect_waker(0, 4, 3);
	expect_waker(2, 6, 1);
	expect_waker(3, 7, 1);
}

Test(wakers, who_has_ended_is_not_the_one_to_look_at)
{
	woken_by(3, A, 4);
	woken_by(4, A, 1);
	apply(build_run(3));
	apply(build_exit(3, 0));
	apply(build_die(3, 0));
	waits(A);
	expect_waker(0, 3, 4);
	cr_expect(eq(u32, learned(2), 4));
}

Test(wakers, another_thread_with_the_tid_of_a_waker_is_another_one)
{
	struct ev_hdr *ev;

	woken_by(3, A, 4);
	apply(build_run(3));
	apply(build_exit(3, 0));
	apply(build_die(3, 0));
	ev = build_thread(3, 1, 1, "heir");
	((struct ev_thread *)ev)->start_ns = 99;
	apply(ev);
	waits(A);
	cr_expect(eq(ptr, (void *)model_waker_thread(m, &of(2)->top[0]), NULL));
	cr_expect(eq(u32, learned(2), 0));
}

Test(wakers, where_an_owner_is_known_nothing_is_learned)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	apply(build_wake_futex(2, 3, A));
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 4));
	cr_expect(eq(ptr, (void *)of(2), NULL));
	cr_expect(eq(u32, learned(2), 0));
}

Test(wakers, time_is_no_waker)
{
	apply(build_run(2));
	apply(build_block_sleep(2, 0));
	apply(build_wake(2, 3, NR_WRITE, 0, 0));
	apply(build_run(2));
	apply(build_block_sleep(2, 0));
	cr_expect(eq(ptr, (void *)of(2), NULL));
}

Test(wakers, another_program_has_learned_nothing)
{
	woken_by(3, A, 4);
	apply(build_exec(1, 1, "other", "/bin/other"));
	waits(A);
	cr_expect(eq(ptr, (void *)of(2), NULL));
}

/* Two that wait for each other, as far as is learned, are no deadlock: anybody could help. */
Test(wakers, a_cycle_of_the_learned_is_no_verdict)
{
	struct verdict v;

	woken_by(3, A, 9);
	apply(build_run(3));
	apply(build_block_condvar(3, 0, B));
	apply(build_wake_futex(3, 2, B));
	waits(A);
	apply(build_run(3));
	apply(build_block_condvar(3, 0, B));
	cr_expect(eq(u32, learned(2), 3));
	cr_expect(eq(u32, learned(3), 2));
	verdict_find(m, &v);
	cr_expect(eq(int, v.suspect, VERDICT_RUNNING));
	cr_expect(eq(sz, v.cycle_cnt, 0));
}

Test(wakers, the_table_is_bounded_and_the_latest_stay)
{
	for (__u64 i = 0; i < 5000; i++)
		woken_by(3, 0x100000 + i * 64, 1);
	waits(0x100000 + 4999 * 64);
	expect_waker(0, 3, 1);
	apply(build_wake_futex(2, 3, 0x100000 + 4999 * 64));
	waits(0x100000);
	cr_expect(eq(ptr, (void *)of(2), NULL));
}
