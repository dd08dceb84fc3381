/* SPDX-License-Identifier: GPL-2.0-only */
/* Stalls: closed sets of waiting threads, and what is none. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum { NOT_FULL = 0x1028, NOT_EMPTY = 0x2028 };

static void setup(void)
{
	begin_with_threads("producer", "consumer");
}

TestSuite(stall, .init = setup, .fini = teardown);

/* main joins the producer, the producer waits for room, the consumer for an item. */
static void all_wait(void)
{
	apply(build_run(1));
	apply(build_block_join(1, 2, 0x9000, 2));
	apply(build_block_condvar(2, 3, NOT_FULL));
	apply(build_block_condvar(3, 0, NOT_EMPTY));
	apply(build_joinword(1, 0x9000, 2));
}

static struct ev_hdr *handlers(__u64 caught)
{
	static struct ev_handlers ev;

	ev = (struct ev_handlers){ .hdr = { .tid = 1, .kind = EV_HANDLERS }, .caught = caught };
	ev.hdr.ts_ns = build_now_ns() + 1000;
	return &ev.hdr;
}

static struct verdict judge(void)
{
	struct verdict v;

	verdict_find(m, &v);
	return v;
}

Test(stall, threads_that_only_wait_for_each_other_are_stalled)
{
	struct strbuf sb = {};
	struct verdict v;

	all_wait();
	v = judge();
	cr_expect(eq(int, v.suspect, VERDICT_STALL));
	cr_expect(eq(int, v.kind, VERDICT_WAITING), "signal handlers are not known yet");
	apply(handlers(0));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_STALL));
	verdict_sentence(&v, m, v.at_ns + 2000000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb),
		     "STALL for 2.00 s: producer waits for condvar 0x1028, consumer for condvar "
		     "0x2028, main for the end of producer; nobody is left to wake them."));
	strbuf_release(&sb);
}

Test(stall, the_signals_of_the_c_library_do_not_count)
{
	all_wait();
	apply(handlers(3ULL << 31));
	cr_expect(eq(int, judge().kind, VERDICT_STALL));
}

Test(stall, a_process_that_handles_a_signal_may_still_be_woken)
{
	all_wait();
	apply(handlers(1ULL << 13));
	cr_expect(eq(int, judge().kind, VERDICT_WAITING));
}

Test(stall, one_thread_that_can_go_on_opens_the_set)
{
	apply(build_run(1));
	apply(build_block_join(1, 2, 0x9000, 2));
	apply(build_block_condvar(2, 3, NOT_FULL));
	apply(handlers(0));
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
	apply(build_block_sleep(3, 0));
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING), "a sleep ends by itself");
}

Test(stall, a_wait_that_another_process_can_end_opens_the_set)
{
	struct ev_block *ev;

	apply(build_run(1));
	apply(build_block_join(1, 2, 0x9000, 2));
	apply(build_block_condvar(2, 3, NOT_FULL));
	ev = (struct ev_block *)build_block_condvar(3, 0, NOT_EMPTY);
	ev->args[1] &= ~128ULL; /* FUTEX_PRIVATE_FLAG */
	apply(&ev->hdr);
	apply(handlers(0));
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
}

Test(stall, a_wait_with_a_time_out_opens_the_set)
{
	struct ev_block *ev;

	apply(build_run(1));
	apply(build_block_join(1, 2, 0x9000, 2));
	apply(build_block_condvar(2, 3, NOT_FULL));
	ev = (struct ev_block *)build_block_condvar(3, 0, NOT_EMPTY);
	ev->args[3] = 0x7fff0000;
	apply(&ev->hdr);
	apply(handlers(0));
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
}

Test(stall, a_reading_from_before_the_last_wait_proves_nothing)
{
	apply(build_run(1));
	apply(handlers(0));
	all_wait();
	cr_expect(eq(int, judge().kind, VERDICT_WAITING));
}

Test(stall, an_orphaned_lock_stalls_who_wants_it)
{
	struct strbuf sb = {};
	struct verdict v;

	apply(build_run(2));
	apply(build_die(2, 3));
	apply(build_block_mutex(3, 1, 0x5000, 2));
	apply(build_block_join(1, 0, 0x9000, 3));
	cr_expect(eq(int, judge().kind, VERDICT_WAITING), "the word may have changed");
	apply(build_lockword(3, 0x5000, 2));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_STALL));
	cr_expect(eq(u32, v.closed_cnt, 1), "main only waits behind it");
	verdict_sentence(&v, m, v.at_ns + 2000000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb),
		     "STALL for 2.00 s: consumer waits for mutex 0x5000 held by producer, which "
		     "has ended; nobody is left to wake it."));
	strbuf_release(&sb);
}

/* Each of process 1 but main, which is told last. */
static void expect_sentence(const char *want)
{
	struct strbuf sb = {};
	struct verdict v;

	apply(handlers(0));
	v = judge();
	verdict_sentence(&v, m, v.at_ns + 2000000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)want));
	strbuf_release(&sb);
}

Test(stall, who_waits_alike_is_told_together)
{
	apply(build_thread(4, 1, 1, "worker"));
	apply(build_thread(5, 1, 1, "worker"));
	apply(build_run(1));
	apply(build_block_condvar(1, 2, NOT_FULL));
	for (__u32 tid = 2; tid < 6; tid++)
		apply(build_block_condvar(tid, tid < 5 ? tid + 1 : 0, NOT_EMPTY));
	apply(build_lockname(1, NOT_EMPTY, "queue.not_empty"));
	expect_sentence("STALL for 2.00 s: main waits for condvar 0x1028, producer, consumer, "
			"worker:4 and worker:5 for condvar queue.not_empty; nobody is "
			"left to wake them.");
}

Test(stall, many_are_counted)
{
	apply(build_run(1));
	for (__u32 tid = 4; tid < 20; tid++)
		apply(build_thread(tid, 1, 1, "worker"));
	for (__u32 tid = 1; tid < 20; tid++)
		apply(build_block_condvar(tid, tid < 19 ? tid + 1 : 0,
					  tid < 6 ? 0x1028 + tid * 0x100 : NOT_EMPTY));
	expect_sentence("STALL for 2.00 s: main waits for condvar 0x1128, producer for condvar "
			"0x1228, consumer for condvar 0x1328, worker:4 for condvar 0x1428, and "
			"15 more; nobody is left to wake them.");
}
