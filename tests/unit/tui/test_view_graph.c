/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph: rings, trees, loners, each with its proof, and always in its place. */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/tui/stage.h"
#include "tui/graph_layout.h"

TestSuite(view_graph, .init = stage_setup, .fini = stage_teardown);

#define EXPECT_SCREEN(rows, cols, want) \
	cr_expect(eq(str, (char *)stage_draw(rows, cols), (char *)(want)))

#define EXPECT_SHOWS_UTF8(rows, cols, part)                                                     \
	cr_expect(ne(ptr, strstr(stage_draw_utf8(rows, cols), part), NULL), "%s in:\n%s", part, \
		  strbuf_str(&stage_text))

#define EXPECT_SHOWS(rows, cols, part)                                                     \
	cr_expect(ne(ptr, strstr(stage_draw(rows, cols), part), NULL), "%s in:\n%s", part, \
		  strbuf_str(&stage_text))

static void tell_ring(int cnt)
{
	stage_tell_philosophers(cnt);
	stage_tell_deadlock(cnt);
	build_at(200 * MS);
	stage_tell_confirmed(cnt);
}

Test(view_graph, a_deadlock_is_a_ring)
{
	tell_ring(3);
	stage_open(&view_graph, true, 12000 * MS);
	EXPECT_SCREEN(
		9, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" DEADLOCK: 3 threads wait for each other in a ring\n"
		" +--> (phil-0) -- waits 12.0 s -------> [mutex@5040]\n"
		" |      v------- held by -----------------+                     read 11.8 s ago\n"
		" |    (phil-1) -- waits 12.0 s -------> [mutex@5080]\n"
		" |      v------- held by -----------------+                     read 11.8 s ago\n"
		" |    (phil-2) -- waits 12.0 s -------> [mutex@5000]\n"
		" +-------------- held by -----------------+                     read 11.8 s ago\n"
		"\n");
}

Test(view_graph, a_deadlock_in_line_drawing)
{
	tell_ring(2);
	stage_open(&view_graph, true, 12000 * MS);
	cr_expect(eq(str, (char *)stage_draw_utf8(6, 60),
		     (char *)"─── who waits for whom ─────────────────────────────────────\n"
			     " DEADLOCK: 2 threads wait for each other in a ring\n"
			     " ┌──> (phil-0) ──> [mutex@5040] ──> (phil-1)         12.0 s\n"
			     " └─── (phil-1) ──> [mutex@5000] ──> (phil-0)         12.0 s\n"
			     "\n\n"));
	EXPECT_SHOWS_UTF8(6, 80, " │      v─────── held by ─────────────────┘ ");
	EXPECT_SHOWS_UTF8(6, 80, " └────────────── held by ─────────────────┘ ");
}

/* Half a number is a wrong one: the column of the locks moves, or words are left out. */
Test(view_graph, no_number_is_cut_in_a_ring_of_long_names)
{
	stage_tell_philosophers(2);
	stage_add(build_rename(101, "philosopher-one"));
	stage_tell_deadlock(2);
	build_at(200 * MS);
	stage_tell_confirmed(2);
	stage_open(&view_graph, true, 68 * MS + 1000 * MS);
	for (int cols = 30; cols <= 140; cols++) {
		const char *text = stage_draw(9, cols);

		for (const char *cut = strchr(text, '~'); cut; cut = strchr(cut + 1, '~'))
			cr_expect(eq(int, !isdigit((unsigned char)cut[-1]), 1), "at %d:\n%s", cols,
				  text);
	}
	EXPECT_SHOWS(9, 80, "(philosopher-one) -- waits 1.07 s ");
}

