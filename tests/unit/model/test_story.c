/* SPDX-License-Identifier: GPL-2.0-only */
/* The chain behind a thread that does not run, sentence by sentence. */
#include "model/story.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/support/builders.h"

enum {
	MAIN = 10,
	LEFT = 11,
	RIGHT = 12,
	CHILD = 20,
	A = 0x1000,
	B = 0x2000,
	MS = 1000 * 1000,
};

static struct model *m;
static struct strbuf text;

static void apply(const struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static void setup(void)
{
	m = model_new();
	build_begin();
	apply(build_thread(MAIN, MAIN, 0, "main"));
	apply(build_thread(LEFT, MAIN, MAIN, "left"));
	apply(build_thread(RIGHT, MAIN, MAIN, "right"));
	apply(build_thread(CHILD, CHILD, MAIN, "child"));
}

static void teardown(void)
{
	model_free(m);
	strbuf_release(&text);
}

TestSuite(story, .init = setup, .fini = teardown, .timeout = 10);

/* All of it, told 2 ms after the last event; the last line is the word for the end. */
static void expect(__u32 tid, const char *want)
{
	struct story s;

	strbuf_reset(&text);
	story_find(m, model_find_thread(m, tid), &s);
	for (size_t i = 0; i < s.cnt; i++) {
		story_sentence(m, &s, i, build_now_ns() + 2 * MS, &text);
		strbuf_addch(&text, '\n');
	}
	strbuf_adds(&text, story_end_word(s.end));
	cr_expect(eq(str, (char *)strbuf_str(&text), (char *)want));
}

/* left waits for B, which right holds; right waits for A, which left holds. */
static void close_circle(bool is_confirmed)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, RIGHT, B, RIGHT));
	apply(build_lockname(MAIN, B, "fork[1]"));
	build_later(5 * MS);
	apply(build_block_mutex(RIGHT, 0, A, LEFT));
	build_later(20 * MS);
	if (!is_confirmed)
		return;
	apply(build_lockword(LEFT, B, RIGHT));
	apply(build_lockword(RIGHT, A, LEFT));
}

Test(story, a_circle_is_closed)
{
	close_circle(true);
	expect(LEFT, "left has waited 27.0 ms for mutex fork[1], held by right (read from memory, "
		     "again 2.00 ms ago).\n"
		     "right has waited 22.0 ms for mutex 0x1000, held by left (read from memory, "
		     "again 2.00 ms ago): the circle is closed.\n"
		     "circle");
}

Test(story, a_circle_that_was_not_read_again_is_not_claimed)
{
	close_circle(false);
	expect(RIGHT, "right has waited 2.00 ms for mutex 0x1000, held by left (read from memory)."
		      "\nleft has waited 7.00 ms for mutex fork[1], held by right (read from "
		      "memory): the circle is closed, if what was read still holds: it was not "
		      "read again yet.\n"
		      "circle");
}

Test(story, who_waits_for_a_circle_is_outside_of_it)
{
	close_circle(true);
	apply(build_run(MAIN));
	apply(build_block_join(MAIN, 0, 0x7000, LEFT));
	expect(MAIN, "main has waited 2.00 ms for left to end (read from memory).\n"
		     "left has waited 27.0 ms for mutex fork[1], held by right (read from memory, "
		     "again 2.00 ms ago).\n"
		     "right has waited 22.0 ms for mutex 0x1000, held by left (read from memory, "
		     "again 2.00 ms ago): a circle is closed, and main waits outside of it.\n"
		     "circle");
}

Test(story, one_that_waits_for_itself_is_a_circle)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, 0, A, LEFT));
	build_later(20 * MS);
	apply(build_lockword(LEFT, A, LEFT));
	expect(LEFT, "left has waited 22.0 ms for mutex 0x1000, held by itself (read from memory, "
		     "again 2.00 ms ago): the circle is closed.\n"
		     "circle");
}

Test(story, a_chain_ends_with_who_runs)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, RIGHT, B, RIGHT));
	build_later(5 * MS);
	apply(build_lockword(LEFT, B, RIGHT));
	expect(LEFT, "left has waited 7.00 ms for mutex 0x2000, held by right (read from memory, "
		     "again 2.00 ms ago).\n"
		     "right runs on CPU 0 since 00:00.000, for 7.00 ms (observed).\n"
		     "running");
}

