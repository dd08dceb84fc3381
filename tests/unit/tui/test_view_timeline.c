/* SPDX-License-Identifier: GPL-2.0-only */
/* The timeline view: lanes, axis, arrows, CPUs, in every size and without colour. */
#include <string.h>

#include "tests/unit/tui/stage.h"
#include "tui/lanes.h"
#include "tui/time_axis.h"

TestSuite(view_timeline, .init = stage_setup, .fini = stage_teardown);

#define EXPECT_SCREEN(rows, cols, want) \
	cr_expect(eq(str, (char *)stage_draw(rows, cols), (char *)(want)))

static void zoom_to(__u64 ns_per_col)
{
	struct ui_window win;

	for (int i = 0; i < 60; i++) {
		ui_window(stage_ui, 40, &win);
		if (win.ns_per_col != ns_per_col)
			ui_act(stage_ui, win.ns_per_col > ns_per_col ? ACT_ZOOM_IN : ACT_ZOOM_OUT);
	}
	cr_assert(eq(u64, win.ns_per_col, ns_per_col));
}

/* a runs 10 ms, is preempted by b for 5, runs on, sleeps from 20 to 40; c is never known. */
static void tell_lanes(void)
{
	stage_add(build_thread(101, 100, 100, "a"));
	stage_add(build_thread(102, 100, 100, "b"));
	stage_add(build_thread_met(103, 100, "c"));
	stage_add(build_admit(101));
	stage_add(build_admit(102));
	stage_add(build_run(101));
	build_at(10 * MS);
	stage_add(build_preempt(101, 102));
	build_at(15 * MS);
	stage_add(build_preempt(102, 101));
	build_at(20 * MS);
	stage_add(build_block_sleep(101, 102));
	build_at(30 * MS + MS / 2);
	stage_add(build_die(102, 0));
	build_at(35 * MS);
	stage_add(build_run(101));
	stage_add(build_block_sleep(101, 0));
	build_at(40 * MS);
	stage_add(build_wake_irq(101));
	build_at(45 * MS);
	stage_add(build_note("end"));
}

Test(view_timeline, lanes_in_ascii)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	EXPECT_SCREEN(4, 70,
		      "--- timeline, 1 column = 1 ms -|0.02 s---|0.03 s------now-------------\n"
		      " a         ##########:::::#####...............-....:::::\n"
		      " b         ::::::::::#####:::::##########+\n"
		      " c         ?????????????????????????????????????????????\n");
}

Test(view_timeline, lanes_in_block_drawing)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	cr_expect(eq(str, (char *)stage_draw_utf8(4, 40),
		     "─── timeline, 1 column = 1 ms ───────now\n"
		     " a    ▒▒▒█████...............─....▒▒▒▒▒\n"
		     " b    ███▒▒▒▒▒██████████▓\n"
		     " c    ?????????????????????????????????\n"));
}

Test(view_timeline, a_state_is_a_style_too)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	cr_expect(eq(str, (char *)stage_draw_styles(4, 70),
		     "llllhhhhhhhhhhhhhhhhhhhhhhhhhlllhhhhhhllllhhhhhhllllllccclllllllllllll\n"
		     "...........rrrrrrrrrryyyyyrrrrrwwwwwwwwwwwwwwwwwwwwyyyyy\n"
		     ".zzzzzzzzz.yyyyyyyyyyrrrrryyyyyrrrrrrrrrrr\n"
		     "...........uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\n"));
}

Test(view_timeline, a_large_one_has_a_legend)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	ui_select_tid(stage_ui, 101);
	zoom_to(5 * MS);
	EXPECT_SCREEN(
		12, 80,
		"--- timeline, 1 column = 5 ms --------------------------------------------------\n"
		"             -------now---------------------------------------------------------\n"
		">a           ##:#...-:\n"
		" b           ::#:##+\n"
		" c           ?????????\n"
		"\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" # Running  : Ready  . Blocked  + ; - mostly  = Stopped  ? Unknown  / lost\n"
		" a here: 100% Ready; woken by an interrupt\n");
}

