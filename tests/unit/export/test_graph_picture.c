/* SPDX-License-Identifier: GPL-2.0-only */
/* The graph of requests and assignments, and how Graphviz and Mermaid get it. */
#include "export/graph_picture.h"

#include "tests/unit/export/exporting.h"

enum { A = 0x1000, B = 0x2000 };

static struct exporting e;
static struct graph_picture g;

static void setup(void)
{
	exporting_begin(&e);
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_thread(3, 10, 10, "right"));
	exporting_append(&e, build_run(2));
}

static void teardown(void)
{
	graph_picture_release(&g);
	exporting_end(&e);
}

TestSuite(graph_picture, .init = setup, .fini = teardown);

static void build(void)
{
	exporting_set_input(&e);
	e.in.at = cursor_new(e.trace);
	cursor_seek_event(e.in.at, trace_event_cnt(e.trace));
	graph_picture_take(&e.in, &g);
}

static void append_deadlock(void)
{
	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	exporting_append(&e, build_block_mutex(3, 10, A, 2));
	exporting_append(&e, build_block_join(10, 0, 0x7000, 2));
	build_later(20000000);
	exporting_append(&e, build_lockword(2, B, 3));
	exporting_append(&e, build_lockword(3, A, 2));
	exporting_append(&e, build_joinword(10, 0x7000, 2));
}

static void expect_edge(size_t idx, const char *from, const char *to, bool is_alarm)
{
	const struct wait_edge *edge = &g.graph.edges.items[idx];
	struct strbuf text = {};

	cr_assert(lt(sz, idx, g.graph.edges.cnt));
	graph_picture_add_title(&g, &g.graph.nodes.items[edge->from], &text);
	strbuf_adds(&text, " -> ");
	graph_picture_add_title(&g, &g.graph.nodes.items[edge->to], &text);
	cr_expect(ne(ptr, strstr(strbuf_str(&text), from), NULL), "%s", text.data);
	cr_expect(ne(ptr, strstr(strbuf_str(&text), to), NULL), "%s", text.data);
	cr_expect(eq(int, edge->is_alarm, is_alarm), "%s", text.data);
	strbuf_release(&text);
}

Test(graph_picture, a_deadlock_is_a_cycle_through_its_locks)
{
	append_deadlock();
	build();
	cr_expect(eq(sz, g.graph.nodes.cnt, 5));
	cr_expect(eq(sz, g.graph.edges.cnt, 5));
	expect_edge(0, "left (2) ->", "mutex 0x2000", true);
	expect_edge(1, "mutex 0x2000 ->", "right (3)", true);
	expect_edge(2, "right (3) ->", "mutex 0x1000", true);
	expect_edge(3, "mutex 0x1000 ->", "left (2)", true);
	expect_edge(4, "main (10) ->", "left (2)", false);
}

Test(graph_picture, who_holds_nothing_and_waits_for_nothing_is_not_in_it)
{
	exporting_append(&e, build_block_sleep(2, 3));
	build();
	cr_expect(eq(sz, g.graph.nodes.cnt, 0));
	cr_expect(eq(sz, g.graph.edges.cnt, 0));
}

Test(graph_picture, a_lock_without_known_owner_points_nowhere)
{
	exporting_append(&e, build_block_condvar(2, 3, 0x9000));
	build();
	cr_expect(eq(sz, g.graph.nodes.cnt, 2));
	cr_expect(eq(sz, g.graph.edges.cnt, 1));
	expect_edge(0, "left (2) ->", " 0x9000", false);
}

/* left waits there again after right has woken it twice, and main once. */
static void append_learned(void)
{
	for (int i = 0; i < 3; i++) {
		exporting_append(&e, build_block_condvar(2, 0, 0x9000));
		exporting_append(&e, build_wake_futex(2, i < 2 ? 3 : 10, 0x9000));
		exporting_append(&e, build_run(2));
	}
	exporting_append(&e, build_block_condvar(2, 3, 0x9000));
}

