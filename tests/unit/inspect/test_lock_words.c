/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose lock word is read again, and how often. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <unistd.h>
#include "inspect/lock_words.h"
#include "tests/unit/support/builders.h"

enum { MS = 1000000, OWNER = 77, GONE = 0x7ffffff0 };

static struct lock_words words;
static struct model *model;
static struct verdict verdict = { .confirmed = true };
static __u32 self, mutexes[2][EVENT_WORD_CNT];
static __u64 now_ns;
static int read_cnt;

static void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(model, ev), 0));
}

static void wait_begins(__u32 tid, int mutex)
{
	apply(build_run(tid));
	apply(build_block_mutex(tid, 0, (__u64)mutexes[mutex], OWNER));
	now_ns = build_now_ns();
}

static void setup(void)
{
	self = getpid();
	model = model_new();
	for (int i = 0; i < 2; i++) { /* as glibc has it */
		mutexes[i][0] = 2;
		mutexes[i][2] = OWNER;
	}
	build_begin();
	apply(build_thread(OWNER, OWNER, 1, "owner"));
	apply(build_thread(self, OWNER, 1, "here"));
}

static void teardown(void)
{
	lock_words_release(&words);
	model_free(model);
}

TestSuite(lock_words, .init = setup, .fini = teardown);

static void take(void *arg, struct ev_hdr *ev)
{
	(void)arg;
	read_cnt++;
	ev->ts_ns = now_ns;
	apply(ev);
}

static int look_after(int ms)
{
	read_cnt = 0;
	now_ns += (__u64)ms * MS;
	lock_words_read(&words, model, &verdict, now_ns, take, NULL);
	return read_cnt;
}

Test(lock_words, a_long_wait_is_read_again_and_then_ever_more_seldom)
{
	wait_begins(self, 0);
	cr_expect(eq(int, look_after(10), 0), "it is not long yet");
	cr_expect(eq(int, look_after(20), 1));
	cr_expect(eq(int, look_after(400), 0));
	cr_expect(eq(int, look_after(200), 1));
	cr_expect(eq(int, look_after(10000), 1));
	cr_expect(eq(int, look_after(2000), 0), "it has held still for so long");
}

Test(lock_words, one_reading_is_for_all_who_wait_for_the_mutex)
{
	wait_begins(self, 0);
	for (__u32 tid = GONE; tid < GONE + 5; tid++) {
		apply(build_thread(tid, OWNER, 1, "other"));
		wait_begins(tid, 0);
	}
	cr_expect(eq(int, look_after(30), 1));
	cr_expect(eq(u64, model_confirmed_ns(model, model_find_thread(model, GONE)), now_ns));
}

Test(lock_words, another_mutex_is_another_reading)
{
	apply(build_thread(GONE, OWNER, 1, "other"));
	wait_begins(self, 0);
	wait_begins(GONE, 1);
	cr_expect(eq(int, look_after(30), 2));
	cr_expect(eq(int, look_after(30), 0), "what cannot be read is not tried again");
}
