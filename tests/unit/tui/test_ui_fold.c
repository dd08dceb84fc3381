/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows that threads share which have long been waiting alike. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/tui/stage.h"

TestSuite(ui_fold, .init = stage_setup, .fini = stage_teardown, .timeout = 10);

enum { NOT_EMPTY = 0x5028 };

/* "forks|4 x phil|phil-4|" */
static char *listed(void)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(stage_ui, &cnt);

	strbuf_reset(&stage_text);
	for (size_t i = 0; i < cnt; i++) {
		ui_row_name(stage_ui, &rows[i], &stage_text);
		strbuf_addch(&stage_text, '|');
	}
	return (char *)strbuf_str(&stage_text);
}

static void tell_idle(int cnt)
{
	stage_tell_philosophers(cnt);
	for (int i = 0; i < cnt; i++)
		stage_add(build_block_condvar(101 + i, 0, NOT_EMPTY + i % 2 * 4));
}

static void open_later(__u64 ns)
{
	stage_open(&view_threads, true, build_now_ns() - BUILD_BEGIN_NS + ns);
}

Test(ui_fold, four_that_wait_alike_share_a_row)
{
	tell_idle(4);
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|4 x phil|"));
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), "4 x phil"), NULL));
	cr_expect(ne(ptr, strstr(stage_draw(10, 120), "idle on condvar@5028"), NULL));
}

Test(ui_fold, three_are_too_few)
{
	tell_idle(3);
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|"));
}

/* No event comes any more: the clock alone makes the waits long ones. */
Test(ui_fold, short_waits_are_no_idleness_until_they_are_long)
{
	tell_idle(4);
	open_later(500 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|"));
	ui_tick(stage_ui, build_now_ns() + 1500 * MS);
	cr_expect(eq(str, listed(), "forks|4 x phil|"));
}

Test(ui_fold, who_waits_for_something_else_stands_out)
{
	stage_tell_philosophers(7);
	for (int i = 0; i < 5; i++)
		stage_add(build_block_condvar(101 + i, 0, NOT_EMPTY));
	stage_add(build_block_condvar(106, 0, NOT_EMPTY + 0x100));
	stage_add(build_block_mutex(107, 0, 0x9000, 101));
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|5 x phil|phil-5|phil-6|"));
}

/* They are held up: a queue for a lock is nothing to be hidden. */
Test(ui_fold, who_waits_for_an_owner_is_not_idle)
{
	stage_tell_philosophers(6);
	for (int i = 1; i < 6; i++)
		stage_add(build_block_mutex(101 + i, 0, 0x9000, 101));
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|phil-4|phil-5|"));
}

Test(ui_fold, a_stall_is_shown_in_full)
{
	struct ev_handlers handlers = { .hdr = { .tid = 100, .kind = EV_HANDLERS } };

	tell_idle(4);
	stage_add(build_block_join(100, 0, 0x7000, 101));
	build_at(100 * MS);
	stage_add(build_joinword(100, 0x7000, 101));
	handlers.hdr.ts_ns = build_now_ns();
	stage_add(&handlers.hdr);
	open_later(2000 * MS);
	cr_assert(eq(int, (int)ui_verdict(stage_ui)->kind, VERDICT_STALL));
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|"));
}

Test(ui_fold, enter_unfolds_and_z_folds_again)
{
	tell_idle(5);
	open_later(2000 * MS);
	ui_key(stage_ui, 'j'); /* nobody is selected yet: the first */
	ui_key(stage_ui, 'j');
	cr_expect(eq(str, listed(), "forks|5 x phil|"));
	ui_key(stage_ui, UIKEY_ENTER);
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|phil-4|"));
	ui_select_tid(stage_ui, 100);
	ui_key(stage_ui, 'z');
	cr_expect(eq(str, listed(), "forks|5 x phil|"));
	ui_key(stage_ui, 'z');
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|phil-4|"));
}

/* A script that starts what is to be seen, and 30 small programs before: bash, sed, cut. */
static void tell_short_lives(int cnt)
{
	char name[16];

	stage_tell_philosophers(1);
	for (int i = 0; i < cnt; i++) {
		snprintf(name, sizeof(name), "%s", i % 3 ? "sed" : "cut");
		stage_add(build_thread(300 + i, 300 + i, 100, name));
		stage_add(build_exit(300 + i, 0));
		stage_add(build_reap(300 + i));
	}
}

Test(ui_fold, those_that_ended_after_short_lives_share_a_row)
{
	tell_short_lives(9);
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|9 ended|"));
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), "cut, sed"), NULL));
	ui_key(stage_ui, 'z');
	cr_expect(eq(str, listed(), "forks|phil-0|cut|sed|sed|cut|sed|sed|cut|sed|sed|"));
	ui_key(stage_ui, 'z');
	ui_key(stage_ui, 'd');
	cr_expect(eq(str, listed(), "forks|phil-0|"));
	ui_key(stage_ui, 'd');
	cr_expect(eq(str, listed(), "forks|phil-0|cut|sed|sed|cut|sed|sed|cut|sed|sed|"));
}

