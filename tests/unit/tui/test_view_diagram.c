/* SPDX-License-Identifier: GPL-2.0-only */
/* The textbook's diagram, and the arrows that events take in it. */
#include <string.h>

#include "tests/unit/tui/stage.h"

/* part is in what is shown. */
#define EXPECT_HAS(text, part) cr_expect(ne(ptr, strstr(text, part), NULL), "%s", text)

static void setup(void)
{
	stage_setup();
	stage_tell_philosophers(3);
}

TestSuite(view_diagram, .init = setup, .fini = stage_teardown, .timeout = 20);

static void open_at_end(void)
{
	stage_open(&view_diagram, false, 0);
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace));
}

/* The event is told behind all others; which arrows does the ui say it took? */
static const struct ui_told *told(struct ev_hdr *ev)
{
	stage_add(ev);
	open_at_end();
	return ui_told(stage_ui);
}

static void expect_step(const struct ui_told *told, size_t idx, __u32 tid, enum arrow arrow)
{
	cr_assert(lt(sz, idx, told->cnt), "\"%s\"", told->text);
	cr_expect(eq(u32, told->steps[idx].tid, tid));
	cr_expect(eq(int, (int)told->steps[idx].arrow, (int)arrow));
}

Test(view_diagram, admission_is_an_arrow)
{
	stage_add(build_thread(200, 100, 100, "late"));
	expect_step(told(build_admit(200)), 0, 200, ARROW_ADMIT);
}

Test(view_diagram, birth_is_none)
{
	cr_expect(eq(sz, told(build_thread(200, 100, 100, "late"))->cnt, 0));
}

Test(view_diagram, one_event_can_take_two_arrows)
{
	const struct ui_told *t = told(build_preempt(100, 101));

	expect_step(t, 0, 100, ARROW_PREEMPT);
	expect_step(t, 1, 101, ARROW_DISPATCH);
	cr_expect(eq(sz, t->cnt, 2));
}

Test(view_diagram, to_yield_is_not_to_be_preempted)
{
	expect_step(told(build_yield(100, 101)), 0, 100, ARROW_YIELD);
}

Test(view_diagram, to_block_and_to_be_woken)
{
	const struct ui_told *t;

	stage_add(build_block_sleep(100, 101));
	t = told(build_wake_irq(100));
	expect_step(t, 0, 100, ARROW_WAKE);
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace) - 1);
	expect_step(ui_told(stage_ui), 0, 100, ARROW_BLOCK);
}

Test(view_diagram, to_block_again_unseen_is_an_arrow_without_a_stay)
{
	const struct ui_told *t;

	stage_add(build_block_sleep(100, 101));
	t = told(build_block_mutex(100, 0, 0x5000, 102));
	expect_step(t, 0, 100, ARROW_BLOCK);
	cr_expect(eq(u64, t->steps[0].stay_ns, 0));
	EXPECT_HAS(t->text, "forks -> Blocked: waits for mutex");
	cr_expect(eq(ptr, strstr(t->text, " after "), NULL), "%s", t->text);
}

Test(view_diagram, a_process_exits_and_is_reaped_a_thread_only_exits)
{
	stage_add(build_preempt(100, 101));
	stage_add(build_exit(101, 0));
	expect_step(told(build_die(101, 100)), 0, 101, ARROW_EXIT);
	cr_expect(eq(int, model_find_thread(ui_model(stage_ui), 101)->state, THREAD_DEAD));
}

Test(view_diagram, a_zombie_is_reaped)
{
	stage_add(build_exit(100, 0));
	stage_add(build_die(100, 0));
	expect_step(told(build_reap(100)), 0, 100, ARROW_REAP);
}

Test(view_diagram, loss_takes_no_arrow)
{
	cr_expect(eq(sz, told(build_lost(LOST_RING_FULL, 3))->cnt, 0));
}

Test(view_diagram, wake_up_of_who_runs_takes_no_arrow)
{
	cr_expect(eq(sz, told(build_wake_irq(100))->cnt, 0));
}

Test(view_diagram, before_the_first_event_nothing_is_told)
{
	stage_open(&view_diagram, false, 0);
	cr_expect(eq(sz, ui_told(stage_ui)->cnt, 0));
	cr_expect(eq(str, (char *)ui_told(stage_ui)->text, ""));
}

Test(view_diagram, narration_says_the_state_the_reason_and_the_stay)
{
	const char *text;

	build_at(5 * MS);
	text = told(build_block_mutex(100, 101, 0x5000, 102))->text;
	EXPECT_HAS(text, "forks -> Blocked: waits for mutex");
	EXPECT_HAS(text, "held by phil-1");
	EXPECT_HAS(text, "phil-0 -> Running: on CPU 0 after");
}

