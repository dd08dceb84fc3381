/* SPDX-License-Identifier: GPL-2.0-only */
/* The way through a window: stays cover the life of each thread, without gap or overlap. */
#include "export/walk.h"

#include "base/vec.h"
#include "tests/unit/export/exporting.h"

enum { STORY_EVENTS = 40000, STORY_THREADS = 12 };

struct told {
	__u32 tid;
	__u64 start_ns;
	__u8 state;
	__u64 begin_ns, end_ns;
	bool is_open;
	__u32 owner_tid, waker_tid;
};

static struct exporting e;
static VEC(struct told) stays;
static size_t event_cnt;
static __u64 state_ns[STORY_THREADS + 100][THREAD_STATE_CNT];

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
	vec_release(&stays);
}

TestSuite(walk, .init = setup, .fini = teardown);

static void take_stay(void *arg, const struct stay *s)
{
	(void)arg;
	vec_push(&stays, (struct told){
				 .tid = s->thread->tid,
				 .start_ns = s->thread->start_ns,
				 .state = s->thread->state,
				 .begin_ns = s->begin_ns,
				 .end_ns = s->end_ns,
				 .is_open = s->is_open,
				 .owner_tid = s->owner_tid,
				 .waker_tid = s->wake ? s->wake->waker_tid : 0,
			 });
}

static void count_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	(void)arg;
	(void)m;
	cr_assert(ge(u64, ev->ts_ns, e.in.from_ns));
	cr_assert(le(u64, ev->ts_ns, e.in.to_ns));
	cr_assert(lt(u64, n, trace_event_cnt(e.trace)));
	event_cnt++;
}

static void go(void)
{
	static const struct walk_hooks hooks = { .before = count_event, .stay = take_stay };

	vec_clear(&stays);
	event_cnt = 0;
	cr_assert(eq(int, walk(&e.in, &e.out, &hooks, NULL), 0));
}

static void append_story(void)
{
	for (__u64 i = 0; i < STORY_EVENTS; i++)
		exporting_append(&e, build_story(5, STORY_THREADS, i));
	exporting_set_input(&e);
}

/* The last stay of the thread, NULL: none. */
static struct told *stay_of(__u32 tid)
{
	struct told *found = NULL;

	vec_for_each(s, &stays)
		if (s->tid == tid)
			found = s;
	return found;
}

Test(walk, a_wait_has_its_owner_and_its_waker)
{
	struct told *s;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	build_later(5000);
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_set_input(&e);
	go();
	s = &stays.items[stays.cnt - 3];
	cr_expect(eq(u8, s->state, THREAD_BLOCKED));
	cr_expect(eq(u32, s->owner_tid, 10));
	cr_expect(eq(u32, s->waker_tid, 10));
	cr_expect(eq(u64, s->end_ns - s->begin_ns, 5000 + BUILD_STEP_NS));
	cr_expect(not(s->is_open));
	s = stay_of(2);
	cr_expect(eq(u8, s->state, THREAD_READY));
	cr_expect(s->is_open);
}

Test(walk, who_left_its_cpu_unseen_has_a_stay_that_ends)
{
	struct told *s;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(10));
	exporting_append(&e, build_run(2));
	exporting_set_input(&e);
	go();
	s = stay_of(10);
	cr_expect(eq(u8, s->state, THREAD_UNKNOWN));
	cr_expect(s->is_open);
	vec_for_each(told, &stays)
		if (told->tid == 10 && told->state == THREAD_RUNNING)
			cr_expect(eq(u64, told->end_ns, s->begin_ns));
}

