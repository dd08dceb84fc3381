/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording by one key: what is asked for, and what the title says of it. */
#include <string.h>

#include "tests/unit/tui/stage.h"

static struct strbuf given; /* the notes, of each call */
static int call_cnt;

static void record(void *arg, const char *notes, struct strbuf *ret)
{
	call_cnt++;
	strbuf_reset(&given);
	strbuf_adds(&given, notes);
	strbuf_adds(ret, arg);
}

/* The program logs why, and what is logged is a message of the screen. */
static void fail(void *arg, const char *notes, struct strbuf *ret)
{
	(void)arg;
	(void)notes;
	(void)ret;
	ui_message(stage_ui, "cannot create it");
}

static void teardown(void)
{
	stage_teardown();
	strbuf_release(&given);
}

TestSuite(ui_record, .init = stage_setup, .fini = teardown, .timeout = 10);

static void open_live(ui_record_fn fn, char *answer)
{
	stage_tell_philosophers(2);
	stage_ui =
		ui_new(stage_trace,
		       &(struct ui_options){
			       .title = "./w", .live = true, .record = fn, .record_arg = answer });
	ui_tick(stage_ui, BUILD_BEGIN_NS + 3000 * MS);
}

static bool shows(int cols, const char *text)
{
	struct grid *g = grid_new(24, cols);

	grid_set_ascii(g, true);
	ui_draw(stage_ui, g);
	strbuf_reset(&stage_text);
	grid_dump(g, &stage_text);
	grid_free(g);
	return strstr(strbuf_str(&stage_text), text);
}

static void type(const char *text)
{
	for (; *text; text++)
		ui_key(stage_ui, (uint32_t)*text);
}

static void set(__u64 sz, __u64 lost_cnt)
{
	ui_set_recording(stage_ui, &(struct ui_recording){ .is_on = true,
							   .begin_ns = BUILD_BEGIN_NS + 500 * MS,
							   .sz = sz,
							   .lost_cnt = lost_cnt });
}

Test(ui_record, the_key_asks_and_the_answer_is_told)
{
	open_live(record, "recording to 100% file");
	type("O");
	cr_expect(eq(int, call_cnt, 1));
	cr_expect(eq(str, (char *)strbuf_str(&given), ""));
	cr_expect(shows(80, "recording to 100% file"));
}

Test(ui_record, a_message_that_was_given_stays)
{
	open_live(fail, NULL);
	type("O");
	cr_expect(shows(80, "cannot create it"));
}

Test(ui_record, a_recording_is_not_recorded_again)
{
	open_live(NULL, NULL);
	type("O");
	cr_expect(shows(80, "this is a recording already"));
}

Test(ui_record, markers_of_before_and_of_meanwhile_go_into_it)
{
	open_live(record, "ok");
	type("mBefore\r");
	cr_expect(not(shows(80, "stored in the recording")));
	set(100, 0);
	type("mMeanwhile\r");
	cr_expect(shows(80, "stored in the recording"));
	type("O");
	cr_expect(ne(ptr, strstr(strbuf_str(&given), "Before"), NULL));
	cr_expect(ne(ptr, strstr(strbuf_str(&given), "Meanwhile"), NULL));
}

Test(ui_record, the_title_says_how_much_and_how_long)
{
	static const int widths[] = { 40, 50, 72, 80, 120 };

	open_live(record, "ok");
	cr_expect(not(shows(80, "REC")));
	set(1536 << 10, 0);
	cr_expect(shows(80, " REC 1.5 MiB 2.50 s "));
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		cr_expect(shows(widths[i], " REC "), "%d columns:\n%s", widths[i],
			  strbuf_str(&stage_text));
	ui_set_recording(stage_ui, &(struct ui_recording){});
	cr_expect(not(shows(80, "REC")));
}

/* A marker that is set now is none of it any more. */
Test(ui_record, one_that_ends_says_so_and_gets_no_marker)
{
	open_live(record, "ok");
	ui_set_recording(stage_ui, &(struct ui_recording){ .is_ending = true, .sz = 1536 << 10 });
	cr_expect(shows(80, " REC ends, 1.5 MiB "));
	cr_expect(shows(50, " REC "));
	type("mLate\r");
	cr_expect(not(shows(80, "stored in the recording")));
}

Test(ui_record, what_is_not_written_is_said_as_long_as_it_runs)
{
	open_live(record, "ok");
	set(1536 << 10, 1234);
	cr_expect(shows(80, " REC 1.5 MiB, 1,234 LOST "));
	type("j");
	cr_expect(shows(50, " REC LOST "));
}
