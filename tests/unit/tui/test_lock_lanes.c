/* SPDX-License-Identifier: GPL-2.0-only */
/* Lanes of locks: who has one, who waits, which are listed, and the way to the table and back. */
#include <string.h>

#include "tests/unit/tui/stage.h"
#include "tui/lock_lanes.h"

TestSuite(lock_lanes, .init = stage_setup, .fini = stage_teardown, .timeout = 20);

enum { TILL = 0x5000, DOOR = 0x6000, BELL = 0x7000 };

#define EXPECT_SCREEN(rows, cols, want) \
	cr_expect(eq(str, (char *)stage_draw(rows, cols), (char *)(want)))

/* The large timeline, with lanes of locks, a column of it as wide as that. */
static void open_lanes(__u64 now_ns, __u64 ns_per_col)
{
	struct ui_window win;

	stage_open(&view_timeline, true, now_ns);
	ui_act(stage_ui, ACT_TIMELINE);
	while (ui_lanes(stage_ui) != LANES_locks)
		ui_act(stage_ui, ACT_LANES);
	for (int i = 0; i < 60; i++) {
		ui_window(stage_ui, 40, &win);
		if (win.ns_per_col != ns_per_col)
			ui_act(stage_ui, win.ns_per_col > ns_per_col ? ACT_ZOOM_IN : ACT_ZOOM_OUT);
	}
	cr_assert(eq(u64, win.ns_per_col, ns_per_col));
}

static void act(enum ui_action action)
{
	if (!stage_view.ops->act(&stage_view, stage_ui, action))
		ui_act(stage_ui, action);
}

/* The till goes from phil-0 to phil-1, who keeps it; phil-2 waits at the door, not for long. */
static void tell_shop(void)
{
	stage_tell_philosophers(4);
	build_at(2 * MS);
	stage_add(build_block_mutex(103, 0, DOOR, 104));
	stage_add(build_lockname(100, DOOR, "shop.front.door"));
	build_at(5 * MS);
	stage_add(build_wake_irq(103));
	build_at(10 * MS);
	stage_add(build_block_mutex(102, 0, TILL, 101));
	stage_add(build_lockname(100, TILL, "till"));
	build_at(20 * MS);
	stage_add(build_block_mutex(104, 0, TILL, 101));
	build_at(30 * MS);
	stage_add(build_wake_futex(102, 101, TILL));
	build_at(33 * MS);
	stage_add(build_lockword(104, TILL, 102));
	build_at(50 * MS);
	stage_add(build_note("end"));
}

Test(lock_lanes, with_room_a_lock_has_two_rows)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	EXPECT_SCREEN(
		12, 80,
		"--- locks, 1 column = 1 ms -----------------------------------------------------\n"
		"                    |0.00 s---|0.01 s---|0.02 s---|0.03 s---|0.04 s-now---------\n"
		">till               ..........phil-0 =============>??phil-1 ===========\n"
		"   waiting          ..........11111111112222222222111111111111111111111\n"
		" shop.front.door    ..===..............................................\n"
		"   waiting          ..111..............................................\n"
		"\n"
		"\n"
		"\n"
		"\n"
		" B === held by B  2 wait  - at times  > hand-off  ? not known  . none seen\n"
		" till here: 1 waits; held by phil-1\n");
}

Test(lock_lanes, else_who_has_it_stands_before_how_many_wait)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	EXPECT_SCREEN(
		3, 80,
		"--- locks, 1 column = 1 ms ---|0.01 s---|0.02 s---|0.03 s---|0.04 s-now---------\n"
		">till               ..........phil-0 1112222222222>11phil-1 11111111111\n"
		" shop.front.door    ..111..............................................\n");
}

/* There is no wait of the door after 5 ms. */
Test(lock_lanes, a_lock_that_nobody_waits_for_has_no_lane)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	cr_expect(ne(ptr, strstr(stage_draw(12, 80), "door"), NULL));
	cr_expect(eq(ptr, strstr(stage_draw(12, 50), "door"), NULL));
	cr_expect(ne(ptr, strstr(stage_draw(12, 50), "till"), NULL));
}

Test(lock_lanes, without_waits_it_is_said_so)
{
	stage_tell_philosophers(4);
	open_lanes(5 * MS, MS);
	cr_expect(ne(ptr,
		     strstr(stage_draw(12, 80), "nobody was seen to wait for a lock in this time"),
		     NULL));
	stage_draw_all_sizes();
}