/* Both have woken each other, and main joins one: that is no ring, and nobody holds anything. */
Test(view_graph, who_woke_such_waits_before_makes_no_ring)
{
	stage_tell_philosophers(2);
	stage_add(build_block_join(100, 101, 0x7000, 101));
	for (int i = 0; i < 2; i++) {
		stage_add(build_block_condvar(101, 102, 0x9000));
		stage_add(build_wake_futex(101, 102, 0x9000));
		stage_add(build_block_condvar(102, 101, 0xa000));
		stage_add(build_wake_futex(102, 101, 0xa000));
	}
	stage_add(build_block_condvar(101, 102, 0x9000));
	stage_add(build_block_condvar(102, 0, 0xa000));
	stage_open(&view_graph, true, 12000 * MS);
	EXPECT_SCREEN(
		10, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" who keeps whom waiting\n"
		" (phil-0) Blocked: condvar@9000, 12.0 s\n"
		"  ..> learned: woken before by phil-1 (2 of 2 times), now Blocked: condvar@a000\n"
		"  `. (forks) waits for its end (join)                   12.0 s, read 12.0 s ago\n"
		"\n"
		" [condvar@a000] <-- (phil-1)\n"
		"  ..> learned: woken before by phil-0 (2 of 2 times), now Blocked: condvar@9000\n"
		"\n"
		"\n");
	stage_draw_all_sizes();
}

Test(view_graph, where_there_is_little_room_a_ring_takes_a_line_each)
{
	tell_ring(5);
	stage_open(&view_graph, true, 12000 * MS);
	EXPECT_SCREEN(
		8, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" DEADLOCK: 5 threads wait for each other in a ring\n"
		" +--> (phil-0) --> [mutex@5040] --> (phil-1)            12.0 s, read 11.8 s ago\n"
		" |    (phil-1) --> [mutex@5080] --> (phil-2)            12.0 s, read 11.8 s ago\n"
		" |    (phil-2) --> [mutex@50c0] --> (phil-3)            12.0 s, read 11.8 s ago\n"
		" |    (phil-3) --> [mutex@5100] --> (phil-4)            12.0 s, read 11.8 s ago\n"
		" +--- (phil-4) --> [mutex@5000] --> (phil-0)            12.0 s, read 11.8 s ago\n"
		"\n");
}

Test(view_graph, a_thread_can_wait_for_itself)
{
	stage_tell_philosophers(1);
	stage_add(build_run(101));
	stage_add(build_block_mutex(101, 0, 0x5000, 101));
	build_at(100 * MS);
	stage_add(build_lockword(101, 0x5000, 101));
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SCREEN(
		5, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" DEADLOCK: a thread waits for itself\n"
		" +--> (phil-0) -- waits 1.00 s -------> [mutex@5000]\n"
		" +-------------- held by -----------------+                     read 900 ms ago\n"
		"\n");
}

/* One of those who wait for a lock had its word read again: that is of all of them. */
Test(view_graph, a_lock_that_was_read_again_was_so_for_all_who_wait)
{
	stage_tell_philosophers(3);
	stage_add(build_run(102));
	stage_add(build_block_mutex(102, 103, 0x5000, 101));
	stage_add(build_block_mutex(103, 0, 0x5000, 101));
	build_at(600 * MS);
	stage_add(build_lockword(102, 0x5000, 101));
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(8, 80,
		     "(phil-1)                                        1.00 s, read 400 ms ago\n");
	EXPECT_SHOWS(8, 80,
		     "(phil-2)                                        1.00 s, read 400 ms ago\n");
}

Test(view_graph, locks_with_names_are_called_by_them)
{
	tell_ring(2);
	stage_add(build_lockname(100, 0x5000, "fork[0]"));
	stage_add(build_lockname(100, 0x5040, "fork[1]"));
	stage_open(&view_graph, true, 12000 * MS);
	EXPECT_SHOWS(8, 80, "(phil-0) -- waits 12.0 s -------> [mutex fork[1]]\n");
	EXPECT_SHOWS(8, 80, "(phil-1) -- waits 12.0 s -------> [mutex fork[0]]\n");
}

