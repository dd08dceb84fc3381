/* SPDX-License-Identifier: GPL-2.0-only */
/* What a whole trace tells: deadlocks that are over at its end, and none where none was. */
#include "export/findings.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/support/builders.h"
#include "trace/cursor.h"
#include "trace/store.h"

enum {
	A = 0x1000,
	B = 0x2000,
	MS = 1000 * 1000,
	STORY_EVENTS = 60000, /* several blocks */
};

static struct trace *t;
static struct findings found;

static void append(struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(t, ev), 0));
}

static void setup(void)
{
	t = trace_new(NULL);
	build_begin();
	append(build_thread(10, 10, 0, "main"));
	append(build_thread(2, 10, 10, "left"));
	append(build_thread(3, 10, 10, "right"));
	append(build_run(2));
}

static void teardown(void)
{
	trace_free(t);
}

TestSuite(findings, .init = setup, .fini = teardown);

static void append_deadlock(void)
{
	append(build_block_mutex(2, 3, B, 3));
	append(build_block_mutex(3, 10, A, 2));
	build_later(20 * MS);
	append(build_lockword(2, B, 3));
	append(build_lockword(3, A, 2));
}

/* As SIGKILL does: everybody wakes, and ends. */
static void append_kill(void)
{
	append(build_wake(2, 99, 62, 0, 0));
	append(build_wake(3, 99, 62, 0, 0));
	append(build_run(2));
	append(build_exit(2, SIGKILL));
	append(build_die(2, 3));
	append(build_exit(3, SIGKILL));
	append(build_die(3, 10));
	append(build_exit(10, SIGKILL));
	append(build_die(10, 0));
	append(build_end(10, SIGKILL));
}

static void collect(void)
{
	findings_collect(t, NULL, NULL, &found);
	cr_expect(eq(u64, found.unread_cnt, 0));
}

/* The state it is about says the same. */
static void expect_at_event(enum verdict_kind kind)
{
	struct cursor *c = cursor_new(t);
	struct verdict v;

	cr_assert(eq(int, cursor_seek_event(c, found.event), 0));
	verdict_find(cursor_model(c), &v);
	cr_expect(eq(int, v.kind, kind));
	cursor_free(c);
}

Test(findings, a_deadlock_that_lasts_is_found_at_the_end)
{
	append_deadlock();
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_DEADLOCK));
	cr_expect(eq(u64, found.event, trace_event_cnt(t)));
	expect_at_event(VERDICT_DEADLOCK);
}

Test(findings, a_deadlock_that_was_killed_is_found_in_its_last_moment)
{
	__u64 event;

	append_deadlock();
	event = trace_event_cnt(t);
	append_kill();
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, found.verdict.cycle_cnt, 2));
	cr_expect(eq(u64, found.event, event));
	expect_at_event(VERDICT_DEADLOCK);
}

Test(findings, so_is_a_cycle_of_joins)
{
	append(build_block_join(2, 3, 0x7000, 3));
	append(build_block_join(3, 10, 0x7100, 2));
	build_later(20 * MS);
	append(build_joinword(2, 0x7000, 3));
	append(build_joinword(3, 0x7100, 2));
	append_kill();
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_DEADLOCK));
	expect_at_event(VERDICT_DEADLOCK);
}

/* The stacks are the last that was missing, and no thread of them is in a cycle of owners. */
Test(findings, a_stall_that_was_killed_as_soon_as_it_was_known)
{
	struct ev_handlers handlers = { .hdr = { .tid = 10, .kind = EV_HANDLERS } };
	const __u32 pids[] = { 10 };

	append(build_block_fd(2, 3, SYS_read, 3, FD_MODE(S_IFREG, FILE_EVENTFD)));
	append(build_block_join(3, 10, 0x7000, 2));
	append(build_block_join(10, 0, 0x7100, 3));
	append(build_stack_pending(3));
	append(build_stack_pending(10));
	build_later(20 * MS);
	append(build_joinword(3, 0x7000, 2));
	append(build_joinword(10, 0x7100, 3));
	append(build_holders(2, pids, 1));
	handlers.hdr.ts_ns = model_now_ns(trace_tail(t));
	append(&handlers.hdr);
	build_later(20 * MS);
	append(build_stack(3, "__pthread_clockjoin_ex libc.so.6"));
	append(build_stack(10, "__pthread_clockjoin_ex libc.so.6"));
	append_kill();
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_STALL));
	expect_at_event(VERDICT_STALL);
}

