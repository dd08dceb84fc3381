/* SPDX-License-Identifier: GPL-2.0-only */
/* Deadlocks and stalls over pipes, children and locks, across processes. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum { LOCK = 0x5000, READ = 0, WRITE = 1, WAIT4 = 61, PARENT = 1, CHILD = 9 };

static void setup(void)
{
	struct ev_hdr *child;

	build_begin();
	m = model_new();
	apply(build_thread(PARENT, PARENT, 0, "parent"));
	child = build_thread(CHILD, CHILD, PARENT, "child");
	((struct ev_thread *)child)->ppid = PARENT;
	apply(child);
}

TestSuite(closed_set, .init = setup, .fini = teardown);

static struct verdict judge(void)
{
	struct verdict v;

	verdict_find(m, &v);
	return v;
}

static void handlers(__u32 pid, __u64 caught)
{
	struct ev_handlers ev = { .hdr = { .tid = pid, .kind = EV_HANDLERS }, .caught = caught };

	ev.hdr.ts_ns = build_now_ns() + 1000;
	apply(&ev.hdr);
}

static void no_handlers(void)
{
	handlers(PARENT, 0);
	handlers(CHILD, 0);
}

static void holder(__u32 tid, __u32 pid)
{
	build_later(20000000);
	apply(build_holders(tid, &pid, 1));
}

/* parent waits for the end of child, child for room in a pipe that only parent reads. */
static void wait_crosswise(void)
{
	apply(build_run(PARENT));
	apply(build_block(PARENT, CHILD, WAIT4, CHILD, 0, 0));
	apply(build_block_fd(CHILD, 0, WRITE, 5, S_IFIFO));
}

static void expect_sentence(const struct verdict *v, const char *want)
{
	struct strbuf sb = {};

	verdict_sentence(v, m, v->at_ns + 2000000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)want));
	strbuf_release(&sb);
}

Test(closed_set, a_child_on_a_full_pipe_and_its_waiting_parent_are_deadlocked)
{
	struct verdict v;

	wait_crosswise();
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING), "nobody knows who reads");
	holder(CHILD, PARENT);
	v = judge();
	cr_expect(eq(int, v.suspect, VERDICT_DEADLOCK));
	cr_expect(eq(int, v.kind, VERDICT_WAITING), "a signal handler may run");
	cr_expect(eq(sz, v.ask_cnt, 2));
	no_handlers();
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, v.ask_cnt, 0));
	expect_sentence(&v, "DEADLOCK for 2.00 s: parent waits for the end of child, which waits "
			    "for room in a pipe read by parent; nothing outside can break it.");
}

Test(closed_set, holders_that_may_not_be_all_prove_nothing)
{
	__u32 pid = PARENT;
	struct ev_hdr *ev;

	wait_crosswise();
	ev = build_holders(CHILD, &pid, 1);
	ev->flags &= ~EVF_COMPLETE;
	apply(ev);
	no_handlers();
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
}

Test(closed_set, a_holder_that_is_not_traced_may_help)
{
	wait_crosswise();
	holder(CHILD, 4711);
	no_handlers();
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
}

Test(closed_set, one_thread_that_goes_on_keeps_its_process_from_being_stuck)
{
	apply(build_thread(2, PARENT, PARENT, "worker"));
	wait_crosswise();
	holder(CHILD, PARENT);
	no_handlers();
	cr_expect(eq(int, judge().suspect, VERDICT_RUNNING));
}

Test(closed_set, an_alarm_handler_may_end_the_wait)
{
	wait_crosswise();
	holder(CHILD, PARENT);
	no_handlers();
	handlers(CHILD, 1ULL << (SIGALRM - 1));
	cr_expect(eq(int, judge().kind, VERDICT_WAITING));
	handlers(CHILD, 1ULL << (SIGINT - 1));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK), "who presses Ctrl-C gives up");
}

Test(closed_set, holders_are_found_again_after_the_last_wait)
{
	struct verdict v;

	apply(build_run(CHILD));
	apply(build_block_fd(CHILD, PARENT, WRITE, 5, S_IFIFO));
	holder(CHILD, PARENT);
	apply(build_block(PARENT, 0, WAIT4, CHILD, 0, 0));
	no_handlers();
	v = judge();
	cr_expect(eq(int, v.suspect, VERDICT_DEADLOCK));
	cr_expect(not(v.confirmed));
	cr_expect(v.cycle[0].needs_holders || v.cycle[1].needs_holders);
	holder(CHILD, PARENT);
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
}

Test(closed_set, who_alone_has_both_ends_waits_for_itself)
{
	struct verdict v;

	apply(build_run(PARENT));
	apply(build_block_fd(PARENT, CHILD, READ, 4, S_IFIFO));
	holder(PARENT, PARENT);
	no_handlers();
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK), "child runs, but cannot help");
	cr_expect(eq(sz, v.cycle_cnt, 1));
	expect_sentence(&v, "DEADLOCK for 2.00 s: parent waits for data in a pipe written by "
			    "nobody but itself; nothing outside can break it.");
}

Test(closed_set, an_eventfd_that_only_the_waiter_has_is_called_so)
{
	struct verdict v;

	apply(build_run(PARENT));
	apply(build_block_fd(PARENT, CHILD, READ, 4, FD_MODE(0, FILE_EVENTFD)));
	holder(PARENT, PARENT);
	no_handlers();
	v = judge();
	expect_sentence(&v, "DEADLOCK for 2.00 s: parent waits for an eventfd to be written by "
			    "nobody but itself; nothing outside can break it.");
}

