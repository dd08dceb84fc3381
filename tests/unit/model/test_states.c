/* SPDX-License-Identifier: GPL-2.0-only */
/* The states of a thread, event by event. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "model/model.h"
#include "tests/unit/support/builders.h"

static struct model *m;

static void setup(void)
{
	build_begin();
	m = model_new();
}

static void teardown(void)
{
	model_free(m);
}

TestSuite(model, .init = setup, .fini = teardown);

static void apply(const struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static int state(__u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	return t ? t->state : -1;
}

static const struct thread *thread(__u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	cr_assert(t != NULL, "thread %u is not known", tid);
	return t;
}

Test(model, a_new_thread_is_new_then_ready_then_running)
{
	apply(build_thread(7, 7, 1, "worker"));
	cr_expect(eq(int, state(7), THREAD_NEW));
	apply(build_admit(7));
	cr_expect(eq(int, state(7), THREAD_READY));
	cr_expect(eq(int, thread(7)->ready_cause, READY_CREATED));
	apply(build_run(7));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	cr_expect(eq(str, (char *)thread(7)->name, "worker"));
}

Test(model, the_living_of_a_process_are_counted)
{
	apply(build_thread(7, 7, 1, "main"));
	apply(build_thread(8, 7, 7, "worker"));
	apply(build_thread(9, 9, 7, "child"));
	apply(build_thread_foreign(10, 7, "stranger"));
	cr_expect(eq(sz, model_living_cnt(m, 7), 2));
	apply(build_run(8));
	apply(build_exit(8, 0));
	apply(build_die(8, 0));
	cr_expect(eq(sz, model_living_cnt(m, 7), 1));
	apply(build_run(8));
	cr_expect(eq(sz, model_living_cnt(m, 7), 2), "a loss hid who has this number now");
	apply(build_die(8, 0));
	apply(build_die(7, 0));
	cr_expect(eq(sz, model_living_cnt(m, 7), 0), "a zombie does not live");
	apply(build_run(11));
	apply(build_thread(11, 9, 9, "named late"));
	cr_expect(eq(sz, model_living_cnt(m, 9), 2));
	cr_expect(eq(sz, model_living_cnt(m, 0), 0));
}

Test(model, preempted_and_yielded_and_woken_are_told_apart)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_run(7));
	apply(build_preempt(7, 0));
	cr_expect(eq(int, thread(7)->ready_cause, READY_PREEMPTED));
	apply(build_run(7));
	apply(build_yield(7, 0));
	cr_expect(eq(int, thread(7)->ready_cause, READY_YIELDED));
	apply(build_run(7));
	apply(build_block_sleep(7, 0));
	apply(build_wake_irq(7));
	cr_expect(eq(int, thread(7)->ready_cause, READY_WOKEN));
	cr_expect(eq(u32, thread(7)->preempt_cnt, 1));
	cr_expect(eq(u32, thread(7)->wake_cnt, 1));
}

/* A timed wait on a futex goes on in restart_syscall(2), too. */
Test(model, a_wait_that_a_signal_has_interrupted_goes_on_as_what_it_was)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_run(7));
	apply(build_block(7, 0, 230, 1, 0, 0x7000));
	cr_expect(eq(int, thread(7)->wait.reason, WAIT_SLEEP));
	apply(build_wake_irq(7));
	apply(build_run(7));
	apply(build_block(7, 0, 219, 1, 0, 0x7000));
	cr_expect(eq(int, thread(7)->wait.reason, WAIT_SLEEP));
	cr_expect(wait_is_timed(&thread(7)->wait));
	cr_expect(wait_is_in_call(&thread(7)->wait, 219, 1), "who looks at it sees the new number");
	apply(build_wake_irq(7));
	apply(build_run(7));
	apply(build_block(7, 0, 219, 1, 0, 0x8000));
	cr_expect(eq(int, thread(7)->wait.reason, WAIT_OTHER), "another call, not seen before");
}

