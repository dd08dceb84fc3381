/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of locks: queues, orders, selection, and the way there and back. */
#include <string.h>

#include "tests/unit/tui/stage.h"
#include "tui/lock_rows.h"

TestSuite(view_locks, .init = stage_setup, .fini = stage_teardown, .timeout = 20);

enum { TILL = 0x5000, DOOR = 0x6000 };

static void open_now(void)
{
	stage_open(&view_locks, true, build_now_ns() - BUILD_BEGIN_NS);
}

/* phil-0 has the till, for which phil-2 and then phil-1 wait; phil-3 waits at the door. */
static void tell_two_queues(void)
{
	stage_tell_philosophers(5);
	stage_add(build_block_mutex(103, 0, TILL, 101));
	build_later(10 * MS);
	stage_add(build_block_mutex(102, 0, TILL, 101));
	build_later(10 * MS);
	stage_add(build_block_mutex(104, 0, DOOR, 105));
	stage_add(build_lockname(100, DOOR, "door"));
	build_later(20 * MS);
	stage_add(build_lockword(104, DOOR, 105));
}

static void make_rows(struct lock_rows *rows, enum lock_order order)
{
	lock_rows_make(rows, ui_model(stage_ui), ui_now_ns(stage_ui), order);
}

Test(view_locks, a_queue_is_in_the_order_of_arrival)
{
	struct lock_rows rows = {};
	const struct lock_row *till;

	tell_two_queues();
	open_now();
	make_rows(&rows, LOCK_BY_QUEUE);
	cr_assert(eq(sz, rows.locks.cnt, 2));
	till = &rows.locks.items[0];
	cr_assert(eq(sz, till->waiter_cnt, 2));
	cr_expect(eq(u64, till->lock->address, TILL));
	cr_expect(eq(u32, rows.waiters.items[till->waiter_idx].thread->tid, 103));
	cr_expect(eq(u32, rows.waiters.items[till->waiter_idx + 1].thread->tid, 102));
	lock_rows_release(&rows);
}

/* Waits that go on are in the times; the longest is that of who came first. */
Test(view_locks, times_go_on_with_the_clock)
{
	struct lock_rows rows = {};

	tell_two_queues();
	open_now();
	ui_tick(stage_ui, build_now_ns() + 1000 * MS);
	make_rows(&rows, LOCK_BY_QUEUE);
	cr_expect(ge(u64, rows.locks.items[0].max_wait_ns, 1040 * MS));
	cr_expect(ge(u64, rows.locks.items[0].wait_ns, 2070 * MS));
	cr_expect(ge(u64, rows.locks.items[0].held_ns, 1040 * MS));
	cr_expect(eq(u32, rows.locks.items[0].max_wait_tid, 103));
	lock_rows_release(&rows);
}

Test(view_locks, names_come_before_addresses_and_count_up)
{
	struct lock_rows rows = {};
	struct strbuf names = {};

	tell_two_queues();
	for (int i = 0; i < 12; i += 3) {
		char name[16];

		snprintf(name, sizeof(name), "fork[%d]", i);
		stage_add(build_block_mutex(105, 0, 0x7000 + i * 64, 101));
		stage_add(build_lockname(100, 0x7000 + i * 64, name));
		stage_add(build_wake_futex(105, 101, 0x7000 + i * 64));
		stage_add(build_run(105));
	}
	open_now();
	make_rows(&rows, LOCK_BY_NAME);
	vec_for_each(row, &rows.locks) {
		lock_add_name(ui_model(stage_ui), row->lock, &names);
		strbuf_addch(&names, ' ');
	}
	cr_expect(eq(str, (char *)strbuf_str(&names),
		     "door fork[0] fork[3] fork[6] fork[9] mutex@5000 "));
	strbuf_release(&names);
	lock_rows_release(&rows);
}

static __u64 selected_address(void)
{
	const struct lock *l = ui_selected_lock(stage_ui);

	return l ? l->address : 0;
}

Test(view_locks, l_goes_to_the_lock_of_the_thread_and_esc_comes_back)
{
	tell_two_queues();
	open_now();
	ui_select_tid(stage_ui, 104);
	ui_key(stage_ui, 'l');
	cr_expect(eq(u64, selected_address(), DOOR));
	ui_key(stage_ui, 'k');
	cr_expect(eq(u64, selected_address(), TILL));
	ui_key(stage_ui, 'h');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 104));
	cr_expect(eq(u64, selected_address(), TILL));
	ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(u64, selected_address(), 0));
}

Test(view_locks, h_and_w_follow_the_threads)
{
	tell_two_queues();
	stage_add(build_wake(105, 103, 1, 0, 0));
	stage_add(build_block_mutex(105, 0, 0x7000, 103));
	stage_add(build_wake(105, 103, 1, 0, 0));
	open_now();
	ui_select_tid(stage_ui, 105);
	ui_key(stage_ui, 'W');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	ui_key(stage_ui, 'h');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	ui_key(stage_ui, 'h'); /* phil-0 waits for nobody: it stays */
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	for (int i = 0; i < 2; i++)
		ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 105));
}

/* Who woke it may be no thread at all, or one that ctrace knows by name alone. */
Test(view_locks, no_jump_to_an_interrupt_or_a_stranger)
{
	stage_tell_philosophers(1);
	stage_add(build_run(101));
	stage_add(build_block_sleep(101, 0));
	stage_add(build_wake_irq(101));
	open_now();
	ui_select_tid(stage_ui, 101);
	ui_key(stage_ui, 'W');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	stage_add(build_thread_foreign(5, 5, "sshd"));
	stage_add(build_run(101));
	stage_add(build_block_sleep(101, 0));
	stage_add(build_wake(101, 5, 1, 0, 0));
	ui_key(stage_ui, 'W');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
}

/* A ring of two: the way around it is longer than the memory for it. */
Test(view_locks, round_and_round)
{
	stage_tell_philosophers(2);
	stage_tell_deadlock(2);
	open_now();
	ui_select_tid(stage_ui, 101);
	for (int i = 0; i < 100; i++)
		ui_key(stage_ui, 'h');
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
}

Test(view_locks, any_size)
{
	tell_two_queues();
	open_now();
	stage_draw_all_sizes();
}

Test(view_locks, a_thousand_waiters_in_one_queue)
{
	char name[16];

	stage_add(build_thread(100, 100, 1, "main"));
	for (__u32 i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "w-%u", i);
		stage_add(build_thread(1000 + i, 100, 100, name));
		stage_add(build_run(1000 + i));
		stage_add(build_block_mutex(1000 + i, 0, TILL, 100));
	}
	open_now();
	cr_expect(ne(ptr, strstr(stage_draw(24, 80), "1000: w-0"), NULL));
	cr_expect(ne(ptr, strstr(stage_draw(24, 80), "1. w-0 for"), NULL));
}

Test(view_locks, nothing_yet)
{
	stage_tell_philosophers(2);
	open_now();
	cr_expect(ne(ptr, strstr(stage_draw(20, 80), "Nobody has waited for a lock yet"), NULL));
}