Test(story, who_is_pushed_off_its_cpu_knows_by_whom)
{
	apply(build_run(LEFT));
	apply(build_preempt(LEFT, RIGHT));
	build_later(3 * MS);
	apply(build_preempt(RIGHT, CHILD));
	expect(LEFT,
	       "left has waited 5.00 ms in a run queue for a CPU, last on CPU 0: right pushed "
	       "it off; CPU 0 runs child now, for 2.00 ms (observed).\n"
	       "ready");
}

static void keep(void *arg, const struct ev_hdr *ev, size_t size)
{
	(void)size;
	cr_assert(eq(int, model_apply(arg, ev), 0));
}

Test(story, a_checkpoint_keeps_who_pushed)
{
	struct model *copy = model_new();

	apply(build_run(LEFT));
	apply(build_preempt(LEFT, RIGHT));
	model_checkpoint(m, keep, copy);
	cr_expect(eq(u32, model_find_thread(copy, LEFT)->pushed_by, RIGHT));
	model_free(copy);
}

Test(story, who_was_woken_waits_for_a_cpu)
{
	apply(build_run(LEFT));
	apply(build_block_sleep(LEFT, RIGHT));
	apply(build_wake_irq(LEFT));
	expect(LEFT, "left has waited 2.00 ms in a run queue for a CPU, last on CPU 0: woken by an "
		     "interrupt; CPU 0 runs right now, for 2.00 ms (observed).\n"
		     "ready");
}

Test(story, a_pipe_leads_to_the_other_end)
{
	const __u32 pid = CHILD;

	apply(build_run(CHILD));
	apply(build_block_sleep(CHILD, LEFT));
	apply(build_block_fd(LEFT, 0, SYS_read, 3, S_IFIFO));
	apply(build_holders(LEFT, &pid, 1));
	apply(build_file(LEFT, "pipe:[7] (read end)", 0));
	expect(LEFT,
	       "left has waited 2.00 ms for data in a pipe, fd 3, pipe:[7] (read end), written "
	       "by child (told by the kernel, again 2.00 ms ago).\n"
	       "child has waited 2.00 ms for time to pass (observed).\n"
	       "time");
}

static void expect_begins(__u32 tid, const char *want)
{
	struct story s;

	strbuf_reset(&text);
	story_find(m, model_find_thread(m, tid), &s);
	story_sentence(m, &s, 0, build_now_ns() + 2 * MS, &text);
	cr_expect(eq(int, strncmp(strbuf_str(&text), want, strlen(want)), 0), "%s",
		  strbuf_str(&text));
}

Test(story, what_is_waited_for_is_no_more_than_is_known)
{
	static const struct {
		int nr;
		__u32 mode;
		const char *file, *want;
	} waits[] = {
		{ SYS_write, S_IFIFO, NULL, "room in a pipe, fd 3;" },
		{ SYS_sendfile, S_IFSOCK, NULL, "room in a socket, fd 3;" },
		{ SYS_splice, S_IFIFO, NULL, "data in a pipe, or room in it, fd 3;" },
		{ SYS_write, S_IFCHR, NULL, "a terminal, fd 3;" },
		{ SYS_read, S_IFCHR, NULL, "a terminal: somebody to type, fd 3;" },
		{ SYS_read, 0, NULL, "something in read() that ctrace has no word for, fd 3;" },
		{ SYS_read, 0, "eventfd", "eventfd, fd 3;" },
		{ SYS_read, FD_MODE(0, FILE_EVENTFD), NULL, "an eventfd to be written, fd 3;" },
		{ SYS_write, FD_MODE(0, FILE_EVENTFD), NULL, "an eventfd to be read, fd 3;" },
		{ SYS_copy_file_range, 0, NULL,
		  "something in copy_file_range() that ctrace has no word for;" },
		{ SYS_msgrcv, 0, NULL, "a System V or POSIX message or semaphore;" },
		{ SYS_msgrcv, 0, "a message in message queue 3", "a message in message queue 3;" },
		{ SYS_futex_waitv, 0, NULL, "a futex whose kind cannot be told;" },
	};

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		char want[128];

		apply(build_run(LEFT));
		apply(build_block_fd(LEFT, RIGHT, waits[i].nr, 3, waits[i].mode));
		if (waits[i].file)
			apply(build_file(LEFT, waits[i].file, 0));
		snprintf(want, sizeof(want), "left has waited 2.00 ms for %s", waits[i].want);
		expect_begins(LEFT, want);
	}
}