Test(model, times_in_each_state_add_up_to_the_life_of_the_thread)
{
	__u64 sum = 0;

	apply(build_thread(7, 7, 1, "a"));
	apply(build_run(7));
	build_later(5000);
	apply(build_block_sleep(7, 0));
	build_later(70000);
	apply(build_wake_irq(7));
	build_later(300);
	apply(build_run(7));
	for (int s = 0; s < THREAD_STATE_CNT; s++)
		sum += thread_state_ns(thread(7), s, model_now_ns(m));
	cr_expect(eq(u64, sum, model_now_ns(m) - thread(7)->created_ns));
	cr_expect(eq(u64, thread_state_ns(thread(7), THREAD_BLOCKED, 0), 71000));
	cr_expect(eq(u64, thread_reason_ns(thread(7), WAIT_SLEEP, 0), 71000));
	cr_expect(eq(u64, thread_state_ns(thread(7), THREAD_READY, 0), 1300));
}

Test(model, a_wake_of_a_running_thread_changes_nothing)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_run(7));
	apply(build_wake(7, 8, -1, 0, 0));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	cr_expect(eq(u32, thread(7)->wake_cnt, 0));
}

Test(model, a_block_that_a_wake_overtook_is_ready_not_blocked)
{
	struct ev_hdr *ev;

	apply(build_thread(7, 7, 1, "a"));
	apply(build_run(7));
	apply(build_wake(7, 8, -1, 0, 0));
	ev = build_block_sleep(7, 0);
	ev->flags |= EVF_WOKEN;
	apply(ev);
	cr_expect(eq(int, state(7), THREAD_READY));
	cr_expect(eq(sz, model_state_cnt(m, THREAD_BLOCKED), 0));
}

Test(model, a_thread_that_ends_is_dead_and_a_main_thread_a_zombie_first)
{
	apply(build_thread(7, 7, 1, "main"));
	apply(build_thread(8, 7, 7, "other"));
	apply(build_run(8));
	apply(build_exit(8, 0));
	cr_expect(eq(int, state(8), THREAD_RUNNING), "it runs to its last switch");
	apply(build_die(8, 7));
	cr_expect(eq(int, state(8), THREAD_DEAD));
	apply(build_exit(7, 3 << 8));
	apply(build_die(7, 0));
	cr_expect(eq(int, state(7), THREAD_ZOMBIE));
	apply(build_reap(7));
	cr_expect(eq(int, state(7), THREAD_DEAD));
	cr_expect(eq(u32, thread(7)->exit_code, 3 << 8));
}

Test(model, lost_events_make_living_threads_unknown_until_their_next_event)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_run(7));
	apply(build_block_mutex(7, 8, 0x1000, 8));
	apply(build_lost(LOST_RING_FULL, 3));
	cr_expect(eq(int, state(7), THREAD_UNKNOWN));
	cr_expect(eq(int, state(8), THREAD_UNKNOWN));
	cr_expect(eq(u64, model_lost(m, 0), 3));
	cr_expect(model_waits_for(m, thread(7), NULL) == NULL);
	apply(build_run(7));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	cr_expect(eq(int, state(8), THREAD_UNKNOWN));
}

Test(model, who_is_met_again_after_a_loss_is_known)
{
	struct ev_met ev = {
		.hdr = { .kind = EV_MET, .tid = 7, .flags = EVF_WORDS, .ts_ns = BUILD_BEGIN_NS },
		.state = 1,
		.nr = 202, /* futex */
		.args = { 0x1000, 128, 2 },
		.words = { 2, 0, 8 }, /* taken, with waiters, by 8 */
	};
	const struct thread *owner = NULL;

	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_run(7));
	apply(build_lost(LOST_RING_FULL, 3));
	apply(&ev.hdr);
	cr_expect(eq(int, state(7), THREAD_BLOCKED));
	cr_expect(eq(int, thread(7)->wait.reason, WAIT_MUTEX));
	owner = model_waits_for(m, thread(7), NULL);
	cr_expect(owner == thread(8));
	cr_expect(eq(int, state(8), THREAD_UNKNOWN));
	ev.hdr.tid = 8;
	apply(build_run(8)); /* this came first: it may be newer than what was met */
	apply(&ev.hdr);
	cr_expect(eq(int, state(8), THREAD_RUNNING));
}

