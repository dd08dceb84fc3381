/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live and replayed are the same picture: a trace in memory that is paused at a time, and
 * the recording of it at that time, in every view and cell by cell, colours included.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/tui/scenarios.h"
#include "trace/reader.h"
#include "trace/writer.h"
#include "tui/ui.h"

enum {
	DRAWS = 100, /* at most */
	STORY_THREADS = 12,
	STORY_BEGIN = 120000,
	STORY_END = 140000,
	STORY_MORE = 150000,
	HISTORY_SZ = 200 * 1000,
};

/* How to get to a view from the main screen; does it show what comes after the cursor? */
static const struct {
	const char *name;
	const char *keys;
	bool has_future;
} views[] = {
	{ "threads", "", true },
	{ "threads, one row for each", "z", true },
	{ "threads, without those that have ended", "d", true },
	{ "details", "\r", false },
	{ "timeline", "t", true },
	{ "timeline, fitted", "t=", true },
	{ "timeline, zoomed in", "t++", true },
	{ "lanes of CPUs", "tc", true },
	{ "lanes of locks", "tcc", true },
	{ "lanes of locks, in one row", "cc", true },
	{ "events", "e", true },
	{ "graph", "w", false },
	{ "locks", "l", false },
	{ "locks, sorted", "lS", false },
	{ "diagram", "s", false },
	{ "output", "o", false },
	{ "notes", "C", false },
	{ "help", "?", false },
};

static const struct {
	int rows, cols, times;
	bool ascii;
} sizes[] = {
	{ 24, 80, 40, false }, { 60, 200, 6, false }, { 24, 80, 3, true }, { 12, 44, 6, true }
};

/* One of the two: the trace that is still in memory, or its recording. */
struct side {
	struct trace *trace;
	struct ui *ui;
	struct strbuf shown;
};

static struct side live, replay;
static int file = -1;

static void end(void)
{
	trace_free(replay.trace);
	trace_free(live.trace);
	strbuf_release(&live.shown);
	strbuf_release(&replay.shown);
	if (file >= 0)
		close(file);
}

TestSuite(ui_replay, .fini = end, .timeout = 120);

static struct writer *begin_recording(void)
{
	struct trace_meta meta;
	struct writer *w;

	file = memfd_create("recording", MFD_CLOEXEC);
	meta_init(&meta, "./w");
	cr_assert(eq(int, writer_open_fd("recording", dup(file), &meta, &w), 0));
	meta_release(&meta);
	trace_attach_writer(live.trace, w);
	return w;
}

static void end_recording(struct writer *w)
{
	struct trace_meta meta;
	char path[64];

	cr_assert(eq(int, writer_close(w), 0));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	cr_assert(eq(int, reader_open(path, &replay.trace, &meta), 0));
	cr_expect(eq(u64, meta.lost_cnt, 0));
	cr_expect(not(meta.truncated));
	meta_release(&meta);
}

/* As it is in the end: the timeline is made by and by. */
static void draw(struct side *s, struct grid *g)
{
	for (int i = 0; i < DRAWS && ui_tick(s->ui, trace_end_ns(live.trace)); i++)
		ui_draw(s->ui, g);
	strbuf_reset(&s->shown);
	grid_dump(g, &s->shown);
	grid_dump_styles(g, &s->shown);
}

static void open_side(struct side *s, bool is_live, const char *keys)
{
	s->ui = ui_new(s->trace, &(struct ui_options){ .title = "./w", .live = is_live });
	ui_tick(s->ui, trace_end_ns(live.trace));
	ui_seek_time(s->ui, trace_begin_ns(s->trace));
	ui_key(s->ui, UIKEY_F(2)); /* the main screen, without a message */
	for (; *keys; keys++)
		ui_key(s->ui, (uint32_t)*keys);
}

/* The title tells how much there is in all. */
static char *below_title(struct side *s)
{
	return strchr(strbuf_str(&s->shown), '\n');
}

