/* SPDX-License-Identifier: GPL-2.0-only */
/* Which locks are named that nobody waits for long. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "inspect/short_waits.h"
#include "tests/unit/support/builders.h"

enum { MS = 1000000, FIRST = 100, SECOND = 200, OWNER = 300 };

static struct model *model;
static struct short_waits waits;
static struct nameless_locks found;

static void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(model, ev), 0));
}

static void wait_for(__u32 tid, __u64 address)
{
	apply(build_run(tid));
	apply(build_block_mutex(tid, 0, address, OWNER));
	apply(build_wake_futex(tid, OWNER, address));
}

static void setup(void)
{
	model = model_new();
	build_begin();
	apply(build_thread(FIRST, FIRST, 1, "first"));
	apply(build_thread(SECOND, SECOND, 1, "second"));
	apply(build_thread(OWNER, FIRST, 1, "owner"));
}

static void teardown(void)
{
	short_waits_release(&waits);
	model_free(model);
}

TestSuite(short_waits, .init = setup, .fini = teardown);

static size_t find(__u64 now_ns)
{
	return short_waits_find(&waits, model, now_ns, &found);
}

Test(short_waits, one_that_was_just_met_is_left_alone)
{
	wait_for(FIRST, 0x5000);
	cr_expect(eq(sz, find(1000 * (__u64)MS), 0));
	cr_expect(eq(sz, find(1099 * (__u64)MS), 0));
	cr_assert(eq(sz, find(1100 * (__u64)MS), 1));
	cr_expect(eq(u32, found.pid, FIRST));
	cr_expect(eq(u64, found.addresses[0], 0x5000));
}

Test(short_waits, each_is_asked_about_once)
{
	wait_for(FIRST, 0x5000);
	find(1000 * (__u64)MS);
	cr_assert(eq(sz, find(1100 * (__u64)MS), 1));
	cr_expect(eq(sz, find(1120 * (__u64)MS), 1), "nobody could be asked");
	short_waits_forget(&waits, &found);
	cr_expect(eq(sz, find(1140 * (__u64)MS), 0));
}

Test(short_waits, those_of_one_process_at_a_time)
{
	wait_for(FIRST, 0x5000);
	wait_for(SECOND, 0x5000);
	wait_for(FIRST, 0x6000);
	find(1000 * (__u64)MS);
	cr_assert(eq(sz, find(1100 * (__u64)MS), 2));
	cr_expect(eq(u32, found.pid, FIRST));
	short_waits_forget(&waits, &found);
	cr_assert(eq(sz, find(1100 * (__u64)MS), 1));
	cr_expect(eq(u32, found.pid, SECOND));
}

Test(short_waits, what_has_ended_is_not_asked_about)
{
	wait_for(SECOND, 0x5000);
	find(1000 * (__u64)MS);
	apply(build_exit(SECOND, 0));
	apply(build_reap(SECOND));
	cr_expect(eq(sz, find(1100 * (__u64)MS), 0));
}

Test(short_waits, there_may_be_more_than_one_answer_holds)
{
	for (int i = 0; i < SHORT_WAITS_MAX + 3; i++)
		wait_for(FIRST, 0x5000 + 64 * i);
	find(1000 * (__u64)MS);
	cr_assert(eq(sz, find(1100 * (__u64)MS), SHORT_WAITS_MAX));
	short_waits_forget(&waits, &found);
	cr_expect(eq(sz, find(1100 * (__u64)MS), 3));
}
