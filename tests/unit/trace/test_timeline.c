/* SPDX-License-Identifier: GPL-2.0-only */
/* The timeline: its columns are what a sum over all instants gives, however they were made. */
#include "trace/timeline.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tests/unit/support/builders.h"
#include "trace/cursor.h"

#define MS (1000 * 1000ULL)

enum { PLENTY = 1 << 30, STORY_THREADS = 12 };

static struct trace *trace;
static struct timeline *timeline;

static void setup(void)
{
	trace = trace_new(&(struct trace_options){});
	timeline = timeline_new(trace);
	build_begin();
}

static void teardown(void)
{
	timeline_free(timeline);
	trace_free(trace);
}

TestSuite(timeline, .init = setup, .fini = teardown);

static void add(struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(trace, ev), 0));
}

static void add_story(unsigned thread_cnt, __u64 from, __u64 to)
{
	for (__u64 i = from; i < to; i++)
		trace_append(trace, build_story(7, thread_cnt, i));
}

static const struct timeline_column *column_at(__u64 ns)
{
	return timeline_column(timeline, (BUILD_BEGIN_NS + ns) / timeline_width_ns(timeline));
}

static const struct timeline_cell *cell_at(__u64 ns, __u32 tid)
{
	const struct timeline_column *col = column_at(ns);

	return col ? timeline_cell(col, model_find_thread(trace_tail(trace), tid)) : NULL;
}

static bool fill_all(void)
{
	return timeline_fill(timeline, trace_begin_ns(trace), trace_end_ns(trace),
			     trace_end_ns(trace), PLENTY);
}

/* The last event is at begin + ns; all is shown in columns of a millisecond. */
static void end_at(__u64 ns)
{
	build_at(ns);
	add(build_note("end"));
	timeline_set_width(timeline, MS);
	cr_assert(fill_all());
}

static int share(__u64 ns, __u32 tid, enum timeline_share s)
{
	const struct timeline_cell *cell = cell_at(ns, tid);

	return cell ? cell->share[s] : -1;
}

Test(timeline, shares_are_those_of_the_time)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_admit(101));
	build_at(MS);
	add(build_run(101));
	build_at(MS + MS / 4);
	add(build_preempt(101, 0));
	build_at(MS + MS / 2);
	add(build_run(101));
	build_at(MS + MS * 3 / 4);
	add(build_block_sleep(101, 0));
	end_at(4 * MS);
	cr_expect(eq(int, share(MS, 101, TIMELINE_RUNNING), 127));
	cr_expect(eq(int, share(MS, 101, TIMELINE_READY), 63));
	cr_expect(eq(int, share(MS, 101, TIMELINE_BLOCKED), 63));
	cr_expect(eq(int, share(2 * MS, 101, TIMELINE_BLOCKED), TIMELINE_FULL));
	cr_expect(eq(int, share(2 * MS, 101, TIMELINE_RUNNING), 0));
	cr_expect(eq(int, cell_at(2 * MS, 101)->reason, WAIT_SLEEP));
	cr_expect(eq(int, timeline_main_share(cell_at(MS, 101)), TIMELINE_RUNNING));
}

Test(timeline, what_happened_at_all_has_a_share)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_admit(101));
	add(build_run(101));
	add(build_block_sleep(101, 0));
	build_at(3 * MS);
	add(build_wake_irq(101));
	add(build_run(101));
	add(build_block_sleep(101, 0));
	end_at(100 * MS);
	cr_expect(eq(int, share(3 * MS, 101, TIMELINE_RUNNING), 1));
	cr_expect(eq(int, share(3 * MS, 101, TIMELINE_BLOCKED), 254));
	cr_expect(eq(int, share(4 * MS, 101, TIMELINE_RUNNING), 0));
}

