/* SPDX-License-Identifier: GPL-2.0-only */
/* Events in words: who, what, whose lock, and nothing that a terminal would obey. */
#include "tui/sentence.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/support/builders.h"

static struct model *model;
static struct strbuf text;

static void setup(void)
{
	model = model_new();
	build_begin();
	model_apply(model, build_thread(100, 100, 1, "forks"));
	model_apply(model, build_thread(101, 100, 100, "phil-0"));
	model_apply(model, build_thread(102, 100, 100, "phil-1"));
}

static void teardown(void)
{
	model_free(model);
	strbuf_release(&text);
}

TestSuite(sentence, .init = setup, .fini = teardown);

static const char *say(const struct ev_hdr *ev)
{
	strbuf_reset(&text);
	event_sentence(model, ev, &text);
	return strbuf_str(&text);
}

#define EXPECT_SAYS(ev, words) cr_expect(eq(str, (char *)say(ev), (char *)(words)))

Test(sentence, threads_come)
{
	EXPECT_SAYS(build_thread(103, 100, 100, "phil-2"), "forks created thread phil-2 (103)");
	EXPECT_SAYS(build_thread(200, 200, 100, "child"), "forks created process child (200)");
	EXPECT_SAYS(build_thread_met(300, 300, "old"), "old (300) was there before ctrace");
	EXPECT_SAYS(build_thread_foreign(9, 9, "stranger"),
		    "stranger (9) is not traced, but wakes threads that are");
	EXPECT_SAYS(build_admit(101), "phil-0 is Ready for the first time");
	EXPECT_SAYS(build_exec(100, 100, "ls", "/bin/ls"), "forks executes \"/bin/ls\"");
	EXPECT_SAYS(build_exec(100, 101, "ls", "/bin/ls"), "phil-0 executes \"/bin/ls\"");
	EXPECT_SAYS(build_rename(101, "plato"), "phil-0 is now called plato");
}

Test(sentence, threads_go)
{
	struct ev_hdr *last = build_exit(100, 3 << 8), *unseen;

	last->flags = EVF_GROUP;
	EXPECT_SAYS(build_exit(101, 0), "phil-0 ends: status 0");
	EXPECT_SAYS(last, "forks ends: status 3, the last of its process");
	EXPECT_SAYS(build_die(101, 102), "phil-0 is gone; phil-1 runs");
	EXPECT_SAYS(build_reap(100), "forks is collected by its parent");
	unseen = build_reap(100);
	unseen->flags |= EVF_UNSEEN;
	EXPECT_SAYS(unseen, "forks has ended: how was not seen");
	EXPECT_SAYS(build_end(100, 7 << 8), "the program ended: status 7");
}

Test(sentence, cpus_change_hands)
{
	EXPECT_SAYS(build_run(101), "phil-0 runs");
	EXPECT_SAYS(build_preempt(101, 102), "phil-0 is preempted; phil-1 runs");
	EXPECT_SAYS(build_preempt(101, 0), "phil-0 is preempted");
	EXPECT_SAYS(build_yield(101, 102), "phil-0 yields; phil-1 runs");
	build_on_cpu(3);
	EXPECT_SAYS(build_run(0), "CPU 3 changes between threads that are not traced");
}

Test(sentence, a_wait_names_what_and_whose)
{
	EXPECT_SAYS(build_block_mutex(101, 0, 0x5040, 102),
		    "phil-0 blocks: mutex 0x5040 held by phil-1");
	EXPECT_SAYS(build_block_mutex(101, 102, 0x5040, 102),
		    "phil-0 blocks: mutex 0x5040 held by phil-1; phil-1 runs");
	EXPECT_SAYS(build_block_join(100, 0, 0x7f0000000910, 101), "forks blocks: join of phil-0");
	EXPECT_SAYS(build_block_condvar(101, 0, 0x6000), "phil-0 blocks: condvar 0x6000");
	EXPECT_SAYS(build_block_sleep(101, 0), "phil-0 blocks: sleep (nanosleep)");
	EXPECT_SAYS(build_block_fd(101, 0, SYS_read, 3, S_IFIFO),
		    "phil-0 blocks: pipe fd 3 (read)");
	EXPECT_SAYS(build_block_fault(101, 0), "phil-0 blocks: page-fault");
}

/* Memory that only looks like a mutex: the model calls it a futex, and so must the words. */
Test(sentence, a_mutex_of_nobody_known_is_a_futex)
{
	EXPECT_SAYS(build_block_mutex(101, 0, 0x5040, 4711), "phil-0 blocks: futex 0x5040");
}

Test(sentence, a_wait_that_was_over_before_it_began)
{
	struct ev_hdr *ev = build_block_sleep(101, 0);

	ev->flags |= EVF_WOKEN;
	EXPECT_SAYS(ev, "phil-0 would block, but is woken already: sleep (nanosleep)");
}

Test(sentence, a_wake_up_names_the_waker_and_its_call)
{
	model_apply(model, build_run(101));
	model_apply(model, build_block_sleep(101, 0));
	EXPECT_SAYS(build_wake_futex(101, 102, 0x5000), "phil-0 is woken by phil-1, in futex()");
	EXPECT_SAYS(build_wake(101, 102, -1, 0, 0), "phil-0 is woken by phil-1");
	EXPECT_SAYS(build_wake_irq(101),
		    "phil-0 is woken by a hardware interrupt: a timer or a device");
	model_apply(model, build_run(102));
	EXPECT_SAYS(build_wake(102, 101, SYS_write, 0, 0),
		    "phil-1, Running still, is woken by phil-0, in write()");
}