/* Two objects of one type, say. */
Test(view_graph, locks_with_the_same_name_are_told_apart)
{
	tell_ring(2);
	stage_add(build_lockname(100, 0x5000, "account.lock"));
	stage_add(build_lockname(100, 0x5040, "account.lock"));
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(9, 80, "[mutex account.lock at 0x5000]");
	EXPECT_SHOWS(9, 80, "[mutex account.lock at 0x5040]");
	EXPECT_SHOWS(5, 60, "[mutex account.lock at 0x5040]");
}

Test(view_graph, others_hang_off_the_ring)
{
	stage_tell_philosophers(4);
	stage_tell_deadlock(2);
	stage_add(build_run(103));
	stage_add(build_block_mutex(103, 104, 0x5000, 101));
	stage_add(build_block_mutex(104, 100, 0x6000, 103));
	stage_add(build_block_join(100, 0, 0x7f0000000910, 101));
	build_at(200 * MS);
	stage_tell_confirmed(2);
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SCREEN(
		14, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" DEADLOCK: 2 threads wait for each other in a ring\n"
		" +--> (phil-0) -- waits 1.00 s -------> [mutex@5040]\n"
		" |      v------- held by -----------------+                     read 800 ms ago\n"
		" |    (phil-1) -- waits 1.00 s -------> [mutex@5000]\n"
		" +-------------- held by -----------------+                     read 800 ms ago\n"
		"\n"
		" who keeps whom waiting\n"
		" (phil-0) in the ring above, also keeps others waiting\n"
		"  |. (forks) waits for its end (join)                   1.00 s, read 1.00 s ago\n"
		"  `- [mutex@5000] <-- (phil-2)                          1.00 s, read 800 ms ago\n"
		"     `. [mutex@6000] <-- (phil-3)                       1.00 s, read 1.00 s ago\n"
		"\n"
		"\n");
}

Test(view_graph, a_ring_that_is_not_confirmed_is_no_deadlock_yet)
{
	stage_tell_philosophers(2);
	stage_tell_deadlock(2);
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(9, 80, "2 threads wait in a ring, not in the verdict (yet)");
	cr_expect(eq(ptr, strstr(stage_draw(9, 80), "DEADLOCK"), NULL));
}

Test(view_graph, a_ring_with_a_time_out_is_no_deadlock)
{
	struct ev_block *ev;

	stage_tell_philosophers(2);
	stage_add(build_run(101));
	ev = (struct ev_block *)build_block_mutex(101, 102, 0x5040, 102);
	ev->args[3] = 0x7ffc0000; /* a timespec */
	stage_add(&ev->hdr);
	stage_add(build_block_mutex(102, 0, 0x5000, 101));
	build_at(200 * MS);
	stage_tell_confirmed(2);
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(9, 80, "2 threads wait in a ring, but a time-out will end it");
	EXPECT_SHOWS(9, 80, "-- waits 1.00 s, timed -> [mutex@5040]");
}

/* Nobody has read again who has it. */
Test(view_graph, a_convoy_is_a_tree_on_its_lock)
{
	stage_tell_philosophers(3);
	stage_add(build_run(102));
	stage_add(build_block_mutex(102, 103, 0x5000, 101));
	stage_add(build_block_mutex(103, 101, 0x5000, 101));
	stage_open(&view_graph, true, 40 * MS);
	EXPECT_SCREEN(
		7, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" who keeps whom waiting\n"
		" (phil-0) Running, 40.0 ms\n"
		"  `. [mutex@5000] 2 wait for it\n"
		"     |- (phil-1)                                      40.0 ms, read 40.0 ms ago\n"
		"     `- (phil-2)                                      40.0 ms, read 40.0 ms ago\n"
		"\n");
	stage_draw_all_sizes();
}

