/* SPDX-License-Identifier: GPL-2.0-only */
/* Futexes that processes could share: which are one lock, and who could wake. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "model/model.h"
#include "model/rescue.h"
#include "model/verdict.h"
#include "tests/unit/support/builders.h"

enum { HERE = 0x5040, THERE = 0x7040, FILE_INO = 12, MAIN = 100, OTHER = 200 };

static struct model *m;

static void add(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static const struct thread *thread(__u32 tid)
{
	return model_find_thread(m, tid);
}

static const struct lock *lock_of(__u32 tid)
{
	return model_lock_waited_on(m, thread(tid));
}

static enum rescuers rescuers_of(__u32 tid)
{
	struct rescue r;

	rescue_find(m, thread(tid), &r);
	return r.by;
}

static void setup(void)
{
	build_begin();
	m = model_new();
	add(build_thread(MAIN, MAIN, 1, "main"));
	add(build_thread(MAIN + 1, MAIN, MAIN, "worker"));
	add(build_thread(OTHER, OTHER, MAIN, "other"));
	add(build_run(MAIN));
}

static void teardown(void)
{
	model_free(m);
}

TestSuite(lock_page, .init = setup, .fini = teardown, .timeout = 10);

Test(lock_page, private_memory_is_reached_by_its_process_alone)
{
	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	cr_expect(eq(int, rescuers_of(MAIN), RESCUERS_OUTSIDE), "it is not known yet");
	add(build_lockpage(MAIN, MAIN, HERE, 0, 0));
	cr_expect(eq(int, rescuers_of(MAIN), RESCUERS_PEERS));
	cr_expect(eq(int, model_lock_memory(m, thread(MAIN)), MEMORY_PRIVATE));
	cr_expect(not(lock_of(MAIN)->is_shared));
}

Test(lock_page, it_is_known_for_one_wait_only)
{
	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	add(build_lockpage(MAIN, MAIN, HERE, 0, 0));
	add(build_wake_futex(MAIN, MAIN + 1, HERE));
	add(build_run(MAIN));
	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	cr_expect(eq(int, rescuers_of(MAIN), RESCUERS_OUTSIDE));
}

Test(lock_page, what_is_of_another_address_says_nothing)
{
	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	add(build_lockpage(MAIN, MAIN, THERE, 0, 0));
	add(build_lockpage(MAIN, OTHER, HERE, 0, 0));
	cr_expect(eq(int, model_lock_memory(m, thread(MAIN)), MEMORY_UNKNOWN));
}

Test(lock_page, equal_addresses_in_two_processes_are_two_locks)
{
	add(build_block_shared(MAIN, OTHER, HERE, 0));
	add(build_block_shared(OTHER, 0, HERE, 0));
	cr_expect(ne(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
	add(build_lockpage(MAIN, MAIN, HERE, FILE_INO, 64));
	add(build_lockpage(OTHER, OTHER, HERE, FILE_INO + 1, 64));
	cr_expect(ne(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
	cr_expect(eq(sz, model_lock_cnt(m), 2));
}

static void both_wait(void)
{
	add(build_block_shared(MAIN, OTHER, HERE, OTHER));
	add(build_block_shared(OTHER, 0, THERE, MAIN + 1));
	add(build_lockpage(MAIN, MAIN, HERE, FILE_INO, 64));
	add(build_lockpage(OTHER, OTHER, THERE, FILE_INO, 64));
}

Test(lock_page, one_word_at_two_addresses_is_one_lock)
{
	both_wait();
	cr_assert(eq(sz, model_lock_cnt(m), 1));
	cr_expect(eq(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
	cr_expect(eq(u32, lock_of(MAIN)->wait_cnt, 2));
	cr_expect(lock_of(MAIN)->is_shared);
	cr_expect(eq(u32, lock_of(MAIN)->owner_tid, MAIN + 1), "the last reading counts");
	cr_expect(eq(ptr, (void *)model_find_lock(m, OTHER, THERE), (void *)lock_of(MAIN)));
}

Test(lock_page, a_hand_off_is_recognised_from_the_other_address)
{
	both_wait();
	add(build_run(MAIN + 1));
	add(build_wake_futex(OTHER, MAIN + 1, HERE));
	cr_expect(eq(u32, model_lock_at(m, 0)->handoff_cnt, 1));
	cr_expect(eq(u32, model_lock_at(m, 0)->owner_tid, 0));
}

Test(lock_page, who_maps_it_could_wake)
{
	__u32 pids[] = { MAIN, OTHER };

	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	add(build_lockpage(MAIN, MAIN, HERE, FILE_INO, 64));
	cr_expect(eq(int, rescuers_of(MAIN), RESCUERS_OUTSIDE));
	add(build_holders(MAIN, pids, 2));
	cr_expect(eq(int, rescuers_of(MAIN), RESCUERS_HOLDERS));
}

/* sem_post() is async-signal-safe, so any handler of a process that maps it may wake. */
Test(lock_page, a_handler_of_any_of_them_could_wake)
{
	struct ev_handlers handlers = { .hdr = { .kind = EV_HANDLERS } };
	__u32 pids[] = { MAIN, OTHER };
	struct verdict v;

	add(build_block_shared(MAIN, MAIN + 1, HERE, 0));
	add(build_block_shared(MAIN + 1, OTHER, HERE, 0));
	add(build_block_shared(OTHER, 0, HERE, 0));
	for (size_t i = 0; i < 3; i++) {
		__u32 tid = (__u32[]){ MAIN, MAIN + 1, OTHER }[i];

		add(build_lockpage(tid, tid == OTHER ? OTHER : MAIN, HERE, FILE_INO, 64));
		add(build_holders(tid, pids, 2));
	}
	handlers.hdr.ts_ns = build_now_ns() + 1000;
	handlers.hdr.tid = MAIN;
	add(&handlers.hdr);
	handlers.hdr.tid = OTHER;
	add(&handlers.hdr);
	verdict_find(m, &v);
	cr_expect(eq(int, v.kind, VERDICT_STALL));
	handlers.caught = 1 << 14; /* SIGTERM */
	add(&handlers.hdr);
	verdict_find(m, &v);
	cr_expect(eq(int, v.kind, VERDICT_WAITING));
}

