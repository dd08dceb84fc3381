/* SPDX-License-Identifier: GPL-2.0-only */
/* Of which locks a waiter is caught, and how often. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "inspect/catches.h"
#include "tests/unit/support/builders.h"

enum { PID = 100, OWNER = 300, A = 0x5000, B = 0x6000 };

#define MS 1000000ULL
#define S  (1000 * MS)

static struct model *model;
static struct short_waits waits;
static struct catches catches;
static struct probe_catch slots[PROBE_CATCH_MAX];

static void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(model, ev), 0));
}

static void wait_for(__u64 address)
{
	apply(build_run(PID));
	apply(build_block_mutex(PID, 0, address, OWNER));
	apply(build_wake_futex(PID, OWNER, address));
}

static void setup(void)
{
	model = model_new();
	build_begin();
	apply(build_thread(PID, PID, 1, "main"));
	apply(build_thread(OWNER, PID, 1, "owner"));
}

static void teardown(void)
{
	short_waits_release(&waits);
	catches_release(&catches);
	model_free(model);
}

TestSuite(catches, .init = setup, .fini = teardown);

/* It was asked without a waiter what they are called, in vain. */
static void ask_about_all(void)
{
	struct nameless_locks found;

	short_waits_find(&waits, model, 1 * S, &found);
	while (short_waits_find(&waits, model, 2 * S, &found))
		short_waits_forget(&waits, &found);
}

static bool want(__u64 now_ns)
{
	wait_for(A);
	return catches_want(&catches, &waits, model, slots, now_ns);
}

/* What the locks have been waited for so far is known. */
static void meet(void)
{
	catches_want(&catches, &waits, model, slots, 1 * S);
}

Test(catches, a_lock_is_asked_about_without_a_waiter_first)
{
	wait_for(A);
	cr_expect(not(want(1 * S)));
	ask_about_all();
	meet();
	cr_expect(want(2 * S));
	cr_expect(eq(int, slots[0].state, PROBE_CATCH_WANTED));
	cr_expect(eq(u32, slots[0].pid, PID));
	cr_expect(eq(u64, slots[0].address, A));
	cr_expect(eq(int, slots[1].state, PROBE_CATCH_FREE), "each once");
}

Test(catches, a_lock_that_nobody_waits_for_is_left_alone)
{
	wait_for(A);
	ask_about_all();
	cr_expect(not(catches_want(&catches, &waits, model, slots, 2 * S)), "it has just been met");
	cr_expect(not(catches_want(&catches, &waits, model, slots, 3 * S)));
	wait_for(A);
	cr_expect(catches_want(&catches, &waits, model, slots, 4 * S));
}

Test(catches, nobody_is_waited_for_for_ever)
{
	wait_for(A);
	ask_about_all();
	meet();
	want(2 * S);
	cr_expect(want(2 * S + 200 * MS));
	cr_expect(not(want(2 * S + 201 * MS)));
	cr_expect(eq(int, slots[0].state, PROBE_CATCH_FREE));
	cr_expect(not(want(2 * S + 400 * MS)), "not at once again");
	cr_expect(want(3 * S + 202 * MS));
}

Test(catches, what_is_being_taken_is_left_alone)
{
	wait_for(A);
	ask_about_all();
	meet();
	want(2 * S);
	slots[0].state = PROBE_CATCH_TAKING;
	cr_expect(not(want(9 * S)));
	cr_expect(eq(int, slots[0].state, PROBE_CATCH_TAKING));
}

Test(catches, a_lock_is_caught_again_after_a_while)
{
	wait_for(A);
	ask_about_all();
	meet();
	want(2 * S);
	slots[0].state = PROBE_CATCH_FREE; /* it was taken, and asked about */
	catches_told(&catches, PID, A, true, 2 * S);
	cr_expect(not(want(2 * S + 999 * MS)));
	cr_expect(want(3 * S), "the memory may be another lock by now");
	slots[0].state = PROBE_CATCH_FREE;
	catches_told(&catches, PID, A, false, 3 * S);
	cr_expect(not(want(12 * S)), "it is not worth more");
	cr_expect(want(13 * S));
}

Test(catches, a_lock_with_a_name_of_its_own_needs_none)
{
	wait_for(A);
	ask_about_all();
	apply(build_lockname(PID, A, "fork[1]"));
	cr_expect(not(want(2 * S)));
	cr_expect(not(catches_may_tell(model, PID, A, "bank->mu", 8)));
}

Test(catches, waiters_call_a_lock_differently_and_the_first_name_stays)
{
	wait_for(A);
	cr_expect(catches_may_tell(model, PID, A, "to->mu", 6));
	apply(build_lockname_borrowed(PID, A, "to->mu", 4 * S));
	cr_expect(catches_may_tell(model, PID, A, "to->mu", 6), "it holds for longer then");
	cr_expect(not(catches_may_tell(model, PID, A, "from->mu", 8)));
	build_later(4 * S);
	apply(build_run(PID));
	cr_expect(catches_may_tell(model, PID, A, "from->mu", 8));
	cr_expect(not(catches_may_tell(model, PID, B, "from->mu", 8)), "there is no such lock");
}
