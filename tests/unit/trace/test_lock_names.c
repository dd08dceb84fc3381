/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock is called from the begin what it is called later, where that is true. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "tests/unit/support/builders.h"
#include "trace/cursor.h"

enum { MAIN = 10, LEFT = 2, LOCK = 0x1000 };

static struct trace *trace;

static void append(struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(trace, ev), 0));
}

static void setup(void)
{
	build_begin();
	trace = trace_new(&(struct trace_options){});
	append(build_thread(MAIN, MAIN, 0, "main"));
	append(build_thread(LEFT, MAIN, MAIN, "left"));
}

static void teardown(void)
{
	trace_free(trace);
}

TestSuite(lock_names, .init = setup, .fini = teardown);

/* A short wait, and one in which the lock is given a name. */
static void wait_unnamed(void)
{
	append(build_run(LEFT));
	append(build_block_mutex(LEFT, MAIN, LOCK, MAIN));
	append(build_wake_futex(LEFT, MAIN, LOCK));
}

static void wait_named(const char *name, __u8 flags)
{
	struct ev_hdr *ev;

	append(build_run(LEFT));
	append(build_block_mutex(LEFT, MAIN, LOCK, MAIN));
	ev = build_lockname(MAIN, LOCK, name);
	ev->flags |= flags;
	append(ev);
	append(build_wake_futex(LEFT, MAIN, LOCK));
}

/* What the lock is called right after event n. */
static void expect_name(__u64 n, const char *want)
{
	struct cursor *c = cursor_new(trace);
	const struct lock *l;
	const char *name;

	cursor_seek_event(c, n + 1);
	l = model_find_lock(cursor_model(c), MAIN, LOCK);
	cr_assert(ne(ptr, (void *)l, NULL));
	name = model_lock_name(cursor_model(c), l);
	cr_expect(eq(str, (char *)(name ? name : "(none)"), (char *)want), "after event %llu", n);
	cursor_free(c);
}

Test(lock_names, are_known_from_the_begin_for_who_has_read_the_whole_trace)
{
	wait_unnamed();
	wait_named("fork[1]", 0);
	expect_name(3, "(none)");
	trace_read_lock_names(trace, NULL, NULL);
	expect_name(3, "fork[1]");
	expect_name(8, "fork[1]");
}

/* Blocks without what tells of names are not looked at, and change nothing. */
Test(lock_names, are_the_same_over_many_blocks)
{
	wait_unnamed();
	trace_flush(trace);
	wait_unnamed();
	trace_flush(trace);
	wait_named("fork[1]", 0);
	trace_flush(trace);
	wait_unnamed();
	trace_flush(trace);
	trace_read_lock_names(trace, NULL, NULL);
	expect_name(3, "fork[1]");
	expect_name(6, "fork[1]");
	expect_name(14, "fork[1]");
}

Test(lock_names, are_not_those_of_another_program)
{
	wait_unnamed();
	append(build_exec(MAIN, MAIN, "next", "/bin/next"));
	wait_named("fork[1]", 0);
	trace_read_lock_names(trace, NULL, NULL);
	expect_name(3, "(none)");
	expect_name(7, "fork[1]");
}

Test(lock_names, that_differ_later_are_none_before)
{
	wait_unnamed();
	wait_named("fork[1]", 0);
	wait_named("spoon", 0);
	trace_read_lock_names(trace, NULL, NULL);
	expect_name(3, "(none)");
	expect_name(7, "fork[1]");
	expect_name(11, "spoon");
}

Test(lock_names, of_a_waiters_variables_hold_for_its_wait)
{
	wait_unnamed();
	wait_named("queue->lock", EVF_BORROWED);
	trace_read_lock_names(trace, NULL, NULL);
	expect_name(3, "(none)");
	expect_name(7, "queue->lock");
}

struct told {
	__u64 last, total, cnt;
};

static void tell(void *arg, __u64 done, __u64 total)
{
	struct told *told = arg;

	cr_expect(told->cnt == 0 || done > told->last);
	cr_expect(lt(u64, done, total));
	*told = (struct told){ done, total, told->cnt + 1 };
}

/* Once a block, those without a name as well. */
Test(lock_names, reading_them_says_how_far_it_is)
{
	struct told told = {};

	for (__u64 i = 0; i < 100000; i++)
		trace_append(trace, build_story(3, 10, i));
	trace_read_lock_names(trace, tell, &told);
	cr_expect(eq(u64, told.cnt, trace_block_cnt(trace)));
	cr_expect(gt(u64, told.cnt, 3));
	cr_expect(eq(u64, told.total, trace_event_cnt(trace)));
}
