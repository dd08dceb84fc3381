/* SPDX-License-Identifier: GPL-2.0-only */
/* The event list: in step with the instant that is shown, at both ends and in between. */
#include <string.h>

#include "tests/unit/tui/stage.h"

TestSuite(view_events, .init = stage_setup, .fini = stage_teardown);

#define EXPECT_SCREEN(rows, cols, want) \
	cr_expect(eq(str, (char *)stage_draw(rows, cols), (char *)(want)))

static void tell_forks(void)
{
	stage_tell_philosophers(2);
	build_at(MS);
	stage_add(build_preempt(100, 101));
	build_at(2500 * MS);
	stage_add(build_block_mutex(101, 102, 0x5040, 102));
	stage_add(build_wake_futex(101, 102, 0x5040));
	stage_add(build_lost(LOST_RING_FULL, 3));
}

Test(view_events, the_latest_when_following)
{
	tell_forks();
	stage_open(&view_events, true, 2501 * MS);
	EXPECT_SCREEN(
		7, 76,
		"--- events: time, CPU, state, what; the latest of 10 -----------------------\n"
		"    0.000004   0 N forks created thread phil-1 (102)\n"
		"    0.000005   0 Y phil-1 is Ready for the first time\n"
		"    0.001000   0 R forks is preempted; phil-0 runs\n"
		"    2.500000   0 B phil-0 blocks: mutex 0x5040 held by phil-1; phil-1 runs\n"
		"    2.500001   0 Y phil-0 is woken by phil-1, in futex()\n"
		">   2.500002   0 ! 3 events LOST: the ring buffer was full\n");
}

Test(view_events, the_one_that_happened_last_when_paused)
{
	tell_forks();
	stage_open(&view_events, true, 2501 * MS);
	ui_seek_event(stage_ui, 7);
	EXPECT_SCREEN(
		9, 76,
		"--- events: time, CPU, state, what; #6 of 10 was last ----------------------\n"
		"    0.000001   0 R forks runs\n"
		"    0.000002   0 N forks created thread phil-0 (101)\n"
		"    0.000003   0 Y phil-0 is Ready for the first time\n"
		"    0.000004   0 N forks created thread phil-1 (102)\n"
		"    0.000005   0 Y phil-1 is Ready for the first time\n"
		">   0.001000   0 R forks is preempted; phil-0 runs\n"
		"    2.500000   0 B phil-0 blocks: mutex 0x5040 held by phil-1; phil-1 runs\n"
		"    2.500001   0 Y phil-0 is woken by phil-1, in futex()\n");
}

Test(view_events, steps_move_the_mark_by_one_event)
{
	tell_forks();
	stage_open(&view_events, false, 0);
	ui_seek_event(stage_ui, 8);
	cr_expect(ne(ptr, strstr(stage_draw(9, 76), ">   2.500000   0 B phil-0 blocks"), NULL));
	ui_act(stage_ui, ACT_STEP_NEXT);
	cr_expect(ne(ptr, strstr(stage_draw(9, 76), ">   2.500001   0 Y phil-0 is woken"), NULL));
	ui_act(stage_ui, ACT_STEP_PREV);
	ui_act(stage_ui, ACT_STEP_PREV);
	cr_expect(
		ne(ptr, strstr(stage_draw(9, 76), ">   0.001000   0 R forks is preempted"), NULL));
}

Test(view_events, before_the_first_event_none_is_marked)
{
	tell_forks();
	stage_open(&view_events, false, 0);
	ui_act(stage_ui, ACT_FIRST);
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(eq(ptr, strchr(stage_draw(9, 76), '>'), NULL));
	cr_expect(ne(ptr, strstr(stage_draw(9, 76), "0.000000"), NULL));
}

Test(view_events, up_and_down_go_from_event_to_event)
{
	tell_forks();
	stage_open(&view_events, true, 2501 * MS);
	ui_seek_event(stage_ui, 5);
	stage_draw(9, 76);
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_DOWN));
	cr_expect(eq(u64, ui_event(stage_ui), 6));
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_UP));
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_UP));
	cr_expect(eq(u64, ui_event(stage_ui), 4));
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_PAGE_DOWN));
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_PAGE_UP));
	cr_expect(lt(u64, ui_event(stage_ui), 4));
	cr_expect(not(stage_view.ops->act(&stage_view, stage_ui, ACT_LANES)));
}

Test(view_events, a_click_goes_there)
{
	tell_forks();
	stage_open(&view_events, true, 2501 * MS);
	stage_draw(12, 76);
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 7, 20));
	cr_expect(eq(u64, ui_event(stage_ui), 7));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 100));
}

/* What is read bit by bit while the trace grows is what is read at once. */
Test(view_events, a_growing_list_is_the_same_as_a_fresh_one)
{
	struct strbuf grown = {};

	stage_open(&view_events, true, 0);
	for (__u64 i = 0; i < 3000; i++) {
		stage_add(build_story(7, 12, i));
		if (i % 7 == 0)
			stage_draw(20, 100);
	}
	ui_tick(stage_ui, build_now_ns());
	strbuf_adds(&grown, stage_draw(20, 100));
	stage_view.ops->release(&stage_view);
	memset(stage_view.state, 0, stage_view.ops->state_sz);
	stage_view.ops->init(&stage_view, stage_ui);
	cr_expect(eq(str, (char *)stage_draw(20, 100), grown.data));
	strbuf_release(&grown);
}

Test(view_events, a_history_that_forgets_is_shown_from_its_front)
{
	trace_free(stage_trace);
	stage_trace = trace_new(&(struct trace_options){ .history_sz = 100000 });
	for (__u64 i = 0; i < 200000; i++)
		stage_add(build_story(7, 12, i));
	cr_assert(gt(u64, trace_first_event(stage_trace), 0));
	stage_open(&view_events, false, 0);
	ui_act(stage_ui, ACT_FIRST);
	stage_draw(9, 76);
	ui_act(stage_ui, ACT_STEP_NEXT);
	cr_expect(ne(ptr, strchr(stage_draw(9, 76), '>'), NULL));
}

Test(view_events, every_size_is_drawn)
{
	tell_forks();
	stage_open(&view_events, true, 2501 * MS);
	stage_draw_all_sizes();
	ui_seek_event(stage_ui, 3);
	stage_draw_all_sizes();
}

Test(view_events, an_empty_trace_is_drawn)
{
	stage_open(&view_events, true, 0);
	cr_expect(ne(ptr, strstr(stage_draw(5, 60), "No event yet."), NULL));
	stage_draw_all_sizes();
}
