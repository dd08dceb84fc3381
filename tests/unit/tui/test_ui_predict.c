/* SPDX-License-Identifier: GPL-2.0-only */
/* Predicting: each step asks before it shows. */
#include <string.h>

#include "tests/unit/tui/stage.h"

#define S (1000 * MS)

enum { A = 101, B = 102 };

static void setup(void)
{
	stage_setup();
	stage_tell_philosophers(2);
	build_at(1 * S);
	stage_add(build_run(A));
	build_at(2 * S);
	stage_add(build_block_mutex(A, B, 0x5000, B)); /* blocks: an edge */
	build_at(3 * S);
	stage_add(build_wake_futex(A, B, 0x5000)); /* a hand-off: the edge goes */
	build_at(4 * S);
	stage_add(build_block_sleep(B, A)); /* blocks */
	build_at(5 * S);
	stage_add(build_wake_irq(B));
}

TestSuite(ui_predict, .init = setup, .fini = stage_teardown, .timeout = 10);

static __u64 at_s(void)
{
	return stage_at_ns() / S;
}

static bool shows(const char *text)
{
	return strstr(stage_shown(24, 80), text);
}

Test(ui_predict, a_step_of_a_kind_stops_before_it_and_asks)
{
	stage_open_replay();
	stage_press("Pb");
	cr_expect(eq(u64, at_s(), 1), "the event before");
	cr_expect(shows("PREDICT Which thread blocks next, and on what?  (x shows it)"));
	cr_expect(eq(u64, ui_horizon_ns(stage_ui), ui_now_ns(stage_ui)));
	stage_press("e");
	cr_expect(not(shows("   2.000000")), "not in the list of events");
	stage_press("x");
	cr_expect(eq(u64, at_s(), 2));
	cr_expect(shows("phil-0 -> Blocked"));
	cr_expect(not(shows("Which thread")));
	cr_expect(eq(u64, ui_horizon_ns(stage_ui), ui_now_ns(stage_ui)), "nor the next answer");
	stage_press("P");
	cr_expect(eq(u64, ui_horizon_ns(stage_ui), ~0ULL));
}

Test(ui_predict, the_same_key_again_shows_it_and_another_asks_anew)
{
	stage_open_replay();
	stage_press("Pbb");
	cr_expect(eq(u64, at_s(), 2));
	stage_press("b");
	cr_expect(eq(u64, at_s(), 3));
	cr_expect(shows("Which thread blocks next"));
	stage_press("r");
	cr_expect(eq(u64, at_s(), 3), "the edge went with the event before");
	stage_press("gu");
	cr_expect(eq(u64, at_s(), 2));
	cr_expect(shows("Who hands a lock on next, and to whom?"));
	stage_press("u");
	cr_expect(eq(u64, at_s(), 3));
	stage_press("B");
	cr_expect(eq(u64, at_s(), 2), "back it does not ask");
	cr_expect(not(shows("PREDICT Wh")));
}

Test(ui_predict, each_event_can_be_asked_for)
{
	stage_open_replay();
	stage_press("P.");
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(shows("PREDICT What happens next?"));
	stage_press(".");
	cr_expect(eq(u64, ui_event(stage_ui), 1));
	stage_press(".,");
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(not(shows("What happens next?")), "nor is it asked elsewhere");
}

Test(ui_predict, at_the_end_there_is_nothing_to_ask)
{
	stage_open_replay();
	stage_press("PG.");
	cr_expect(shows("this is the last event"));
	stage_press("b");
	cr_expect(shows("no later event that blocks"));
	cr_expect(not(shows("next?")));
}

Test(ui_predict, can_be_switched_off_while_it_asks)
{
	stage_open_replay();
	stage_press("PbP");
	cr_expect(all(not(shows("Which thread")), shows("PAUSED")));
	stage_press("b");
	cr_expect(eq(u64, at_s(), 2));
}

Test(ui_predict, does_not_answer_the_question_of_a_note)
{
	stage_ui = ui_new(stage_trace, &(struct ui_options){ .title = "./w",
							     .notes = "1.5s\n question: Why?\n"
								      " answer: So.\n" });
	ui_tick(stage_ui, BUILD_BEGIN_NS);
	stage_press("P]");
	cr_expect(shows("QUESTION Why?"), "markers are gone to as ever");
	stage_press(".");
	cr_expect(shows("QUESTION Why?") && shows("PREDICT What happens next?"));
	stage_press("x");
	cr_expect(eq(u64, at_s(), 2));
	cr_expect(not(shows("So.")));
}