/* The one that is selected has a line of its own, and who is waited for, too. */
Test(view_graph, a_crowd_has_one_line)
{
	stage_tell_philosophers(20);
	for (__u32 tid = 102; tid <= 119; tid++)
		stage_add(build_block_mutex(tid, 0, 0x5000, 101));
	stage_add(build_block_mutex(120, 0, 0x6000, 119));
	stage_open(&view_graph, true, 40 * MS);
	ui_select_tid(stage_ui, 110);
	stage_draw(12, 80);
	cr_expect(ne(ptr, strstr(stage_text.data, "18 wait for it"), NULL), "%s", stage_text.data);
	cr_expect(ne(ptr, strstr(stage_text.data, " (phil-9) "), NULL), "%s", stage_text.data);
	cr_expect(ne(ptr, strstr(stage_text.data, " (phil-18) "), NULL), "%s", stage_text.data);
	cr_expect(ne(ptr,
		     strstr(stage_text.data,
			    "`- (phil-1), (phil-2), (phil-3), (phil-4), (phil-5) and 11 more\n"),
		     NULL),
		  "%s", stage_text.data);
	stage_draw_all_sizes();
}

/* What was read when the wait began, and not again, may have changed since. */
Test(view_graph, what_is_not_confirmed_is_dashed)
{
	stage_tell_philosophers(2);
	stage_tell_deadlock(2);
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(9, 80, " :      v - - -  held by  - - - - - - - - +");
	EXPECT_SHOWS(9, 80, " +- - - - - - -  held by "); /* one edge, also around the corner */
	EXPECT_SHOWS(9, 80, " +- > (phil-0) -- waits");
	EXPECT_SHOWS_UTF8(9, 80, " held by ╌╌╌╌");
	EXPECT_SHOWS(5, 60, "(phil-0) --> [mutex@5040] - -> (phil-1)");
	EXPECT_SHOWS(5, 60, " +- - (phil-1) --> ");
}

/* A child reads what its parent does not write, for it waits for the child. */
Test(view_graph, processes_are_called_so)
{
	const __u32 pids[] = { 100 };

	stage_add(build_thread(100, 100, 1, "shop"));
	stage_add(build_run(100));
	stage_add(build_thread(200, 200, 100, "till"));
	stage_add(build_admit(200));
	stage_add(build_block(100, 200, SYS_wait4, 200, 0, 0));
	stage_add(build_block_fd(200, 0, SYS_read, 3, S_IFIFO));
	stage_add(build_holders(200, pids, 1));
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(9, 80, "(process shop)");
	EXPECT_SHOWS(9, 80, "pipe fd 3");
	stage_draw_all_sizes();
}

/* The child has filled the pipe that its parent reads when the child has ended. */
Test(view_graph, a_deadlock_can_go_through_a_pipe)
{
	const __u32 pids[] = { 100 };
	struct ev_handlers handlers = { .hdr = { .kind = EV_HANDLERS } };
	struct ev_thread *child;

	stage_add(build_thread(100, 100, 1, "shop"));
	stage_add(build_run(100));
	child = (struct ev_thread *)build_thread(200, 200, 100, "till");
	child->ppid = 100;
	stage_add(&child->hdr);
	stage_add(build_admit(200));
	stage_add(build_block(100, 200, SYS_wait4, 200, 0, 0));
	stage_add(build_block_fd(200, 0, SYS_write, 4, S_IFIFO));
	build_at(50 * MS);
	stage_add(build_file(200, "pipe:[4711] (write end)", 0));
	stage_add(build_holders(200, pids, 1));
	for (__u32 pid = 100; pid <= 200; pid += 100) {
		handlers.hdr.tid = pid;
		handlers.hdr.ts_ns = build_now_ns() + MS;
		stage_add(&handlers.hdr);
	}
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SCREEN(
		7, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" DEADLOCK: 2 threads wait for each other in a ring\n"
		" +--> (process shop) -- child, 1.00 s ----+\n"
		" |      v---------------------------------+                            observed\n"
		" |    (process till) -- waits 1.00 s -> [pipe:[4711]]\n"
		" +-------------- read by -----------------+                     read 950 ms ago\n"
		"\n");
	stage_draw_all_sizes();
}