Test(lock_lanes, a_long_name_loses_its_begin)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	ui_act(stage_ui, ACT_ZOOM_FIT);
	cr_expect(ne(ptr, strstr(stage_draw(6, 44), "~ont.door"), NULL));
}

/* Two threads hand it over all the time. */
Test(lock_lanes, where_it_changes_hands_in_each_column_numbers_stay)
{
	stage_tell_philosophers(3);
	for (__u64 i = 0; i < 10; i++) {
		build_at((1 + i) * MS);
		stage_add(build_block_mutex(101 + i % 2, 0, TILL, 102 - i % 2));
		build_at((1 + i) * MS + MS / 2);
		stage_add(build_wake_futex(101 + i % 2, 102 - i % 2, TILL));
	}
	build_at(11 * MS);
	stage_add(build_note("end"));
	open_lanes(11 * MS, MS);
	cr_expect(ne(ptr, strstr(stage_draw(2, 80), " .>->->->->-.\n"), NULL), "%s",
		  stage_draw(2, 80));
}

Test(lock_lanes, a_queue_of_more_than_nine_is_a_star)
{
	stage_tell_philosophers(14);
	for (__u32 i = 1; i < 12; i++)
		stage_add(build_block_mutex(101 + i, 0, TILL, 101));
	build_at(5 * MS);
	stage_add(build_note("end"));
	open_lanes(5 * MS, MS);
	cr_expect(ne(ptr, strstr(stage_draw(3, 80), "*"), NULL));
}

Test(lock_lanes, words_tell_one_column)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 25 * MS + MS / 2);
	cr_expect(ne(ptr, strstr(stage_draw(12, 80), "\n till here: 2 wait; held by phil-0\n"),
		     NULL));
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 30 * MS + MS / 2);
	cr_expect(ne(ptr,
		     strstr(stage_draw(12, 80),
			    "\n till here: 1 waits; handed over 1 time, last held by phil-0\n"),
		     NULL),
		  "%s", strbuf_str(&stage_text));
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 8 * MS);
	cr_expect(ne(ptr, strstr(stage_draw(12, 80), "nobody is seen to wait\n"), NULL));
}

/* A condition variable is nobody's. */
Test(lock_lanes, what_has_no_owner_has_one_row)
{
	stage_tell_philosophers(3);
	build_at(MS);
	stage_add(build_block_condvar(102, 0, BELL));
	stage_add(build_lockname(100, BELL, "bell"));
	build_at(4 * MS);
	stage_add(build_wake_futex(102, 101, BELL));
	build_at(8 * MS);
	stage_add(build_note("end"));
	open_lanes(8 * MS, MS);
	cr_expect(ne(ptr, strstr(stage_draw(12, 80), ">bell               .111-....\n"), NULL));
	cr_expect(eq(ptr, strstr(stage_draw(12, 80), "waiting"), NULL));
}

Test(lock_lanes, where_events_were_lost_nothing_is_said)
{
	stage_tell_philosophers(3);
	build_at(MS);
	stage_add(build_block_mutex(102, 0, TILL, 101));
	build_at(4 * MS);
	stage_add(build_lost(LOST_RING_FULL, 7));
	build_at(8 * MS);
	stage_add(build_note("end"));
	open_lanes(8 * MS, MS);
	cr_expect(ne(ptr, strstr(stage_draw(2, 80), ".111/....\n"), NULL), "%s", stage_draw(2, 80));
}

static __u64 selected(void)
{
	const struct lock *l = ui_selected_lock(stage_ui);

	return l ? l->address : 0;
}

Test(lock_lanes, keys_choose_a_lane_and_l_goes_to_the_table)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	stage_draw(12, 80);
	act(ACT_DOWN);
	cr_expect(eq(u64, selected(), DOOR));
	act(ACT_DOWN);
	cr_expect(eq(u64, selected(), DOOR));
	cr_expect(ne(ptr, strstr(stage_draw(12, 80), "\n>shop.front.door"), NULL));
	act(ACT_UP);
	cr_expect(eq(u64, selected(), TILL));
	act(ACT_LOCKS);
	cr_expect(ui_shows(stage_ui, VIEW_locks));
	cr_expect(eq(u64, selected(), TILL));
	ui_act(stage_ui, ACT_BACK);
	cr_expect(ui_shows(stage_ui, VIEW_timeline));
	cr_expect(eq(u64, selected(), TILL));
}

Test(lock_lanes, h_goes_to_who_has_it)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	stage_draw(12, 80);
	act(ACT_OWNER);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	cr_expect(ui_shows(stage_ui, VIEW_threads));
}

