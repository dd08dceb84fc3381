/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole screen at any size and after any keys: for the sanitizers, and for what must stay. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/unit/tui/scenarios.h"
#include "tui/ui.h"

static struct trace *t;
static struct ui *ui;
static struct grid *g;
static struct strbuf dump;

static const char *title = "./w";

static void begin(const char *scenario, bool is_live)
{
	t = trace_new(&(struct trace_options){});
	cr_assert(scenario_tell(scenario, t));
	ui = ui_new(t, &(struct ui_options){ .title = title, .live = is_live });
	g = grid_new(24, 80);
	grid_set_ascii(g, true);
	ui_tick(ui, trace_end_ns(t));
}

static void end(void)
{
	ui_free(ui);
	grid_free(g);
	trace_free(t);
	strbuf_release(&dump);
	ui = NULL;
	g = NULL;
	t = NULL;
}

TestSuite(ui_draw, .fini = end, .timeout = 30);

static char *shown(int rows, int cols)
{
	grid_resize(g, rows, cols);
	ui_draw(ui, g);
	strbuf_reset(&dump);
	grid_dump(g, &dump);
	return (char *)strbuf_str(&dump);
}

Test(ui_draw, the_name_of_the_program_goes_before_its_directories)
{
	title = "/usr/lib/some/where/prodcons --seed 1";
	begin("forks", true);
	cr_expect(ne(ptr, strstr(shown(24, 80), "ctrace prodcons --s"), NULL));
}

Test(ui_draw, every_view_at_every_size)
{
	begin("zoo", true);
	for (int view = 0; view < VIEW_CNT; view++) {
		for (int rows = 0; rows < 40; rows++) {
			for (int cols = 0; cols < 220; cols += cols < 85 ? 3 : 17)
				shown(rows, cols);
		}
		ui_key(ui, UIKEY_TAB);
	}
	shown(200, 500);
}

Test(ui_draw, below_the_smallest_size_one_line_says_so)
{
	begin("forks", true);
	cr_expect(eq(str, shown(1, 50), "terminal too small (have 50x1, want 40x10)\n"));
	cr_expect(eq(str, shown(1, 8), "termina~\n"));
	cr_expect(eq(ptr, strstr(shown(10, 40), "too small"), NULL));
}

/* The verdict has its line in every view, at every size that has a picture. */
Test(ui_draw, deadlock_is_always_in_sight)
{
	static const int sizes[][2] = { { 10, 40 }, { 24, 80 }, { 60, 200 } };

	begin("forks", true);
	for (int view = 0; view < VIEW_CNT; view++) {
		for (int i = 0; i < 3; i++)
			cr_expect(ne(ptr, strstr(shown(sizes[i][0], sizes[i][1]), "DEADLOCK for "),
				     NULL));
		ui_key(ui, UIKEY_TAB);
	}
}

Test(ui_draw, losses_are_always_in_sight)
{
	static const int sizes[][2] = { { 10, 40 }, { 24, 80 }, { 60, 200 } };

	begin("lost", true);
	for (int i = 0; i < 3; i++)
		cr_expect(ne(ptr, strstr(shown(sizes[i][0], sizes[i][1]), "12,345 LOST"), NULL));
	/* also at a time before it happened: the recording is what has holes */
	ui_key(ui, 'g');
	cr_expect(ne(ptr, strstr(shown(24, 80), "12,345 LOST"), NULL));
}

Test(ui_draw, thread_of_the_deadlock_is_selected_unless_the_user_chose)
{
	begin("forks", true);
	shown(24, 80);
	cr_expect(eq(u32, ui_selected_tid(ui), 4712));
	ui_select_tid(ui, 4714);
	shown(24, 80);
	cr_expect(eq(u32, ui_selected_tid(ui), 4714));
}