Test(closed_set, a_handler_may_write_to_the_pipe_of_its_own_process)
{
	struct verdict v;

	apply(build_run(PARENT));
	apply(build_block_fd(PARENT, CHILD, READ, 4, S_IFIFO));
	holder(PARENT, PARENT);
	handlers(PARENT, 1ULL << (SIGTERM - 1));
	v = judge();
	cr_expect(eq(int, v.suspect, VERDICT_DEADLOCK));
	cr_expect(eq(int, v.kind, VERDICT_RUNNING), "an idle event loop with a self-pipe");
	cr_expect(v.is_for_signals);
}

/* Who reads what only the other one writes. */
static enum verdict_kind judge_readers(int parent_signal)
{
	apply(build_run(PARENT));
	apply(build_block_fd(PARENT, CHILD, READ, 4, S_IFIFO));
	apply(build_block_fd(CHILD, 0, READ, 6, S_IFIFO));
	holder(PARENT, CHILD);
	holder(CHILD, PARENT);
	no_handlers();
	handlers(PARENT, 1ULL << (parent_signal - 1));
	return judge().kind;
}

Test(closed_set, a_parent_may_tell_its_child_to_end)
{
	cr_expect(eq(int, judge_readers(SIGTERM), VERDICT_WAITING));
}

Test(closed_set, a_parent_that_handles_an_interrupt_is_stuck_all_the_same)
{
	cr_expect(eq(int, judge_readers(SIGINT), VERDICT_DEADLOCK));
}

Test(closed_set, locks_and_pipes_make_one_cycle)
{
	apply(build_thread(2, PARENT, PARENT, "worker"));
	apply(build_run(PARENT));
	apply(build_block_mutex(PARENT, 2, LOCK, 2));
	apply(build_block_fd(2, CHILD, READ, 4, S_IFIFO));
	apply(build_block_fd(CHILD, 0, READ, 6, S_IFIFO));
	holder(2, CHILD);
	holder(CHILD, PARENT);
	no_handlers();
	cr_expect(eq(int, judge().suspect, VERDICT_DEADLOCK));
	cr_expect(not(judge().confirmed), "the owner of the mutex may be another by now");
	apply(build_lockword(PARENT, LOCK, 2));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
}

Test(closed_set, two_possible_writers_that_both_wait_are_a_stall)
{
	__u32 writers[] = { CHILD, 11 };
	struct verdict v;

	apply(build_thread(11, 11, PARENT, "second"));
	apply(build_run(PARENT));
	apply(build_block_fd(PARENT, CHILD, READ, 4, S_IFIFO));
	apply(build_block_fd(CHILD, 11, READ, 6, S_IFIFO));
	apply(build_block_fd(11, 0, READ, 6, S_IFIFO));
	holder(CHILD, PARENT);
	holder(11, PARENT);
	build_later(20000000);
	apply(build_holders(PARENT, writers, 2));
	no_handlers();
	handlers(11, 0);
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_STALL));
	cr_expect(eq(u32, v.closed_cnt, 3));
}

Test(closed_set, a_stall_that_a_signal_could_end_is_said_but_no_alarm)
{
	struct verdict v;

	apply(build_die(CHILD, 0));
	apply(build_run(PARENT));
	apply(build_block_condvar(PARENT, 0, LOCK));
	handlers(PARENT, 1ULL << (SIGINT - 1));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_WAITING));
	expect_sentence(&v, "waiting: 0 Running, 0 Ready, 1 Blocked; a handler of SIGINT may wake "
			    "it: parent waits for condvar 0x5000");
}

/* They would end the wait by ending the program, which breaks no deadlock; but they may be sent. */
Test(closed_set, the_signals_that_may_end_a_deadlock_are_named)
{
	struct verdict v;

	apply(build_run(PARENT));
	apply(build_block_mutex(PARENT, 0, LOCK, PARENT));
	build_later(20000000);
	apply(build_lockword(PARENT, LOCK, PARENT));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK), "whatever it handles");
	cr_expect(eq(sz, v.ask_cnt, 1), "but that is asked for");
	handlers(PARENT, 1ULL << (SIGTERM - 1) | 1ULL << (SIGALRM - 1));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, v.ask_cnt, 0));
	expect_sentence(&v, "DEADLOCK for 2.00 s: parent waits for mutex 0x5000, which it holds "
			    "itself; nothing outside but a handler of SIGALRM or SIGTERM can "
			    "break it.");
	handlers(PARENT, 7 | 1ULL << (SIGTERM - 1));
	v = judge();
	expect_sentence(&v, "DEADLOCK for 2.00 s: parent waits for mutex 0x5000, which it holds "
			    "itself; nothing outside but a handler of SIGHUP, SIGINT or 2 more "
			    "signals can break it.");
}

Test(closed_set, a_chain_behind_a_long_one_is_found_without_recursion)
{
	enum { CNT = 20000 };

	apply(build_run(100));
	for (__u32 i = 0; i < CNT; i++)
		apply(build_thread(100 + i, 100, 0, "t"));
	for (__u32 i = 0; i < CNT; i++)
		apply(build_block_mutex(100 + i, 101 + i, LOCK + 8 * i,
					i + 1 < CNT ? 101 + i : 100 + i));
	for (__u32 i = 0; i < CNT; i++)
		apply(build_lockword(100 + i, LOCK + 8 * i, i + 1 < CNT ? 101 + i : 100 + i));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, judge().cycle_cnt, 1));
}