/* Two processes have the other end of its pipe, and perhaps others. */
Test(view_graph, of_several_at_the_other_end_of_a_pipe_all_are_named)
{
	const __u32 pids[] = { 200, 812 };
	struct ev_hdr *holders;

	stage_tell_philosophers(3);
	stage_add(build_thread(200, 200, 100, "till"));
	stage_add(build_run(101));
	stage_add(build_block_fd(101, 102, SYS_read, 3, S_IFIFO));
	stage_add(build_block_fd(102, 103, SYS_read, 7, S_IFIFO));
	stage_add(build_block_fd(103, 0, SYS_read, 9, S_IFIFO));
	for (__u32 tid = 101; tid < 103; tid++) {
		stage_add(build_file(tid, "pipe:[4711] (read end)", 0));
		holders = build_holders(tid, pids, 2);
		holders->flags = 0;
		stage_add(holders);
	}
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SCREEN(
		5, 90,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed "
		"-------------\n"
		" [pipe:[4711]] <-- (phil-0), (phil-1)\n"
		"  ..> could be written by (process till), (process 812, not traced) or others\n"
		" pipe fd 9: (phil-2)\n"
		"\n");
	stage_draw_all_sizes();
}

/* Its number tells that it is one, though two processes call it differently. */
Test(view_graph, an_eventfd_that_processes_share_is_there_once)
{
	const __u32 pids[] = { 100, 200 };
	struct ev_hdr *holders;

	stage_tell_philosophers(2);
	stage_add(build_thread(200, 200, 100, "till"));
	stage_add(build_run(101));
	stage_add(build_block_fd(101, 200, SYS_read, 3, FD_MODE(0, FILE_EVENTFD)));
	stage_add(build_block_fd(200, 0, SYS_read, 7, FD_MODE(0, FILE_EVENTFD)));
	for (__u32 tid = 101; tid <= 200; tid += 99) {
		stage_add(build_file(tid, "eventfd:[17]", 0));
		holders = build_holders(tid, pids, 2);
		holders->flags = 0;
		stage_add(holders);
	}
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(8, 90, "[eventfd:[17]] <-- (phil-0), (process till)\n");
	stage_draw_all_sizes();
}

Test(view_graph, a_key_leaves_the_part_of_the_selected_thread)
{
	stage_tell_philosophers(4);
	stage_tell_deadlock(2);
	stage_add(build_run(103));
	stage_add(build_block_mutex(103, 104, 0x6000, 104));
	stage_open(&view_graph, true, 1000 * MS);
	ui_select_tid(stage_ui, 103);
	EXPECT_SHOWS(12, 80, "(phil-0)");
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_FOCUS));
	EXPECT_SCREEN(
		5, 80,
		"--- who waits for whom, with phil-2: (thread) --> [lock] --> (has it) ----------\n"
		" who keeps whom waiting\n"
		" (phil-3) Running, 1.00 s\n"
		"> `. [mutex@6000] <-- (phil-2)                          1.00 s, read 1.00 s ago\n"
		"\n");
	ui_select_tid(stage_ui, 101);
	EXPECT_SHOWS(12, 80, "(phil-0)");
	cr_expect(eq(ptr, strstr(stage_draw(12, 80), "(phil-2)"), NULL));
	ui_select_tid(stage_ui, 100);
	EXPECT_SHOWS(12, 80, "It waits for nobody, and nobody waits for it.");
	cr_expect(stage_view.ops->act(&stage_view, stage_ui, ACT_FOCUS));
	EXPECT_SHOWS(12, 80, "(phil-2)");
}

Test(view_graph, who_died_with_a_lock_is_named)
{
	stage_tell_philosophers(2);
	stage_add(build_run(101));
	stage_add(build_block_mutex(101, 102, 0x5000, 102));
	stage_add(build_exit(102, 0));
	stage_add(build_die(102, 0));
	stage_open(&view_graph, true, 40 * MS);
	EXPECT_SHOWS(6, 80, "(phil-1) has ended: it will never give back what it holds");
	EXPECT_SHOWS(6, 80, "`. [mutex@5000] <-- (phil-0) ");
}

