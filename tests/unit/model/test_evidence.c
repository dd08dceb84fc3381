/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of locks and stacks of waiting threads: kept while true, and over checkpoints. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include "base/strbuf.h"
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum { A = 0x1000, B = 0x2000, C = 0x3000 };

static void setup(void)
{
	begin_with_threads("left", "right");
}

TestSuite(evidence, .init = setup, .fini = teardown);

static void name_lock(__u32 pid, __u64 address, const char *name, __u8 flags)
{
	struct {
		struct ev_lockname ev;
		char tail[256];
	} out = {
		.ev.hdr = { .ts_ns = build_now_ns(), .tid = pid, .kind = EV_LOCKNAME },
		.ev.address = address,
		.ev.len = strlen(name),
	};

	out.ev.hdr.flags = flags;
	memcpy(out.tail, name, out.ev.len);
	apply(&out.ev.hdr);
}

static void tell_stack(__u32 tid, const char *text, __u8 flags)
{
	struct {
		struct ev_stack ev;
		char tail[256];
	} out = {
		.ev.hdr = { .ts_ns = build_now_ns(), .tid = tid, .kind = EV_STACK, .flags = flags },
		.ev.len = strlen(text),
	};

	memcpy(out.tail, text, out.ev.len);
	apply(&out.ev.hdr);
}

static const char *name_of(__u64 address)
{
	const struct lock *l = model_find_lock(m, 1, address);

	return l ? model_lock_name(m, l) : NULL;
}

static const char *stack_of(__u32 tid)
{
	return model_stack(m, model_find_thread(m, tid), NULL);
}

static void left_waits(void)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
}

Test(evidence, a_lock_has_a_name_once_it_was_told)
{
	left_waits();
	cr_expect(eq(ptr, (void *)name_of(A), NULL));
	name_lock(1, A, "table.fork[1]", 0);
	cr_expect(eq(str, (char *)name_of(A), "table.fork[1]"));
	cr_expect(eq(ptr, (void *)model_lock_waited_on(m, model_find_thread(m, 2)),
		     (void *)model_find_lock(m, 1, A)));
}

Test(evidence, a_name_for_a_lock_nobody_waits_on_is_ignored)
{
	name_lock(1, A, "table.fork[1]", 0);
	cr_expect(eq(sz, model_lock_cnt(m), 0));
}

Test(evidence, what_steers_a_terminal_does_not_get_through)
{
	bool truncated;

	left_waits();
	name_lock(1, A, "fork\x1b[2J", 0);
	tell_stack(2, "a\x1b[2J a.c:1\nb\tb.c:2\n", EVF_TRUNCATED);
	cr_expect(eq(str, (char *)name_of(A), "fork?[2J"));
	cr_expect(eq(str, (char *)stack_of(2), "a?[2J a.c:1\nb?b.c:2"));
	model_stack(m, model_find_thread(m, 2), &truncated);
	cr_expect(truncated);
}

Test(evidence, a_name_that_is_too_long_is_cut)
{
	char name[200];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	left_waits();
	name_lock(1, A, name, 0);
	cr_expect(eq(sz, strlen(name_of(A)), LOCK_NAME_MAX - 1));
}

Test(evidence, a_stack_goes_with_the_wait)
{
	left_waits();
	tell_stack(2, "eat forks.c:31\nmain forks.c:80", 0);
	cr_expect(eq(str, (char *)stack_of(2), "eat forks.c:31\nmain forks.c:80"));
	apply(build_wake_futex(2, 3, A));
	cr_expect(eq(ptr, (void *)stack_of(2), NULL));
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(ptr, (void *)stack_of(2), NULL), "the next wait may be elsewhere");
}

Test(evidence, a_stack_of_a_thread_that_runs_is_ignored)
{
	apply(build_run(2));
	tell_stack(2, "eat forks.c:31", 0);
	apply(build_block_sleep(2, 0));
	cr_expect(eq(ptr, (void *)stack_of(2), NULL));
}

Test(evidence, a_wait_that_begins_without_a_seen_end_drops_the_stack)
{
	left_waits();
	tell_stack(2, "eat forks.c:31", 0);
	apply(build_block_mutex(2, 0, B, 3));
	cr_expect(eq(ptr, (void *)stack_of(2), NULL));
}

Test(evidence, lost_events_end_what_is_said_of_stacks)
{
	left_waits();
	tell_stack(2, "eat forks.c:31", 0);
	apply(build_lost(LOST_RING_FULL, 1));
	cr_expect(eq(ptr, (void *)stack_of(2), NULL));
}

