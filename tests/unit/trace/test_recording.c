/* SPDX-License-Identifier: GPL-2.0-only */
/* A recording that begins while the trace grows: with its history, without a pause. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>

#include "base/strbuf.h"
#include "tests/unit/support/builders.h"
#include "tests/unit/trace/scratch.h"
#include "trace/cursor.h"
#include "trace/reader.h"
#include "trace/writer.h"

enum { HISTORY_SZ = 250 * 1000, BEGIN = 150000, STEP = 500 };

static struct trace *trace; /* it has forgotten its beginning */
static struct writer *writer;
static struct trace *copy; /* what was read back */

static void set_up(void)
{
	struct trace_meta meta;

	scratch_begin();
	trace = trace_new(&(struct trace_options){ .history_sz = HISTORY_SZ });
	scratch_append(trace, 0, BEGIN);
	cr_assert(gt(u64, trace_first_event(trace), 0));
	meta_init(&meta, "./w");
	cr_assert(eq(int, writer_open(scratch_path("a.ctrace"), &meta, false, &writer), 0));
	meta_release(&meta);
}

static void tear_down(void)
{
	trace_free(copy);
	trace_free(trace);
	scratch_end();
}

TestSuite(recording, .init = set_up, .fini = tear_down, .timeout = 60);

/* Returns the first event that will be in it. */
static __u64 begin(void)
{
	trace_attach_writer(trace, writer);
	return trace_first_event(trace);
}

static void close_and_read_back(void)
{
	struct trace_meta meta;

	cr_assert(eq(int, writer_close(writer), 0));
	cr_assert(eq(int, reader_open(scratch_path("a.ctrace"), &copy, &meta), 0));
	cr_expect(not(meta.truncated));
	cr_expect(eq(u64, meta.lost_cnt, 0));
	meta_release(&meta);
}

static void emit(void *arg, const struct ev_hdr *ev, size_t size)
{
	strbuf_add(arg, ev, size);
}

static bool is_same(const struct cursor *a, const struct cursor *b)
{
	struct strbuf x = {}, y = {};
	bool is_equal;

	model_checkpoint(cursor_model(a), emit, &x);
	model_checkpoint(cursor_model(b), emit, &y);
	is_equal = x.len == y.len && !memcmp(x.data, y.data, x.len) &&
		   cursor_event(a) == cursor_event(b) && cursor_now_ns(a) == cursor_now_ns(b);
	strbuf_release(&x);
	strbuf_release(&y);
	return is_equal;
}

Test(recording, the_history_is_written_block_by_block_while_the_trace_grows)
{
	__u64 first, end = BEGIN, size = writer_size(writer);
	unsigned steps = 0;

	first = begin();
	cr_expect(eq(u64, writer_size(writer), size));
	for (; trace_write_more(trace, 1); steps++, end += STEP) {
		cr_assert(gt(u64, writer_size(writer), size));
		size = writer_size(writer);
		scratch_append(trace, end, end + STEP);
		cr_expect(eq(u64, trace_first_event(trace), first));
	}
	cr_expect(gt(u32, steps, 2));
	close_and_read_back();
	cr_expect(scratch_has_story(copy, first, end));
	cr_expect(scratch_has_story(trace, first, end));
}

/* What waits to be written is in memory, however little of the history is allowed there. */
Test(recording, one_that_ends_before_its_history_is_written_has_it)
{
	__u64 first = begin();

	scratch_append(trace, BEGIN, 2 * BEGIN);
	cr_expect(eq(u64, trace_first_event(trace), first));
	close_and_read_back();
	cr_expect(scratch_has_story(copy, first, 2 * BEGIN));
}

/* Nothing that comes after that is in it, also while what was there is still being written. */
Test(recording, one_that_is_finished_has_what_there_was_then)
{
	__u64 first = begin(), end = 2 * BEGIN, later = end;
	unsigned steps = 0;

	scratch_append(trace, BEGIN, end);
	trace_finish_writer(trace);
	for (; trace_write_more(trace, 1); steps++, later += STEP)
		scratch_append(trace, later, later + STEP);
	cr_expect(gt(u32, steps, 2));
	scratch_append(trace, later, later + BEGIN);
	close_and_read_back();
	cr_expect(scratch_has_story(copy, first, end));
	cr_expect(eq(u64, trace_event_cnt(copy), end));
	cr_expect(eq(u64, trace_event_cnt(trace), later + BEGIN));
}

/* One that is finished and closed at once has it all, too. */
Test(recording, one_that_is_closed_before_it_is_written_has_what_there_was)
{
	__u64 first = begin();

	scratch_append(trace, BEGIN, 2 * BEGIN);
	trace_finish_writer(trace);
	scratch_append(trace, 2 * BEGIN, 3 * BEGIN);
	close_and_read_back();
	cr_expect(scratch_has_story(copy, first, 2 * BEGIN));
	cr_expect(eq(u64, trace_event_cnt(copy), 2 * BEGIN));
}

/* Also between two events, and of a trace that has grown on. */
Test(recording, at_every_time_the_state_is_that_of_the_trace)
{
	struct cursor *live, *replayed;
	unsigned cnt = 0;

	begin();
	scratch_append(trace, BEGIN, BEGIN + 20000);
	close_and_read_back();
	scratch_append(trace, BEGIN + 20000, BEGIN + 30000);
	live = cursor_new(trace);
	replayed = cursor_new(copy);
	for (__u64 ns = trace_begin_ns(copy); ns < trace_end_ns(copy); ns += 151 * 1000 + 7) {
		cr_assert(eq(int, cursor_seek_time(live, ns), 0));
		cr_assert(eq(int, cursor_seek_time(replayed, ns), 0));
		cr_assert(is_same(live, replayed), "at %llu", ns);
		cnt++;
	}
	cr_expect(gt(u32, cnt, 100));
	cursor_free(live);
	cursor_free(replayed);
}
