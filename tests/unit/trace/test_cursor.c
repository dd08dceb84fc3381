/* SPDX-License-Identifier: GPL-2.0-only */
/* The store and its cursor: wherever one goes, the state is that of a plain fold. */
#include "trace/cursor.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>

#include "base/map.h"
#include "base/strbuf.h"
#include "tests/unit/support/builders.h"
#include "trace/store.h"

enum { STORY_THREADS = 9, STORY_EVENTS = 60000 };

static void append_story(struct trace *t, __u64 cnt)
{
	build_begin();
	for (__u64 i = 0; i < cnt; i++)
		cr_assert(eq(int, trace_append(t, build_story(1, STORY_THREADS, i)), 0));
}

static struct trace *story_new(__u64 cnt, __u64 history_sz)
{
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = history_sz });

	append_story(t, cnt);
	return t;
}

static void emit(void *arg, const struct ev_hdr *ev, size_t size)
{
	strbuf_add(arg, ev, size);
}

static bool models_are_equal(const struct model *a, const struct model *b)
{
	struct strbuf x = {}, y = {};
	bool is_equal;

	model_checkpoint(a, emit, &x);
	model_checkpoint(b, emit, &y);
	is_equal = x.len == y.len && !memcmp(x.data, y.data, x.len);
	strbuf_release(&x);
	strbuf_release(&y);
	return is_equal;
}

/* A fold of the story that only goes forward. */
struct fold {
	struct model *model;
	__u64 cnt;
};

static void fold_begin(struct fold *f)
{
	build_begin();
	*f = (struct fold){ .model = model_new() };
}

static void fold_to(struct fold *f, __u64 n)
{
	for (; f->cnt < n; f->cnt++)
		model_apply(f->model, build_story(1, STORY_THREADS, f->cnt));
}

Test(cursor, an_empty_trace_has_an_empty_state)
{
	struct trace *t = trace_new(NULL);
	struct cursor *c = cursor_new(t);

	cr_expect(eq(ptr, (void *)cursor_peek(c), NULL));
	cr_expect(eq(ptr, (void *)cursor_next(c), NULL));
	cr_expect(eq(ptr, (void *)cursor_prev(c), NULL));
	cr_expect(eq(int, cursor_seek_event(c, 5), 0));
	cr_expect(eq(int, cursor_seek_time(c, 5), 0));
	cr_expect(eq(u64, cursor_event(c), 0));
	cr_expect(eq(sz, model_thread_cnt(cursor_model(c)), 0));
	cr_expect(eq(sz, trace_block_cnt(t), 0));
	cr_expect(eq(u64, trace_stored_sz(t), 0));
	cursor_free(c);
	trace_free(t);
}

Test(cursor, gives_the_events_in_order_as_they_were_appended)
{
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *c = cursor_new(t);

	cr_assert(gt(sz, trace_block_cnt(t), 2));
	build_begin();
	for (__u64 i = 0; i < STORY_EVENTS; i++) {
		const struct ev_hdr *want = build_story(1, STORY_THREADS, i);
		const struct ev_hdr *peeked = cursor_peek(c), *ev;

		cr_assert(ne(ptr, (void *)peeked, NULL));
		cr_assert(eq(int, memcmp(peeked, want, event_size(want)), 0));
		ev = cursor_next(c);
		cr_assert(eq(int, memcmp(ev, want, event_size(want)), 0));
		cr_assert(eq(u64, cursor_now_ns(c), want->ts_ns));
	}
	cr_expect(eq(ptr, (void *)cursor_next(c), NULL));
	cr_expect(models_are_equal(cursor_model(c), trace_tail(t)));
	cursor_free(c);
	trace_free(t);
}

/* @seen[i] cursors sit at places of ascending order; each must equal the fold there. */
Test(cursor, state_anywhere_equals_a_fold_of_all_events_before)
{
	enum { PLACES = 300 };
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *c = cursor_new(t);
	struct fold f;

	fold_begin(&f);
	for (__u64 i = 0; i < PLACES; i++) {
		__u64 n = i * STORY_EVENTS / PLACES + map_hash(i) % (STORY_EVENTS / PLACES);

		/* Come from elsewhere: from far behind, from far ahead, from near. */
		cr_assert(eq(int, cursor_seek_event(c, map_hash(i + 99) % STORY_EVENTS), 0));
		if (i % 4 == 3)
			cr_assert(eq(int, cursor_seek_event(c, n ? n - 1 : 0), 0));
		cr_assert(eq(int, cursor_seek_event(c, n), 0));
		cr_assert(eq(u64, cursor_event(c), n));
		fold_to(&f, n);
		cr_assert(models_are_equal(cursor_model(c), f.model));
	}
	model_free(f.model);
	cursor_free(c);
	trace_free(t);
}