static void expect_same(struct grid *g, const char *what, __u64 ns)
{
	ui_seek_time(live.ui, ns);
	ui_seek_time(replay.ui, ns);
	draw(&live, g);
	draw(&replay, g);
	cr_assert(eq(str, below_title(&replay), below_title(&live)),
		  "%s, %llu ns after its begin\nlive:\n%s\nreplayed:\n%s", what,
		  ns - trace_begin_ns(replay.trace), strbuf_str(&live.shown),
		  strbuf_str(&replay.shown));
	if (trace_event_cnt(live.trace) == trace_event_cnt(replay.trace))
		cr_assert(eq(str, (char *)strbuf_str(&replay.shown),
			     (char *)strbuf_str(&live.shown)));
}

/* Of a long trace fewer times, for each costs a block. */
static int times_of(size_t size)
{
	return trace_block_cnt(replay.trace) > 1 ? 1 + sizes[size].times / 6 : sizes[size].times;
}

static void compare(const char *what, const char *keys, size_t size)
{
	int times = times_of(size);
	__u64 begin_ns = trace_begin_ns(replay.trace), end_ns = trace_end_ns(replay.trace);
	struct grid *g = grid_new(sizes[size].rows, sizes[size].cols);

	grid_set_ascii(g, sizes[size].ascii);
	open_side(&live, true, keys);
	open_side(&replay, false, keys);
	for (int i = 0; i <= times; i++)
		expect_same(g, what, begin_ns + (end_ns - begin_ns) / times * i);
	expect_same(g, what, begin_ns);
	expect_same(g, what, end_ns);
	ui_free(live.ui);
	ui_free(replay.ui);
	grid_free(g);
}

static void compare_all(void)
{
	bool is_all = trace_event_cnt(live.trace) == trace_event_cnt(replay.trace);

	for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++)
		for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
			if (is_all || !views[i].has_future)
				compare(views[i].name, views[i].keys, size);
}

static void compare_scenario(const char *name)
{
	live.trace = trace_new(&(struct trace_options){});
	cr_assert(scenario_tell(name, live.trace));
	end_recording(begin_recording());
	compare_all();
}

/* Not "empty": there is no time in it. */
Test(ui_replay, of_a_deadlock)
{
	compare_scenario("forks");
}

Test(ui_replay, of_every_kind_of_wait)
{
	compare_scenario("zoo");
}

Test(ui_replay, of_losses)
{
	compare_scenario("lost");
}

Test(ui_replay, of_a_program_that_has_ended)
{
	compare_scenario("ended");
}

Test(ui_replay, of_a_stall)
{
	compare_scenario("stall");
}

Test(ui_replay, of_a_queue_at_a_lock)
{
	compare_scenario("queue");
}

Test(ui_replay, of_threads_that_share_a_row)
{
	compare_scenario("pool");
}

Test(ui_replay, of_a_crowd)
{
	compare_scenario("crowd");
}

static void tell_story(__u32 on_cpu[CROWD_CPU_CNT], __u64 begin, __u64 end)
{
	for (__u64 i = begin; i < end; i++) {
		struct ev_hdr *ev = build_story(5, STORY_THREADS, i);

		if (scenario_tame(on_cpu, ev))
			cr_assert(eq(int, trace_append(live.trace, ev), 0));
	}
}

/* A history that has forgotten its begin, recorded, and then perhaps grown on. */
static void compare_story(__u64 grown_to)
{
	__u32 on_cpu[CROWD_CPU_CNT] = {};
	struct writer *w;

	build_begin();
	live.trace = trace_new(&(struct trace_options){ .history_sz = HISTORY_SZ });
	tell_story(on_cpu, 0, STORY_BEGIN);
	cr_assert(gt(u64, trace_first_event(live.trace), 0), "it has forgotten nothing");
	w = begin_recording();
	tell_story(on_cpu, STORY_BEGIN, STORY_END);
	end_recording(w);
	tell_story(on_cpu, STORY_END, grown_to);
	compare_all();
}

Test(ui_replay, of_what_a_bounded_history_still_had)
{
	compare_story(STORY_END);
}

Test(ui_replay, of_a_program_that_went_on)
{
	compare_story(STORY_MORE);
}