Test(graph_picture, who_woke_waits_before_is_dashed)
{
	const char *text;

	append_learned();
	build();
	cr_expect(eq(sz, g.graph.nodes.cnt, 3));
	cr_expect(eq(sz, g.graph.edges.cnt, 2));
	expect_edge(0, "left (2) ->", "condvar 0x9000", false);
	expect_edge(1, "condvar 0x9000 ->", "right (3)", false);
	cr_expect(eq(int, g.graph.edges.items[0].kind, WAIT_EDGE_REQUEST));
	cr_expect(eq(int, g.graph.edges.items[1].kind, WAIT_EDGE_LEARNED));
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, "woken before by, 2 of 3 times (learned)\", style=dashed"),
		     1),
		  "%s", text);
	cr_expect(eq(sz, count_in(text, "dashed"), 1));
	text = exporting_run(&e, export_mermaid);
	cr_expect(eq(sz, count_in(text, "-.->|\"woken before by, 2 of 3 times (learned)\"|"), 1),
		  "%s", text);
	cr_expect(eq(sz, count_in(text, "-->|"), 1));
	text = exporting_run(&e, export_svg);
	cr_expect(eq(sz, count_in(text, "class=\"edge dashed\""), 1), "%s", text);
}

/* Each has woken the other: both wait there, and the picture claims no ring. */
Test(graph_picture, one_who_waits_there_too_is_not_pointed_at)
{
	exporting_append(&e, build_block_condvar(2, 0, 0x9000));
	exporting_append(&e, build_wake_futex(2, 3, 0x9000));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_condvar(2, 3, 0x9000));
	exporting_append(&e, build_block_condvar(3, 0, 0x9000));
	build();
	cr_expect(eq(sz, g.graph.edges.cnt, 2));
	expect_edge(0, "left (2) ->", " 0x9000", false);
	expect_edge(1, "right (3) ->", " 0x9000", false);
}

Test(graph_picture, a_pipe_points_at_who_woke_waits_for_it_before)
{
	exporting_append(&e, build_block_fd(2, 0, 0, 7, 0010000));
	exporting_append(&e, build_wake(2, 3, 1, 8, 0));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_fd(2, 3, 0, 7, 0010000));
	build();
	cr_expect(eq(sz, g.graph.edges.cnt, 2));
	expect_edge(0, "left (2) ->", "pipe fd 7", false);
	expect_edge(1, "pipe fd 7 ->", "right (3)", false);
	cr_expect(eq(int, g.graph.edges.items[1].kind, WAIT_EDGE_LEARNED));
	cr_expect(eq(sz,
		     count_in(exporting_run(&e, export_dot),
			      "\"woken before by, 1 of 1 times (learned)"),
		     1));
}

Test(graph_picture, what_is_no_channel_points_at_its_waker_itself)
{
	exporting_append(&e, build_block(2, 0, 232, 7, 0x1000, 16)); /* epoll_wait */
	exporting_append(&e, build_wake(2, 3, 1, 8, 0));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block(2, 3, 232, 7, 0x1000, 16));
	build();
	cr_expect(eq(sz, g.graph.edges.cnt, 1));
	expect_edge(0, "left (2) ->", "right (3)", false);
	cr_expect(eq(sz,
		     count_in(exporting_run(&e, export_dot),
			      "epoll, woken before by, 1 of 1 times (learned)"),
		     1));
}

/* What it held it will never give back. */
Test(graph_picture, an_owner_that_has_ended_says_so)
{
	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	exporting_append(&e, build_exit(3, 0));
	exporting_append(&e, build_die(3, 10));
	build();
	cr_expect(eq(sz, g.graph.edges.cnt, 2));
	expect_edge(0, "left (2) ->", "mutex 0x2000", false);
	expect_edge(1, "mutex 0x2000 ->", "right (3)", false);
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "right (3)\\nhas ended\""), 1));
}

