/* SPDX-License-Identifier: GPL-2.0-only */
/* The stretch of time a timeline shows: it follows, holds still, zooms, fits. */
#include "tests/unit/tui/stage.h"

#define S    (1000 * MS)
#define COLS 60

static void setup(void)
{
	stage_setup();
	stage_tell_philosophers(1);
	build_at(20 * S);
	stage_add(build_run(101));
	stage_open(&view_help, true, 20 * S);
}

TestSuite(ui_window, .init = setup, .fini = stage_teardown, .timeout = 10);

static struct ui_window window(void)
{
	struct ui_window w;

	ui_window(stage_ui, COLS, &w);
	return w;
}

static __u64 end_of(const struct ui_window *w)
{
	return w->begin_ns + COLS * w->ns_per_col;
}

Test(ui_window, follows_the_end_at_the_right_edge)
{
	struct ui_window w = window();

	cr_expect(eq(int, w.cursor_col, COLS - 1));
	cr_expect(gt(u64, end_of(&w), BUILD_BEGIN_NS + 20 * S));
	cr_expect(le(u64, end_of(&w), BUILD_BEGIN_NS + 20 * S + w.ns_per_col));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 21 * S);
	cr_expect(eq(int, window().cursor_col, COLS - 1));
}

/* A picture must not shift by parts of a column: every column would change. */
Test(ui_window, columns_stay_the_same_stretches_of_time)
{
	struct ui_window w = window();

	cr_expect(eq(u64, w.begin_ns % w.ns_per_col, 0));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 20 * S + w.ns_per_col / 3);
	cr_expect(eq(u64, window().begin_ns % w.ns_per_col, 0));
}

Test(ui_window, pausing_does_not_move_the_picture)
{
	struct ui_window before = window(), after;

	ui_key(stage_ui, ' ');
	after = window();
	cr_expect(eq(u64, before.begin_ns, after.begin_ns));
	cr_expect(eq(int, after.cursor_col, before.cursor_col));
}

Test(ui_window, paused_picture_holds_still_while_the_cursor_is_inside)
{
	struct ui_window before, after;

	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 10 * S);
	before = window();
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 10 * S + before.ns_per_col * 5);
	after = window();
	cr_expect(eq(u64, before.begin_ns, after.begin_ns));
	cr_expect(eq(int, after.cursor_col, before.cursor_col + 5));
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 15 * S);
	after = window();
	cr_expect(gt(u64, after.begin_ns, before.begin_ns));
	cr_expect(eq(int, after.cursor_col, COLS / 2));
}

static void press(char key, int times)
{
	while (times-- > 0)
		ui_key(stage_ui, (uint32_t)key);
}

/* A cursor that stands still would show nothing: at 1:1000 there is 1 ms to see in a second. */
Test(ui_window, slow_motion_has_columns_in_which_the_cursor_moves)
{
	struct ui_window calm, slow, later;
	__u64 wall_ns = BUILD_BEGIN_NS + 20 * S;

	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 10 * S);
	calm = window();
	press('<', 9);
	cr_expect(eq(u64, window().ns_per_col, calm.ns_per_col), "not before it plays");
	press(' ', 1);
	slow = window();
	cr_expect(le(u64, slow.ns_per_col, S / 1000 / 4));
	ui_tick(stage_ui, wall_ns + S);
	later = window();
	cr_expect(eq(u64, later.begin_ns, slow.begin_ns));
	cr_expect(ge(int, later.cursor_col, slow.cursor_col + 4));
	press(' ', 1);
	cr_expect(eq(u64, window().begin_ns, slow.begin_ns), "paused it stays");
	press(' ', 1);
	press('>', 9);
	cr_expect(eq(u64, window().ns_per_col, calm.ns_per_col), "and is over with it");
}