static void collect(void *arg, const struct ev_hdr *ev, size_t size)
{
	(void)size;
	cr_assert(eq(int, model_apply(arg, ev), 0));
}

Test(lock_page, a_checkpoint_knows_it)
{
	struct model *original = m;

	both_wait();
	add(build_block_shared(MAIN + 1, 0, HERE + 4, 0));
	add(build_lockpage(MAIN + 1, MAIN, HERE + 4, 0, 0));
	m = model_new();
	model_checkpoint(original, collect, m);
	model_free(original);
	cr_expect(eq(sz, model_lock_cnt(m), 2));
	cr_expect(eq(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
	cr_expect(lock_of(OTHER)->is_shared);
	cr_expect(eq(int, lock_of(OTHER)->kind, WAIT_MUTEX));
	cr_expect(eq(int, model_lock_memory(m, thread(MAIN)), MEMORY_SHARED));
	cr_expect(eq(int, model_lock_memory(m, thread(MAIN + 1)), MEMORY_PRIVATE));
	add(build_wake(OTHER, 0, -1, 0, 0));
	add(build_block_shared(OTHER, 0, THERE, 0));
	cr_expect(eq(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)), "of later waits, too");
}

Test(lock_page, another_program_maps_other_things)
{
	both_wait();
	add(build_run(OTHER));
	add(build_exec(OTHER, OTHER, "other", "/bin/other"));
	add(build_block_shared(OTHER, 0, THERE, 0));
	cr_expect(ne(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
}

/* A wait on a word of a condition variable that processes share. */
static struct ev_hdr *block_condvar(__u32 tid, __u32 next_tid, __u64 address)
{
	struct ev_block *ev = (struct ev_block *)build_block_condvar(tid, next_tid, address);

	ev->args[1] &= ~128ULL; /* FUTEX_PRIVATE_FLAG */
	return &ev->hdr;
}

Test(lock_page, both_words_of_a_condition_variable_are_one_lock)
{
	add(block_condvar(MAIN, OTHER, HERE));
	add(block_condvar(OTHER, MAIN + 1, THERE + 4));
	add(build_lockpage(MAIN, MAIN, HERE, FILE_INO, 64));
	add(build_lockpage(OTHER, OTHER, THERE + 4, FILE_INO, 68));
	cr_assert(eq(sz, model_lock_cnt(m), 1));
	cr_expect(eq(ptr, (void *)lock_of(MAIN), (void *)lock_of(OTHER)));
	cr_expect(eq(u64, lock_of(OTHER)->address, HERE));
	add(block_condvar(MAIN + 1, 0, HERE + 4));
	cr_expect(eq(ptr, (void *)lock_of(MAIN), (void *)lock_of(MAIN + 1)), "already");
	cr_expect(eq(u32, lock_of(MAIN)->wait_cnt, 3));
	cr_expect(eq(int, model_lock_memory(m, thread(OTHER)), MEMORY_SHARED));
}

Test(lock_page, the_second_word_may_be_met_first)
{
	add(block_condvar(OTHER, MAIN, THERE + 4));
	add(build_lockpage(OTHER, OTHER, THERE + 4, FILE_INO, 68));
	add(block_condvar(MAIN, 0, HERE));
	add(build_lockpage(MAIN, MAIN, HERE, FILE_INO, 64));
	cr_assert(eq(sz, model_lock_cnt(m), 1));
	cr_expect(eq(u64, lock_of(MAIN)->address, THERE));
}
