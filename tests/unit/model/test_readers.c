/* SPDX-License-Identifier: GPL-2.0-only */
/* A writer that waits for readers: how many there are, and whether it matters who. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum {
	LOCK = 0x5000, /* the rwlock; glibc waits for readers at 8, for another writer at 12 */
	MUTEX = 0x6000,
	WAIT_FOR_READERS = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME,
};

static void setup(void)
{
	build_begin();
	m = model_new();
	apply(build_thread_met(1, 1, "main"));
	apply(build_exec(1, 1, "main", "/bin/main"));
}

TestSuite(readers, .init = setup, .fini = teardown);

static struct ev_hdr *block_rwlock(__u32 tid, __u64 off, __u32 val, const __u32 words[3])
{
	struct ev_block *ev = (struct ev_block *)build_block_condvar(tid, 0, LOCK + off);

	ev->args[1] = WAIT_FOR_READERS;
	ev->args[2] = val;
	ev->hdr.flags |= EVF_WORDS;
	memset(ev->words, 0, sizeof(ev->words));
	memcpy(ev->words, words, 3 * sizeof(words[0]));
	return &ev->hdr;
}

/* The first of the writers; words as glibc 2.36 has them. */
static struct ev_hdr *block_writer(__u32 tid)
{
	return block_rwlock(tid, 8, 2, (const __u32[]){ 2, 1, 0 });
}

static struct ev_hdr *block_second_writer(__u32 tid)
{
	return block_rwlock(tid, 12, 3, (const __u32[]){ 3, 0, 0 });
}

static void read_again(__u32 tid, __u32 word)
{
	struct ev_lockword *ev = (struct ev_lockword *)build_lockword(tid, LOCK + 8, 0);

	memset(ev->words, 0, sizeof(ev->words));
	ev->words[0] = 2;
	ev->words[1] = 3;
	ev->readers = word;
	apply(&ev->hdr);
}

/* Nothing is handled by signals, so that it can be a stall. */
static void read_handlers(__u32 pid)
{
	struct ev_handlers ev = { .hdr = { .tid = pid, .kind = EV_HANDLERS } };

	ev.hdr.ts_ns = build_now_ns() + 1000;
	apply(&ev.hdr);
}

/* 2 has a mutex and waits for readers, 3 waits for the mutex, 1 for the end of 2. */
static void cross(void)
{
	apply(build_thread(2, 1, 1, "writer"));
	apply(build_thread(3, 1, 1, "other"));
	apply(build_block_join(1, 0, 0x9000, 2));
	apply(block_writer(2));
	apply(build_block_mutex(3, 0, MUTEX, 2));
	apply(build_lockword(3, MUTEX, 2));
	apply(build_joinword(1, 0x9000, 2));
}

static struct verdict judge(char ret[256])
{
	struct strbuf sb = {};
	struct verdict v;

	read_handlers(1);
	verdict_find(m, &v);
	verdict_sentence(&v, m, v.at_ns + 1000000000, &sb);
	snprintf(ret, 256, "%s", strbuf_str(&sb));
	strbuf_release(&sb);
	return v;
}

Test(readers, the_word_counts_them)
{
	const struct thread *t;

	apply(block_writer(1));
	t = model_find_thread(m, 1);
	cr_expect(eq(int, t->wait.reason, WAIT_RWLOCK));
	cr_expect(eq(u32, wait_reader_cnt(&t->wait), 0), "it was not read yet");
	read_again(1, 3 << 3 | 2);
	cr_expect(eq(u32, wait_reader_cnt(&t->wait), 3));
	read_again(1, 3 << 3 | 3);
	cr_expect(eq(u32, wait_reader_cnt(&t->wait), 0), "a writer is in it, these only wait");
}

Test(readers, a_thread_that_is_alone_waits_for_itself)
{
	char text[256];

	apply(block_writer(1));
	cr_expect(ne(int, judge(text).kind, VERDICT_STALL), "the word comes first");
	read_again(1, 1 << 3 | 2);
	cr_expect(eq(int, judge(text).kind, VERDICT_DEADLOCK));
	cr_expect(strstr(text, "main waits for rwlock 0x5008, which it holds itself;") != NULL,
		  "%s", text);
}

Test(readers, whoever_it_is_waits_for_the_writer)
{
	struct verdict v;
	char text[256];

	cross();
	read_again(2, 1 << 3 | 2);
	v = judge(text);
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK), "%s", text);
	cr_expect(v.is_for_readers);
	cr_expect(eq(u32, v.cycle[0].tid, 2));
	cr_expect(eq(sz, v.cycle_cnt, 3));
	cr_expect(strstr(text,
			 "writer waits for rwlock 0x5008 held by 1 reader; main waits for the "
			 "end of writer; other waits for mutex 0x6000 held by writer; whoever "
			 "reads waits for writer,") != NULL,
		  "%s", text);
}

Test(readers, a_reader_that_has_ended_is_no_cycle)
{
	struct verdict v;
	char text[256];

	apply(build_thread(4, 1, 1, "gone"));
	apply(build_run(4));
	apply(build_exit(4, 0));
	apply(build_die(4, 0));
	cross();
	read_again(2, 1 << 3 | 2);
	v = judge(text);
	cr_expect(eq(int, v.kind, VERDICT_STALL), "%s", text);
	cr_expect(not(v.is_for_readers));
	cr_expect(strstr(text, ": writer waits for rwlock 0x5008 held by 1 reader, ") != NULL, "%s",
		  text);
}

Test(readers, somebody_who_does_not_wait_for_the_writer_may_be_one)
{
	struct verdict v;
	char text[256];

	apply(build_thread(4, 1, 1, "aside"));
	apply(build_block_condvar(4, 0, 0x7008));
	cross();
	read_again(2, 1 << 3 | 2);
	v = judge(text);
	cr_expect(eq(int, v.kind, VERDICT_STALL), "%s", text);
}

Test(readers, what_was_before_is_not_known)
{
	char text[256];

	model_reset(m);
	apply(build_thread_met(1, 1, "main"));
	apply(block_writer(1));
	read_again(1, 1 << 3 | 2);
	cr_expect(eq(int, judge(text).kind, VERDICT_STALL), "%s", text);
}

Test(readers, a_copy_of_a_process_may_hold_what_nobody_in_it_took)
{
	struct verdict v;

	apply(build_thread(5, 5, 1, "child"));
	apply(block_writer(5));
	apply(build_block(1, 0, 61, 5, 0, 0)); /* wait4 */
	read_again(5, 1 << 3 | 2);
	read_handlers(5);
	read_handlers(1);
	verdict_find(m, &v);
	cr_expect(ne(int, v.kind, VERDICT_DEADLOCK));
}

Test(readers, a_second_writer_waits_for_the_first)
{
	enum evidence evidence;
	const struct thread *first;

	apply(build_thread(2, 1, 1, "second"));
	apply(block_second_writer(2));
	cr_expect(model_waits_for(m, model_find_thread(m, 2), NULL) == NULL, "who is the first?");
	apply(block_writer(1));
	first = model_waits_for(m, model_find_thread(m, 2), &evidence);
	cr_assert(first != NULL);
	cr_expect(eq(u32, first->tid, 1));
	cr_expect(eq(int, evidence, EVIDENCE_READ));
}