Test(evidence, stacks_of_many_threads_are_kept_apart)
{
	char text[32];

	for (__u32 tid = 100; tid < 200; tid++) {
		apply(build_thread(tid, 1, 1, "pool"));
		apply(build_run(tid));
		apply(build_block_mutex(tid, 0, A, 3));
		snprintf(text, sizeof(text), "f%u", tid);
		tell_stack(tid, text, 0);
	}
	for (__u32 tid = 100; tid < 200; tid += 3)
		apply(build_wake_futex(tid, 3, A));
	for (__u32 tid = 100; tid < 200; tid++) {
		snprintf(text, sizeof(text), "f%u", tid);
		if (tid % 3 == 1)
			cr_assert(eq(ptr, (void *)stack_of(tid), NULL), "%u", tid);
		else
			cr_assert(eq(str, (char *)stack_of(tid), text));
	}
}

Test(evidence, a_borrowed_name_holds_while_one_waits)
{
	left_waits();
	name_lock(1, A, "queue->not_empty", EVF_BORROWED);
	apply(build_run(1));
	apply(build_block_mutex(1, 0, A, 3));
	apply(build_wake_futex(2, 3, A));
	cr_expect(eq(str, (char *)name_of(A), "queue->not_empty"), "main still waits");
	apply(build_wake_futex(1, 3, A));
	cr_expect(eq(str, (char *)name_of(A), "queue->not_empty"), "nobody has taken the memory");
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(ptr, (void *)name_of(A), NULL), "it may be another lock by now");
}

Test(evidence, a_name_of_a_wait_that_was_caught_holds_for_a_while)
{
	left_waits();
	apply(build_wake_futex(2, 3, A));
	apply(build_lockname_borrowed(1, A, "queue->mu", 1000000000));
	build_later(900000000);
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(str, (char *)name_of(A), "queue->mu"));
	apply(build_wake_futex(2, 3, A));
	build_later(100000000);
	apply(build_run(2));
	cr_expect(eq(str, (char *)name_of(A), "queue->mu"), "nobody has taken the memory");
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(ptr, (void *)name_of(A), NULL), "it may be another lock by now");
}

Test(evidence, a_name_of_its_own_outlives_the_waits)
{
	left_waits();
	name_lock(1, A, "bank.mu", 0);
	apply(build_wake_futex(2, 3, A));
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(str, (char *)name_of(A), "bank.mu"));
}

Test(evidence, another_program_has_other_locks)
{
	left_waits();
	name_lock(1, A, "bank.mu", 0);
	apply(build_wake_futex(2, 3, A));
	apply(build_exec(1, 1, "next", "/bin/next"));
	cr_expect(eq(ptr, (void *)name_of(A), NULL));
}

Test(evidence, another_process_of_the_same_number_has_other_locks)
{
	struct ev_thread *ev;

	left_waits();
	name_lock(1, A, "bank.mu", 0);
	ev = (struct ev_thread *)build_thread(1, 1, 0, "other");
	ev->start_ns = 77;
	apply(&ev->hdr);
	cr_expect(eq(ptr, (void *)name_of(A), NULL));
}

Test(evidence, the_verdict_calls_locks_by_their_names)
{
	struct strbuf sb = {};
	struct verdict v;

	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	apply(build_block_mutex(3, 0, A, 2));
	apply(build_lockword(2, B, 3));
	apply(build_lockword(3, A, 2));
	name_lock(1, B, "fork[1]", 0);
	verdict_find(m, &v);
	verdict_sentence(&v, m, v.at_ns + 1000000000, &sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb),
		     "DEADLOCK for 1.00 s: left waits for fork[1] held by right, which waits for "
		     "mutex 0x1000 held by left; nothing outside can break it."));
	strbuf_release(&sb);
}

static void collect(void *arg, const struct ev_hdr *ev, size_t size)
{
	cr_assert(eq(sz, size, event_size(ev)));
	strbuf_add(arg, ev, size);
}

