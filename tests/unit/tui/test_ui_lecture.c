/* SPDX-License-Identifier: GPL-2.0-only */
/* A lecture: markers that stop the play, questions that hide what comes next. */
#include <string.h>

#include "tests/unit/tui/stage.h"

#define S (1000 * MS)

static struct strbuf kept; /* what the recording was given */
static bool is_read_only;

static bool keep(void *arg, const char *notes)
{
	(void)arg;
	strbuf_reset(&kept);
	strbuf_adds(&kept, notes);
	return !is_read_only;
}

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
	build_at(5 * S);
	stage_add(build_preempt(102, 101));
}

static void teardown(void)
{
	stage_teardown();
	strbuf_release(&kept);
}

TestSuite(ui_lecture, .init = setup, .fini = teardown, .timeout = 10);

static void open_with(const char *notes)
{
	stage_ui = ui_new(stage_trace,
			  &(struct ui_options){ .title = "./w", .notes = notes, .annotate = keep });
	ui_tick(stage_ui, BUILD_BEGIN_NS);
}

static bool shows(const char *text)
{
	return strstr(stage_shown(24, 80), text);
}

static void play_for(__u64 ns)
{
	static __u64 wall_ns = 100 * S;

	for (__u64 to_ns = wall_ns + ns; wall_ns < to_ns; wall_ns += 50 * MS)
		ui_tick(stage_ui, wall_ns);
}

static const char lecture[] = "0.5s chapter: Birth\n"
			      "1.5s They run\n"
			      " view: events\n"
			      " threads: phil\n"
			      "2.5s\n"
			      " question: Who wakes phil-0?\n"
			      " answer: A timer.\n";

Test(ui_lecture, playing_stops_at_each_marker_and_shows_it)
{
	open_with(lecture);
	play_for(50 * MS);
	stage_type(" ");
	play_for(10 * S);
	cr_expect(eq(u64, stage_at_ns(), 500 * MS));
	cr_expect(not(ui_is_playing(stage_ui)));
	cr_expect(shows("CHAPTER Birth"));
	stage_type(" ");
	play_for(10 * S);
	cr_expect(eq(u64, stage_at_ns(), 1500 * MS));
	cr_expect(shows("[events]") && shows("They run"));
	stage_type(".");
	cr_expect(not(shows("They run")), "a step leaves it");
}

Test(ui_lecture, stops_can_be_left_out_but_not_questions)
{
	open_with(lecture);
	play_for(50 * MS);
	stage_type("p ");
	play_for(10 * S);
	cr_expect(eq(u64, stage_at_ns(), 2500 * MS));
}

Test(ui_lecture, a_question_hides_what_comes_next_until_it_is_answered)
{
	open_with(lecture);
	stage_type("]]]");
	cr_expect(eq(u64, stage_at_ns(), 2500 * MS));
	cr_expect(shows("QUESTION Who wakes phil-0?"));
	cr_expect(not(shows("A timer.")));
	stage_type("e");
	stage_type("e");
	cr_expect(not(shows("3.000000")), "no event of the future");
	stage_type("x");
	cr_expect(shows("ANSWER A timer."));
	cr_expect(shows("3.000000"));
}

Test(ui_lecture, nothing_behind_a_question_is_seen_from_before_it)
{
	open_with(lecture);
	stage_type(":2.1s\r");
	stage_type("e");
	cr_expect(not(shows("3.000000")));
	stage_type("]");
	stage_type("m");
	cr_expect(not(shows("A timer.")), "what is edited does not tell");
	ui_key(stage_ui, UIKEY_ENTER);
	cr_expect(ne(ptr, strstr(strbuf_str(&kept), "answer: A timer."), NULL), "and keeps it");
	stage_type(":2.6s\r");
	cr_expect(shows("3.000000"), "behind it all is seen");
}

