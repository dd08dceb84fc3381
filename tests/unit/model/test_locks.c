/* SPDX-License-Identifier: GPL-2.0-only */
/* How a lock went so far: who waited longest, how long it was seen held. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "model/rescue.h"
#include "model/story.h"
#include "tests/unit/support/builders.h"

enum { LOCK = 0x5000, MS = 1000 * 1000 };

static struct model *m;

static void add(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static const struct lock *the_lock(void)
{
	return model_find_lock(m, 100, LOCK);
}

static void setup(void)
{
	m = model_new();
	build_begin();
	add(build_thread(100, 100, 1, "main"));
	for (__u32 tid = 101; tid < 104; tid++)
		add(build_thread(tid, 100, 100, "worker"));
	add(build_run(102));
}

static void teardown(void)
{
	model_free(m);
}

TestSuite(locks, .init = setup, .fini = teardown, .timeout = 10);

Test(locks, a_hold_is_seen_from_the_first_reading_to_the_hand_off)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	cr_expect(eq(u64, the_lock()->owner_since_ns, build_now_ns()));
	build_later(3 * MS - BUILD_STEP_NS);
	add(build_block_mutex(103, 101, LOCK, 101)); /* the same owner: the hold goes on */
	build_later(2 * MS - BUILD_STEP_NS);
	add(build_wake_futex(102, 101, LOCK));
	cr_expect(eq(u32, the_lock()->hold_cnt, 1));
	cr_expect(eq(u64, the_lock()->hold_ns, 5 * MS));
	cr_expect(eq(u64, the_lock()->max_hold_ns, 5 * MS));
	cr_expect(eq(u64, the_lock()->owner_since_ns, 0));
}

/* It was given back in between, when nobody waited: how long either had it is not known. */
Test(locks, another_owner_without_a_hand_off_is_another_hold)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	build_later(3 * MS);
	add(build_lockword(102, LOCK, 103));
	cr_expect(eq(u64, the_lock()->owner_since_ns, build_now_ns()));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
	build_later(MS - BUILD_STEP_NS);
	add(build_wake_futex(102, 103, LOCK));
	cr_expect(eq(u64, the_lock()->hold_ns, MS));
}

/* Whoever wakes a waiter has given the lock back; was it not the owner, nothing is counted. */
Test(locks, a_hand_off_by_somebody_else_is_no_hold)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	add(build_wake_futex(102, 103, LOCK));
	cr_expect(eq(u32, the_lock()->handoff_cnt, 1));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
}

Test(locks, the_longest_wait_has_a_name)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	build_later(MS);
	add(build_block_mutex(103, 101, LOCK, 101));
	build_later(MS);
	add(build_wake_futex(103, 101, LOCK));
	cr_expect(eq(u32, the_lock()->max_wait_tid, 103));
	add(build_wake_futex(102, 101, LOCK));
	cr_expect(eq(u32, the_lock()->max_wait_tid, 102));
}

Test(locks, a_loss_ends_all_that_is_known_of_owners)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	add(build_lost(LOST_RING_FULL, 1));
	cr_expect(eq(u64, the_lock()->owner_since_ns, 0));
	cr_expect(eq(u32, the_lock()->hold_cnt, 0));
}

/* Threads 1 and 2 of a PID namespace, whose numbers the words of its locks have. */
static void add_namespace(__u32 ns_id)
{
	for (__u32 i = 0; i < 2; i++) {
		struct ev_thread *ev =
			(struct ev_thread *)build_thread(300 + i, 300, 102, "inside");

		ev->ns_id = ns_id;
		ev->ns_tid = 101 + i;
		add(&ev->hdr);
	}
}

static __u32 owner_seen_by(__u32 tid)
{
	const struct lock *l = model_lock_waited_on(m, model_find_thread(m, tid));

	return l ? l->owner_tid : 0;
}

Test(locks, an_owner_is_a_number_of_the_waiters_namespace)
{
	add_namespace(7);
	add(build_run(300));
	add(build_block_mutex(300, 102, LOCK, 102));
	cr_expect(eq(u32, owner_seen_by(300), 301));
	add(build_block_mutex(102, 0, LOCK, 101));
	cr_expect(eq(u32, owner_seen_by(102), 101), "outside it is another one");
}

Test(locks, a_number_that_nobody_has_inside_is_no_owner)
{
	add_namespace(7);
	add(build_run(300));
	add(build_block_mutex(300, 0, LOCK, 103));
	cr_expect(eq(u32, owner_seen_by(300), 0));
	cr_expect(eq(int, model_find_thread(m, 300)->wait.reason, WAIT_FUTEX));
}

Test(locks, in_shared_memory_a_number_of_two_namespaces_is_nobodys)
{
	struct ev_thread *ev = (struct ev_thread *)build_thread(400, 400, 102, "elsewhere");

	ev->ns_id = 8;
	ev->ns_tid = 102;
	add(&ev->hdr);
	add_namespace(7);
	add(build_run(300));
	add(build_block_shared(300, 0, LOCK, 102));
	cr_expect(eq(u32, owner_seen_by(300), 0));
}

static void restore(void *arg, const struct ev_hdr *ev, size_t size)
{
	(void)size;
	cr_assert(eq(int, model_apply(arg, ev), 0));
}

Test(locks, a_checkpoint_knows_the_numbers)
{
	struct model *original = m;

	add_namespace(7);
	m = model_new();
	model_checkpoint(original, restore, m);
	model_free(original);
	add(build_run(300));
	add(build_block_mutex(300, 102, LOCK, 102));
	cr_expect(eq(u32, owner_seen_by(300), 301));
}

