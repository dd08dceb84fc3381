/* SPDX-License-Identifier: GPL-2.0-only */
/* Orders of locks: which cycles may deadlock another time, and which cannot. */
#include <criterion/criterion.h>
#include <string.h>

#include "inspect/order.h"

enum { A = 0x100, B = 0x200, C = 0x300, G = 0x900 };
enum { PROCESS = 10, MAIN = 10, ONE = 11, TWO = 12, THREE = 13 };

static struct order *order;
static struct order_inversion found;
static __u64 now_ns;

static void set_up(void)
{
	order = order_new();
	now_ns = 1000;
}

static void tear_down(void)
{
	order_free(order);
}

TestSuite(order, .init = set_up, .fini = tear_down);

static bool tell(enum order_kind kind, __u32 tid, __u32 other_tid, __u64 address)
{
	struct order_hdr rec = {
		.ts_ns = now_ns++,
		.kind = kind,
		.tid = tid,
		.pid = PROCESS,
		.other_tid = other_tid,
		.address = address,
	};

	return order_take(order, &rec, &found);
}

/* Who holds the locks of held, up to a zero, with flags, wants another. */
static bool edge_with(__u32 tid, const __u64 *held, __u32 flags, __u64 wanted)
{
	struct order_edge e = {
		.hdr = { .ts_ns = now_ns++,
			 .kind = ORDER_EDGE,
			 .tid = tid,
			 .pid = PROCESS,
			 .address = wanted },
		.flags = flags & ~ORDER_MAYBE,
	};

	for (; held[e.held_cnt]; e.held_cnt++)
		e.held[e.held_cnt] =
			(struct order_lock){ .address = held[e.held_cnt], .flags = flags };
	return order_take(order, &e.hdr, &found);
}

#define EDGE(tid, wanted, ...) \
	edge_with(tid, (const __u64[]){ __VA_ARGS__, 0 }, ORDER_LASTING, wanted)

Test(order, both_orders_are_an_inversion)
{
	cr_assert(!EDGE(ONE, B, A));
	cr_assert(EDGE(TWO, A, B));
	cr_assert_eq(found.cnt, 2);
	cr_assert_eq(found.steps[0].edge->hdr.tid, TWO);
	cr_assert_eq(found.steps[0].edge->held[found.steps[0].held_idx].address, B);
	cr_assert_eq(found.steps[1].edge->hdr.tid, ONE);
	cr_assert_eq(found.steps[1].edge->held[found.steps[1].held_idx].address, A);
}

Test(order, the_same_locks_are_told_once)
{
	EDGE(ONE, B, A);
	cr_assert(EDGE(TWO, A, B));
	cr_assert(!EDGE(THREE, A, B));
	cr_assert(!EDGE(ONE, A, B));
}

Test(order, a_ring_of_three_is_found)
{
	cr_assert(!EDGE(ONE, B, A));
	cr_assert(!EDGE(TWO, C, B));
	cr_assert(EDGE(THREE, A, C));
	cr_assert_eq(found.cnt, 3);
	for (size_t i = 0; i < found.cnt; i++) {
		const struct order_step *next = &found.steps[(i + 1) % found.cnt];

		cr_assert_eq(found.steps[i].edge->hdr.address,
			     next->edge->held[next->held_idx].address);
	}
}

Test(order, one_thread_does_not_wait_for_itself)
{
	EDGE(ONE, B, A);
	cr_assert(!EDGE(ONE, A, B));
}

Test(order, a_gate_keeps_them_apart)
{
	EDGE(ONE, B, G, A);
	cr_assert(!EDGE(TWO, A, G, B));
	cr_assert(EDGE(THREE, A, B), "who does not pass the gate can meet the first");
}

Test(order, a_gate_that_all_may_read_at_once_is_none)
{
	const __u64 first[] = { G, A, 0 }, second[] = { G, B, 0 };

	edge_with(ONE, first, ORDER_LASTING | ORDER_SHARED, B);
	cr_assert(!edge_with(TWO, second, ORDER_LASTING | ORDER_SHARED, A),
		  "readers do not wait for readers");
	edge_with(ONE, first, ORDER_LASTING, B);
	cr_assert(!edge_with(TWO, second, ORDER_LASTING, A));
}

Test(order, what_may_be_held_only_gates)
{
	const __u64 a[] = { A, 0 }, b[] = { B, 0 };

	edge_with(ONE, a, ORDER_LASTING | ORDER_MAYBE, B);
	cr_assert(!edge_with(TWO, b, ORDER_LASTING | ORDER_MAYBE, A));
}

Test(order, memory_that_may_be_another_lock_is_left_out)
{
	const __u64 a[] = { A, 0 }, b[] = { B, 0 };

	edge_with(ONE, a, 0, B);
	cr_assert(!edge_with(TWO, b, 0, A));
}