Test(ui_lecture, of_two_notes_at_one_time_both_are_reached)
{
	open_with("1s First\n1s Second\n4s Third\n");
	stage_type("]");
	cr_expect(shows("First"));
	stage_type("]");
	cr_expect(shows("Second"));
	stage_type("]");
	cr_expect(shows("Third"));
	stage_type("[");
	cr_expect(shows("Second"));
	stage_type("[");
	cr_expect(shows("First"));
}

Test(ui_lecture, brackets_go_from_marker_to_marker)
{
	open_with(lecture);
	stage_type("]]");
	cr_expect(eq(u64, stage_at_ns(), 1500 * MS));
	stage_type("[");
	cr_expect(eq(u64, stage_at_ns(), 500 * MS));
}

Test(ui_lecture, what_is_typed_is_stored)
{
	open_with("");
	stage_type(":1.25s\r");
	stage_type("mchapter: Run question: Who? answer: Me\r");
	cr_expect(eq(str, (char *)strbuf_str(&kept),
		     "1.250000000s  chapter: Run\n\tquestion: Who?\n\tanswer: Me\n"));
	cr_expect(shows("stored in the recording"));
	stage_type("w");
	stage_type("M");
	cr_expect(ne(ptr, strstr(strbuf_str(&kept), "\tview: graph\n"), NULL));
	stage_type("m");
	ui_key(stage_ui, UIKEY_CTRL('u'));
	stage_type("Other\r");
	cr_expect(eq(sz, ui_notes(stage_ui)->items.cnt, 1));
	cr_expect(ne(ptr, strstr(strbuf_str(&kept), "Other\n"), NULL));
	cr_expect(ne(ptr, strstr(strbuf_str(&kept), "\tview: graph\n"), NULL), "it stays");
	stage_type("m");
	ui_key(stage_ui, UIKEY_CTRL('u'));
	stage_type("\r");
	cr_expect(eq(sz, ui_notes(stage_ui)->items.cnt, 0));
	cr_expect(eq(str, (char *)strbuf_str(&kept), ""));
}

Test(ui_lecture, what_cannot_be_stored_is_not_said_to_be)
{
	is_read_only = true;
	open_with("");
	stage_type(":1.25s\r");
	stage_type("mhere\r");
	cr_expect(eq(sz, ui_notes(stage_ui)->items.cnt, 1), "for as long as the replay lasts");
	cr_expect(not(shows("stored")));
}

Test(ui_lecture, words_of_a_note_are_a_place_to_go_to)
{
	open_with(lecture);
	stage_type(":they run\r");
	cr_expect(eq(u64, stage_at_ns(), 1500 * MS));
	stage_type(":nowhere\r");
	cr_expect(shows("go where?"));
}

Test(ui_lecture, time_can_be_played_backwards)
{
	open_with("");
	play_for(50 * MS);
	stage_type("G");
	stage_type("v ");
	play_for(50 * MS);
	cr_expect(shows("BACK"));
	play_for(1 * S);
	cr_expect(all(gt(u64, stage_at_ns(), 3 * S), lt(u64, stage_at_ns(), 5 * S)));
	play_for(10 * S);
	cr_expect(eq(u64, ui_event(stage_ui), 0));
	cr_expect(not(ui_is_playing(stage_ui)));
}

Test(ui_lecture, damaged_notes_are_said_to_be)
{
	open_with("what is this\n");
	cr_expect(shows("the notes are damaged (line 1"));
}

Test(ui_lecture, words_of_a_later_ctrace_survive_the_screen)
{
	open_with("1.5s They run\n\tcamera: left\n");
	cr_expect(shows("words of a later ctrace"));
	stage_type("]m more\r");
	cr_expect(ne(ptr, strstr(strbuf_str(&kept), "They run more\n\tcamera: left\n"), NULL), "%s",
		  strbuf_str(&kept));
}