Test(timeline, a_thread_is_only_where_it_was)
{
	build_at(2 * MS + MS / 2);
	add(build_thread(101, 100, 100, "a"));
	add(build_admit(101));
	add(build_thread(100, 100, 1, "main"));
	build_at(4 * MS);
	add(build_run(101));
	build_at(5 * MS);
	add(build_die(101, 0));
	end_at(8 * MS);
	cr_expect(eq(ptr, (void *)cell_at(MS, 101), NULL));
	cr_expect(ge(int, share(2 * MS, 101, TIMELINE_READY), 120));
	cr_expect(eq(int, share(4 * MS, 101, TIMELINE_RUNNING), TIMELINE_FULL));
	cr_expect(eq(ptr, (void *)cell_at(6 * MS, 101), NULL));
	/* New all the time: on no run queue yet. */
	cr_expect(eq(ptr, (void *)cell_at(6 * MS, 100), NULL));
}

Test(timeline, wake_ups_are_counted_and_the_last_waker_named)
{
	add(build_thread(101, 100, 100, "a"));
	for (int i = 0; i < 3; i++) {
		add(build_run(101));
		add(build_block_sleep(101, 0));
		add(i == 2 ? build_wake_irq(101) : build_wake_futex(101, 200 + i, 0x5000));
		if (i == 1)
			build_at(2 * MS);
	}
	end_at(4 * MS);
	cr_expect(eq(int, cell_at(0, 101)->wake_cnt, 2));
	cr_expect(eq(int, cell_at(0, 101)->waker_tid, 201));
	cr_expect(eq(int, cell_at(MS, 101)->wake_cnt, 0));
	cr_expect(eq(int, cell_at(2 * MS, 101)->wake_cnt, 1));
	cr_expect(eq(int, cell_at(2 * MS, 101)->flags, TIMELINE_IRQ));
}

Test(timeline, an_event_at_the_bound_belongs_to_the_column_it_begins)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	add(build_block_sleep(101, 0));
	build_at(2 * MS);
	add(build_wake_futex(101, 200, 0x5000));
	end_at(4 * MS);
	cr_expect(eq(int, cell_at(MS, 101)->wake_cnt, 0));
	cr_expect(eq(int, share(MS, 101, TIMELINE_BLOCKED), TIMELINE_FULL));
	cr_expect(eq(int, cell_at(2 * MS, 101)->wake_cnt, 1));
	cr_expect(eq(int, share(2 * MS, 101, TIMELINE_READY), TIMELINE_FULL));
}

/* The same column when it is gone to and not walked to. */
Test(timeline, an_event_at_the_bound_is_not_jumped_over)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	add(build_block_sleep(101, 0));
	build_at(2 * MS);
	add(build_wake_futex(101, 200, 0x5000));
	build_at(4 * MS);
	add(build_note("end"));
	timeline_set_width(timeline, MS);
	timeline_fill(timeline, BUILD_BEGIN_NS + 2 * MS, BUILD_BEGIN_NS + 2 * MS,
		      trace_end_ns(trace), PLENTY);
	cr_expect(eq(ptr, (void *)column_at(MS), NULL));
	cr_expect(eq(int, cell_at(2 * MS, 101)->wake_cnt, 1));
}

Test(timeline, lost_events_leave_a_mark_and_the_unknown)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	build_at(MS + MS / 2);
	add(build_lost(LOST_RING_FULL, 40));
	build_at(3 * MS);
	add(build_run(101));
	end_at(5 * MS);
	cr_expect(eq(u64, column_at(0)->lost_cnt, 0));
	cr_expect(eq(u64, column_at(MS)->lost_cnt, 40));
	cr_expect(eq(u64, column_at(2 * MS)->lost_cnt, 0));
	cr_expect(eq(int, share(MS, 101, TIMELINE_UNKNOWN), 127));
	cr_expect(eq(int, share(2 * MS, 101, TIMELINE_UNKNOWN), TIMELINE_FULL));
	cr_expect(eq(int, share(3 * MS, 101, TIMELINE_RUNNING), TIMELINE_FULL));
	cr_expect(eq(int, column_at(MS)->cpus[0].share, 127));
}