Test(order, a_lock_that_is_set_up_anew_is_another)
{
	EDGE(ONE, B, A);
	tell(ORDER_FORGET, MAIN, 0, B);
	cr_assert(!EDGE(TWO, A, B));
	tell(ORDER_FORGET, MAIN, 0, C);
	cr_assert(EDGE(ONE, B, A), "what is about others stays");
}

Test(order, what_came_before_the_thread_was_created_is_over)
{
	EDGE(MAIN, B, A);
	tell(ORDER_FORK, MAIN, ONE, 0);
	cr_assert(!EDGE(ONE, A, B));
	cr_assert(EDGE(MAIN, B, A), "and what comes after it is not");
}

Test(order, who_was_joined_is_over)
{
	tell(ORDER_FORK, MAIN, ONE, 0);
	EDGE(ONE, B, A);
	tell(ORDER_JOIN, MAIN, ONE, 0);
	cr_assert(!EDGE(MAIN, A, B));
	tell(ORDER_FORK, MAIN, TWO, 0);
	cr_assert(!EDGE(TWO, A, B), "nor can it meet who was created then");
}

Test(order, who_ended_and_was_not_joined_could_have_been_slower)
{
	tell(ORDER_FORK, MAIN, ONE, 0);
	tell(ORDER_FORK, MAIN, TWO, 0);
	EDGE(ONE, B, A);
	tell(ORDER_JOIN, MAIN, ONE, 0);
	cr_assert(EDGE(TWO, A, B));
}

/* The child was created before its creator was reached. */
Test(order, a_fork_hands_on_only_what_was_before_it)
{
	tell(ORDER_FORK, MAIN, ONE, 0);
	tell(ORDER_FORK, MAIN, TWO, 0);
	tell(ORDER_FORK, TWO, THREE, 0);
	EDGE(ONE, B, A);
	tell(ORDER_JOIN, TWO, ONE, 0);
	cr_assert(EDGE(THREE, A, B));
}

/* Its gate is known when it is given back, and nobody else had it until then. */
Test(order, a_gate_from_before_is_known_when_it_is_given_back)
{
	tell(ORDER_MET, ONE, 0, 0);
	EDGE(ONE, B, A);
	tell(ORDER_RELEASE, ONE, 1, G);
	cr_assert(!EDGE(TWO, A, G, B));
	cr_assert(EDGE(THREE, A, B), "who does not pass the gate can meet the first");
}

/* It was waiting for the gate when it was met. */
Test(order, what_came_before_a_thread_was_met_does_not_count)
{
	EDGE(TWO, A, B);
	tell(ORDER_MET, ONE, 0, 0);
	cr_assert(!EDGE(ONE, B, A));
	cr_assert(EDGE(TWO, A, B), "and what comes after it does");
}

/* That it joined the first it may have begun before the probes were there. */
Test(order, what_was_done_before_a_thread_was_met_may_have_been_waited_for)
{
	EDGE(ONE, B, A);
	tell(ORDER_MET, MAIN, 0, 0);
	tell(ORDER_FORK, MAIN, TWO, 0);
	cr_assert(!EDGE(TWO, A, B), "who was created after that");
	EDGE(ONE, C, A);
	cr_assert(EDGE(TWO, A, C), "but not what comes later");
}

Test(order, a_number_may_become_that_of_a_thread_that_was_not_met)
{
	EDGE(TWO, A, B);
	tell(ORDER_MET, ONE, 0, 0);
	tell(ORDER_FORK, MAIN, ONE, 0);
	cr_assert(EDGE(ONE, B, A));
}

Test(order, a_gate_for_which_there_is_no_room_forgets_what_came_before)
{
	tell(ORDER_MET, ONE, 0, 0);
	EDGE(ONE, B, A, 1, 2, 3, 4, 5, 6, 7);
	tell(ORDER_RELEASE, ONE, 1, G);
	cr_assert(!EDGE(TWO, A, B));
}

Test(order, a_lock_from_before_may_be_given_back_once)
{
	tell(ORDER_MET, ONE, 0, 0);
	EDGE(TWO, B, A);
	tell(ORDER_RELEASE, ONE, 1, A);
	cr_assert(EDGE(THREE, A, B), "what others did with it stands");
}

Test(order, a_lock_that_wanders_from_thread_to_thread_proves_nothing)
{
	tell(ORDER_MET, ONE, 0, 0);
	tell(ORDER_RELEASE, ONE, 1, A);
	EDGE(TWO, B, A);
	tell(ORDER_RELEASE, ONE, 1, A);
	cr_assert(!EDGE(THREE, A, B));
	tell(ORDER_RELEASE, TWO, 0, A);
	cr_assert(!EDGE(ONE, B, A));
}