Test(model, an_event_of_a_thread_never_announced_makes_it_known_by_number)
{
	apply(build_run(99));
	cr_expect(eq(int, state(99), THREAD_RUNNING));
	cr_expect(ne(int, thread(99)->flags &THREAD_NAMELESS, 0));
	apply(build_thread_met(99, 90, "late"));
	cr_expect(eq(str, (char *)thread(99)->name, "late"));
	cr_expect(eq(int, state(99), THREAD_RUNNING),
		  "the announcement does not undo what is known");
}

Test(model, a_reused_tid_is_another_thread)
{
	struct ev_hdr *ev;

	apply(build_thread(7, 7, 1, "old"));
	ev = build_thread(7, 7, 1, "new");
	((struct ev_thread *)ev)->start_ns = 12345;
	apply(ev);
	cr_expect(eq(str, (char *)thread(7)->name, "new"));
	cr_expect(eq(sz, model_thread_cnt(m), 2));
	cr_expect(eq(sz, model_state_cnt(m, THREAD_DEAD), 1));
}

Test(model, exec_by_another_thread_takes_over_the_tid_of_the_process)
{
	apply(build_thread(7, 7, 1, "main"));
	apply(build_thread(8, 7, 7, "other"));
	apply(build_run(8));
	apply(build_exec(7, 8, "ls", "/bin/ls"));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	cr_expect(eq(str, (char *)thread(7)->name, "ls"));
	cr_expect(eq(int, state(8), -1));
	cr_expect(model_cpu_thread(m, 0) == thread(7));
}

Test(model, ended_threads_are_forgotten_but_the_last_ones)
{
	for (__u32 tid = 1000; tid < 1000 + 2 * MODEL_DEAD_MAX; tid++) {
		apply(build_thread(tid, 7, 7, "brief"));
		apply(build_run(tid));
		apply(build_die(tid, 0));
	}
	cr_expect(eq(sz, model_thread_cnt(m), MODEL_DEAD_MAX));
	cr_expect(eq(int, state(1000), -1));
	cr_expect(eq(int, state(1000 + 2 * MODEL_DEAD_MAX - 1), THREAD_DEAD));
}

Test(model, strangers_are_named_but_not_counted)
{
	apply(build_thread_foreign(50, 50, "sshd"));
	cr_expect(eq(str, (char *)thread(50)->name, "sshd"));
	for (int s = 0; s < THREAD_STATE_CNT; s++)
		cr_expect(eq(sz, model_state_cnt(m, s), 0));
}

Test(model, names_are_safe_to_print)
{
	apply(build_thread(7, 7, 1, "\033[31mred\xff"));
	cr_expect(eq(str, (char *)thread(7)->name, "?[31mred?"));
	apply(build_rename(7, "\x9b"
			      "2J\n"));
	cr_expect(eq(str, (char *)thread(7)->name, "?2J?"));
}

Test(model, a_cpu_runs_what_was_switched_to)
{
	apply(build_thread(7, 7, 1, "a"));
	build_on_cpu(3);
	apply(build_run(7));
	cr_expect(model_cpu_thread(m, 3) == thread(7));
	cr_expect(eq(u32, model_cpu_cnt(m), 4));
	apply(build_block_sleep(7, 0));
	cr_expect(model_cpu_thread(m, 3) == NULL);
	build_on_cpu(1);
	apply(build_run(7));
	cr_expect(eq(u32, thread(7)->migrate_cnt, 1));
}

Test(model, who_left_its_cpu_unseen_is_unknown)
{
	const struct ev_hdr *ev;

	apply(build_thread(7, 7, 1, "lost"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_thread(9, 7, 7, "c"));
	apply(build_run(7));
	ev = build_block_sleep(8, 9); /* that 7 gave way to 8 is missing */
	cr_expect(model_displaced_by(m, ev) == thread(7));
	apply(ev);
	cr_expect(eq(int, state(7), THREAD_UNKNOWN));
	cr_expect(eq(int, state(8), THREAD_BLOCKED));
	cr_expect(eq(int, state(9), THREAD_RUNNING));
	apply(build_run(8)); /* and that 9 gave way to a stranger */
	cr_expect(eq(int, state(9), THREAD_UNKNOWN));
	cr_expect(model_cpu_thread(m, 0) == thread(8));
}

Test(model, nobody_is_displaced_by_what_was_seen)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_run(7));
	cr_expect(model_displaced_by(m, build_preempt(7, 8)) == NULL);
	cr_expect(model_displaced_by(m, build_wake(8, 7, 1, 0, 0)) == NULL);
	cr_expect(model_displaced_by(m, build_run(7)) == NULL);
	build_on_cpu(1);
	cr_expect(model_displaced_by(m, build_run(8)) == NULL);
}