Test(evidence, a_checkpoint_keeps_names_and_stacks_and_counts_nothing)
{
	union {
		struct ev_hdr hdr;
		__u8 bytes[2 * EVENT_TAIL_MAX];
	} ev;
	struct strbuf first = {}, second = {};
	__u64 cnt;
	bool truncated = false;

	left_waits();
	apply(build_run(1));
	apply(build_block_mutex(1, 0, B, 3));
	name_lock(1, A, "queue->lock", EVF_BORROWED);
	name_lock(1, B, "bank.mu", 0);
	apply(build_run(1));
	apply(build_block_mutex(1, 0, C, 3));
	apply(build_lockname_borrowed(1, C, "queue->mu", 1000000000));
	tell_stack(2, "eat forks.c:31\nmain forks.c:80", EVF_TRUNCATED);
	cnt = model_event_cnt(m);
	model_checkpoint(m, collect, &first);
	model_reset(m);
	cr_assert(eq(ptr, (void *)model_find_lock(m, 1, A), NULL));
	for (size_t at = 0; at < first.len; at += event_size(&ev.hdr)) {
		memcpy(&ev, first.data + at,
		       first.len - at < sizeof(ev) ? first.len - at : sizeof(ev));
		cr_assert(eq(int, model_apply(m, &ev.hdr), 0));
	}
	model_checkpoint(m, collect, &second);
	cr_expect(eq(sz, first.len, second.len));
	cr_expect(eq(int, memcmp(first.data, second.data, first.len), 0));
	cr_expect(eq(u64, model_event_cnt(m), cnt));
	cr_expect(eq(str, (char *)name_of(A), "queue->lock"));
	cr_expect(eq(str, (char *)name_of(B), "bank.mu"));
	cr_expect(eq(str, (char *)model_stack(m, model_find_thread(m, 2), &truncated),
		     "eat forks.c:31\nmain forks.c:80"));
	cr_expect(truncated);
	apply(build_wake_futex(2, 3, A));
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 3));
	cr_expect(eq(ptr, (void *)name_of(A), NULL), "it was borrowed");
	strbuf_release(&first);
	strbuf_release(&second);
}

Test(evidence, what_a_descriptor_is_is_known_while_it_is_waited_on)
{
	const struct thread *t;

	apply(build_run(2));
	apply(build_block_fd(2, 0, 0, 5, 0010000));
	t = model_find_thread(m, 2);
	cr_expect(eq(ptr, (void *)model_wait_file(m, t), NULL));
	apply(build_file(2, "FIFO /tmp/a\nb (read end)", 77));
	t = model_find_thread(m, 2);
	cr_assert(ne(ptr, (void *)model_wait_file(m, t), NULL));
	cr_expect(eq(str, (char *)model_wait_file(m, t)->text, "FIFO /tmp/a?b (read end)"));
	cr_expect(eq(u64, model_wait_file(m, t)->until_ns, 77));
	apply(build_file(2, "", 78));
	t = model_find_thread(m, 2);
	cr_expect(eq(ptr, (void *)model_wait_file(m, t)->text, NULL), "the last reading counts");
	apply(build_wake(2, 3, 1, 0, 0));
	cr_expect(eq(ptr, (void *)model_wait_file(m, model_find_thread(m, 2)), NULL));
}

/* It is told as a whole, from the first on. */
Test(evidence, a_set_of_descriptors_is_known_while_it_is_waited_on)
{
	static const __u32 pids[SETFD_PID_MAX] = { 7, 8 };
	const struct wait_set *set;

	apply(build_run(2));
	apply(build_block(2, 0, 7, 0x7000, 3, -1));
	apply(build_setfd(2, 1, 3, 6, "its begin was lost", pids, 2));
	cr_expect(eq(ptr, (void *)model_wait_set(m, model_find_thread(m, 2)), NULL));
	apply(build_setfd(2, 0, 3, 5, "pipe:[1]\n", pids, 2));
	apply(build_setfd(2, 2, 3, 7, "one is missing", pids, 2));
	apply(build_setfd(2, 1, 3, 6, "eventfd", pids, 0));
	set = model_wait_set(m, model_find_thread(m, 2));
	cr_assert(ne(ptr, (void *)set, NULL));
	cr_expect(set->total == 3 && set->cnt == 2 && set->fds[0].pids[1] == 8);
	cr_expect(eq(str, (char *)set->fds[0].text, "pipe:[1]?"));
	cr_expect(eq(str, (char *)set->fds[1].text, "eventfd"));
	for (__u32 i = 0; i < 100; i++)
		apply(build_setfd(2, i, 100, i, "x", pids, 100));
	set = model_wait_set(m, model_find_thread(m, 2));
	cr_expect(set->total == 100 && set->cnt == SETFD_MAX && set->fds[0].pid_cnt == 100);
	apply(build_setfd(2, 0, 0, 0, "", pids, 0));
	cr_expect(eq(int, model_wait_set(m, model_find_thread(m, 2))->cnt, 0));
	apply(build_wake(2, 3, 1, 0, 0));
	cr_expect(eq(ptr, (void *)model_wait_set(m, model_find_thread(m, 2)), NULL));
}

