/* SPDX-License-Identifier: GPL-2.0-only */
/* From a deadlock to each step that led to it. */
#include <string.h>

#include "tests/unit/tui/stage.h"

TestSuite(ui_steps, .init = stage_setup, .fini = stage_teardown, .timeout = 10);

enum { A = 101, B = 102, C = 103, X = 0x5000, Y = 0x5040 };

/* A waits for X until B hands it on; then A waits for Y of B, and B for X: the circle. */
static void tell_circle(void)
{
	stage_tell_philosophers(3);
	build_at(10 * MS);
	stage_add(build_run(A));
	stage_add(build_block_mutex(A, B, X, B));
	build_at(20 * MS);
	stage_add(build_wake_futex(A, B, X));
	build_at(30 * MS);
	stage_add(build_preempt(B, A));
	build_at(40 * MS);
	stage_add(build_block_mutex(A, B, Y, B));
	build_at(50 * MS);
	stage_add(build_block_mutex(B, C, X, A));
	build_at(60 * MS);
}

static void tell_readings(void)
{
	stage_add(build_lockword(A, Y, B));
	stage_add(build_lockword(B, X, A));
	stage_add(build_lockname(100, X, "fork[1]"));
}

static __u64 at_ms(void)
{
	return stage_at_ns() / MS;
}

static bool shows(const char *text)
{
	return strstr(stage_shown(24, 100), text);
}

Test(ui_steps, lead_from_the_deadlock_to_its_begin_and_back)
{
	tell_circle();
	tell_readings();
	stage_open_replay();
	stage_press("GF");
	cr_expect(eq(u64, at_ms(), 50));
	cr_expect(shows(" 3 of 3: phil-1 waits for mutex fork[1], read: held by phil-0; "
			"with this it closed"));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), B));
	stage_press("F");
	cr_expect(eq(u64, at_ms(), 40));
	cr_expect(shows(" 2 of 3: phil-0 waits for mutex 0x5040, read: held by phil-1"));
	stage_press("F");
	cr_expect(eq(u64, at_ms(), 20));
	cr_expect(shows(" 1 of 3: phil-0 is woken to take mutex fork[1]"));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), A));
	stage_press("F");
	cr_expect(eq(u64, at_ms(), 20));
	cr_expect(shows("this is how the deadlock began"));
	stage_press("fff");
	cr_expect(eq(u64, at_ms(), 50));
	cr_expect(shows("no later step"));
}

Test(ui_steps, of_a_lock_whose_taking_was_not_seen_begin_with_its_reading)
{
	stage_tell_philosophers(3);
	stage_add(build_run(C));
	build_at(10 * MS);
	stage_add(build_block_mutex(C, A, X, B)); /* who is not of the circle */
	build_at(20 * MS);
	stage_add(build_block_mutex(A, B, X, B));
	build_at(30 * MS);
	stage_add(build_block_mutex(B, 0, Y, A));
	build_at(40 * MS);
	stage_add(build_lockword(A, X, B));
	stage_add(build_lockword(B, Y, A));
	stage_open_replay();
	stage_press("GFF");
	cr_expect(eq(u64, at_ms(), 20));
	cr_expect(shows(" 2 of 3: phil-0 waits for mutex 0x5000\n"));
	stage_press("F");
	cr_expect(eq(u64, at_ms(), 10));
	cr_expect(shows(" 1 of 3: mutex 0x5000 is read: held by phil-1, who took it unseen"));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), B));
}

Test(ui_steps, are_none_without_a_deadlock)
{
	stage_tell_philosophers(3);
	stage_open_replay();
	stage_press("f");
	cr_expect(shows("no deadlock is known of here"));
}

Test(ui_steps, behind_a_question_are_hidden)
{
	tell_circle();
	tell_readings();
	stage_ui =
		ui_new(stage_trace, &(struct ui_options){ .title = "./w",
							  .notes = "30ms\n question: And now?\n" });
	ui_tick(stage_ui, BUILD_BEGIN_NS);
	stage_press("]f");
	cr_expect(eq(u64, at_ms(), 30));
	cr_expect(shows("the question comes first"));
	stage_press("xf");
	cr_expect(eq(u64, at_ms(), 40));
}

/* As check leaves it: once it is found the program is killed, all in one block. */
Test(ui_steps, of_a_deadlock_that_was_killed_are_found)
{
	tell_circle();
	tell_readings();
	build_at(100 * MS);
	for (__u32 tid = A; tid <= C; tid++)
		stage_add(build_exit(tid, 9));
	stage_add(build_exit(100, 9));
	stage_open_replay();
	stage_press("a");
	cr_expect(eq(u64, at_ms(), 50));
	stage_press("GA");
	cr_expect(eq(u64, at_ms(), 50));
	stage_press("F");
	cr_expect(eq(u64, at_ms(), 40));
}

/* It begins in one block, and is confirmed in another. */
Test(ui_steps, and_the_alarm_are_found_across_blocks)
{
	tell_circle();
	trace_flush(stage_trace);
	tell_readings();
	trace_flush(stage_trace);
	build_at(100 * MS);
	stage_add(build_wake_irq(C));
	stage_open_replay();
	stage_press("a");
	cr_expect(eq(u64, at_ms(), 50));
	stage_press("GA");
	cr_expect(eq(u64, at_ms(), 50));
	stage_press("a");
	cr_expect(eq(u64, at_ms(), 50));
	cr_expect(shows("no later deadlock or stall"));
}