Test(ui_lecture, a_note_later_than_all_events_is_reached)
{
	open_with("1s They run\n9s It still hangs\n");
	stage_type("]]");
	cr_expect(eq(u64, stage_at_ns(), 9 * S));
	cr_expect(shows("It still hangs"));
	stage_type("[");
	cr_expect(shows("They run"));
	play_for(50 * MS);
	stage_type(" ");
	play_for(20 * S);
	cr_expect(shows("It still hangs"), "playing comes there, too");
}

static const char chapters[] = "0.5s chapter: Birth\n"
			       " view: diagram\n"
			       "1.5s They run\n"
			       " view: timeline\n"
			       " threads: phil-1\n"
			       " select: phil-1\n"
			       " zoom: 20ms\n"
			       "2.5s\n"
			       " question: Who wakes phil-0?\n"
			       " answer: A timer.\n";

Test(ui_lecture, chapters_and_notes_are_a_list_to_go_to)
{
	open_with(chapters);
	stage_type("C");
	cr_expect(shows("notes, 0 of 3 passed"));
	cr_expect(shows(">00:00.500  Birth"));
	cr_expect(shows(" 00:01.500    They run"));
	cr_expect(shows(" 00:02.500    ? Who wakes phil-0?"));
	cr_expect(not(shows("A timer.")));
	ui_key(stage_ui, UIKEY_DOWN);
	ui_key(stage_ui, UIKEY_ENTER);
	cr_expect(eq(u64, stage_at_ns(), 1500 * MS));
	cr_expect(shows("[timeline]") && shows("1 column = 20 ms"));
	cr_expect(shows("phil-1") && !shows("phil-2"), "what matches alone");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	stage_type("C");
	cr_expect(shows("notes, 2 of 3 passed") && shows(">00:01.500"));
	stage_type("j");
	ui_key(stage_ui, UIKEY_ENTER);
	cr_expect(eq(u64, stage_at_ns(), 2500 * MS));
	cr_expect(shows("[timeline]"), "a note without a view leaves it");
	cr_expect(not(shows("phil-2")), "and the threads");
}

Test(ui_lecture, a_note_with_a_view_has_nothing_of_the_picture_before)
{
	open_with(chapters);
	stage_type("]]");
	cr_expect(not(shows("phil-2")));
	stage_type("[t");
	cr_expect(shows("phil-2") && !shows("1 column = 20 ms"));
}

Test(ui_lecture, a_note_keeps_what_the_lanes_are_of)
{
	open_with("0.5s\n view: timeline\n lanes: cpus\n1.5s\n view: timeline\n2.5s\n");
	stage_type("]");
	cr_expect(shows("CPUs, 1 column"));
	stage_type("]");
	cr_expect(shows("timeline, 1 column"), "that of threads, for the note names none");
	stage_type("cc]");
	cr_expect(shows("locks, 1 column"), "a note without a view leaves it");
	stage_type("Mc[");
	cr_expect(shows("timeline, 1 column"));
	stage_type("]");
	cr_expect(shows("locks, 1 column"), "as it was when M was pressed");
}

Test(ui_lecture, an_empty_list_of_notes_says_how_to_get_some)
{
	open_with("");
	stage_type("CjkC");
	stage_type("C\r");
	cr_expect(shows("No notes: m sets one here"));
	for (int rows = 0; rows < 12; rows++)
		stage_shown(rows, 4 * rows);
}

/* A lecturer has the screen alone: what can be typed stands where nothing is yet. */
Test(ui_lecture, what_a_note_can_hold_is_said_where_it_is_typed)
{
	open_with("");
	stage_type("m");
	cr_expect(shows("note:  words; also chapter: ... question: ... answer: ..."));
	stage_type("A");
	cr_expect(shows("note: A"));
	cr_expect(not(shows("words; also")));
}

Test(ui_lecture, the_key_bar_says_what_the_keys_do_now)
{
	open_with("");
	stage_type(".");
	cr_expect(shows("Space play "));
	cr_expect(shows("G last"));
	stage_type(" ");
	cr_expect(shows("Space pause"));
	stage_type(" G ");
	cr_expect(shows("this is the end: g goes to the begin, v plays backwards"));
}