/* Those who wait are in two groups that take turns, each with a word of its own. */
Test(locks, the_two_words_of_a_condition_variable_are_one_lock)
{
	add(build_block_condvar(102, 103, LOCK));
	add(build_block_condvar(103, 101, LOCK + 4));
	cr_expect(eq(sz, model_lock_cnt(m), 1));
	cr_expect(eq(u32, the_lock()->wait_cnt, 2));
	cr_expect(eq(ptr, (void *)model_lock_waited_on(m, model_find_thread(m, 103)),
		     (void *)the_lock()));
	cr_expect(eq(ptr, (void *)model_find_lock(m, 100, LOCK + 4), (void *)the_lock()));
	add(build_wake_futex(103, 101, LOCK + 4));
	cr_expect(eq(u32, the_lock()->handoff_cnt, 1));
}

Test(locks, two_mutexes_beside_each_other_are_two)
{
	add(build_block_mutex(102, 103, LOCK, 101));
	add(build_block_mutex(103, 101, LOCK + 4, 101));
	cr_expect(eq(sz, model_lock_cnt(m), 2));
}

enum { CHILD = 200 };

/* A child of process 100, born while worker 101 holds the lock, wants it, too. */
static void child_wants_the_lock(__u8 flags)
{
	struct ev_hdr *child = build_thread(CHILD, CHILD, 100, "child");

	child->flags |= flags;
	((struct ev_thread *)child)->ppid = 100;
	add(child);
	add(build_run(CHILD));
	add(build_block_mutex(CHILD, 103, LOCK, 101));
}

static void expect_child_waits(const char *words)
{
	struct strbuf text = {};
	struct story s;

	story_find(m, model_find_thread(m, CHILD), &s);
	for (size_t i = 0; i < s.cnt; i++)
		story_sentence(m, &s, i, build_now_ns(), &text);
	cr_expect(strstr(strbuf_str(&text), words) != NULL, "%s", strbuf_str(&text));
	strbuf_release(&text);
}

Test(locks, a_lock_that_fork_has_copied_has_no_owner)
{
	const struct thread *child;

	child_wants_the_lock(0);
	child = model_find_thread(m, CHILD);
	cr_expect(eq(u32, model_find_lock(m, CHILD, LOCK)->owner_tid, 0));
	cr_expect(eq(int, child->wait.reason, WAIT_MUTEX));
	cr_expect(eq(u32, model_lock_copied_from(m, child)->tid, 101));
	expect_child_waits("for mutex 0x5000; it was locked by worker:101 of process 100 when "
			   "fork copied it, and nobody has the copy (read from memory)");
}

/* Thread 101 has forked while it held the lock; it goes on in the child as the first thread. */
Test(locks, who_forks_holds_the_copy_as_well)
{
	add(build_thread(CHILD, CHILD, 101, "child"));
	add(build_thread(CHILD + 1, CHILD, CHILD, "second"));
	add(build_run(CHILD + 1));
	add(build_block_mutex(CHILD + 1, 103, LOCK, 101));
	cr_expect(eq(u32, model_find_lock(m, CHILD, LOCK)->owner_tid, CHILD));
	cr_expect(model_lock_copied_from(m, model_find_thread(m, CHILD + 1)) == NULL);
}

Test(locks, a_child_of_vfork_waits_for_the_lock_of_its_parent)
{
	const struct thread *child;
	struct rescue r;

	child_wants_the_lock(EVF_SHARES_MEMORY);
	child = model_find_thread(m, CHILD);
	cr_expect(eq(u32, model_find_lock(m, CHILD, LOCK)->owner_tid, 101));
	cr_expect(model_lock_copied_from(m, child) == NULL);
	add(build_run(CHILD));
	add(build_block_condvar(CHILD, 0, 0x7028)); /* which the parent may signal */
	rescue_find(m, child, &r);
	cr_expect(eq(int, r.by, RESCUERS_OUTSIDE));
}

/* A helper of clone(2) with CLONE_VM may wake whoever waits in its parent. */
Test(locks, a_parent_may_be_woken_by_a_child_that_has_its_memory)
{
	struct model *copy;
	struct rescue r;

	child_wants_the_lock(EVF_SHARES_MEMORY);
	add(build_run(102));
	add(build_block_condvar(102, 103, 0x7028));
	rescue_find(m, model_find_thread(m, 102), &r);
	cr_expect(eq(int, r.by, RESCUERS_OUTSIDE));
	copy = model_new();
	model_copy(copy, m);
	cr_expect(eq(int, model_shares_memory(copy, 100), true));
	model_free(copy);
	add(build_exit(CHILD, 0));
	add(build_die(CHILD, 103));
	rescue_find(m, model_find_thread(m, 102), &r);
	cr_expect(eq(int, r.by, RESCUERS_PEERS));
}

Test(locks, a_child_that_executes_has_memory_of_its_own)
{
	child_wants_the_lock(EVF_SHARES_MEMORY);
	cr_expect(eq(int, model_shares_memory(m, 100), true));
	add(build_run(CHILD));
	add(build_exec(CHILD, CHILD, "other", "/bin/other"));
	cr_expect(eq(int, model_shares_memory(m, CHILD), false));
	cr_expect(eq(int, model_shares_memory(m, 100), false));
}

/* The number of who locked it, a thread of the child that has ended, is another's by now. */
Test(locks, a_younger_thread_has_not_held_what_was_copied)
{
	add(build_thread(CHILD, CHILD, 1, "child"));
	add(build_thread(CHILD + 1, CHILD + 1, 1, "other"));
	add(build_run(CHILD));
	add(build_block_mutex(CHILD, 103, LOCK, CHILD + 1));
	cr_expect(eq(u32, model_find_lock(m, CHILD, LOCK)->owner_tid, 0));
	cr_expect(model_lock_copied_from(m, model_find_thread(m, CHILD)) == NULL);
	expect_child_waits("who holds it is not known");
}