Test(sentence, losses_have_a_number_and_a_cause)
{
	EXPECT_SAYS(build_lost(LOST_RING_FULL, 48231),
		    "48,231 events LOST: the ring buffer was full");
	EXPECT_SAYS(build_lost(LOST_STORAGE, 1), "1 event LOST: no memory to follow a thread");
	EXPECT_SAYS(build_lost(77, 2), "2 events LOST");
}

Test(sentence, a_lock_word_read_again)
{
	struct ev_lockword *ev;

	model_apply(model, build_run(101));
	model_apply(model, build_block_mutex(101, 0, 0x5040, 102));
	EXPECT_SAYS(build_lockword(101, 0x5040, 102),
		    "phil-0 still waits: mutex 0x5040 held by phil-1, read again");
	ev = (struct ev_lockword *)build_lockword(101, 0x5040, 102);
	ev->err = -14;
	EXPECT_SAYS(&ev->hdr, "the lock word at 0x5040 cannot be read");
}

Test(sentence, a_lock_with_a_name_is_called_by_it)
{
	EXPECT_SAYS(build_lockname(100, 0x5040, "fork[1]"),
		    "the lock at 0x5040 is called \"fork[1]\"");
	model_apply(model, build_run(101));
	model_apply(model, build_block_mutex(101, 0, 0x5040, 102));
	model_apply(model, build_lockname(100, 0x5040, "fork[1]"));
	EXPECT_SAYS(build_lockword(101, 0x5040, 102),
		    "phil-0 still waits: mutex fork[1] held by phil-1, read again");
}

Test(sentence, a_stack_is_told_by_its_innermost_function)
{
	EXPECT_SAYS(build_stack(101, "eat forks.c:31\nmain forks.c:60"),
		    "phil-0 waits in \"eat forks.c:31\"");
	EXPECT_SAYS(build_stack(101, "eat forks.c:31"), "phil-0 waits in \"eat forks.c:31\"");
	EXPECT_SAYS(build_stack(101, ""),
		    "ctrace cannot find out the functions that phil-0 waits in");
	EXPECT_SAYS(build_stack_pending(101),
		    "ctrace looks for the functions that phil-0 waits in");
}

Test(sentence, what_a_descriptor_is_and_the_time_that_is_left)
{
	EXPECT_SAYS(build_file(101, "pipe:[7] (read end)", 0),
		    "phil-0 waits on \"pipe:[7] (read end)\"");
	EXPECT_SAYS(build_file(101, "timerfd", build_now_ns() + 2000000000),
		    "phil-0 waits on \"timerfd\", for 2.00 s more at most");
	EXPECT_SAYS(build_file(101, "", build_now_ns() + 2000000000),
		    "phil-0 waits for 2.00 s more at most");
	EXPECT_SAYS(build_file(101, "", 0), "phil-0: its time is over");
}

Test(sentence, what_a_thread_did_when_it_was_met)
{
	struct ev_met met = { .hdr = { .kind = EV_MET, .tid = 101 }, .nr = SYS_nanosleep };

	met.state = 1;
	EXPECT_SAYS(&met.hdr, "phil-0 was Blocked when it was met: sleep (nanosleep)");
	met.state = 0;
	EXPECT_SAYS(&met.hdr, "phil-0 was Ready when it was met");
	met.running = 1;
	EXPECT_SAYS(&met.hdr, "phil-0 ran when it was met");
	met.exit_state = 32;
	EXPECT_SAYS(&met.hdr, "phil-0 had ended when it was met");
}

Test(sentence, nothing_that_steers_a_terminal_gets_through)
{
	static const char evil[] = "\033]0;owned\007\xff\n";

	EXPECT_SAYS(build_output(evil, sizeof(evil) - 1), "output: \"?]0;owned??\"");
	EXPECT_SAYS(build_note("line 1\nline 2"), "marker: \"line 1 / line 2\"");
	EXPECT_SAYS(build_thread(104, 100, 100, "\033[2J"), "forks created thread ?[2J (104)");
	EXPECT_SAYS(build_rename(101, "\x9b"
				      "31m"),
		    "phil-0 is now called ?31m");
}

Test(sentence, a_long_tail_is_cut)
{
	char bytes[500];

	memset(bytes, 'x', sizeof(bytes));
	cr_expect(lt(sz, strlen(say(build_output(bytes, sizeof(bytes)))), 150));
	cr_expect(ne(ptr, strstr(strbuf_str(&text), "\" ..."), NULL));
}

Test(sentence, who_has_no_name_has_a_number)
{
	EXPECT_SAYS(build_run(999), "tid 999 runs");
}

Test(sentence, no_kind_is_silent)
{
	struct ev_hdr ev = { .kind = 60 };

	EXPECT_SAYS(&ev, "an event of kind 60, which this ctrace does not know");
#define KIND_IS_TOLD(name, id, type, tail, help)                       \
	{                                                              \
		struct {                                               \
			struct ev_##type ev;                           \
			char tail[8];                                  \
		} rec = { .ev.hdr = { .kind = id, .tid = 101 } };      \
		cr_expect(gt(sz, strlen(say(&rec.ev.hdr)), 3), #name); \
	}
	EVENT_KINDS(KIND_IS_TOLD)
#undef KIND_IS_TOLD
}