Test(timeline, a_cpu_shows_the_thread_that_ran_longest)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_thread(102, 100, 100, "b"));
	build_on_cpu(2);
	build_at(MS);
	add(build_run(101));
	build_at(MS + MS / 4);
	add(build_preempt(101, 102));
	build_at(MS + MS * 3 / 4);
	add(build_preempt(102, 0));
	end_at(3 * MS);
	cr_assert(eq(int, column_at(MS)->cpu_cnt, 3));
	cr_expect(eq(int, column_at(MS)->cpus[2].tid, 102));
	cr_expect(eq(int, column_at(MS)->cpus[2].share, 127));
	cr_expect(eq(int, column_at(MS)->cpus[2].total, 191));
	cr_expect(eq(int, column_at(MS)->cpus[0].tid, 0));
	cr_expect(eq(int, column_at(2 * MS)->cpu_cnt, 0));
}

Test(timeline, exec_in_a_thread_keeps_its_past_out_of_the_column)
{
	add(build_thread(100, 100, 1, "main"));
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	build_at(10 * MS + MS / 2);
	add(build_exec(100, 101, "other", "/bin/other"));
	end_at(12 * MS);
	cr_expect(eq(int, share(10 * MS, 100, TIMELINE_RUNNING), TIMELINE_FULL));
	cr_expect(eq(int, share(11 * MS, 100, TIMELINE_RUNNING), TIMELINE_FULL));
}

/* The growing end. */

Test(timeline, the_last_column_is_of_what_has_passed)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	build_at(MS + MS / 4);
	add(build_block_sleep(101, 0));
	timeline_set_width(timeline, MS);
	timeline_fill(timeline, BUILD_BEGIN_NS, BUILD_BEGIN_NS + 10 * MS,
		      BUILD_BEGIN_NS + MS + MS / 2, PLENTY);
	cr_expect(eq(int, column_at(MS)->flags &TIMELINE_OPEN, TIMELINE_OPEN));
	cr_expect(eq(int, share(MS, 101, TIMELINE_RUNNING), 127));
	cr_expect(eq(int, share(MS, 101, TIMELINE_BLOCKED), 127));
	cr_expect(eq(ptr, (void *)column_at(2 * MS), NULL));
}

Test(timeline, behind_the_last_event_its_state_goes_on_until_now)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	add(build_block_sleep(101, 0));
	timeline_set_width(timeline, MS);
	timeline_fill(timeline, BUILD_BEGIN_NS, BUILD_BEGIN_NS + 10 * MS,
		      BUILD_BEGIN_NS + 5 * MS + MS / 2, PLENTY);
	cr_expect(eq(int, share(5 * MS, 101, TIMELINE_BLOCKED), TIMELINE_FULL));
	cr_expect(eq(int, cell_at(5 * MS, 101)->reason, WAIT_SLEEP));
	cr_expect(eq(ptr, (void *)column_at(6 * MS), NULL));
	/* Its wake-up comes late, but in time for the truth. */
	build_at(3 * MS);
	add(build_wake_irq(101));
	timeline_fill(timeline, BUILD_BEGIN_NS, BUILD_BEGIN_NS + 10 * MS,
		      BUILD_BEGIN_NS + 5 * MS + MS / 2, PLENTY);
	cr_expect(eq(int, share(2 * MS, 101, TIMELINE_BLOCKED), TIMELINE_FULL));
	cr_expect(eq(int, share(5 * MS, 101, TIMELINE_READY), TIMELINE_FULL));
}