Test(view_graph, who_waits_for_nobody_known_is_told_by_what_for)
{
	stage_tell_philosophers(4);
	stage_add(build_run(101));
	stage_add(build_block_condvar(101, 102, 0x6000));
	stage_add(build_block_sleep(102, 103));
	stage_add(build_block_condvar(103, 104, 0x6000));
	stage_add(build_block_condvar(104, 0, 0x7000));
	stage_open(&view_graph, true, 40 * MS);
	EXPECT_SCREEN(
		5, 80,
		"--- who waits for whom: (thread) --> [lock] --> (has it); - -> not confirmed ---\n"
		" [condvar@6000] <-- (phil-0), (phil-2)\n"
		" [condvar@7000] <-- (phil-3)\n"
		" sleep: (phil-1)\n"
		"\n");
}

/* Each of its waiters was woken by another thread before. */
Test(view_graph, a_lock_without_known_owner_is_there_once)
{
	stage_tell_philosophers(4);
	for (__u32 i = 0; i < 3; i++) {
		stage_add(build_run(101 + i));
		stage_add(build_block_mutex(101 + i, 0, 0x5000, 104));
		stage_add(build_wake_futex(101 + i, 102 + i, 0x5000));
	}
	for (__u32 i = 0; i < 3; i++) {
		stage_add(build_run(101 + i));
		stage_add(build_block_mutex(101 + i, 0, 0x5000, 0));
	}
	stage_open(&view_graph, true, 1000 * MS);
	EXPECT_SHOWS(12, 80, "@5000] <-- (phil-0), (phil-1), (phil-2)");
}

Test(view_graph, nothing_to_show_says_why)
{
	stage_tell_philosophers(2);
	stage_open(&view_graph, true, 40 * MS);
	EXPECT_SHOWS(5, 80, "No thread is Blocked.");
}

Test(view_graph, the_selected_thread_is_marked_and_in_sight)
{
	tell_ring(20);
	stage_open(&view_graph, true, 12000 * MS);
	ui_select_tid(stage_ui, 119);
	EXPECT_SHOWS(10, 80, "\n>|    (phil-18) --> [mutex@54c0] --> (phil-19)");
	ui_select_tid(stage_ui, 101);
	EXPECT_SHOWS(10, 80, "\n>+--> (phil-0) --> [mutex@5040] --> (phil-1)");
}

Test(view_graph, a_click_selects)
{
	tell_ring(3);
	stage_open(&view_graph, true, 12000 * MS);
	stage_draw(9, 80);
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 4, 10));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	cr_expect(stage_view.ops->click(&stage_view, stage_ui, 7, 10));
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	cr_expect(not(stage_view.ops->click(&stage_view, stage_ui, 8, 10)));
}

Test(view_graph, every_size_is_drawn)
{
	tell_ring(5);
	stage_open(&view_graph, true, 12000 * MS);
	stage_draw_all_sizes();
}

Test(view_graph, a_long_chain_is_drawn)
{
	stage_tell_philosophers(60);
	for (int i = 0; i < 59; i++) {
		stage_add(build_run(101 + i));
		stage_add(build_block_mutex(101 + i, 0, 0x5000 + i * 64, 102 + i));
	}
	stage_open(&view_graph, true, 40 * MS);
	EXPECT_SHOWS(70, 80, "`. [mutex@5000] <-- (phil-0)");
	stage_draw_all_sizes();
}

/* The layout. */

static struct graph graph;

static void graph_teardown(void)
{
	graph_release(&graph);
	stage_teardown();
}

TestSuite(graph_layout, .init = stage_setup, .fini = graph_teardown);

static void lay_out(void)
{
	struct verdict v;

	verdict_find(trace_tail(stage_trace), &v);
	graph_build(&graph, trace_tail(stage_trace), &v);
	graph_lay_out(&graph, &v, false, 0, 0);
}

static int line_of(__u32 tid)
{
	for (int i = 0; i < (int)graph.lines.cnt; i++) {
		const struct graph_line *line = &graph.lines.items[i];

		if (line->node >= 0 && line->kind != GRAPH_DEADLOCK && line->kind != GRAPH_RING &&
		    line->kind != GRAPH_LONE && graph.nodes.items[line->node].tid == tid)
			return i;
	}
	return -1;
}

