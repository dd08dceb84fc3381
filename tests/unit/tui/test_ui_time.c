/* SPDX-License-Identifier: GPL-2.0-only */
/* Where in time the screen stands: following, pausing, stepping, playing, going there. */
#include <string.h>

#include "tests/unit/tui/stage.h"

#define S (1000 * MS)

static void setup(void)
{
	stage_setup();
	stage_tell_philosophers(3);
	build_at(1 * S);
	stage_add(build_run(101));
	build_at(2 * S);
	stage_add(build_block_sleep(101, 102));
	build_at(3 * S);
	stage_add(build_wake_irq(101));
	build_at(4 * S);
	stage_add(build_note("half time"));
	build_at(5 * S);
	stage_add(build_preempt(102, 101));
}

TestSuite(ui_time, .init = setup, .fini = stage_teardown, .timeout = 10);

static void go(const char *where)
{
	stage_type(":");
	stage_type(where);
	ui_key(stage_ui, UIKEY_ENTER);
}

static void open_live(__u64 now_ns)
{
	stage_open(&view_help, true, now_ns);
}

static void open_replay(void)
{
	stage_open(&view_help, false, 0);
}

Test(ui_time, live_follows_the_clock)
{
	open_live(7 * S);
	cr_expect(ui_is_following(stage_ui));
	cr_expect(eq(u64, stage_at_ns(), 7 * S));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 8 * S);
	cr_expect(eq(u64, stage_at_ns(), 8 * S));
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
}

Test(ui_time, clock_stands_when_the_trace_has_ended)
{
	open_live(7 * S);
	ui_set_ended(stage_ui);
	cr_expect(eq(u64, stage_at_ns(), 5 * S));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), " END "), NULL));
}

/* A program that hangs has had its last event long ago: its waits keep their length. */
Test(ui_time, pausing_keeps_the_time_that_is_shown)
{
	open_live(60 * S);
	stage_type(" ");
	cr_expect(not(ui_is_following(stage_ui)));
	cr_expect(eq(u64, stage_at_ns(), 60 * S));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 70 * S);
	cr_expect(eq(u64, stage_at_ns(), 60 * S));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "PAUSED"), NULL));
}

Test(ui_time, recording_goes_on_while_paused)
{
	__u64 cnt = trace_event_cnt(stage_trace);

	open_live(5 * S);
	stage_type(" ");
	stage_add(build_preempt(101, 102));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 6 * S);
	cr_expect(eq(u64, ui_event(stage_ui), cnt));
	stage_type("G");
	cr_expect(ui_is_following(stage_ui));
	cr_expect(eq(u64, ui_event(stage_ui), cnt + 1));
}

Test(ui_time, replay_begins_at_the_first_event)
{
	open_replay();
	cr_expect(not(ui_is_following(stage_ui)));
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(eq(u64, stage_at_ns(), 0));
	cr_expect(eq(sz, model_thread_cnt(ui_model(stage_ui)), 0));
}

Test(ui_time, steps_go_one_event_and_back)
{
	open_replay();
	stage_type("..");
	cr_expect(eq(u64, ui_event(stage_ui), 2));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), " #1 "), NULL)); /* counted from 0 */
	stage_type(",");
	cr_expect(eq(u64, ui_event(stage_ui), 1));
	stage_type(",,,");
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "this is the first event"), NULL));
}

Test(ui_time, last_step_stays_at_the_end)
{
	open_replay();
	stage_type("G.");
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "this is the last event"), NULL));
}

Test(ui_time, go_to_a_time)
{
	static const struct {
		const char *text;
		__u64 ns;
	} cases[] = {
		{ "2.5s", 2500 * MS }, { "2500ms", 2500 * MS },
		{ "3", 3 * S },	       { "0:04.5", 4500 * MS },
		{ "00:00:01", 1 * S }, { "50%", 2500 * MS },
		{ "1h", 5 * S },       { "0", 0 },
	};

	open_replay();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		go(cases[i].text);
		cr_expect(eq(u64, stage_at_ns() / 1000, cases[i].ns / 1000), "%s", cases[i].text);
	}
}

Test(ui_time, go_to_an_event_and_a_thread)
{
	open_replay();
	go("#9");
	cr_expect(eq(u64, ui_event(stage_ui), 10)); /* event 9 is the last that happened */
	go("#18446744073709551615");
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
	go("t102");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	go("#999999");
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
	go("t77");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "no thread 77"), NULL));
}

Test(ui_time, nonsense_goes_nowhere_and_says_so)
{
	static const char *const texts[] = {
		"x", "#", "#3x", "t", "1:x", "-3s", ":", "99999999999h"
	};

	open_replay();
	go("#4");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		go(texts[i]);
		cr_expect(eq(u64, ui_event(stage_ui), 5), "%s", texts[i]);
	}
}

Test(ui_time, state_changes_of_the_selected_thread)
{
	open_replay();
	go("1.5s");
	go("t101");
	ui_key(stage_ui, UIKEY_RIGHT);
	cr_expect(eq(u64, stage_at_ns(), 2 * S));
	cr_expect(eq(int, ui_selected(stage_ui)->state, THREAD_BLOCKED));
	ui_key(stage_ui, UIKEY_RIGHT);
	cr_expect(eq(u64, stage_at_ns(), 3 * S));
	ui_key(stage_ui, UIKEY_RIGHT);
	cr_expect(eq(u64, stage_at_ns(), 5 * S));
	ui_key(stage_ui, UIKEY_RIGHT);
	cr_expect(eq(u64, stage_at_ns(), 5 * S));
	ui_key(stage_ui, UIKEY_LEFT);
	cr_expect(eq(u64, stage_at_ns(), 3 * S));
	ui_key(stage_ui, UIKEY_LEFT);
	ui_key(stage_ui, UIKEY_LEFT);
	cr_expect(eq(u64, stage_at_ns(), 1 * S));
}

