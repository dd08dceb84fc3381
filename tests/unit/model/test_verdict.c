/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks, their owners, and deadlocks: found when there, and only then. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum { A = 0x1000, B = 0x2000 };

static void setup(void)
{
	begin_with_threads("left", "right");
}

TestSuite(verdict, .init = setup, .fini = teardown);

static struct verdict judge(void)
{
	struct verdict v;

	verdict_find(m, &v);
	return v;
}

static const struct thread *owner_for(__u32 tid)
{
	return model_waits_for(m, model_find_thread(m, tid), NULL);
}

/* left waits for B held by right, right for A held by left. */
static void close_cycle(void)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	apply(build_block_mutex(3, 0, A, 2));
}

static void confirm_cycle(void)
{
	apply(build_lockword(2, B, 3));
	apply(build_lockword(3, A, 2));
}

Test(verdict, a_cycle_is_a_deadlock_when_both_words_were_read_again)
{
	struct verdict v;

	close_cycle();
	v = judge();
	cr_expect(eq(sz, v.cycle_cnt, 2));
	cr_expect(ne(int, v.kind, VERDICT_DEADLOCK), "not before it is confirmed");
	apply(build_lockword(2, B, 3));
	cr_expect(ne(int, judge().kind, VERDICT_DEADLOCK), "not with one of two");
	apply(build_lockword(3, A, 2));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK));
	cr_expect(verdict_has_thread(&v, 2) && verdict_has_thread(&v, 3));
	cr_expect(not(verdict_has_thread(&v, 1)));
}

Test(verdict, another_who_waits_for_the_mutex_confirms_it_too)
{
	const struct thread *left = model_find_thread(m, 2);

	close_cycle();
	apply(build_lockword(3, A, 2));
	build_later(10 * 1000 * 1000);
	apply(build_run(1));
	apply(build_block_mutex(1, 0, B, 3));
	apply(build_lockword(1, B, 3));
	cr_expect(eq(u64, model_confirmed_ns(m, left), 0), "it is too soon to be another look");
	build_later(30 * 1000 * 1000);
	apply(build_thread(4, 1, 1, "late"));
	apply(build_run(4));
	apply(build_block_mutex(4, 0, B, 3));
	cr_expect(eq(u64, model_confirmed_ns(m, left), 0), "what a probe reads is no second look");
	apply(build_lockword(1, B, 3));
	cr_expect(eq(u64, model_confirmed_ns(m, left), model_now_ns(m)));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
	apply(build_lockword(1, B, 0));
	cr_expect(ne(int, judge().kind, VERDICT_DEADLOCK), "and it refutes it for all");
}

Test(verdict, to_read_the_same_for_ever_makes_no_other_verdict)
{
	struct verdict v;
	__u64 version;

	close_cycle();
	build_later(30 * 1000 * 1000);
	confirm_cycle();
	v = judge();
	cr_assert(eq(int, v.kind, VERDICT_DEADLOCK));
	version = model_wait_version(m);
	for (int i = 0; i < 10; i++) {
		build_later(500 * 1000 * 1000);
		confirm_cycle();
	}
	cr_expect(eq(u64, model_wait_version(m), version));
	cr_expect(eq(u64, verdict_edge_confirm_ns(m, &v.cycle[0]),
		     model_confirmed_ns(m, model_find_thread(m, v.cycle[0].tid))));
	cr_expect(gt(u64, verdict_edge_confirm_ns(m, &v.cycle[0]), v.cycle[0].confirm_ns));
	apply(build_lockword(2, B, 0));
	cr_expect(ne(u64, model_wait_version(m), version), "something else does");
	version = model_wait_version(m);
	cr_expect(eq(u64, verdict_edge_confirm_ns(m, &v.cycle[0]), v.cycle[0].confirm_ns));
	apply(build_lockword(2, B, 3));
	cr_expect(ne(u64, model_wait_version(m), version));
}

Test(verdict, who_waits_later_is_confirmed_anew)
{
	__u64 version;

	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	for (int i = 0; i < 3; i++) {
		build_later(500 * 1000 * 1000);
		apply(build_lockword(2, B, 3));
	}
	apply(build_block_mutex(3, 0, A, 2));
	build_later(30 * 1000 * 1000);
	apply(build_lockword(3, A, 2));
	cr_expect(ne(int, judge().kind, VERDICT_DEADLOCK));
	version = model_wait_version(m);
	apply(build_lockword(2, B, 3));
	cr_expect(ne(u64, model_wait_version(m), version), "so somebody judges again");
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
}

