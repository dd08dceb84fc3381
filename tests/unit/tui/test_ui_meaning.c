/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps by meaning, and playing over what is idle. */
#include <string.h>

#include "tests/unit/tui/stage.h"

#define S (1000 * MS)

/* Each second one thing happens; the thread that runs is woken or blocks. */
static void setup(void)
{
	stage_setup();
	stage_tell_philosophers(3);
	build_at(1 * S);
	stage_add(build_block_condvar(100, 101, 0x9000)); /* blocks, no edge */
	build_at(2 * S);
	stage_add(build_block_mutex(101, 102, 0x5000, 102)); /* an edge */
	build_at(3 * S);
	stage_add(build_wake_futex(100, 102, 0x9000)); /* a signal hands nothing on */
	build_at(4 * S);
	stage_add(build_wake_futex(101, 102, 0x5000)); /* a hand-off: the edge goes */
	build_at(5 * S);
	stage_add(build_block_sleep(102, 103)); /* blocks, no edge */
	build_at(6 * S);
	stage_add(build_wake_irq(102));
}

TestSuite(ui_meaning, .init = setup, .fini = stage_teardown, .timeout = 10);

static void type(const char *text)
{
	for (; *text; text++)
		ui_key(stage_ui, (uint32_t)*text);
}

static __u64 at_ms(void)
{
	return (ui_now_ns(stage_ui) - BUILD_BEGIN_NS) / MS;
}

static char *stage_screen(void)
{
	struct grid *g = grid_new(24, 80);

	ui_draw(stage_ui, g);
	strbuf_reset(&stage_text);
	grid_dump(g, &stage_text);
	grid_free(g);
	return (char *)strbuf_str(&stage_text);
}

static void open_replay(void)
{
	stage_open(&view_help, false, 0);
}

/* Each key leads to the next of the times, the last one nowhere; and back again. */
static void expect_stops(const char *next, const char *prev, const __u64 *ms, size_t cnt)
{
	open_replay();
	for (size_t i = 0; i < cnt; i++) {
		type(next);
		cr_expect(eq(u64, at_ms(), ms[i]), "%s, stop %zu", next, i);
	}
	type(next);
	cr_expect(eq(u64, at_ms(), ms[cnt - 1]), "behind the last");
	type("G");
	for (size_t i = cnt; i-- > 0;) {
		type(prev);
		cr_expect(eq(u64, at_ms(), ms[i]), "%s, stop %zu", prev, i);
	}
	type(prev);
	cr_expect(eq(u64, at_ms(), ms[0]), "before the first");
}

Test(ui_meaning, next_block_is_any_threads)
{
	expect_stops("b", "B", (const __u64[]){ 1000, 2000, 5000 }, 3);
}

Test(ui_meaning, next_hand_off_is_of_a_lock_alone)
{
	expect_stops("u", "U", (const __u64[]){ 4000 }, 1);
}

Test(ui_meaning, graph_changes_with_its_edges_not_with_every_wait)
{
	expect_stops("r", "R", (const __u64[]){ 2000, 4000 }, 2);
}

Test(ui_meaning, alarm_is_no_marker)
{
	build_at(7 * S);
	stage_add(build_note("before"));
	build_at(8 * S);
	stage_tell_deadlock(3);
	build_at(9 * S);
	stage_tell_confirmed(3);
	expect_stops("a", "A", (const __u64[]){ 8000 }, 1);
}

Test(ui_meaning, without_alarm_the_cursor_stays)
{
	open_replay();
	type("...a");
	cr_expect(eq(u64, ui_event(stage_ui), 3 + trace_first_event(stage_trace)));
}

/* Twenty short blocks are no reason to wait for twenty ticks. */
Test(ui_meaning, short_blocks_are_searched_at_once)
{
	for (int i = 0; i < 20; i++) {
		build_at((7 + i) * S);
		stage_add(build_note("."));
		trace_flush(stage_trace);
	}
	build_at(40 * S);
	stage_add(build_block_sleep(103, 101));
	open_replay();
	type("bbbb");
	cr_expect(eq(u64, at_ms(), 40000));
	cr_expect(eq(ptr, strstr(stage_screen(), "searching"), NULL));
	type("B");
	cr_expect(eq(u64, at_ms(), 5000));
}

Test(ui_meaning, idle_stretches_are_skipped_on_request)
{
	open_replay();
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 2 * S);
	type("< "); /* at half speed a second of the trace takes two */
	ui_tick(stage_ui, BUILD_BEGIN_NS + 500 * MS);
	cr_expect(eq(u64, at_ms(), 2250));
	type("i");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 501 * MS);
	cr_expect(eq(u64, at_ms(), 2875)); /* a quarter of a second of play before 3 s */
	ui_tick(stage_ui, BUILD_BEGIN_NS + 801 * MS);
	cr_expect(ge(u64, at_ms(), 3000));
	type("i");
	cr_expect(ui_is_playing(stage_ui));
}

Test(ui_meaning, what_lasts_less_than_a_second_is_played)
{
	open_replay();
	ui_seek_time(stage_ui, BUILD_BEGIN_NS + 2 * S);
	type("i> ");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 100 * MS);
	cr_expect(eq(u64, at_ms(), 2200));
}

Test(ui_meaning, begin_is_not_idle_since_the_machine_booted)
{
	open_replay();
	type("i ");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 1);
	cr_expect(lt(u64, at_ms(), 1000));
}