Test(ui_time, to_leave_a_cpu_unseen_is_a_state_change)
{
	build_on_cpu(3);
	build_at(6 * S);
	stage_add(build_run(101));
	build_at(7 * S);
	stage_add(build_run(102));
	build_at(8 * S);
	stage_add(build_note("the end"));
	open_replay();
	go("6.5s");
	go("t101");
	ui_key(stage_ui, UIKEY_RIGHT);
	cr_expect(eq(u64, stage_at_ns(), 7 * S));
	cr_expect(eq(int, ui_selected(stage_ui)->state, THREAD_UNKNOWN));
}

Test(ui_time, markers_of_the_trace_and_of_the_session)
{
	open_replay();
	go("2.5s");
	stage_type("mhere");
	ui_key(stage_ui, UIKEY_ENTER);
	cr_assert(eq(sz, ui_notes(stage_ui)->items.cnt, 1));
	cr_expect(eq(str, ui_notes(stage_ui)->items.items[0].text, "here"));
	stage_type("g]");
	cr_expect(eq(u64, stage_at_ns(), 2500 * MS));
	stage_type("]");
	cr_expect(eq(u64, stage_at_ns(), 4 * S));
	stage_type("]");
	cr_expect(eq(u64, stage_at_ns(), 4 * S));
	stage_type("[");
	cr_expect(eq(u64, stage_at_ns(), 2500 * MS));
}

Test(ui_time, marker_set_live_travels_in_the_trace)
{
	__u64 cnt = trace_event_cnt(stage_trace);

	open_live(6 * S);
	stage_type("mlook\033");
	cr_expect(eq(u64, trace_event_cnt(stage_trace), cnt));
	stage_type("mlook\r");
	cr_expect(eq(u64, trace_event_cnt(stage_trace), cnt + 1));
	stage_type(" mno\r");
	cr_expect(eq(u64, trace_event_cnt(stage_trace), cnt + 1));
}

Test(ui_time, next_alarm_is_where_the_cycle_closed)
{
	build_at(6 * S);
	stage_tell_deadlock(3);
	build_at(7 * S);
	stage_tell_confirmed(3);
	open_replay();
	go("4.5s");
	stage_type("]");
	cr_expect(eq(u64, stage_at_ns() / MS, 6000));
	cr_expect(eq(sz, ui_verdict(stage_ui)->cycle_cnt, 3));
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "not confirmed yet"), NULL));
	stage_type("G[");
	cr_expect(eq(u64, stage_at_ns() / MS, 6000));
	stage_type("G");
	cr_expect(eq(int, ui_verdict(stage_ui)->kind, VERDICT_DEADLOCK));
}

Test(ui_time, plays_at_the_chosen_speed)
{
	open_replay();
	stage_type(" ");
	cr_assert(ui_is_playing(stage_ui));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 1500 * MS);
	cr_expect(eq(u64, stage_at_ns(), 1500 * MS));
	stage_type("<");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 2500 * MS);
	cr_expect(eq(u64, stage_at_ns(), 2000 * MS));
	stage_type(">>");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 3000 * MS);
	cr_expect(eq(u64, stage_at_ns(), 3000 * MS));
	stage_type(" ");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 9000 * MS);
	cr_expect(eq(u64, stage_at_ns(), 3000 * MS));
}

Test(ui_time, speeds_end_at_their_promised_limits)
{
	open_replay();
	for (int i = 0; i < 40; i++)
		stage_type("<");
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "1:1000000"), NULL));
	for (int i = 0; i < 80; i++)
		stage_type(">");
	cr_expect(ne(ptr, strstr(stage_shown(24, 80), "1000:1"), NULL));
}

Test(ui_time, playing_ends_paused_at_the_end_or_live_at_now)
{
	open_replay();
	stage_type(" ");
	ui_tick(stage_ui, BUILD_BEGIN_NS + 10 * S);
	cr_expect(not(ui_is_playing(stage_ui)));
	cr_expect(eq(u64, ui_event(stage_ui), trace_event_cnt(stage_trace)));
	cr_expect(not(ui_is_following(stage_ui)));
}

Test(ui_time, live_catches_up_when_it_plays_faster)
{
	open_live(6 * S);
	stage_type("g> ");
	cr_assert(ui_is_playing(stage_ui));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 7 * S);
	cr_expect(ui_is_playing(stage_ui));
	ui_tick(stage_ui, BUILD_BEGIN_NS + 13 * S);
	cr_expect(ui_is_following(stage_ui));
}

Test(ui_time, picture_is_drawn_again_only_when_something_changes)
{
	open_live(6 * S);
	stage_shown(24, 80);
	cr_expect(not(ui_tick(stage_ui, BUILD_BEGIN_NS + 6 * S + 50 * MS)));
	stage_add(build_preempt(101, 102));
	cr_expect(ui_tick(stage_ui, BUILD_BEGIN_NS + 6 * S + 60 * MS));
	stage_shown(24, 80);
	cr_expect(ui_tick(stage_ui, BUILD_BEGIN_NS + 7 * S));
	stage_type(" ");
	stage_shown(24, 80);
	cr_expect(not(ui_tick(stage_ui, BUILD_BEGIN_NS + 9 * S)));
}