Test(view_timeline, the_cursor_is_marked_when_paused)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 12 * MS);
	EXPECT_SCREEN(4, 70,
		      "--- timeline, 1 column = 1 ms -|0.02 s---|0.03 s---|0.04 s------------\n"
		      " a         ##########:::::#####...............-....:::::\n"
		      " b         ::::::::::#####:::::##########+\n"
		      " c         ?????????????????????????????????????????????\n");
	cr_expect(eq(str, (char *)stage_draw_styles(4, 70),
		     "llllhhhhhhhhhhhhhhhhhhhhhhhhhlllhhhhhhllllhhhhhhllllhhhhhhllllllllllll\n"
		     "...........rrrrrrrrrryycyyrrrrrwwwwwwwwwwwwwwwwwwwwyyyyy\n"
		     "...........yyyyyyyyyyrrcrryyyyyrrrrrrrrrrr\n"
		     "...........uuuuuuuuuuuucuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\n"));
}

Test(view_timeline, lost_events_are_hatched)
{
	stage_add(build_thread(101, 100, 100, "a"));
	stage_add(build_run(101));
	build_at(5 * MS);
	stage_add(build_lost(LOST_RING_FULL, 7));
	build_at(8 * MS);
	stage_add(build_block_sleep(101, 0));
	build_at(10 * MS);
	stage_add(build_note("end"));
	stage_open(&view_timeline, true, 10 * MS);
	zoom_to(MS);
	EXPECT_SCREEN(2, 60,
		      "--- timeline, 1 column = 1 ms ------------------------------\n"
		      " a        #####/??..\n");
}

/* waker and sleeper take turns, a bystander lies between their lanes. */
static void tell_wakes(void)
{
	stage_add(build_thread(101, 100, 100, "waker"));
	stage_add(build_thread(102, 100, 100, "bystander"));
	stage_add(build_thread(103, 100, 100, "sleeper"));
	for (int i = 0; i < 4; i++) {
		build_at((10 * i + 1) * MS);
		stage_add(build_run(103));
		stage_add(build_block_sleep(103, 101));
		build_at((10 * i + 5) * MS);
		stage_add(i == 3 ? build_wake_irq(103) : build_wake_futex(103, 101, 0x5000));
	}
	build_at(40 * MS);
	stage_add(build_note("end"));
}

Test(view_timeline, wake_ups_of_the_selected_thread_are_arrows)
{
	tell_wakes();
	stage_open(&view_timeline, true, 40 * MS);
	zoom_to(MS);
	ui_select_tid(stage_ui, 103);
	EXPECT_SCREEN(4, 60,
		      "--- timeline, 1 column = 1 ms |0.02 s---|0.03 s-now---------\n"
		      " waker     ####o#########o#########o##############\n"
		      " bystand~      |         |         |\n"
		      ">sleeper   -...v:::::-...v:::::-...v:::::-...:::::\n");
	ui_select_tid(stage_ui, 101);
	cr_expect(eq(ptr, strstr(stage_draw(4, 60), "|         |"), NULL));
}

Test(view_timeline, the_last_waker_is_told_in_words)
{
	tell_wakes();
	stage_open(&view_timeline, true, 40 * MS);
	zoom_to(MS);
	ui_select_tid(stage_ui, 103);
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 25 * MS + MS / 2);
	cr_expect(ne(ptr, strstr(stage_draw(14, 80), "woken by waker"), NULL));
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 35 * MS + MS / 2);
	cr_expect(ne(ptr, strstr(stage_draw(14, 80), "woken by an interrupt"), NULL));
}

Test(view_timeline, cpu_lanes)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_LANES));
	EXPECT_SCREEN(12, 70,
		      "--- CPUs, 1 column = 1 ms --------------------------------------------\n"
		      "           |0.00 s---|0.01 s---|0.02 s---|0.03 s------now-------------\n"
		      " CPU 0     aaaaaaaaaabbbbbaaaaabbbbbbbbbbb....a..........\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      " .=idle or not traced  a=a  b=b\n"
		      "\n");
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_LANES));
	cr_expect(ne(ptr, strstr(stage_draw(12, 70), "locks"), NULL));
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_LANES));
	cr_expect(ne(ptr, strstr(stage_draw(12, 70), "timeline"), NULL));
}

