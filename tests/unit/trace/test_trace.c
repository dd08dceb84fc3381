/* SPDX-License-Identifier: GPL-2.0-only */
/* The store: what it takes, what it refuses, what it forgets. */
#include "trace/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>

#include "tests/unit/support/builders.h"

enum { STORY_EVENTS = 100000 };

static void append_story(struct trace *t, unsigned thread_cnt)
{
	build_begin();
	for (__u64 i = 0; i < STORY_EVENTS; i++)
		cr_assert(eq(int, trace_append(t, build_story(2, thread_cnt, i)), 0));
}

Test(trace, counts_and_times_its_events)
{
	struct trace *t = trace_new(NULL);

	build_begin();
	cr_assert(eq(int, trace_append(t, build_thread(7, 7, 0, "one")), 0));
	build_later(500);
	cr_assert(eq(int, trace_append(t, build_run(7)), 0));
	cr_expect(eq(u64, trace_first_event(t), 0));
	cr_expect(eq(u64, trace_event_cnt(t), 2));
	cr_expect(eq(u64, trace_begin_ns(t), BUILD_BEGIN_NS));
	cr_expect(eq(u64, trace_end_ns(t), BUILD_BEGIN_NS + BUILD_STEP_NS + 500));
	cr_expect(eq(int, thread_is_alive(model_find_thread(trace_tail(t), 7)), 1));
	trace_free(t);
}

Test(trace, lifts_time_that_runs_backwards)
{
	struct trace *t = trace_new(NULL);
	struct ev_hdr *ev;

	build_begin();
	trace_append(t, build_run(7));
	ev = build_run(8);
	ev->ts_ns = 5;
	cr_expect(eq(int, trace_append(t, ev), 0));
	cr_expect(eq(u64, ev->ts_ns, 5));
	cr_expect(eq(u64, trace_end_ns(t), BUILD_BEGIN_NS));
	cr_expect(eq(u64, model_now_ns(trace_tail(t)), BUILD_BEGIN_NS));
	trace_free(t);
}

Test(trace, refuses_what_is_not_well_formed)
{
	struct trace *t = trace_new(NULL);
	struct ev_hdr *ev;

	build_begin();
	ev = build_run(7);
	ev->kind = 63;
	cr_expect(eq(int, trace_append(t, ev), -EPROTO));
	ev->kind = EV_CK_THREAD;
	cr_expect(eq(int, trace_append(t, ev), -EPROTO));
	ev = build_note("too long");
	((struct ev_note *)ev)->len = EVENT_TAIL_MAX + 1;
	cr_expect(eq(int, trace_append(t, ev), -EPROTO));
	cr_expect(eq(u64, trace_event_cnt(t), 0));
	cr_expect(eq(u64, model_event_cnt(trace_tail(t)), 0));
	trace_free(t);
}

Test(trace, blocks_follow_each_other_without_a_gap)
{
	struct trace *t = trace_new(NULL);
	__u64 next = 0, end_ns = 0;

	append_story(t, 5);
	cr_assert(gt(sz, trace_block_cnt(t), 3));
	for (size_t i = 0; i < trace_block_cnt(t); i++) {
		struct trace_block_info info;

		trace_block_info(t, i, &info);
		cr_assert(eq(u64, info.first_event, next));
		cr_assert(ge(u64, info.begin_ns, end_ns));
		cr_assert(ge(u64, info.end_ns, info.begin_ns));
		next += info.event_cnt;
		end_ns = info.end_ns;
	}
	cr_expect(eq(u64, next, trace_event_cnt(t)));
	cr_expect(eq(u64, end_ns, trace_end_ns(t)));
	trace_free(t);
}

/* With 2000 threads a checkpoint is large, so blocks must hold more events. */
Test(trace, checkpoints_stay_a_small_share_however_many_threads)
{
	struct trace *few = trace_new(NULL), *many = trace_new(NULL);

	append_story(few, 5);
	append_story(many, 2000);
	cr_expect(lt(sz, trace_block_cnt(many), trace_block_cnt(few)));
	trace_free(few);
	trace_free(many);
}

Test(trace, history_is_bounded_in_bytes_and_forgets_whole_blocks)
{
	struct trace *all = trace_new(NULL);
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = 100 * 1000 });
	struct trace_block_info first;

	append_story(all, 5);
	append_story(t, 5);
	cr_assert(gt(u64, trace_stored_sz(all), 300 * 1000));
	/* The open block is not compressed yet. */
	cr_expect(lt(u64, trace_stored_sz(t), 300 * 1000));
	cr_assert(gt(u64, trace_first_event(t), 0));
	cr_expect(eq(u64, trace_event_cnt(t), STORY_EVENTS));
	trace_block_info(t, 0, &first);
	cr_expect(eq(u64, first.first_event, trace_first_event(t)));
	cr_expect(eq(u64, first.begin_ns, trace_begin_ns(t)));
	trace_free(all);
	trace_free(t);
}