/* No totals are taken of columns in which nothing happens; what comes after them needs some. */
Test(timeline, after_a_rest_the_shares_are_those_of_the_time)
{
	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	build_at(MS / 2);
	add(build_block_sleep(101, 0));
	build_at(6 * MS + MS / 4);
	add(build_wake_irq(101));
	add(build_run(101));
	build_at(9 * MS + MS / 2);
	add(build_block_sleep(101, 0));
	build_at(12 * MS);
	add(build_note("end"));
	timeline_set_width(timeline, MS);
	cr_assert(fill_all());
	for (int i = 1; i < 6; i++) {
		cr_expect(eq(int, share(i * MS, 101, TIMELINE_BLOCKED), TIMELINE_FULL));
		cr_expect(eq(int, cell_at(i * MS, 101)->reason, WAIT_SLEEP));
		cr_expect(eq(int, cell_at(i * MS, 101)->wake_cnt, 0));
	}
	cr_expect(eq(int, share(6 * MS, 101, TIMELINE_BLOCKED), 63));
	cr_expect(eq(int, share(6 * MS, 101, TIMELINE_RUNNING), 190)); /* woken a moment before */
	cr_expect(eq(int, cell_at(6 * MS, 101)->wake_cnt, 1));
	cr_expect(eq(int, share(8 * MS, 101, TIMELINE_RUNNING), TIMELINE_FULL));
	cr_expect(eq(int, cell_at(8 * MS, 101)->wake_cnt, 0));
	cr_expect(eq(int, share(9 * MS, 101, TIMELINE_BLOCKED), 127));
}

/* What may be remembered of it is told from what it is when it is made anew. */
Test(timeline, a_column_that_is_over_has_a_number_of_its_own)
{
	__u64 serial;

	add(build_thread(101, 100, 100, "a"));
	add(build_run(101));
	build_at(3 * MS + MS / 2);
	add(build_block_sleep(101, 0));
	timeline_set_width(timeline, MS);
	timeline_fill(timeline, BUILD_BEGIN_NS, BUILD_BEGIN_NS + 10 * MS, BUILD_BEGIN_NS + 6 * MS,
		      PLENTY);
	serial = column_at(MS)->serial;
	cr_expect(ne(u64, serial, 0));
	cr_expect(ne(u64, column_at(2 * MS)->serial, serial));
	cr_expect(eq(u64, column_at(3 * MS)->serial, 0));
	cr_expect(eq(u64, column_at(5 * MS)->serial, 0));
	add(build_note("later"));
	fill_all();
	cr_expect(eq(u64, column_at(MS)->serial, serial));
}

static void expect_same_column(const struct timeline_column *a, const struct timeline_column *b)
{
	cr_assert(ne(ptr, (void *)a, NULL));
	cr_assert(ne(ptr, (void *)b, NULL));
	cr_assert(eq(int, a->cell_cnt, b->cell_cnt));
	cr_assert(eq(int, a->cpu_cnt, b->cpu_cnt));
	cr_assert(eq(int, memcmp(a->cells, b->cells, a->cell_cnt * sizeof(*a->cells)), 0));
	cr_assert(eq(int, memcmp(a->cpus, b->cpus, a->cpu_cnt * sizeof(*a->cpus)), 0));
}

Test(timeline, grown_bit_by_bit_is_the_same_as_seen_at_once)
{
	struct timeline *fresh = timeline_new(trace);
	__u64 first, last;

	timeline_set_width(timeline, MS);
	timeline_set_width(fresh, MS);
	for (__u64 i = 0; i < 100; i++) {
		add_story(STORY_THREADS, i * 200, i * 200 + 200);
		fill_all();
	}
	timeline_fill(fresh, 0, trace_end_ns(trace), trace_end_ns(trace), PLENTY);
	first = trace_begin_ns(trace) / MS;
	last = trace_end_ns(trace) / MS;
	cr_assert(gt(u64, last - first, 30));
	for (__u64 idx = first; idx < last; idx++)
		expect_same_column(timeline_column(timeline, idx), timeline_column(fresh, idx));
	timeline_free(fresh);
}