/* Threads that share a row have the letter of the row, also where they ran before. */
Test(view_timeline, cpu_lanes_of_threads_that_share_a_row)
{
	stage_tell_philosophers(4);
	for (__u32 tid = 101; tid < 105; tid++) {
		build_at((tid - 100) * 300 * MS);
		stage_add(build_run(tid));
		build_at((tid - 100) * 300 * MS + 250 * MS);
		stage_add(build_block_condvar(tid, 0, 0x5028));
	}
	stage_open(&view_timeline, true, 3000 * MS);
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_LANES));
	ui_act(stage_ui, ACT_ZOOM_FIT);
	cr_expect(ne(ptr, strstr(stage_draw(12, 70), "b=4 x phil"), NULL), "%s",
		  strbuf_str(&stage_text));
	cr_expect(eq(ptr, strstr(strbuf_str(&stage_text), "*=other"), NULL));
}

Test(view_timeline, a_strip_keeps_the_selected_lane)
{
	stage_tell_philosophers(40);
	stage_open(&view_timeline, true, MS);
	for (__u32 tid = 140; tid > 100; tid--) {
		char name[32];

		ui_select_tid(stage_ui, tid);
		snprintf(name, sizeof(name), ">phil-%u ", tid - 101);
		cr_expect(ne(ptr, strstr(stage_draw(4, 80), name), NULL), "%s", name);
	}
}

Test(view_timeline, many_lanes_drop_the_legend_before_lanes)
{
	stage_tell_philosophers(14);
	stage_open(&view_timeline, true, MS);
	cr_expect(ne(ptr, strstr(stage_draw(16, 80), "phil-13"), NULL));
	cr_expect(eq(ptr, strstr(stage_draw(16, 80), "mostly"), NULL));
}

Test(view_timeline, what_is_not_computed_yet_says_so_and_comes)
{
	int ticks = 0;

	for (__u64 i = 0; i < 200000; i++)
		stage_add(build_story(7, 12, i));
	stage_open(&view_timeline, false, 0);
	ui_act(stage_ui, ACT_ZOOM_FIT);
	cr_assert(ne(ptr, strchr(stage_draw(14, 80), '~'), NULL));
	while (stage_view.ops->tick(&stage_view, stage_ui) && ticks++ < 200)
		stage_draw(14, 80);
	cr_expect(gt(int, ticks, 3));
	cr_expect(eq(ptr, strchr(stage_draw(14, 80), '~'), NULL));
}

Test(view_timeline, a_click_selects_the_lane_and_goes_to_the_time)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	zoom_to(MS);
	stage_draw(4, 70);
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 2, 11 + 12));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	cr_expect(eq(u64, ui_now_ns(stage_ui), BUILD_BEGIN_NS + 12 * MS));
	cr_expect(not(ui_is_following(stage_ui)));
}

Test(view_timeline, every_size_is_drawn)
{
	tell_lanes();
	stage_open(&view_timeline, true, 45 * MS);
	stage_draw_all_sizes();
	stage_view.ops->act(&stage_view, stage_ui, ACT_LANES);
	stage_draw_all_sizes();
}

Test(view_timeline, an_empty_trace_is_drawn)
{
	stage_open(&view_timeline, true, 0);
	cr_expect(ne(ptr, strstr(stage_draw(6, 60), "no thread to show"), NULL));
	stage_draw_all_sizes();
}

