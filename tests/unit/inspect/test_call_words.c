/* SPDX-License-Identifier: GPL-2.0-only */
/* What calls wait for that have no descriptor alone. */
#include "inspect/call_words.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <limits.h>
#include <sys/msg.h>
#include <sys/syscall.h>

static void expect_signals(__u64 set, const char *want)
{
	struct strbuf sb = {};

	call_words_add_signals(set, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)want));
	strbuf_release(&sb);
}

Test(call_words, signals_have_their_names)
{
	expect_signals(0, "");
	expect_signals(1ULL << (SIGUSR1 - 1), "SIGUSR1");
	expect_signals(1ULL << (SIGUSR1 - 1) | 1ULL << (SIGTERM - 1), "SIGUSR1 or SIGTERM");
	expect_signals(1ULL << 33, "signal 34");
	expect_signals(1ULL << 63 | 7, "SIGHUP, SIGINT, SIGQUIT or signal 64");
	expect_signals(~0ULL, "SIGHUP, SIGINT, SIGQUIT or one of 61 others");
}

static void expect_ring(const char *text, const char *want)
{
	struct strbuf sb = {};

	call_words_add_ring(text, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)want));
	strbuf_release(&sb);
}

#define HEAD "pos:\t0\nSqMask:\t0x7\nSqHead:\t3\nSqTail:\t3\nCachedSqHead:\t3\nCqMask:\t0xf\n"

Test(call_words, a_ring_tells_what_is_under_way)
{
	expect_ring(HEAD "CqHead:\t1\nCqTail:\t2\nPollList:\n  op=6, task_works=0\n"
			 "  op=22, task_works=0\n  op=250, task_works=0\nCqOverflowList:\n",
		    ", 1 there; 3 requests taken and 2 completed so far; not ready yet: poll, "
		    "read, request 250");
	expect_ring(HEAD "CqHead:\t1\nCqTail:\t1\nPollList:\nCqOverflowList:\n",
		    ", 0 there; 3 requests taken and 1 completed so far");
	expect_ring("pos:\t0\nPollList:\n  op=6, x\n  op=6, x\n  op=6, x\n  op=6, x\n  op=6, x",
		    "; not ready yet: poll, poll, poll, poll and 1 more");
	expect_ring("pos:\t0\n", "");
	expect_ring("", "");
}

Test(call_words, the_set_of_a_signalfd_is_read)
{
	__u64 set = 7;

	cr_expect(call_words_parse_sigmask("pos:\t0\nsigmask:\t0000000000000200\n", &set));
	cr_expect(eq(u64, set, 1ULL << (SIGUSR1 - 1)));
	cr_expect(not(call_words_parse_sigmask("pos:\t0\nsigmask:\tx", &set)));
	cr_expect(not(call_words_parse_sigmask("", &set)));
}

static bool is_for(int nr)
{
	struct wait w = { .nr = nr };

	wait_classify(&w);
	return call_words_are_for(&w);
}

Test(call_words, not_every_call_has_some)
{
	cr_expect(is_for(SYS_semop));
	cr_expect(is_for(SYS_msgrcv));
	cr_expect(is_for(SYS_mq_timedreceive));
	cr_expect(is_for(SYS_rt_sigtimedwait));
	cr_expect(is_for(SYS_io_uring_enter));
	cr_expect(not(is_for(SYS_pause)), "any signal will do");
	cr_expect(not(is_for(SYS_io_getevents)));
	cr_expect(not(is_for(SYS_read)));
}

static void expect_message(long type, int flags, const char *want)
{
	struct thread t = { .wait = { .nr = SYS_msgrcv, .args = { 3, 0, 8, type, flags } } };
	struct strbuf sb = {};

	wait_classify(&t.wait);
	call_words_add(&t, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), (char *)want));
	strbuf_release(&sb);
}

/* msgop(2) */
Test(call_words, a_message_is_of_the_type_that_will_do)
{
	expect_message(0, 0, "a message in message queue 3");
	expect_message(7, 0, "a message of type 7 in message queue 3");
	expect_message(7, MSG_EXCEPT, "a message of any type but 7 in message queue 3");
	expect_message(-7, 0, "a message of type 1 to 7 in message queue 3");
	expect_message(LONG_MIN, 0,
		       "a message of type 1 to 9223372036854775807 in message queue 3");
}