/* More cursors than idle blocks are kept, each in a block of its own: none loses its event. */
Test(cursor, what_several_borrow_stays)
{
	struct trace *t = story_new(2 * STORY_EVENTS, 0);
	size_t cnt = trace_block_cnt(t) - 1;
	struct cursor *cursors[16];
	const struct ev_hdr *borrowed[16];
	struct trace_block_info info;

	cr_assert(cnt > 5 && cnt <= 16);
	for (size_t i = 0; i < cnt; i++) {
		cursors[i] = cursor_new(t);
		trace_block_info(t, i, &info);
		cr_assert(eq(int, cursor_seek_event(cursors[i], info.first_event + 5), 0));
		borrowed[i] = cursor_peek(cursors[i]);
	}
	for (size_t i = 0; i < cnt; i++) {
		const struct ev_hdr *want = NULL;

		trace_block_info(t, i, &info);
		build_begin();
		for (__u64 n = 0; n <= info.first_event + 5; n++)
			want = build_story(1, STORY_THREADS, n);
		cr_expect(eq(int, memcmp(borrowed[i], want, event_size(want)), 0));
		cursor_free(cursors[i]);
	}
	trace_free(t);
}

Test(cursor, several_read_a_block_once)
{
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *a = cursor_new(t), *b = cursor_new(t);

	cr_assert(eq(int, cursor_seek_event(a, 7), 0));
	cr_assert(eq(int, cursor_seek_event(b, 3), 0));
	cr_expect(eq(sz, t->cache.blocks.cnt, 1));
	cursor_free(a);
	cr_assert(ne(ptr, (void *)cursor_next(b), NULL));
	cr_assert(eq(int, cursor_seek_event(b, 4), 0));
	cr_expect(eq(sz, t->cache.blocks.cnt, 1));
	cursor_free(b);
	trace_free(t);
}

/* Who comes next takes the state that was kept near the place; only so many are kept. */
Test(cursor, keeps_some_states_on_its_way)
{
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *a = cursor_new(t), *b = cursor_new(t);
	__u64 used;

	cr_assert(eq(int, cursor_seek_event(a, 12345), 0));
	cr_assert(ge(sz, t->snapshots.items.cnt, 2));
	used = t->snapshots.use_cnt;
	cr_assert(eq(int, cursor_seek_event(b, 12344), 0));
	cr_expect(gt(u64, t->snapshots.use_cnt, used));
	cr_expect(eq(u64, cursor_event(b), 12344));
	for (__u64 i = 0; i < 200; i++)
		cr_assert(eq(int, cursor_seek_event(a, map_hash(i) % STORY_EVENTS), 0));
	cr_expect(le(sz, t->snapshots.items.cnt, 16));
	cursor_free(a);
	cursor_free(b);
	trace_free(t);
}

Test(cursor, steps_back_undo_steps_forward)
{
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *c = cursor_new(t);
	struct trace_block_info second;
	struct fold f;
	__u64 edge;

	trace_block_info(t, 1, &second);
	edge = second.first_event;
	cr_assert(eq(int, cursor_seek_event(c, edge + 20), 0));
	for (__u64 n = edge + 20; n-- > edge - 20;) {
		const struct ev_hdr *undone = cursor_prev(c);

		cr_assert(ne(ptr, (void *)undone, NULL));
		cr_assert(eq(u64, cursor_event(c), n));
		cr_assert(eq(ptr, (void *)cursor_peek(c), (void *)undone));
	}
	fold_begin(&f);
	fold_to(&f, edge - 20);
	cr_expect(models_are_equal(cursor_model(c), f.model));
	for (__u64 n = edge - 20; n < edge + 20; n++)
		cr_assert(ne(ptr, (void *)cursor_next(c), NULL));
	fold_to(&f, edge + 20);
	cr_expect(models_are_equal(cursor_model(c), f.model));
	model_free(f.model);
	cursor_free(c);
	trace_free(t);
}