/* ns[thread of the story][share]: what an addition of all instants of a column gives. */
static void sum_instants(struct cursor *c, __u64 begin_ns, __u64 end_ns,
			 __u64 ns[STORY_THREADS][TIMELINE_SHARE_CNT])
{
	static const int shares[THREAD_STATE_CNT] = {
		[THREAD_UNKNOWN] = TIMELINE_UNKNOWN,
		[THREAD_NEW] = -1,
		[THREAD_READY] = TIMELINE_READY,
		[THREAD_RUNNING] = TIMELINE_RUNNING,
		[THREAD_BLOCKED] = TIMELINE_BLOCKED,
		[THREAD_STOPPED] = TIMELINE_STOPPED,
		[THREAD_ZOMBIE] = -1,
		[THREAD_DEAD] = -1,
	};
	__u64 from_ns = begin_ns;

	memset(ns, 0, STORY_THREADS * sizeof(*ns));
	cursor_seek_time(c, begin_ns - 1);
	while (from_ns < end_ns) {
		const struct ev_hdr *ev = cursor_peek(c);
		__u64 to_ns = ev && ev->ts_ns < end_ns ? ev->ts_ns : end_ns;

		for (int i = 0; i < STORY_THREADS; i++) {
			const struct thread *t = model_find_thread(cursor_model(c), 100 + i);

			if (t && shares[t->state] >= 0)
				ns[i][shares[t->state]] += to_ns - from_ns;
		}
		from_ns = to_ns;
		cursor_next(c);
	}
}

Test(timeline, columns_are_the_sum_over_all_instants)
{
	__u64 ns[STORY_THREADS][TIMELINE_SHARE_CNT];
	struct cursor *c = cursor_new(trace);

	add_story(STORY_THREADS, 0, 30000);
	timeline_set_width(timeline, MS);
	fill_all();
	for (__u64 idx = BUILD_BEGIN_NS / MS; idx < trace_end_ns(trace) / MS; idx++) {
		const struct timeline_column *col = timeline_column(timeline, idx);

		cr_assert(ne(ptr, (void *)col, NULL));
		sum_instants(c, idx * MS, idx * MS + MS, ns);
		for (int i = 0; i < STORY_THREADS; i++) {
			struct thread t = { .tid = 100 + i, .start_ns = 100 + i };
			const struct timeline_cell *cell = timeline_cell(col, &t);

			for (int s = 0; s < TIMELINE_SHARE_CNT; s++)
				cr_assert(eq(int, cell ? cell->share[s] : 0,
					     ns[i][s] ? (int)(ns[i][s] * 255 / MS ?: 1) : 0));
		}
	}
	cursor_free(c);
}

/* The price. */

Test(timeline, a_column_is_made_once)
{
	__u64 work;

	add_story(STORY_THREADS, 0, 20000);
	timeline_set_width(timeline, MS);
	cr_assert(fill_all());
	work = timeline_work(timeline);
	cr_assert(gt(u64, work, 10000));
	cr_expect(fill_all());
	cr_expect(eq(u64, timeline_work(timeline), work));
	/* Other widths do not drive it out. */
	timeline_set_width(timeline, 10 * MS);
	fill_all();
	timeline_set_width(timeline, MS);
	work = timeline_work(timeline);
	cr_expect(fill_all());
	cr_expect(lt(u64, timeline_work(timeline) - work, 10000)); /* going to the open one */
}

Test(timeline, one_call_does_no_more_than_it_may)
{
	__u64 work, most = 0;
	int calls = 0;
	bool is_done;

	add_story(STORY_THREADS, 0, 100000);
	timeline_set_width(timeline, MS);
	do {
		work = timeline_work(timeline);
		is_done =
			timeline_fill(timeline, 0, trace_end_ns(trace), trace_end_ns(trace), 5000);
		work = timeline_work(timeline) - work;
		most = work > most ? work : most;
	} while (!is_done && ++calls < 100);
	cr_expect(is_done);
	cr_expect(gt(int, calls, 10));
	cr_expect(lt(u64, most, 18000)); /* what it may, or one block that is read */
}

