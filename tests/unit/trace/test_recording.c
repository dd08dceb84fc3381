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

TestSuite(recording, .init = scratch_begin, .fini = scratch_end, .timeout = 60);

enum { HISTORY_SZ = 250 * 1000, BEGIN = 150000, STEP = 500 };

static struct writer *open_writer(const char *name)
{
	struct trace_meta meta;
	struct writer *w;

	meta_init(&meta, "./w");
	cr_assert(eq(int, writer_open(scratch_path(name), &meta, false, &w), 0));
	meta_release(&meta);
	return w;
}

/* A trace that has forgotten its beginning. */
static struct trace *begin(void)
{
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = HISTORY_SZ });

	scratch_append(t, 0, BEGIN);
	cr_assert(gt(u64, trace_first_event(t), 0));
	return t;
}

static struct trace *read_back(const char *name)
{
	struct trace_meta meta;
	struct trace *t;

	cr_assert(eq(int, reader_open(scratch_path(name), &t, &meta), 0));
	cr_expect(not(meta.truncated));
	cr_expect(eq(u64, meta.lost_cnt, 0));
	meta_release(&meta);
	return t;
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
	struct trace *t = begin(), *copy;
	struct writer *w = open_writer("a.ctrace");
	__u64 first, end = BEGIN, size = writer_size(w);
	unsigned steps = 0;

	trace_attach_writer(t, w);
	first = trace_first_event(t);
	cr_expect(eq(u64, writer_size(w), size));
	for (; trace_write_more(t, 1); steps++, end += STEP) {
		cr_assert(gt(u64, writer_size(w), size));
		size = writer_size(w);
		scratch_append(t, end, end + STEP);
		cr_expect(eq(u64, trace_first_event(t), first));
	}
	cr_expect(gt(u32, steps, 2));
	cr_assert(eq(int, writer_close(w), 0));
	copy = read_back("a.ctrace");
	cr_expect(scratch_has_story(copy, first, end));
	cr_expect(scratch_has_story(t, first, end));
	trace_free(copy);
	trace_free(t);
}

/* What waits to be written is in memory, however little of the history is allowed there. */
Test(recording, one_that_ends_before_its_history_is_written_has_it)
{
	struct trace *t = begin(), *copy;
	struct writer *w = open_writer("a.ctrace");
	__u64 first;

	trace_attach_writer(t, w);
	first = trace_first_event(t);
	scratch_append(t, BEGIN, 2 * BEGIN);
	cr_expect(eq(u64, trace_first_event(t), first));
	cr_assert(eq(int, writer_close(w), 0));
	copy = read_back("a.ctrace");
	cr_expect(scratch_has_story(copy, first, 2 * BEGIN));
	trace_free(copy);
	trace_free(t);
}

/* Nothing that comes after that is in it, also while what was there is still being written. */
Test(recording, one_that_is_finished_has_what_there_was_then)
{
	struct trace *t = begin(), *copy;
	struct writer *w = open_writer("a.ctrace");
	__u64 first, end = 2 * BEGIN, later = end;
	unsigned steps = 0;

	trace_attach_writer(t, w);
	first = trace_first_event(t);
	scratch_append(t, BEGIN, end);
	trace_finish_writer(t);
	for (; trace_write_more(t, 1); steps++, later += STEP)
		scratch_append(t, later, later + STEP);
	cr_expect(gt(u32, steps, 2));
	scratch_append(t, later, later + BEGIN);
	cr_assert(eq(int, writer_close(w), 0));
	copy = read_back("a.ctrace");
	cr_expect(scratch_has_story(copy, first, end));
	cr_expect(eq(u64, trace_event_cnt(copy), end));
	cr_expect(eq(u64, trace_event_cnt(t), later + BEGIN));
	trace_free(copy);
	trace_free(t);
}

/* One that is finished and closed at once has it all, too. */
Test(recording, one_that_is_closed_before_it_is_written_has_what_there_was)
{
	struct trace *t = begin(), *copy;
	struct writer *w = open_writer("a.ctrace");
	__u64 first;

	trace_attach_writer(t, w);
	first = trace_first_event(t);
	scratch_append(t, BEGIN, 2 * BEGIN);
	trace_finish_writer(t);
	scratch_append(t, 2 * BEGIN, 3 * BEGIN);
	cr_assert(eq(int, writer_close(w), 0));
	copy = read_back("a.ctrace");
	cr_expect(scratch_has_story(copy, first, 2 * BEGIN));
	cr_expect(eq(u64, trace_event_cnt(copy), 2 * BEGIN));
	trace_free(copy);
	trace_free(t);
}

/* Also between two events, and of a trace that has grown on. */
Test(recording, at_every_time_the_state_is_that_of_the_trace)
{
	struct trace *t = begin(), *copy;
	struct writer *w = open_writer("a.ctrace");
	struct cursor *live, *replayed;
	unsigned cnt = 0;

	trace_attach_writer(t, w);
	scratch_append(t, BEGIN, BEGIN + 20000);
	cr_assert(eq(int, writer_close(w), 0));
	scratch_append(t, BEGIN + 20000, BEGIN + 30000);
	copy = read_back("a.ctrace");
	live = cursor_new(t);
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
	trace_free(copy);
	trace_free(t);
}
