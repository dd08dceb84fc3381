/* SPDX-License-Identifier: GPL-2.0-only */
/* How a lock went so far: who waited longest, how long it was seen held. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "model/model.h"
#include "tests/unit/support/builders.h"

enum { LOCK = 0x5000, MS = 1000 * 1000 };

static struct model *m;

static void add(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static const struct lock *the_lock(void)
{
	return model_find_lock(m, 100, LOCK);
}

static void setup(void)
{
	m = model_new();
	build_begin();
	add(build_thread(100, 100, 1, "main"));
	for (__u32 tid = 101; tid < 104; tid++)
		add(build_thread(tid, 100, 100, "worker"));
	add(build_run(102));
}

static void teardown(void)
{
	model_free(m);
}

TestSuite(locks, .init = setup, .fini = teardown, .timeout = 10);

Test(locks, a_hold_is_seen_from_the_first_reading_to_the_hand_off)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	cr_expect(eq(u64, the_lock()->owner_since_ns, build_now_ns()));
	build_later(3 * MS - BUILD_STEP_NS);
	add(build_block_mutex(103, 101, LOCK, 101)); /* the same owner: the hold goes on */
	build_later(2 * MS - BUILD_STEP_NS);
	add(build_wake_futex(102, 101, LOCK));
	cr_expect(eq(u32, the_lock()->hold_cnt, 1));
	cr_expect(eq(u64, the_lock()->hold_ns, 5 * MS));
	cr_expect(eq(u64, the_lock()->max_hold_ns, 5 * MS));
	cr_expect(eq(u64, the_lock()->owner_since_ns, 0));
}

/* It was given back in between, when nobody waited: how long either had it is not known. */
Test(locks, another_owner_without_a_hand_off_is_another_hold)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	build_later(3 * MS);
	add(build_lockword(102, LOCK, 103));
	cr_expect(eq(u64, the_lock()->owner_since_ns, build_now_ns()));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
	build_later(MS - BUILD_STEP_NS);
	add(build_wake_futex(102, 103, LOCK));
	cr_expect(eq(u64, the_lock()->hold_ns, MS));
}

/* Whoever wakes a waiter has given the lock back; was it not the owner, nothing is counted. */
Test(locks, a_hand_off_by_somebody_else_is_no_hold)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	add(build_wake_futex(102, 103, LOCK));
	cr_expect(eq(u32, the_lock()->handoff_cnt, 1));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
}

Test(locks, the_longest_wait_has_a_name)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	build_later(MS);
	add(build_block_mutex(103, 101, LOCK, 101));
	build_later(MS);
	add(build_wake_futex(103, 101, LOCK));
	cr_expect(eq(u32, the_lock()->max_wait_tid, 103));
	add(build_wake_futex(102, 101, LOCK));
	cr_expect(eq(u32, the_lock()->max_wait_tid, 102));
}

Test(locks, a_loss_ends_all_that_is_known_of_owners)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	add(build_lost(LOST_RING_FULL, 1));
	cr_expect(eq(u64, the_lock()->owner_since_ns, 0));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
}