enum { OTHERS = 3000 }; /* far more locks than are remembered of those nobody waits on */

Test(verdict, many_other_waits_do_not_hide_a_deadlock)
{
	close_cycle();
	for (__u32 i = 0; i < OTHERS; i++) {
		apply(build_thread(1000 + i, 1, 1, "other"));
		apply(build_run(1000 + i));
		apply(build_block_condvar(1000 + i, 0, 0x100000 + 64 * i));
	}
	cr_expect(eq(u32, owner_for(2)->tid, 3));
	apply(build_lockword(2, B, 3));
	apply(build_lockword(3, A, 2));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
}

Test(verdict, locks_that_nobody_waits_on_are_forgotten)
{
	close_cycle();
	apply(build_thread(9, 1, 1, "busy"));
	for (__u32 i = 0; i < OTHERS; i++) {
		apply(build_run(9));
		apply(build_block_condvar(9, 0, 0x100000 + 64 * i));
		apply(build_wake_futex(9, 1, 0x100000 + 64 * i));
	}
	cr_expect(lt(sz, model_lock_cnt(m), OTHERS / 2));
	cr_expect(model_find_lock(m, 1, 0x100000 + 64 * (OTHERS - 1)) != NULL);
	cr_expect(eq(u32, owner_for(2)->tid, 3));
}

Test(verdict, the_sentence_names_everybody)
{
	struct strbuf sb = {};
	struct verdict v;

	close_cycle();
	confirm_cycle();
	v = judge();
	verdict_sentence(&v, m, v.at_ns + 12400000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb),
		     "DEADLOCK for 12.4 s: left waits for mutex 0x2000 held by right, which waits "
		     "for mutex 0x1000 held by left; nothing outside can break it."));
	strbuf_release(&sb);
}

/* Two threads that nobody named, and the mutex of the class in two objects. */
Test(verdict, names_that_several_have_are_told_apart)
{
	struct strbuf sb = {};
	struct verdict v;

	apply(build_rename(2, "bank"));
	apply(build_rename(3, "bank"));
	close_cycle();
	confirm_cycle();
	apply(build_lockname(1, A, "other.mutex"));
	apply(build_lockname(1, B, "other.mutex"));
	v = judge();
	verdict_sentence(&v, m, v.at_ns + 12400000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb),
		     "DEADLOCK for 12.4 s: bank:2 waits for other.mutex at 0x2000 held by bank:3, "
		     "which waits for other.mutex at 0x1000 held by bank:2; nothing outside can "
		     "break it."));
	strbuf_release(&sb);
}

Test(verdict, a_reading_with_another_owner_opens_the_cycle)
{
	close_cycle();
	apply(build_lockword(2, B, 1));
	apply(build_lockword(3, A, 2));
	cr_expect(ne(int, judge().kind, VERDICT_DEADLOCK));
	cr_expect(eq(u32, owner_for(2)->tid, 1));
}

Test(verdict, a_thread_that_waits_for_itself_is_a_cycle_of_one)
{
	struct strbuf sb = {};
	struct verdict v;

	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 2));
	apply(build_lockword(2, A, 2));
	v = judge();
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, v.cycle_cnt, 1));
	verdict_sentence(&v, m, v.at_ns, &sb);
	cr_expect(strstr(strbuf_str(&sb), "left waits for mutex 0x1000, which it holds itself") !=
		  NULL);
	strbuf_release(&sb);
}

Test(verdict, a_wait_with_a_time_out_is_no_edge)
{
	struct ev_block *ev;

	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	ev = (struct ev_block *)build_block_mutex(3, 0, A, 2);
	ev->args[3] = 0x7fff0000;
	apply(&ev->hdr);
	confirm_cycle();
	cr_expect(eq(sz, judge().cycle_cnt, 0));
}

Test(verdict, a_long_wait_for_a_running_owner_is_no_deadlock)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	build_later(10000000000);
	apply(build_lockword(2, B, 3));
	cr_expect(eq(sz, judge().cycle_cnt, 0));
	cr_expect(eq(int, judge().kind, VERDICT_RUNNING));
}