Test(lock_lanes, they_are_in_the_order_of_the_table)
{
	const char *screen;

	tell_shop();
	open_lanes(50 * MS, MS);
	screen = stage_draw(12, 80);
	cr_expect(lt(ptr, strstr(screen, "till"), strstr(screen, "door")));
	while (ui_lock_order(stage_ui) != LOCK_BY_NAME)
		act(ACT_ORDER);
	screen = stage_draw(12, 80);
	cr_expect(lt(ptr, strstr(screen, "door"), strstr(screen, "till")));
}

Test(lock_lanes, a_click_chooses_the_lane)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	stage_draw(12, 80);
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 4, 1));
	cr_expect(eq(u64, selected(), DOOR));
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 3, 1));
	cr_expect(eq(u64, selected(), TILL));
}

Test(lock_lanes, every_size_is_drawn)
{
	tell_shop();
	open_lanes(50 * MS, MS);
	stage_draw_all_sizes();
}

/* Looked for one by one, in each column. */
static bool is_waited_for(const struct lanes *lanes, const struct lock *l)
{
	for (int col = 0; col < lanes->cols; col++) {
		const struct timeline_column *column =
			timeline_column(lanes->timeline, lanes->first_idx + col);

		if (column && !column->lost_cnt && timeline_lock(column, l))
			return true;
	}
	return false;
}

/* All who wait for the lock of the row, each after who came before. */
static void expect_queue(const struct lock_rows *rows, const struct lock_row *row)
{
	const struct model *m = ui_model(stage_ui);
	size_t cnt = 0;

	for (size_t i = 0; i < model_thread_cnt(m); i++)
		cnt += model_lock_waited_on(m, model_thread_at(m, i)) == row->lock;
	cr_expect(eq(sz, row->waiter_cnt, cnt));
	for (size_t i = 0; i < row->waiter_cnt; i++) {
		const struct lock_waiter *w = &rows->waiters.items[row->waiter_idx + i];

		cr_expect(eq(ptr, (void *)w->lock, (void *)row->lock));
		cr_expect(eq(ptr, (void *)model_lock_waited_on(m, w->thread), (void *)row->lock));
		cr_expect(i == 0 || w[-1].since_ns < w->since_ns ||
			  (w[-1].since_ns == w->since_ns && w[-1].thread->tid < w->thread->tid));
	}
}

/* How many locks have a lane, and how many of all have none. */
static void expect_lanes(struct lock_lanes *s, const struct lanes *lanes, size_t cnt[2])
{
	struct lock_rows all = {};
	size_t at = 0;

	lock_lanes_make(s, stage_ui, lanes);
	lock_rows_make(&all, ui_model(stage_ui), ui_now_ns(stage_ui), ui_lock_order(stage_ui));
	vec_for_each(row, &all.locks) {
		expect_queue(&all, row);
		if (!is_waited_for(lanes, row->lock))
			continue;
		cr_assert(lt(sz, at, s->rows.locks.cnt));
		cr_expect(eq(ptr, (void *)s->rows.locks.items[at++].lock, (void *)row->lock));
	}
	cr_expect(eq(sz, at, s->rows.locks.cnt));
	cnt[0] += at;
	cnt[1] += all.locks.cnt - at;
	lock_rows_release(&all);
}

Test(lock_lanes, of_many_locks_those_have_a_lane_that_are_in_a_column)
{
	struct timeline *tl = timeline_new_locks(stage_trace);
	struct lock_lanes s = {};
	size_t cnt[2] = {};

	for (__u64 i = 0; i < 30000; i++)
		trace_append(stage_trace, build_story(5, 300, i));
	stage_open(&view_timeline, false, 0);
	timeline_set_width(tl, 100000);
	for (__u64 part = 0; part < 8; part++) {
		__u64 span_ns = trace_end_ns(stage_trace) - BUILD_BEGIN_NS;
		__u64 begin_ns = BUILD_BEGIN_NS + span_ns / 8 * part;
		struct lanes lanes = { .timeline = tl, .first_idx = begin_ns / 100000, .cols = 30 };

		ui_seek_time(stage_ui, begin_ns + 30 * 100000);
		timeline_fill(tl, begin_ns, begin_ns + 30 * 100000, trace_end_ns(stage_trace),
			      1 << 30);
		expect_lanes(&s, &lanes, cnt);
	}
	cr_expect(gt(sz, cnt[0], 30));
	cr_expect(gt(sz, cnt[1], 30));
	lock_lanes_release(&s);
	timeline_free(tl);
}