Test(order, another_program_and_the_end_forget)
{
	EDGE(ONE, B, A);
	tell(ORDER_EXEC, MAIN, 0, 0);
	cr_assert(!EDGE(TWO, A, B));
	tell(ORDER_EXIT, MAIN, 0, 0);
	cr_assert(!EDGE(ONE, B, A));
}

Test(order, what_was_forgotten_makes_room)
{
	for (__u64 i = 0; i < ORDER_EDGE_MAX; i++)
		EDGE(ONE, 0x10000 + i * 16, A);
	tell(ORDER_EXIT, MAIN, 0, 0);
	EDGE(ONE, B, A);
	cr_assert(EDGE(TWO, A, B));
	cr_assert(order_is_complete(order));
}

Test(order, nothing_is_said_after_a_loss)
{
	EDGE(ONE, B, A);
	order_give_up(order);
	cr_assert(!EDGE(TWO, A, B));
	cr_assert(!order_is_complete(order));
}

Test(order, processes_have_locks_of_their_own)
{
	struct order_edge e = {
		.hdr = { .ts_ns = 1, .kind = ORDER_EDGE, .tid = TWO, .pid = 99, .address = A },
		.flags = ORDER_LASTING,
		.held_cnt = 1,
		.held = { { .address = B, .flags = ORDER_LASTING } },
	};

	EDGE(ONE, B, A);
	cr_assert(!order_take(order, &e.hdr, &found));
}

/* A process of one thread wants a lock while it holds another, which all of them share. */
static bool shared_edge(__u32 pid, __u64 held, __u64 wanted)
{
	struct order_edge e = {
		.hdr = { .ts_ns = now_ns++,
			 .kind = ORDER_EDGE,
			 .tid = pid,
			 .pid = pid,
			 .address = pid << 20 | wanted, /* each has mapped it elsewhere */
			 .page = { .ino = 5, .dev = 1, .off = wanted } },
		.flags = ORDER_LASTING,
		.held_cnt = 1,
		.held = { { .address = pid << 20 | held,
			    .flags = ORDER_LASTING,
			    .page = { .ino = 5, .dev = 1, .off = held } } },
	};

	return order_take(order, &e.hdr, &found);
}

static void tell_of_process(enum order_kind kind, __u32 pid, __u32 other_pid)
{
	struct order_hdr rec = {
		.ts_ns = now_ns++,
		.kind = kind,
		.tid = pid,
		.pid = pid,
		.other_tid = other_pid,
	};

	order_take(order, &rec, &found);
}

Test(order, processes_share_locks)
{
	tell_of_process(ORDER_PROCESS, PROCESS, 77);
	cr_assert(!shared_edge(PROCESS, A, B));
	cr_assert(!shared_edge(PROCESS, B, A), "one thread");
	cr_assert(shared_edge(77, B, A));
	cr_assert_eq(found.cnt, 2);
}

Test(order, what_a_process_did_before_it_forked_is_over)
{
	shared_edge(PROCESS, A, B);
	tell_of_process(ORDER_PROCESS, PROCESS, 77);
	cr_assert(!shared_edge(77, B, A));
}

/* It may have been waited for: what its parent does then, and forks then, comes later. */
Test(order, a_process_that_ended_is_over_for_its_parent)
{
	tell_of_process(ORDER_PROCESS, PROCESS, 77);
	tell_of_process(ORDER_PROCESS, PROCESS, 78);
	shared_edge(77, A, B);
	tell_of_process(ORDER_EXIT, 77, PROCESS);
	cr_assert(!shared_edge(PROCESS, B, A));
	tell_of_process(ORDER_PROCESS, PROCESS, 79);
	cr_assert(!shared_edge(79, B, A));
	cr_assert(shared_edge(78, B, A), "but not for who was there meanwhile");
}

Test(order, too_much_is_said_to_be_too_much)
{
	for (__u64 i = 0; i < ORDER_EDGE_MAX; i++)
		cr_assert(!EDGE(ONE, 0x10000 + i * 16, A));
	cr_assert(order_is_complete(order));
	cr_assert(!EDGE(TWO, A, 0x10000));
	cr_assert(!order_is_complete(order));
}

Test(order, a_damaged_record_is_not_believed)
{
	struct order_edge e = {
		.hdr = { .kind = ORDER_EDGE, .tid = ONE, .pid = PROCESS, .address = A },
		.held_cnt = ORDER_HELD_MAX + 1,
	};

	cr_assert(!order_take(order, &e.hdr, &found));
	cr_assert_eq(order_edge_cnt(order), 0);
}