/* Whatever happened: the stays of a thread follow each other. */
Test(walk, stays_neither_overlap_nor_leave_gaps)
{
	append_story();
	go();
	cr_assert(gt(sz, stays.cnt, STORY_EVENTS / 4));
	for (__u32 tid = 100; tid < 100 + STORY_THREADS; tid++) {
		__u64 end_ns = 0, start_ns = 0;

		vec_for_each(s, &stays) {
			if (s->tid != tid)
				continue;
			if (s->start_ns == start_ns)
				cr_assert(eq(u64, s->begin_ns, end_ns));
			end_ns = s->end_ns;
			start_ns = s->start_ns;
		}
		cr_expect(eq(u64, end_ns, e.in.to_ns));
	}
}

/* The model adds up the same times on its own account. */
Test(walk, stays_add_up_to_the_totals_of_the_model)
{
	const struct model *m;

	append_story();
	go();
	vec_for_each(s, &stays)
		state_ns[s->tid][s->state] += s->end_ns - s->begin_ns;
	m = trace_tail(e.trace);
	for (__u32 tid = 100; tid < 100 + STORY_THREADS; tid++) {
		const struct thread *t = model_find_thread(m, tid);

		for (enum thread_state s = 0; s < THREAD_ZOMBIE; s++)
			cr_expect(eq(u64, state_ns[tid][s], thread_state_ns(t, s, e.in.to_ns)));
	}
}

Test(walk, windows_cut_stays_at_their_ends)
{
	__u64 total[THREAD_STATE_CNT] = {}, parts[THREAD_STATE_CNT] = {}, end_ns, mid_ns;
	size_t all;

	append_story();
	go();
	all = event_cnt;
	cr_expect(eq(sz, all, STORY_EVENTS));
	vec_for_each(s, &stays)
		total[s->state] += s->end_ns - s->begin_ns;
	end_ns = e.in.to_ns;
	mid_ns = e.in.from_ns + (end_ns - e.in.from_ns) / 3;
	e.in.to_ns = mid_ns;
	go();
	all -= event_cnt;
	vec_for_each(s, &stays)
		parts[s->state] += s->end_ns - s->begin_ns;
	e.in.from_ns = mid_ns + 1;
	e.in.to_ns = end_ns;
	go();
	cr_expect(eq(sz, all, event_cnt));
	vec_for_each(s, &stays)
		parts[s->state] += s->end_ns - s->begin_ns;
	/* The nanosecond between the windows belongs to one stay of each living thread. */
	for (enum thread_state s = 0; s < THREAD_STATE_CNT; s++)
		cr_expect(le(u64, total[s] - parts[s], STORY_THREADS));
}

Test(walk, a_thread_that_changes_its_tid_has_no_stay_twice)
{
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "other"));
	exporting_append(&e, build_run(2));
	build_later(1000000);
	exporting_append(&e, build_exec(10, 2, "new", "/bin/new"));
	build_later(1000000);
	exporting_append(&e, build_preempt(10, 0));
	exporting_set_input(&e);
	go();
	vec_for_each(s, &stays)
		vec_for_each(o, &stays)
			if (s < o && s->tid == o->tid)
				cr_expect(le(u64, s->end_ns, o->begin_ns));
	cr_expect(eq(u64, stay_of(2)->end_ns, e.in.to_ns - 1000000 - BUILD_STEP_NS));
}

Test(walk, foreign_threads_have_no_stays)
{
	exporting_append(&e, build_thread_foreign(99, 99, "stranger"));
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_set_input(&e);
	go();
	cr_expect(eq(ptr, stay_of(99), NULL));
	cr_expect(ne(ptr, stay_of(10), NULL));
}

Test(walk, of_an_empty_trace)
{
	exporting_set_input(&e);
	go();
	cr_expect(eq(sz, stays.cnt, 0));
	cr_expect(eq(sz, event_cnt, 0));
}

Test(walk, stops_when_nobody_takes_it)
{
	static const struct walk_hooks hooks = { .before = count_event };

	append_story();
	e.out.err = -28;
	event_cnt = 0;
	cr_expect(eq(int, walk(&e.in, &e.out, &hooks, NULL), -28));
	cr_expect(eq(sz, event_cnt, 0));
	e.out.err = 0;
}