/* Two steps that are dear each are not of one picture. */
Test(timeline, a_step_that_does_not_fit_waits_for_the_next_call)
{
	enum { MAY = 12000, BLOCK = 16384, MORE = 300 };
	struct trace_block_info b;
	__u64 work;
	int calls = 0;
	bool is_done;

	add_story(STORY_THREADS, 0, 600000);
	trace_block_info(trace, 3, &b);
	cr_assert(eq(u64, b.event_cnt, BLOCK));
	timeline_set_width(timeline, 50 * MS);
	do {
		work = timeline_work(timeline);
		is_done = timeline_fill(timeline, 0, trace_end_ns(trace), trace_end_ns(trace), MAY);
		work = timeline_work(timeline) - work;
		/* All of what it may, or a block that is read first, and its first events. */
		cr_expect(lt(u64, work, BLOCK + MORE));
	} while (!is_done && ++calls < 1000);
	cr_expect(is_done);
}

/* Columns that are replayed and columns that are jumped over, some work at a time. */
Test(timeline, what_is_made_in_parts_is_the_same)
{
	static const __u64 widths_ns[] = { MS, 50 * MS, 200 * MS };
	struct timeline *whole = timeline_new(trace);

	add_story(STORY_THREADS, 0, 100000);
	for (size_t i = 0; i < sizeof(widths_ns) / sizeof(widths_ns[0]); i++) {
		__u64 end_ns = trace_end_ns(trace), w_ns = widths_ns[i];
		int calls = 0;

		timeline_set_width(timeline, w_ns);
		timeline_set_width(whole, w_ns);
		timeline_fill(whole, 0, end_ns, end_ns, PLENTY);
		while (!timeline_fill(timeline, 0, end_ns, end_ns, 1))
			cr_assert(lt(int, ++calls, 20000));
		cr_expect(gt(int, calls, 5));
		for (__u64 idx = BUILD_BEGIN_NS / w_ns; idx <= end_ns / w_ns; idx++)
			expect_same_column(timeline_column(timeline, idx),
					   timeline_column(whole, idx));
	}
	timeline_free(whole);
}

Test(timeline, the_newest_come_first)
{
	__u64 newest;

	add_story(STORY_THREADS, 0, 100000);
	newest = trace_end_ns(trace) / MS - 1;
	timeline_set_width(timeline, MS);
	for (int i = 0; i < 8; i++)
		cr_assert(not(timeline_fill(timeline, 0, trace_end_ns(trace), trace_end_ns(trace),
					    5000)));
	cr_expect(ne(ptr, (void *)timeline_column(timeline, newest), NULL));
	cr_expect(eq(ptr, (void *)column_at(MS), NULL));
}

Test(timeline, a_column_of_many_events_is_jumped_over)
{
	struct timeline *exact = timeline_new(trace);
	__u64 w_ns = 200 * MS, idx;
	int col_cnt = 0;

	add_story(STORY_THREADS, 0, 600000);
	timeline_set_width(timeline, w_ns);
	cr_assert(fill_all());
	cr_expect(lt(u64, timeline_work(timeline), 300000));
	for (idx = BUILD_BEGIN_NS / w_ns + 1; idx < trace_end_ns(trace) / w_ns - 1; idx++) {
		const struct timeline_column *col = timeline_column(timeline, idx);
		int sum[2] = {}, cnt = 0;

		cr_assert(ne(ptr, (void *)col, NULL));
		cr_expect(eq(int, col->flags, TIMELINE_NEAR));
		timeline_set_width(exact, 10 * MS);
		timeline_fill(exact, col->begin_ns, col->end_ns - 1, trace_end_ns(trace), PLENTY);
		for (__u64 fine = col->begin_ns / (10 * MS); fine < col->end_ns / (10 * MS);
		     fine++) {
			const struct timeline_column *f = timeline_column(exact, fine);

			cr_assert(ne(ptr, (void *)f, NULL));
			for (__u32 i = 0; i < f->cell_cnt; i++)
				sum[0] += f->cells[i].share[TIMELINE_BLOCKED];
			cnt++;
		}
		for (__u32 i = 0; i < col->cell_cnt; i++)
			sum[1] += col->cells[i].share[TIMELINE_BLOCKED];
		/* Bounds may be off by an eighth, so the sum over all threads by two. */
		cr_expect(lt(int, abs(sum[0] / cnt - sum[1]), sum[1] / 4));
		col_cnt++;
	}
	cr_expect(gt(int, col_cnt, 3));
	timeline_free(exact);
}