Test(graph_picture, dot_has_nodes_edges_and_the_sentence)
{
	const char *text;

	append_deadlock();
	build();
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, " -> n"), 5));
	cr_expect(eq(sz, count_in(text, "shape=ellipse"), 3));
	cr_expect(eq(sz, count_in(text, "shape=box"), 2));
	cr_expect(eq(sz, count_in(text, "DEADLOCK for"), 1));
	cr_expect(eq(sz, count_in(text, "#D55E00"), 8));
}

Test(graph_picture, mermaid_marks_the_cycle)
{
	const char *text;

	append_deadlock();
	build();
	text = exporting_run(&e, export_mermaid);
	cr_expect(eq(sz, count_in(text, "-->|"), 5));
	cr_expect(eq(sz, count_in(text, "-.->|"), 0));
	cr_expect(eq(sz, count_in(text, ":::alarm"), 4));
	cr_expect(eq(sz, count_in(text, "linkStyle"), 4));
}

Test(graph_picture, locks_with_the_same_name_are_told_apart)
{
	const char *text;

	append_deadlock();
	exporting_append(&e, build_lockname(10, A, "account.lock"));
	exporting_append(&e, build_lockname(10, B, "account.lock"));
	build();
	expect_edge(1, "mutex account.lock at 0x2000 ->", "right (3)", true);
	expect_edge(3, "mutex account.lock at 0x1000 ->", "left (2)", true);
	text = exporting_run(&e, export_html);
	cr_expect(eq(sz, count_in(text, "\"mutex account.lock at 0x1000\""), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"mutex account.lock at 0x2000\""), 1));
}

/* What fork(2) copied is at the same place in both processes. */
Test(graph_picture, locks_of_two_processes_with_the_same_name_are_told_apart)
{
	exporting_append(&e, build_thread(20, 20, 10, "child"));
	exporting_append(&e, build_block_mutex(2, 0, B, 3));
	exporting_append(&e, build_block_mutex(20, 0, B, 21));
	exporting_append(&e, build_lockname(10, B, "count"));
	exporting_append(&e, build_lockname(20, B, "count"));
	build();
	expect_edge(0, "left (2) ->", "mutex count at 0x2000 of 10", false);
	expect_edge(2, "child (20) ->", " count at 0x2000 of 20", false);
}

/* Who has the lock was read when the wait began, and not again. */
Test(graph_picture, what_is_not_confirmed_is_dashed)
{
	const char *text;

	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	build();
	cr_expect(g.graph.edges.items[1].is_unconfirmed);
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, "held by (read, not confirmed)\", style=dashed"), 1));
	cr_expect(eq(sz, count_in(text, "dashed"), 1));
	cr_expect(eq(sz, count_in(exporting_run(&e, export_mermaid), "-.->|"), 1));
}

Test(graph_picture, a_process_at_the_other_end_is_called_so)
{
	const __u32 pids[] = { 10 };

	exporting_append(&e, build_thread(20, 20, 10, "till"));
	exporting_append(&e, build_block_fd(20, 0, 0, 7, 0010000));
	exporting_append(&e, build_holders(20, pids, 1));
	build();
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "process main (10)"), 1));
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "process till"), 0));
}

/* Between the quotes nothing of a name means anything. */
Test(graph_picture, hostile_names_stay_inside_their_quotes)
{
	const char *text;

	exporting_append(&e, build_rename(2, "\"];x\\[&lt;%%{"));
	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	exporting_append(&e, build_lockname(10, B, "`\"#quot;<br>--x"));
	build();
	text = exporting_run(&e, export_dot);
	cr_expect(ne(ptr, strstr(text, "label=\"\\\"];x\\\\[&amp;lt;%%{ (2)"), NULL), "%s", text);
	cr_expect(ne(ptr, strstr(text, "label=\"mutex `\\\"#quot;<br>--x\""), NULL), "%s", text);
	text = exporting_run(&e, export_mermaid);
	cr_expect(ne(ptr, strstr(text, "([\"#34;]#59;x#92;[#38;lt#59;#37;#37;#123; (2)<br>"), NULL),
		  "%s", text);
	cr_expect(ne(ptr, strstr(text, "[\"mutex #96;#34;#35;quot#59;#60;br#62;--x\"]"), NULL),
		  "%s", text);
}