Test(time_axis, labels_have_the_digits_that_their_steps_need)
{
	char buf[TIME_LABEL_SZ];

	cr_expect(eq(str, (char *)time_label(buf, 12 * 1000 * MS, 5000 * MS), "12 s"));
	cr_expect(eq(str, (char *)time_label(buf, 12500 * MS, 500 * MS), "12.5 s"));
	cr_expect(eq(str, (char *)time_label(buf, 12345678000, 2000), "12.345678 s"));
	cr_expect(eq(str, (char *)time_label(buf, 5, 1), "0.000000005 s"));
	cr_expect(eq(str, (char *)time_width(buf, 50 * MS), "50 ms"));
	cr_expect(eq(str, (char *)time_width(buf, 20000 * MS), "20 s"));
	cr_expect(eq(str, (char *)time_width(buf, 500), "500 ns"));
}

Test(time_axis, labels_never_touch)
{
	for (__u64 w = 10; w <= 100000 * MS; w = timeline_step_width(w, 1)) {
		for (__u64 end = w * 70; end < w * 70000; end *= 10) {
			__u64 step = time_axis_step(end, w);
			char buf[TIME_LABEL_SZ];

			cr_expect(ge(u64, step / w, strlen(time_label(buf, end, step)) + 2));
		}
	}
}

/* A cell of the given shares, 0 elsewhere. */
static enum lane_sign sign_of(int running, int ready, int blocked, int unknown)
{
	struct timeline_cell cell = {
		.share = { [TIMELINE_RUNNING] = running,
			   [TIMELINE_READY] = ready,
			   [TIMELINE_BLOCKED] = blocked,
			   [TIMELINE_UNKNOWN] = unknown },
	};
	struct timeline_column column = {};

	return lane_sign_of(&column, &cell);
}

Test(lanes, the_sign_is_that_of_the_largest_share)
{
	cr_expect(eq(int, sign_of(255, 0, 0, 0), LANE_RUNNING));
	cr_expect(eq(int, sign_of(0, 255, 0, 0), LANE_READY));
	cr_expect(eq(int, sign_of(0, 0, 255, 0), LANE_BLOCKED));
	cr_expect(eq(int, sign_of(200, 55, 0, 0), LANE_RUNNING_MIXED));
	cr_expect(eq(int, sign_of(55, 200, 0, 0), LANE_READY_MIXED));
	cr_expect(eq(int, sign_of(0, 0, 0, 255), LANE_UNKNOWN));
	cr_expect(eq(int, sign_of(100, 0, 0, 155), LANE_UNKNOWN));
}

Test(lanes, a_wait_that_was_broken_for_a_moment_says_so)
{
	cr_expect(eq(int, sign_of(1, 0, 254, 0), LANE_BLOCKED_MIXED));
	cr_expect(eq(int, sign_of(253, 1, 1, 0), LANE_RUNNING));
}

Test(lanes, who_was_there_for_a_moment_only_is_seen)
{
	cr_expect(eq(int, sign_of(1, 0, 0, 0), LANE_RUNNING_MIXED));
	cr_expect(eq(int, sign_of(0, 0, 3, 0), LANE_BLOCKED_MIXED));
}

/* Two take turns among so many that a block of the trace is as long as one may be. */
static void tell_a_crowd(void)
{
	enum { CROWD = 3000, TURNS = 80000 };

	for (__u32 i = 0; i < CROWD; i++)
		stage_add(build_thread(101 + i, 100, 100, "w"));
	stage_add(build_run(101));
	for (__u32 i = 0; i < TURNS; i++)
		stage_add(build_preempt(101 + i % 2, 102 - i % 2));
}

/* This view alone is drawn, so the way stays long for all its pictures. */
Test(view_timeline, who_goes_far_sees_the_columns_one_picture_later)
{
	char *first;
	int i = 0;

	tell_a_crowd();
	stage_open(&view_timeline, false, 0);
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace) - 5000);
	first = xstrdup(stage_draw(4, 70));
	cr_expect(strstr(first, " w         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n") != NULL);
	cr_expect(stage_view.ops->tick(&stage_view, stage_ui));
	cr_expect(ne(str, (char *)stage_draw(4, 70), first));
	while (stage_view.ops->tick(&stage_view, stage_ui) && i++ < 50)
		stage_draw(4, 70);
	cr_expect(strchr(stage_draw(4, 70), '~') == NULL);
	free(first);
}