Test(cursor, seeking_a_time_applies_the_events_up_to_it_and_no_more)
{
	struct trace *t = story_new(STORY_EVENTS, 0);
	struct cursor *c = cursor_new(t);
	__u64 begin_ns = trace_begin_ns(t), length_ns = trace_end_ns(t) - begin_ns;

	for (__u64 i = 0; i < 500; i++) {
		__u64 ns = begin_ns + map_hash(i) % length_ns;
		const struct ev_hdr *next;

		cr_assert(eq(int, cursor_seek_time(c, ns), 0));
		cr_assert(eq(u64, cursor_now_ns(c), ns));
		cr_assert(le(u64, model_now_ns(cursor_model(c)), ns));
		next = cursor_peek(c);
		cr_assert(next && next->ts_ns > ns);
	}
	cr_expect(eq(int, cursor_seek_time(c, begin_ns - 1), 0));
	cr_expect(eq(u64, cursor_event(c), 0));
	cr_expect(eq(int, cursor_seek_time(c, trace_end_ns(t)), 0));
	cr_expect(eq(u64, cursor_event(c), STORY_EVENTS));
	cursor_free(c);
	trace_free(t);
}

Test(cursor, events_of_one_instant_are_applied_together)
{
	struct trace *t = trace_new(NULL);
	struct cursor *c = cursor_new(t);
	__u64 ns;

	build_begin();
	for (unsigned i = 0; i < 40000; i++) {
		struct ev_hdr *ev = build_run(1 + i % 2);

		/* Ten at a time, so that an edge of blocks falls in between. */
		ev->ts_ns = BUILD_BEGIN_NS + i / 10;
		cr_assert(eq(int, trace_append(t, ev), 0));
	}
	for (unsigned i = 0; i < 4000; i++) {
		ns = BUILD_BEGIN_NS + i;
		cr_assert(eq(int, cursor_seek_time(c, ns), 0));
		cr_assert(eq(u64, cursor_event(c), (i + 1) * 10));
	}
	cursor_free(c);
	trace_free(t);
}

Test(cursor, follows_a_trace_that_grows)
{
	struct trace *t = trace_new(NULL);
	struct cursor *c = cursor_new(t);

	build_begin();
	for (__u64 i = 0; i < STORY_EVENTS; i++) {
		const struct ev_hdr *ev;

		cr_assert(eq(int, trace_append(t, build_story(1, STORY_THREADS, i)), 0));
		if (i % 1000)
			continue;
		while ((ev = cursor_next(c)))
			;
		cr_assert(eq(u64, cursor_event(c), i + 1));
		cr_assert(models_are_equal(cursor_model(c), trace_tail(t)));
	}
	cursor_free(c);
	trace_free(t);
}

/* A new event may move the memory of the open block; the one borrowed must stay. */
Test(cursor, a_borrowed_event_outlives_appends)
{
	struct trace *t = story_new(100, 0);
	struct cursor *c = cursor_new(t);
	struct ev_hdr before;
	const struct ev_hdr *ev;

	cr_assert(eq(int, cursor_seek_event(c, 50), 0));
	ev = cursor_peek(c);
	before = *ev;
	for (__u64 i = 100; i < 40000; i++)
		trace_append(t, build_story(1, STORY_THREADS, i));
	cr_expect(eq(int, memcmp(ev, &before, sizeof(before)), 0));
	cursor_free(c);
	trace_free(t);
}

Test(cursor, is_moved_on_when_the_history_forgets_its_place)
{
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = 1 });
	struct cursor *c = cursor_new(t);
	struct fold f;
	__u64 first;

	append_story(t, STORY_EVENTS);
	first = trace_first_event(t);
	cr_assert(gt(u64, first, 0));
	cr_expect(eq(u64, cursor_event(c), first));
	cr_assert(ne(ptr, (void *)cursor_next(c), NULL));
	cr_expect(eq(u64, cursor_event(c), first + 1));
	fold_begin(&f);
	fold_to(&f, first + 1);
	cr_expect(models_are_equal(cursor_model(c), f.model));
	cr_expect(eq(int, cursor_seek_event(c, 0), 0));
	cr_expect(eq(u64, cursor_event(c), first));
	cr_expect(eq(ptr, (void *)cursor_prev(c), NULL));
	model_free(f.model);
	cursor_free(c);
	trace_free(t);
}