Test(ui_window, who_goes_elsewhere_sees_more_than_slow_motion_did)
{
	struct ui_window calm;

	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 10 * S);
	calm = window();
	press('<', 9);
	press(' ', 1);
	window();
	press(' ', 1);
	cr_expect(lt(u64, window().ns_per_col, calm.ns_per_col));
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 15 * S);
	cr_expect(eq(u64, window().ns_per_col, calm.ns_per_col));
}

/* Who has zoomed wants just that. */
Test(ui_window, slow_motion_leaves_the_zoom_of_the_user)
{
	__u64 unit;

	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 10 * S);
	press('+', 1);
	unit = window().ns_per_col;
	press('<', 9);
	press(' ', 1);
	cr_expect(eq(u64, window().ns_per_col, unit));
}

Test(ui_window, zoom_goes_by_steps_and_comes_back)
{
	__u64 unit = window().ns_per_col;

	ui_key(stage_ui, '+');
	cr_expect(lt(u64, window().ns_per_col, unit));
	ui_key(stage_ui, '-');
	cr_expect(eq(u64, window().ns_per_col, unit));
	ui_key(stage_ui, '-');
	cr_expect(gt(u64, window().ns_per_col, unit));
}

/* However wide the timeline is, and whether it is a strip or has the screen for itself. */
Test(ui_window, zoom_starts_from_what_is_seen)
{
	static const int widths[] = { 60, 200, 400 };

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct ui_window before, after;

		ui_key(stage_ui, '=');
		ui_window(stage_ui, widths[i], &before);
		ui_key(stage_ui, '+');
		ui_window(stage_ui, widths[i], &after);
		cr_expect(lt(u64, after.ns_per_col, before.ns_per_col), "%d columns", widths[i]);
		ui_key(stage_ui, '-');
		ui_window(stage_ui, widths[i], &after);
		cr_expect(eq(u64, after.ns_per_col, before.ns_per_col), "%d columns", widths[i]);
	}
}

Test(ui_window, zoom_ends)
{
	for (int i = 0; i < 100; i++)
		ui_key(stage_ui, '+');
	cr_expect(ge(u64, window().ns_per_col, 1));
	for (int i = 0; i < 200; i++)
		ui_key(stage_ui, '-');
	cr_expect(le(u64, window().ns_per_col, 1000 * S));
}

Test(ui_window, fit_shows_everything)
{
	struct ui_window w;

	ui_key(stage_ui, '=');
	w = window();
	cr_expect(le(u64, w.begin_ns, BUILD_BEGIN_NS));
	cr_expect(gt(u64, end_of(&w), BUILD_BEGIN_NS + 20 * S));
	cr_expect(ge(int, w.cursor_col, COLS / 3)); /* and does not waste the window */
}

Test(ui_window, panning_pauses_and_moves_by_columns)
{
	struct ui_window before = window(), after;

	ui_pan(stage_ui, -7);
	after = window();
	cr_expect(not(ui_is_following(stage_ui)));
	cr_expect(eq(u64, after.begin_ns, before.begin_ns - 7 * before.ns_per_col));
	cr_expect(eq(int, after.cursor_col, -1));
	ui_pan(stage_ui, -100000);
	cr_expect(
		eq(u64, window().begin_ns, BUILD_BEGIN_NS / before.ns_per_col * before.ns_per_col));
}

Test(ui_window, jump_goes_a_tenth_of_the_window)
{
	__u64 unit = window().ns_per_col;

	ui_key(stage_ui, 'H');
	cr_expect(eq(u64, ui_now_ns(stage_ui), BUILD_BEGIN_NS + 20 * S - unit * COLS / 10));
	ui_key(stage_ui, 'L');
	cr_expect(eq(u64, ui_now_ns(stage_ui), BUILD_BEGIN_NS + 20 * S));
}

Test(ui_window, any_width_is_answered)
{
	struct ui_window w;

	for (int cols = -1; cols < 3; cols++) {
		ui_window(stage_ui, cols, &w);
		cr_expect(gt(u64, w.ns_per_col, 0));
	}
}