/* Workers whose lives are the picture. */
Test(ui_fold, who_lived_long_keeps_its_row)
{
	stage_tell_philosophers(5);
	build_at(1000 * MS);
	for (__u32 tid = 101; tid <= 105; tid++) {
		stage_add(build_exit(tid, 0));
		stage_add(build_reap(tid));
	}
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|phil-1|phil-2|phil-3|phil-4|"));
}

Test(ui_fold, whom_somebody_needs_keeps_its_row)
{
	tell_short_lives(9);
	stage_add(build_thread(400, 100, 100, "owner"));
	stage_add(build_run(101));
	stage_add(build_block_mutex(101, 0, 0x9000, 400));
	stage_add(build_exit(400, 0));
	stage_add(build_reap(400));
	open_later(2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|owner|9 ended|"));
}

/* A jump, a click in the graph: who is meant must be seen. */
Test(ui_fold, a_thread_selected_by_itself_stands_out)
{
	tell_idle(5);
	open_later(2000 * MS);
	ui_select_tid(stage_ui, 103);
	cr_expect(eq(str, listed(), "forks|4 x phil|phil-2|"));
	cr_expect(eq(int, ui_selected_row(stage_ui), 2));
}

Test(ui_fold, a_search_finds_who_is_folded)
{
	tell_idle(5);
	open_later(2000 * MS);
	for (const char *key = "/phil-3\r"; *key; key++)
		ui_key(stage_ui, (uint32_t)*key);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 104));
}

/* The one through which the row is selected leaves it. */
Test(ui_fold, the_selection_goes_with_the_thread)
{
	tell_idle(5);
	open_later(2000 * MS);
	ui_select_row(stage_ui, 1);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	stage_add(build_wake_futex(101, 100, NOT_EMPTY));
	ui_tick(stage_ui, build_now_ns() + 2000 * MS);
	cr_expect(eq(str, listed(), "forks|phil-0|4 x phil|"));
	cr_expect(eq(int, ui_selected_row(stage_ui), 1));
}

Test(ui_fold, the_lane_is_that_of_all_of_them)
{
	size_t cnt;

	tell_idle(4);
	stage_add(build_wake_futex(102, 100, NOT_EMPTY + 4));
	stage_add(build_run(102));
	build_later(200 * MS);
	stage_add(build_block_condvar(102, 0, NOT_EMPTY));
	stage_open(&view_timeline, true, build_now_ns() - BUILD_BEGIN_NS + 2000 * MS);
	ui_rows(stage_ui, &cnt);
	cr_assert(eq(sz, cnt, 2));
	/* One of four ran for a while: mostly Blocked then, and only Blocked afterwards. */
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), " 4 x phil    -----......"), NULL), "%s",
		  stage_draw(10, 80));
}

/* Also in the past, which was drawn before. */
Test(ui_fold, the_lane_is_not_that_of_who_has_left_the_row)
{
	tell_idle(5);
	stage_add(build_wake_futex(102, 100, NOT_EMPTY + 4));
	stage_add(build_run(102));
	build_later(200 * MS);
	stage_add(build_block_condvar(102, 0, NOT_EMPTY));
	stage_open(&view_timeline, true, build_now_ns() - BUILD_BEGIN_NS + 2000 * MS);
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), " 5 x phil    -----......"), NULL), "%s",
		  stage_draw(10, 80));
	ui_select_tid(stage_ui, 102);
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), " 4 x phil    |.........."), NULL), "%s",
		  stage_draw(10, 80)); /* but for the arrow of its wake-up */
	cr_expect(ne(ptr, strstr(stage_draw(10, 80), ">phil-1      v###-....."), NULL), "%s",
		  stage_draw(10, 80));
}

/* Thousands of threads at rest: nothing is made anew but what a moment changes. */
Test(ui_fold, while_nothing_happens_the_rows_stay)
{
	__u64 version, now_ns;

	tell_idle(4);
	open_later(1500 * MS);
	now_ns = build_now_ns() + 1500 * MS;
	stage_shown(24, 80);
	version = ui_rows_version(stage_ui);
	for (int i = 0; i < 8; i++) {
		ui_tick(stage_ui, now_ns += 500 * MS);
		stage_shown(24, 80);
	}
	cr_expect(eq(u64, ui_rows_version(stage_ui), version));
	stage_add(build_wake_futex(102, 100, NOT_EMPTY));
	ui_tick(stage_ui, now_ns);
	cr_expect(ne(u64, ui_rows_version(stage_ui), version));
}

Test(ui_fold, any_size)
{
	tell_idle(9);
	open_later(2000 * MS);
	stage_draw_all_sizes();
}