Test(timeline, a_history_that_forgets_its_front_has_no_columns_there)
{
	struct trace *small = trace_new(&(struct trace_options){ .history_sz = 100000 });
	struct timeline *tl = timeline_new(small);

	timeline_set_width(tl, MS);
	for (__u64 i = 0; i < 200000; i++)
		trace_append(small, build_story(7, STORY_THREADS, i));
	cr_assert(gt(u64, trace_first_event(small), 0));
	cr_expect(timeline_fill(tl, 0, trace_end_ns(small), trace_end_ns(small), PLENTY));
	cr_expect(eq(ptr, (void *)timeline_column(tl, trace_begin_ns(small) / MS - 1), NULL));
	cr_expect(ne(ptr, (void *)timeline_column(tl, trace_end_ns(small) / MS - 1), NULL));
	timeline_free(tl);
	trace_free(small);
}

Test(timeline, a_thousand_threads_fit_in_few_megabytes)
{
	for (__u32 i = 0; i < 1000; i++) {
		add(build_thread(1000 + i, 1000, 1, "many"));
		add(build_run(1000 + i));
		add(build_block_sleep(1000 + i, 0));
	}
	build_at(300 * MS);
	add(build_note("end"));
	timeline_set_width(timeline, MS);
	timeline_fill(timeline, BUILD_BEGIN_NS, BUILD_BEGIN_NS + 200 * MS, trace_end_ns(trace),
		      PLENTY);
	cr_expect(eq(int, column_at(150 * MS)->cell_cnt, 1000));
	cr_expect(lt(sz, timeline_mem_sz(timeline), 5 << 20));
}

Test(timeline, memory_stays_bounded_however_far_one_pans)
{
	for (__u32 i = 0; i < 1000; i++) {
		add(build_thread(1000 + i, 1000, 1, "many"));
		add(build_run(1000 + i));
		add(build_block_sleep(1000 + i, 0));
	}
	build_at(4000 * MS);
	add(build_note("end"));
	for (__u64 ms = 0; ms < 4000; ms += 100) {
		timeline_set_width(timeline, ms % 300 ? MS : 2 * MS);
		timeline_fill(timeline, BUILD_BEGIN_NS + ms * MS, BUILD_BEGIN_NS + (ms + 100) * MS,
			      trace_end_ns(trace), PLENTY);
		cr_expect(lt(sz, timeline_mem_sz(timeline), 20 << 20));
	}
}

/* Looks at the tail. */

static int sum_of(const struct timeline_column *col, enum timeline_share s)
{
	int sum = 0;

	for (__u32 i = 0; i < col->cell_cnt; i++)
		sum += col->cells[i].share[s];
	return sum;
}

Test(timeline, columns_from_looks_are_near_and_give_way_to_exact_ones)
{
	struct timeline *exact = timeline_new(trace);
	__u64 w_ns = 20 * MS;
	int seen_cnt = 0;

	timeline_set_width(timeline, w_ns);
	timeline_set_width(exact, w_ns);
	timeline_set_exact(timeline, false);
	for (__u64 i = 0; i < 100; i++) {
		add_story(STORY_THREADS, i * 1000, i * 1000 + 1000);
		timeline_observe(timeline);
		fill_all();
	}
	cr_expect(lt(u64, timeline_work(timeline), 50000));
	timeline_fill(exact, 0, trace_end_ns(trace), trace_end_ns(trace), PLENTY);
	for (__u64 idx = BUILD_BEGIN_NS / w_ns + 2; idx < trace_end_ns(trace) / w_ns; idx++) {
		const struct timeline_column *col = timeline_column(timeline, idx);
		const struct timeline_column *want = timeline_column(exact, idx);

		seen_cnt += !!(col->flags & TIMELINE_SEEN);
		for (int s = 0; s < TIMELINE_SHARE_CNT; s++)
			cr_expect(lt(int, abs(sum_of(col, s) - sum_of(want, s)), 255),
				  "column %llu, share %d", idx, s);
	}
	cr_expect(gt(int, seen_cnt, 5));
	timeline_set_exact(timeline, true);
	fill_all();
	for (__u64 idx = BUILD_BEGIN_NS / w_ns; idx < trace_end_ns(trace) / w_ns; idx++)
		expect_same_column(timeline_column(timeline, idx), timeline_column(exact, idx));
	timeline_free(exact);
}