/* openat(2), and where it has its flags. */
Test(evidence, what_is_opened_is_found_to_be_a_fifo)
{
	const struct thread *t = model_find_thread(m, 2);

	apply(build_run(2));
	apply(build_block(2, 0, 257, (__u64)-100, 0x7000, 1));
	cr_expect(eq(int, t->wait.reason, WAIT_OTHER));
	apply(build_file(2, "FIFOs", 0));
	cr_expect(eq(int, t->wait.reason, WAIT_OTHER));
	apply(build_file(2, "FIFO /tmp/a, which nobody has opened to read", 0));
	cr_expect(eq(int, t->wait.reason, WAIT_PIPE));
	cr_expect(wait_is_write(&t->wait));
	apply(build_wake(2, 3, 1, 0, 0));
	apply(build_run(2));
	apply(build_block(2, 0, 72, 3, 7, 0));
	apply(build_file(2, "FIFO /tmp/a", 0));
	cr_expect(eq(int, t->wait.reason, WAIT_FLOCK), "it opens nothing");
}

static const struct holders *holders_of(__u32 tid)
{
	return model_holders(m, model_find_thread(m, tid));
}

Test(evidence, who_could_end_a_wait_is_known_while_it_lasts)
{
	__u32 pids[] = { 1, 9 };

	apply(build_holders(2, pids, 2));
	cr_expect(eq(ptr, (void *)holders_of(2), NULL), "it does not wait");
	apply(build_run(2));
	apply(build_block_fd(2, 0, 0, 5, 0010000));
	apply(build_holders(2, pids, 2));
	cr_assert(ne(ptr, (void *)holders_of(2), NULL));
	cr_expect(eq(sz, holders_of(2)->cnt, 2));
	cr_expect(eq(u32, holders_of(2)->pids[1], 9));
	cr_expect(holders_of(2)->is_complete);
	apply(build_holders(2, pids, 1));
	cr_expect(eq(sz, holders_of(2)->cnt, 1), "the last reading counts");
	apply(build_wake(2, 3, 1, 0, 0));
	cr_expect(eq(ptr, (void *)holders_of(2), NULL));
}

static enum wait_reason kind_told_by(const char *stack)
{
	apply(build_run(2));
	apply(build_block_condvar(2, 0, 0x9000));
	apply(build_stack(2, stack));
	return model_find_thread(m, 2)->wait.reason;
}

Test(evidence, the_stack_tells_what_is_waited_for)
{
	cr_expect(eq(int,
		     kind_told_by("__futex_abstimed_wait_common libc.so.6\n"
				  "__new_sem_wait_slow64 libc.so.6\nmain m.c:1"),
		     WAIT_SEMAPHORE));
	cr_expect(eq(int, model_lock_waited_on(m, model_find_thread(m, 2))->kind, WAIT_SEMAPHORE));
	cr_expect(
		eq(int, kind_told_by("pthread_barrier_wait libc.so.6\nmain m.c:1"), WAIT_BARRIER));
	cr_expect(eq(int, kind_told_by("pthread_cond_wait libc.so.6\nsem_wait_all m.c:1"),
		     WAIT_CONDVAR),
		  "the innermost counts");
	cr_expect(eq(int, kind_told_by("my_sem_wait m.c:1"), WAIT_CONDVAR));
	cr_expect(eq(int,
		     kind_told_by("__lll_lock_wait libc.so.6\n__pthread_mutex_cond_lock libc.so.6\n"
				  "pthread_barrier_wait libc.so.6"),
		     WAIT_MUTEX),
		  "one that is taken back is not the barrier");
}

Test(evidence, what_the_stack_told_holds_for_the_next_wait)
{
	cr_expect(eq(int, kind_told_by("__new_sem_wait libc.so.6"), WAIT_SEMAPHORE));
	apply(build_wake_futex(2, 3, 0x9000));
	apply(build_run(2));
	apply(build_block_condvar(2, 0, 0x9000));
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_SEMAPHORE));
}

static struct ev_hdr *build_block_barrier(__u32 tid, __u32 round)
{
	struct ev_block *ev = (struct ev_block *)build_block(tid, 0, 202, 0x9004, 128, round);

	ev->hdr.flags |= EVF_WORDS;
	ev->words[0] = round;
	ev->words[1] = 4; /* threads that it waits for */
	return &ev->hdr;
}

Test(evidence, at_a_barrier_every_round_is_one)
{
	apply(build_run(2));
	apply(build_block_barrier(2, 4));
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_FUTEX));
	apply(build_stack(2, "pthread_barrier_wait libc.so.6\nmain m.c:1"));
	apply(build_wake_futex(2, 3, 0x9004));
	apply(build_run(2));
	apply(build_block_barrier(2, 8));
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_BARRIER));
	cr_expect(eq(int, model_lock_waited_on(m, model_find_thread(m, 2))->kind, WAIT_BARRIER));
}

Test(evidence, what_has_an_owner_stays_what_its_words_say)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 0, 0x9000, 1));
	apply(build_stack(2, "pthread_cond_wait libc.so.6"));
	cr_expect(eq(int, model_find_thread(m, 2)->wait.reason, WAIT_MUTEX));
}