Test(model, who_is_seen_elsewhere_has_left_its_cpu)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_run(7));
	build_on_cpu(1);
	apply(build_run(7));
	cr_expect(model_cpu_thread(m, 0) == NULL);
	cr_expect(model_cpu_thread(m, 1) == thread(7));
	build_on_cpu(0);
	apply(build_run(8));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	apply(build_preempt(7, 0));
	cr_expect(eq(int, state(7), THREAD_READY));
	cr_expect(model_cpu_thread(m, 1) == NULL);
}

Test(model, a_thread_is_not_met_running_where_another_one_runs)
{
	struct ev_met ev = { .hdr = { .kind = EV_MET, .tid = 9, .ts_ns = BUILD_BEGIN_NS },
			     .running = 1 };

	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread_met(9, 7, "met"));
	apply(build_run(7));
	apply(&ev.hdr);
	cr_expect(eq(int, state(9), THREAD_UNKNOWN));
	cr_expect(eq(int, state(7), THREAD_RUNNING));
	ev.hdr.cpu = 1;
	apply(&ev.hdr);
	cr_expect(eq(int, state(9), THREAD_RUNNING));
}

Test(model, output_keeps_its_end)
{
	char big[4000];
	const char *out;
	size_t len;

	memset(big, 'x', sizeof(big));
	apply(build_output(big, sizeof(big)));
	apply(build_output("0123456789", 10));
	apply(build_output(big, 200));
	out = model_output(m, &len);
	cr_expect(eq(sz, len, MODEL_OUTPUT_MAX));
	cr_expect(eq(int, strncmp(out + len - 210, "0123456789x", 11), 0));
	cr_expect(eq(u64, model_output_total(m), 4210));
}

Test(model, a_tail_longer_than_allowed_is_refused)
{
	struct ev_output ev = { .hdr = { .kind = EV_OUTPUT }, .len = EVENT_TAIL_MAX + 1 };

	cr_expect(lt(int, model_apply(m, &ev.hdr), 0));
	cr_expect(eq(u64, model_event_cnt(m), 0));
}

Test(model, an_unknown_kind_is_skipped)
{
	struct ev_hdr ev = { .kind = 60, .ts_ns = 5 };

	cr_expect(eq(int, model_apply(m, &ev), 0));
	cr_expect(eq(sz, model_thread_cnt(m), 0));
}

static struct ev_hdr *started(__u32 tid)
{
	struct ev_hdr *ev = build_thread(tid, tid, 0, "prog");

	ev->flags = EVF_RUNS;
	return ev;
}

Test(model, a_program_that_is_started_runs_from_its_first_event_on)
{
	apply(started(1));
	cr_expect(eq(int, state(1), THREAD_RUNNING));
	cr_expect(eq(u32, model_cpu_thread(m, 0)->tid, 1));
	apply(started(2));
	cr_expect(eq(int, state(2), THREAD_NEW), "another one runs there");
}

/* Of a damaged file: 0 is nobody wherever else a number is, and must not become somebody. */
Test(model, nobody_is_no_thread)
{
	const __u32 nobody = 0;

	apply(build_thread(nobody, 100, 100, "nobody"));
	apply(build_admit(nobody));
	apply(build_exec(nobody, nobody, "nobody", "/bin/nobody"));
	apply(build_rename(nobody, "nobody"));
	apply(build_block_mutex(nobody, 0, 0x5000, 7));
	apply(build_wake_futex(nobody, 0, 0x5000));
	apply(build_exit(nobody, 0));
	cr_expect(eq(sz, model_thread_cnt(m), 0));
	cr_expect(eq(u64, model_event_cnt(m), 7), "they are counted all the same");
}