Test(view_diagram, names_stand_in_the_box_of_their_state)
{
	const char *text;

	stage_add(build_block_sleep(100, 101));
	open_at_end();
	text = stage_draw(18, 80);
	EXPECT_HAS(text, "+ Ready 2 -");
	EXPECT_HAS(text, "phil-0 CPU 0");
	EXPECT_HAS(text, "forks sleep");
	EXPECT_HAS(text, "forks blocks: sleep v");
}

Test(view_diagram, waker_is_named_unless_it_was_an_interrupt)
{
	struct ev_wake *wake;

	stage_add(build_block_mutex(100, 101, 0x5000, 101));
	stage_add(build_wake_futex(100, 101, 0x5000));
	stage_add(build_block_sleep(101, 0));
	wake = (struct ev_wake *)build_wake_irq(101);
	wake->waker_tid = 102; /* it happened to run */
	stage_add(&wake->hdr);
	open_at_end();
	EXPECT_HAS(stage_draw(18, 80), "^ wake phil-0 by an interrupt ");
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace) - 2);
	EXPECT_HAS(stage_draw(18, 80), "^ wake forks by phil-0 ");
}

Test(view_diagram, mean_stay_is_time_over_stays)
{
	build_at(100 * MS);
	stage_add(build_block_sleep(100, 101));
	build_at(110 * MS);
	stage_add(build_wake_irq(100));
	stage_add(build_preempt(101, 100));
	build_at(200 * MS);
	stage_add(build_block_sleep(100, 101));
	build_at(230 * MS);
	stage_add(build_wake_irq(100));
	open_at_end();
	EXPECT_HAS(stage_draw(18, 80), "+ Blocked 0 -");
	EXPECT_HAS(stage_draw(18, 80), "+ mean 20.0 ms-");
}

Test(view_diagram, overflow_is_counted_and_the_selected_one_shown)
{
	char name[16];
	const char *text;

	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "w-%d", i);
		stage_add(build_thread(300 + i, 100, 100, name));
		stage_add(build_admit(300 + i));
	}
	open_at_end();
	ui_select_tid(stage_ui, 329);
	text = stage_draw(18, 80);
	EXPECT_HAS(text, "Ready 33");
	EXPECT_HAS(text, "+30 more");
	EXPECT_HAS(text, ">w-29");
}

/* Each row of the boxes has its right edge, whatever is in it. */
Test(view_diagram, long_names_stay_in_their_box)
{
	char name[16];
	const char *line;

	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "philosopher-%d", i);
		stage_add(build_thread(300 + i, 100, 100, name));
		stage_add(build_run(300 + i));
		stage_add(build_block_mutex(300 + i, 0, 0x5000, 101));
	}
	open_at_end();
	line = stage_draw(18, 80);
	for (int row = 0; row < 17; row++, line = strchr(line, '\n') + 1)
		if (row >= 2)
			cr_expect(ne(ptr, strchr("|+", line[79]), NULL), "row %d: %s", row, line);
	line = strchr(strstr(stage_draw(18, 80), "+ Blocked 12"), '\n') + 1;
	for (int row = 0; row < 4; row++, line = strchr(line, '\n') + 1) {
		cr_expect(eq(chr, line[17], '|'), "%s", line);
		cr_expect(eq(chr, line[57], '|'), "%s", line);
	}
}

Test(view_diagram, what_has_no_box_is_named_below)
{
	stage_add(build_lost(LOST_RING_FULL, 3));
	open_at_end();
	EXPECT_HAS(stage_draw(18, 80), "Unknown 4");
}

Test(view_diagram, click_selects)
{
	const char *text, *at, *line;
	int row = 0;

	open_at_end();
	text = line = stage_draw(18, 80);
	at = strstr(text, "phil-2");
	cr_assert(ne(ptr, (void *)at, NULL));
	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			row++;
			line = p + 1;
		}
	}
	cr_expect(view_diagram.click(&stage_view, stage_ui, row, (int)(at - line)));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	cr_expect(not(view_diagram.click(&stage_view, stage_ui, 0, 0)));
}

Test(view_diagram, any_size_is_drawn)
{
	stage_tell_deadlock(3);
	open_at_end();
	stage_draw_all_sizes();
}

/* A live trace that is stopped at an event is drawn as its recording is. */
Test(view_diagram, live_and_replayed_are_one_picture)
{
	struct ui *live;
	char *first;

	stage_tell_deadlock(3);
	stage_open(&view_diagram, true, 50 * MS);
	live = stage_ui;
	ui_seek_event(live, trace_event_cnt(stage_trace) - 3);
	first = xstrdup(stage_draw_styles(18, 80));
	stage_ui = ui_new(stage_trace, &(struct ui_options){ .title = "./w" });
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace) - 3);
	cr_expect(eq(str, first, (char *)stage_draw_styles(18, 80)));
	ui_seek_event(stage_ui, trace_event_cnt(stage_trace) - 5);
	cr_expect(ne(str, first, (char *)stage_draw_styles(18, 80)));
	free(first);
	ui_free(live);
}