Test(story, who_is_not_traced_could_be)
{
	const __u32 pids[] = { 812, 813, CHILD };

	apply(build_run(LEFT));
	apply(build_block_fd(LEFT, RIGHT, SYS_read, 3, S_IFIFO));
	apply(build_holders(LEFT, pids, 1));
	expect(LEFT,
	       "left has waited 2.00 ms for data in a pipe, fd 3; only one could end this wait: "
	       "process 812 (not traced) (told by the kernel, again 2.00 ms ago); try -p 10,812.\n"
	       "elsewhere");
	apply(build_holders(LEFT, pids, 3));
	expect(LEFT,
	       "left has waited 2.00 ms for data in a pipe, fd 3; any of these could end this "
	       "wait: process 812 (not traced), process 813 (not traced), child (New) (told by the "
	       "kernel, again 2.00 ms ago); try -p 10,812,813.\n"
	       "several");
	apply(build_exit(CHILD, 0));
	apply(build_die(CHILD, RIGHT));
	apply(build_holders(LEFT, pids + 2, 1));
	expect(LEFT,
	       "left has waited 2.01 ms for data in a pipe, fd 3; only one could end this wait: "
	       "process 20 (has ended) (told by the kernel, again 2.00 ms ago).\n"
	       "several");
}

/* Any thread of the process may write: that the main thread would is not known. */
Test(story, a_process_of_several_threads_is_no_link)
{
	const __u32 pid = MAIN;

	apply(build_run(CHILD));
	apply(build_block_fd(CHILD, LEFT, SYS_read, 3, S_IFIFO));
	apply(build_holders(CHILD, &pid, 1));
	expect(CHILD,
	       "child has waited 2.00 ms for data in a pipe, fd 3; any of these could end this "
	       "wait: main (New), left (Running), right (New) (told by the kernel, again "
	       "2.00 ms ago).\n"
	       "several");
}

Test(story, anybody_may_signal_a_condition)
{
	apply(build_run(LEFT));
	apply(build_block_condvar(LEFT, RIGHT, A));
	expect(LEFT,
	       "left has waited 2.00 ms for condvar 0x1000; any of these could end this wait: "
	       "main (New), right (Running) (observed).\n"
	       "several");
}

Test(story, many_who_could_are_counted)
{
	for (__u32 tid = 100; tid < 104; tid++)
		apply(build_thread(tid, MAIN, MAIN, "worker"));
	apply(build_run(LEFT));
	apply(build_block_condvar(LEFT, RIGHT, A));
	expect(LEFT,
	       "left has waited 2.00 ms for condvar 0x1000; any of the 6 other threads of its "
	       "process (6 of them not Blocked) could end this wait (observed).\n"
	       "several");
}

Test(story, who_has_woken_here_before_is_named_as_learned)
{
	apply(build_run(LEFT));
	apply(build_block_condvar(LEFT, RIGHT, A));
	apply(build_wake_futex(LEFT, RIGHT, A));
	apply(build_preempt(RIGHT, LEFT));
	apply(build_block_condvar(LEFT, RIGHT, A));
	expect(LEFT,
	       "left has waited 2.00 ms for condvar 0x1000; any of these could end this wait: "
	       "main (New), right (Running) (observed); learned: right ended 1 of 1 waits here "
	       "before.\n"
	       "several");
}

Test(story, what_is_not_known_is_said_to_be)
{
	apply(build_run(LEFT));
	apply(build_block_fd(LEFT, RIGHT, SYS_read, 3, S_IFIFO));
	expect(LEFT, "left has waited 2.00 ms for data in a pipe, fd 3; who could end this wait is "
		     "not known (the wait is observed).\n"
		     "unknown");
	apply(build_lost(LOST_RING_FULL, 3));
	expect(LEFT, "left is Unknown: events were lost or came before ctrace did.\nunknown");
}

/* A lock in memory that others may map some day: it is all that has it now. */
Test(story, who_waits_is_no_help_to_itself)
{
	const __u32 pid = CHILD;
	struct ev_hdr *holders;

	apply(build_run(CHILD));
	apply(build_block_fd(CHILD, LEFT, SYS_read, 3, S_IFIFO));
	holders = build_holders(CHILD, &pid, 1);
	holders->flags &= ~EVF_COMPLETE;
	apply(holders);
	expect(CHILD, "child has waited 2.00 ms for data in a pipe, fd 3; who could end this wait "
		      "is not known (the wait is observed).\n"
		      "unknown");
}