Test(graph_picture, mermaid_refuses_what_it_could_not_draw)
{
	for (__u32 tid = 100; tid < 700; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "w"));
		exporting_append(&e, build_block_mutex(tid, 0, B + 16 * tid, tid - 1));
	}
	build();
	cr_expect(eq(int, export_mermaid(&e.in, &e.out), -90)); /* EMSGSIZE */
	cr_expect(eq(sz, e.out.buf.len, 0));
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "-> n"), 1199));
}

/* For a slide, those that wait alike are one node; who one of them keeps waiting stays. */
Test(graph_picture, of_a_crowd_is_readable_as_a_picture)
{
	const char *text;

	for (__u32 tid = 100; tid < 160; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "w"));
		exporting_append(&e, build_block_mutex(tid, 0, B, 3));
	}
	exporting_append(&e, build_block_join(10, 0, 0x7000, 100));
	build();
	text = exporting_run(&e, export_svg);
	cr_expect(eq(sz, count_in(text, "<rect class=\"node"), 5), "%s", text);
	cr_expect(eq(sz, count_in(text, "<path class=\"edge"), 4), "%s", text);
	cr_expect(eq(sz, count_in(text, ">59 threads<"), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, ">w (100)<"), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, ">right (3)<"), 1), "%s", text);
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, " -> n"), 4), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"59 threads\\nw and others\""), 1), "%s", text);
	text = exporting_run(&e, export_mermaid);
	cr_expect(eq(sz, count_in(text, "-->|"), 2), "%s", text);
	cr_expect(eq(sz, count_in(text, "-.->|"), 2), "%s", text);
	cr_expect(eq(sz, count_in(text, "59 threads<br>"), 1), "%s", text);
}

static void append_crowd(int cnt, __u64 step, __u32 owner)
{
	for (__u32 tid = 100; tid < 100U + cnt; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "w"));
		exporting_append(&e, build_block_mutex(tid, 0, B + step * tid, owner));
	}
}

/* Parked, each at a lock of its own. */
Test(graph_picture, of_a_crowd_that_waits_each_for_its_own)
{
	const char *text;

	append_crowd(1000, 64, 3);
	build();
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, " -> n"), 2), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"1000 threads\\nw and others\""), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"1000 of kind mutex\""), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"wait, each for its own\""), 1), "%s", text);
	cr_expect(eq(sz, count_in(text, "held by (read, not confirmed)"), 1), "%s", text);
}

Test(graph_picture, eight_are_no_crowd)
{
	append_crowd(8, 0, 3);
	append_crowd(8, 64, 3);
	build();
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "threads"), 0));
}

/* All that wait for one that is in the verdict are, too; they are one node of its colour. */
Test(graph_picture, of_a_crowd_in_the_verdict)
{
	struct ev_handlers handlers = { .hdr = { .kind = EV_HANDLERS, .tid = 10 } };
	const char *text;

	for (__u32 tid = 100; tid < 200; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "w"));
		exporting_append(&e, build_block_condvar(tid, 0, 0x9000));
	}
	exporting_append(&e, build_block_condvar(3, 0, 0x9000));
	exporting_append(&e, build_block_condvar(2, 0, 0x9000));
	exporting_append(&e, build_block_join(10, 0, 0x7000, 2));
	build_later(20000000);
	exporting_append(&e, build_joinword(10, 0x7000, 2));
	handlers.hdr.ts_ns = build_now_ns() + 1000;
	exporting_append(&e, &handlers.hdr);
	build();
	text = exporting_run(&e, export_dot);
	cr_expect(eq(int, g.verdict.kind, VERDICT_STALL));
	cr_expect(eq(sz, count_in(text, " -> n"), 3), "%s", text);
	cr_expect(eq(sz, count_in(text, "\"101 threads\\nright and others\", color="), 1), "%s",
		  text);
}