/* Two threads that nobody watches take turns on CPU 1: the noise that looks are for. */
static void add_noise_until(__u64 ns)
{
	build_on_cpu(1);
	while (build_now_ns() + 2 * BUILD_STEP_NS < BUILD_BEGIN_NS + ns) {
		add(build_preempt(103, 104));
		add(build_preempt(104, 103));
	}
	build_on_cpu(0);
}

Test(timeline, a_look_is_exact_for_who_has_not_changed_since)
{
	timeline_set_width(timeline, 10 * MS);
	timeline_set_exact(timeline, false);
	add(build_thread(101, 100, 100, "hog"));
	add(build_thread(102, 100, 100, "idle"));
	add(build_run(102));
	for (int i = 1; i < 9; i++) {
		add_noise_until(2 * i * MS);
		timeline_observe(timeline);
	}
	add_noise_until(19 * MS);
	add(build_block_sleep(102, 101));
	add_noise_until(24 * MS);
	timeline_observe(timeline);
	add_noise_until(31 * MS);
	timeline_observe(timeline);
	cr_assert(ne(ptr, (void *)column_at(20 * MS), NULL));
	cr_expect(eq(int, column_at(20 * MS)->flags, TIMELINE_NEAR | TIMELINE_SEEN));
	cr_expect(eq(int, share(20 * MS, 101, TIMELINE_RUNNING), TIMELINE_FULL));
	cr_expect(eq(int, share(20 * MS, 102, TIMELINE_RUNNING), 0));
	cr_expect(eq(int, share(20 * MS, 102, TIMELINE_BLOCKED), TIMELINE_FULL));
}

Test(timeline, few_events_are_replayed_not_looked_at)
{
	timeline_set_width(timeline, MS);
	timeline_set_exact(timeline, false);
	for (__u64 i = 0; i < 50; i++) {
		add_story(STORY_THREADS, i * 100, i * 100 + 100);
		timeline_observe(timeline);
	}
	fill_all();
	for (__u64 idx = BUILD_BEGIN_NS / MS; idx < trace_end_ns(trace) / MS; idx++)
		cr_expect(eq(int, timeline_column(timeline, idx)->flags, 0));
}

/* Small things. */

Test(timeline, an_empty_trace_has_no_columns)
{
	cr_expect(timeline_fill(timeline, 0, 100 * MS, 100 * MS, PLENTY));
	cr_expect(eq(ptr, (void *)timeline_column(timeline, 0), NULL));
}

Test(timeline, widths_are_1_2_5)
{
	cr_expect(eq(u64, timeline_round_width(0), 1));
	cr_expect(eq(u64, timeline_round_width(3), 5));
	cr_expect(eq(u64, timeline_round_width(51 * MS), 100 * MS));
	cr_expect(eq(u64, timeline_round_width(50 * MS), 50 * MS));
	cr_expect(eq(u64, timeline_step_width(MS, 1), 2 * MS));
	cr_expect(eq(u64, timeline_step_width(MS, 3), 10 * MS));
	cr_expect(eq(u64, timeline_step_width(5 * MS, -1), 2 * MS));
	cr_expect(eq(u64, timeline_step_width(MS, -1), MS / 2));
	cr_expect(eq(u64, timeline_step_width(1, -1), 1));
	cr_expect(eq(u64, timeline_step_width(timeline_round_width(-1ULL), 1),
		     timeline_round_width(-1ULL)));
}