Test(story, what_holds_a_stopped_thread_is_told)
{
	struct ev_block *ev;

	apply(build_run(LEFT));
	ev = (struct ev_block *)build_block(LEFT, RIGHT, SYS_read, 0, 0, 0);
	ev->prev_state = 4; /* __TASK_STOPPED */
	apply(&ev->hdr);
	expect(LEFT,
	       "left has been Stopped for 2.00 ms: a signal stopped it, and SIGCONT lets it go "
	       "on (observed).\n"
	       "stopped");
	ev = (struct ev_block *)build_block(RIGHT, CHILD, SYS_read, 0, 0, 0);
	ev->prev_state = 8; /* __TASK_TRACED */
	apply(&ev->hdr);
	expect(RIGHT,
	       "right has been Stopped for 2.00 ms: its debugger or tracer holds it (observed).\n"
	       "stopped");
}

/* Its system call is begun again when it thaws, and may find what it waits for. */
Test(story, a_frozen_thread_does_not_wait)
{
	struct ev_block *ev;

	apply(build_run(LEFT));
	ev = (struct ev_block *)build_block_fd(LEFT, RIGHT, SYS_read, 3, S_IFIFO);
	ev->prev_state = 0x8001; /* TASK_FROZEN, TASK_INTERRUPTIBLE */
	apply(&ev->hdr);
	cr_expect(not(thread_is_blocked(model_find_thread(m, LEFT))));
	expect(LEFT, "left has been Stopped for 2.00 ms: its control group is frozen, as that of a "
		     "paused container is (observed).\n"
		     "stopped");
}

Test(story, one_that_was_met_stopped_has_been_so_before)
{
	struct ev_met ev = { .hdr = { .tid = 30, .kind = EV_MET }, .state = 4 };

	apply(build_thread_met(30, 30, "old"));
	ev.hdr.ts_ns = build_now_ns();
	ev.since_ns = ev.hdr.ts_ns - 500ULL * MS;
	apply(&ev.hdr);
	expect(30,
	       "old has been Stopped for 502 ms: a signal stopped it, and SIGCONT lets it go on "
	       "(observed).\n"
	       "stopped");
}

Test(story, an_owner_that_has_ended_does_nothing)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, RIGHT, B, RIGHT));
	apply(build_exit(RIGHT, 0));
	apply(build_die(RIGHT, 0));
	build_later(5 * MS);
	apply(build_lockword(LEFT, B, RIGHT));
	expect(LEFT, "left has waited 7.00 ms for mutex 0x2000, held by right (read from memory, "
		     "again 2.00 ms ago).\n"
		     "right ended 7.00 ms ago with status 0, and will do nothing any more "
		     "(observed).\n"
		     "ended");
}

/* Thread 100 waits for 101, that for 102, ...: cnt of them, then one that runs. */
static void build_chain(unsigned cnt)
{
	char name[16];

	for (unsigned i = 0; i <= cnt; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		apply(build_thread(100 + i, MAIN, MAIN, name));
	}
	apply(build_run(100));
	for (unsigned i = 0; i < cnt; i++)
		apply(build_block_mutex(100 + i, 101 + i, A + 64 * i, 101 + i));
}

Test(story, a_chain_is_told_up_to_its_bound)
{
	struct story s;

	build_chain(STORY_MAX - 1);
	story_find(m, model_find_thread(m, 100), &s);
	cr_expect(eq(sz, s.cnt, STORY_MAX));
	cr_expect(eq(int, s.end, STORY_RUNNING));
}

Test(story, beyond_its_bound_it_says_that_it_goes_on)
{
	struct story s;

	build_chain(STORY_MAX + 10);
	story_find(m, model_find_thread(m, 100), &s);
	cr_expect(eq(sz, s.cnt, STORY_MAX));
	cr_expect(eq(int, s.end, STORY_LONG));
	story_sentence(m, &s, STORY_MAX - 1, build_now_ns(), &text);
	cr_expect(ne(ptr, strstr(strbuf_str(&text), "the chain goes on."), NULL));
}

/* Two had the number, and the second gave it up; the first is in the table and under no number. */
Test(story, one_whose_number_has_passed_through_other_hands_has_ended)
{
	struct ev_hdr *next = build_thread(LEFT, MAIN, MAIN, "next");
	const struct thread *first = NULL;
	struct story s;

	apply(build_exit(LEFT, 0));
	apply(build_die(LEFT, 0));
	apply(build_reap(LEFT));
	((struct ev_thread *)next)->start_ns = 77;
	next->ts_ns = build_now_ns();
	apply(next);
	apply(build_exec(MAIN, LEFT, "other", "/bin/other"));
	for (size_t i = 0; i < model_thread_cnt(m); i++)
		if (model_thread_at(m, i)->tid == LEFT)
			first = model_thread_at(m, i);
	cr_assert(ne(ptr, (void *)first, NULL));
	story_find(m, first, &s);
	story_sentence(m, &s, 0, build_now_ns(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "tid 11 has ended."));
}