Test(graph_layout, a_new_waiter_moves_nobody_before_it)
{
	int before[3];

	stage_tell_philosophers(6);
	stage_add(build_run(102));
	stage_add(build_block_mutex(102, 103, 0x5000, 101));
	stage_add(build_block_mutex(103, 105, 0x5000, 101));
	lay_out();
	for (int i = 0; i < 3; i++)
		before[i] = line_of(101 + i);
	stage_add(build_block_mutex(105, 106, 0x5000, 101));
	stage_add(build_block_mutex(106, 0, 0x5000, 101));
	lay_out();
	for (int i = 0; i < 3; i++)
		cr_expect(eq(int, line_of(101 + i), before[i]));
	cr_expect(eq(int, line_of(105), line_of(103) + 1));
	cr_expect(eq(int, line_of(106), line_of(103) + 2));
}

Test(graph_layout, every_thread_has_one_line_at_most)
{
	for (__u64 i = 0; i < 4000; i++) {
		stage_add(build_story(11, 20, i));
		if (i % 50)
			continue;
		lay_out();
		for (__u32 tid = 100; tid < 120; tid++) {
			int cnt = 0;

			vec_for_each(line, &graph.lines)
				cnt += line->node >= 0 &&
				       graph.nodes.items[line->node].tid == tid &&
				       (line->kind == GRAPH_FLAT || line->kind == GRAPH_WAITER);
			cr_expect(le(int, cnt, 1));
		}
	}
}

Test(graph_layout, nobody_that_is_blocked_is_left_out)
{
	for (__u64 i = 0; i < 4000; i++) {
		size_t shown = 0;

		stage_add(build_story(13, 20, i));
		if (i % 50)
			continue;
		lay_out();
		vec_for_each(line, &graph.lines) {
			if (line->kind == GRAPH_LONE)
				shown += line->cnt;
			else if (line->kind == GRAPH_FLAT || line->kind == GRAPH_WAITER ||
				 (line->kind == GRAPH_ROOT && !graph.nodes.items[line->node].ring &&
				  thread_is_blocked(graph.nodes.items[line->node].thread)))
				shown++;
		}
		cr_expect(eq(sz, shown, model_state_cnt(trace_tail(stage_trace), THREAD_BLOCKED)));
	}
}

/* The verdict itself tells 64 threads. */
Test(graph_layout, all_of_a_huge_ring_is_red)
{
	tell_ring(100);
	lay_out();
	cr_expect(eq(int, graph.lines.items[0].kind, GRAPH_DEADLOCK));
	cr_expect(eq(int, graph.lines.items[0].cnt, 100));
	vec_for_each(n, &graph.waits.nodes)
		cr_expect(
			eq(int, n->is_alarm, n->kind != WAIT_NODE_THREAD || n->thread->tid > 100));
}

Test(graph_layout, the_ring_of_the_verdict_comes_first)
{
	struct ev_block *ev;

	stage_tell_philosophers(4);
	/* 101 and 102: a time-out ends it. 103 and 104: nothing does. */
	stage_add(build_run(101));
	ev = (struct ev_block *)build_block_mutex(101, 102, 0x5040, 102);
	ev->args[3] = 0x7ffc0000;
	stage_add(&ev->hdr);
	stage_add(build_block_mutex(102, 103, 0x5000, 101));
	stage_add(build_block_mutex(103, 104, 0x50c0, 104));
	stage_add(build_block_mutex(104, 0, 0x5080, 103));
	build_at(100 * MS);
	stage_add(build_lockword(103, 0x50c0, 104));
	stage_add(build_lockword(104, 0x5080, 103));
	lay_out();
	cr_expect(eq(int, graph.lines.items[0].kind, GRAPH_DEADLOCK));
	cr_expect(lt(int, line_of(103), line_of(101)));
}