Test(verdict, a_join_and_a_mutex_make_a_mixed_cycle)
{
	apply(build_run(1));
	apply(build_block_join(1, 2, 0x9000, 2));
	apply(build_block_mutex(2, 0, A, 1));
	apply(build_lockword(2, A, 1));
	cr_expect(eq(int, judge().kind, VERDICT_RUNNING), "any futex may hold the number");
	apply(build_joinword(1, 0x9000, 2));
	cr_expect(eq(int, judge().kind, VERDICT_DEADLOCK));
}

Test(verdict, an_unlock_that_wakes_forgets_the_owner)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	cr_expect(eq(u32, owner_for(2)->tid, 3));
	apply(build_run(1));
	apply(build_block_mutex(1, 0, B, 3));
	apply(build_wake_futex(2, 3, B));
	cr_expect(owner_for(1) == NULL, "2 will take it, but nobody has seen that yet");
	cr_expect(eq(u32, model_find_lock(m, 1, B)->handoff_cnt, 1));
}

Test(verdict, memory_that_looks_like_a_mutex_has_no_owner)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 77777));
	cr_expect(owner_for(2) == NULL);
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_FUTEX));
}

Test(verdict, a_stranger_never_owns_a_lock)
{
	apply(build_thread_foreign(50, 50, "other"));
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 50));
	cr_expect(owner_for(2) == NULL);
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_FUTEX), "it is no mutex");
}

Test(verdict, the_same_address_in_two_processes_is_two_locks)
{
	apply(build_thread(20, 20, 1, "child"));
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	apply(build_run(20));
	apply(build_block_mutex(20, 0, A, 20));
	cr_expect(eq(u32, owner_for(2)->tid, 3));
	cr_expect(eq(sz, model_lock_cnt(m), 2));
}

Test(verdict, cycles_of_every_length_up_to_64_are_found_whole)
{
	for (__u32 n = 2; n <= VERDICT_CYCLE_MAX; n++) {
		struct verdict v;

		model_reset(m);
		for (__u32 i = 0; i < n; i++)
			apply(build_thread(100 + i, 100, 100, "phil"));
		for (__u32 i = 0; i < n; i++) {
			apply(build_run(100 + i));
			apply(build_block_mutex(100 + i, 0, A + 64 * i, 100 + (i + 1) % n));
		}
		for (__u32 i = 0; i < n; i++)
			apply(build_lockword(100 + i, A + 64 * i, 100 + (i + 1) % n));
		v = judge();
		cr_expect(eq(int, v.kind, VERDICT_DEADLOCK), "%u", n);
		cr_expect(eq(sz, v.cycle_cnt, n));
	}
}

Test(verdict, lost_events_end_every_claim)
{
	close_cycle();
	confirm_cycle();
	apply(build_lost(LOST_RING_FULL, 1));
	cr_expect(eq(int, judge().kind, VERDICT_UNSURE));
	cr_expect(eq(sz, judge().cycle_cnt, 0));
}

Test(verdict, a_killed_program_has_no_deadlock_any_more)
{
	close_cycle();
	confirm_cycle();
	apply(build_wake(2, 0, -1, 0, 0));
	apply(build_run(2));
	apply(build_die(2, 0));
	cr_expect(ne(int, judge().suspect, VERDICT_DEADLOCK));
	cr_expect(not(judge().confirmed), "that left still held it was read before left ended");
}

Test(verdict, a_futex_without_owner_that_was_not_read_again_is_what_it_was)
{
	struct ev_hdr *ev;

	apply(build_run(2));
	apply(build_block_condvar(2, 3, 0x5028));
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_CONDVAR));
	apply(build_wake_futex(2, 3, 0x5028));
	apply(build_run(2));
	ev = build_block_condvar(2, 3, 0x5028);
	ev->flags &= ~EVF_WORDS;
	apply(ev);
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_CONDVAR));
	ev = build_block_condvar(3, 0, 0x6028);
	ev->flags &= ~EVF_WORDS;
	apply(ev);
	cr_expect(eq(int, model_find_thread(m, 3)->wait.reason, WAIT_FUTEX), "not seen before");
}