Test(findings, what_was_never_confirmed_was_none)
{
	append(build_block_mutex(2, 3, B, 3));
	append(build_block_mutex(3, 10, A, 2));
	append_kill();
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_ENDED));
	cr_expect(eq(u64, found.event, trace_event_cnt(t)));
}

Test(findings, a_long_story_with_a_deadlock_in_its_middle)
{
	append_deadlock();
	append_kill();
	for (__u64 i = 0; i < STORY_EVENTS; i++)
		append(build_story(3, 8, i));
	cr_assert(gt(sz, trace_block_cnt(t), 2));
	collect();
	cr_expect(eq(int, found.verdict.kind, VERDICT_DEADLOCK));
	expect_at_event(VERDICT_DEADLOCK);
}

Test(findings, a_story_without_one)
{
	for (__u64 i = 0; i < STORY_EVENTS; i++)
		append(build_story(3, 8, i));
	collect();
	cr_expect(ne(int, found.verdict.kind, VERDICT_DEADLOCK));
	cr_expect(eq(u64, found.event, trace_event_cnt(t)));
}

Test(findings, a_loss_that_hides_a_thread_makes_it_unsure)
{
	append(build_lost(LOST_RING_FULL, 5));
	append(build_run(2));
	append_kill();
	collect();
	cr_expect(found.is_unsure);
}

Test(findings, a_loss_that_was_overcome_does_not)
{
	append(build_lost(LOST_RING_FULL, 5));
	append(build_run(2));
	append(build_preempt(2, 3));
	append(build_preempt(3, 10));
	build_later(300 * MS);
	append(build_preempt(10, 2));
	append_kill();
	collect();
	cr_expect(not(found.is_unsure));
}

Test(findings, what_cannot_be_read_is_counted)
{
	struct trace_block_info info;
	size_t last;

	for (__u64 i = 0; i < STORY_EVENTS; i++)
		append(build_story(3, 8, i));
	trace_block_info(t, 1, &info);
	t->blocks.items[1].is_damaged = true;
	findings_collect(t, NULL, NULL, &found);
	cr_expect(eq(u64, found.unread_cnt, info.event_cnt));
	cr_expect(eq(u64, found.event, trace_event_cnt(t)));

	for (last = t->blocks.cnt; last-- > 0;)
		t->blocks.items[last].is_damaged = true;
	findings_collect(t, NULL, NULL, &found);
	cr_expect(gt(u64, found.unread_cnt, info.event_cnt));
}

static void count_calls(void *arg, __u64 done, __u64 total)
{
	cr_assert(le(u64, done, total));
	++*(int *)arg;
}

Test(findings, progress_is_told)
{
	int calls = 0;

	for (__u64 i = 0; i < 2 * STORY_EVENTS; i++)
		append(build_story(3, 8, i));
	findings_collect(t, count_calls, &calls, &found);
	cr_expect(eq(int, calls, 2));
}

Test(findings, of_an_empty_trace)
{
	struct trace *empty = trace_new(NULL);

	findings_collect(empty, NULL, NULL, &found);
	cr_expect(eq(u64, found.event, 0));
	cr_expect(ne(int, found.verdict.kind, VERDICT_DEADLOCK));
	cr_expect(not(found.is_unsure));
	trace_free(empty);
}