Test(ui_draw, cursor_stands_on_the_selected_row)
{
	int row, col;

	begin("forks", true);
	ui_select_tid(ui, 4713);
	shown(24, 80);
	cr_assert(grid_cursor(g, &row, &col));
	cr_expect(eq(u32, grid_cell(g, row, 0)->ch, '>'));
	cr_expect(eq(int, row, 5));
	ui_key(ui, '/');
	shown(24, 80);
	cr_assert(grid_cursor(g, &row, &col));
	cr_expect(eq(int, row, 23));
}

Test(ui_draw, click_selects_a_row_and_a_time)
{
	begin("forks", true);
	shown(24, 80);
	ui_click(ui, 6, 20);
	cr_expect(eq(u32, ui_selected_tid(ui), 4714));
	ui_click(ui, 0, 0);
	ui_click(ui, 99, 99);
	ui_click(ui, 23, 5);
	cr_expect(eq(u32, ui_selected_tid(ui), 4714));
	cr_expect(ui_is_following(ui));
	ui_click(ui, 11, 40);
	cr_expect(not(ui_is_following(ui)));
}

Test(ui_draw, wheel_moves_the_selection)
{
	begin("forks", true);
	shown(24, 80);
	ui_select_tid(ui, 4711);
	ui_scroll(ui, 3);
	cr_expect(eq(u32, ui_selected_tid(ui), 4714));
	ui_scroll(ui, -2);
	cr_expect(eq(u32, ui_selected_tid(ui), 4712));
}

Test(ui_draw, keys_of_views_go_there_and_back)
{
	begin("forks", true);
	ui_key(ui, 'w');
	cr_expect(ne(ptr, strstr(shown(24, 80), "[graph]"), NULL));
	ui_key(ui, 'w');
	cr_expect(eq(ptr, strstr(shown(24, 80), "[graph]"), NULL));
	ui_key(ui, UIKEY_BACKTAB);
	cr_expect(ne(ptr, strstr(shown(24, 80), "[help]"), NULL));
	ui_key(ui, UIKEY_ESC);
	cr_expect(eq(ptr, strstr(shown(24, 80), "[help]"), NULL));
}

Test(ui_draw, leaving_needs_q_or_two_interrupts)
{
	begin("forks", true);
	cr_expect(eq(int, ui_key(ui, UIKEY_CTRL('c')), UI_OK));
	cr_expect(eq(int, ui_key(ui, 'j'), UI_OK));
	cr_expect(eq(int, ui_key(ui, UIKEY_CTRL('c')), UI_OK));
	cr_expect(eq(int, ui_key(ui, UIKEY_CTRL('c')), UI_QUIT));
	cr_expect(eq(int, ui_key(ui, 'q'), UI_QUIT));
	cr_expect(eq(int, ui_key(ui, UIKEY_CTRL('z')), UI_SUSPEND));
	ui_key(ui, '/');
	cr_expect(eq(int, ui_key(ui, 'q'), UI_OK));
}

/* The same sequence each time: xorshift, Marsaglia 2003. */
static __u32 next_random(__u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

Test(ui_draw, any_keys_in_any_order)
{
	static const char *const names[] = { "zoo", "forks", "lost", "ended", "empty", "names" };
	__u32 seed = 2463534242u;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		begin(names[i], i % 2 == 0);
		for (int k = 0; k < 3000; k++) {
			__u32 r = next_random(&seed);
			__u32 key = r % 4   ? 32 + r / 4 % 95
				    : r % 8 ? r / 8 % 32
					    : UIKEY_UP + r / 8 % 24;

			if (r % 50 == 0)
				grid_resize(g, (int)(r / 50 % 40), (int)(r / 2000 % 130));
			if (r % 30 == 0)
				ui_click(ui, (int)(r / 30 % 40), (int)(r / 1200 % 130));
			ui_key(ui, key);
			ui_tick(ui, trace_end_ns(t) + (__u64)k * SCENARIO_MS);
			ui_draw(ui, g);
		}
		cr_expect(le(u64, ui_event(ui), trace_event_cnt(t)));
		end();
	}
}
