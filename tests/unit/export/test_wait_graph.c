/* SPDX-License-Identifier: GPL-2.0-only */
/* The graph of requests and assignments, and how Graphviz and Mermaid get it. */
#include "export/wait_graph.h"

#include "tests/unit/export/exporting.h"

enum { A = 0x1000, B = 0x2000 };

static struct exporting e;
static struct wait_graph g;

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
	wait_graph_release(&g);
	exporting_end(&e);
}

TestSuite(wait_graph, .init = setup, .fini = teardown);

static void build(void)
{
	exporting_set_input(&e);
	e.in.at = cursor_new(e.trace);
	cursor_seek_event(e.in.at, trace_event_cnt(e.trace));
	wait_graph_build(cursor_model(e.in.at), cursor_now_ns(e.in.at), &g);
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
	const struct wait_edge *edge = &g.edges.items[idx];
	struct strbuf text = {};

	cr_assert(lt(sz, idx, g.edges.cnt));
	wait_node_title(&g, &g.nodes.items[edge->from], &text);
	strbuf_adds(&text, " -> ");
	wait_node_title(&g, &g.nodes.items[edge->to], &text);
	cr_expect(ne(ptr, strstr(strbuf_str(&text), from), NULL), "%s", text.data);
	cr_expect(ne(ptr, strstr(strbuf_str(&text), to), NULL), "%s", text.data);
	cr_expect(eq(int, edge->is_alarm, is_alarm), "%s", text.data);
	strbuf_release(&text);
}

Test(wait_graph, a_deadlock_is_a_cycle_through_its_locks)
{
	append_deadlock();
	build();
	cr_expect(eq(sz, g.nodes.cnt, 5));
	cr_expect(eq(sz, g.edges.cnt, 5));
	expect_edge(0, "main (10) ->", "left (2)", false);
	expect_edge(1, "left (2) ->", "mutex 0x2000", true);
	expect_edge(2, "right (3) ->", "mutex 0x1000", true);
	expect_edge(3, "mutex 0x1000 ->", "left (2)", true);
	expect_edge(4, "mutex 0x2000 ->", "right (3)", true);
}

Test(wait_graph, who_holds_nothing_and_waits_for_nothing_is_not_in_it)
{
	exporting_append(&e, build_block_sleep(2, 3));
	build();
	cr_expect(eq(sz, g.nodes.cnt, 0));
	cr_expect(eq(sz, g.edges.cnt, 0));
}

Test(wait_graph, a_lock_without_known_owner_points_nowhere)
{
	exporting_append(&e, build_block_condvar(2, 3, 0x9000));
	build();
	cr_expect(eq(sz, g.nodes.cnt, 2));
	cr_expect(eq(sz, g.edges.cnt, 1));
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

Test(wait_graph, who_woke_waits_before_is_dashed)
{
	const char *text;

	append_learned();
	build();
	cr_expect(eq(sz, g.nodes.cnt, 3));
	cr_expect(eq(sz, g.edges.cnt, 2));
	expect_edge(0, "left (2) ->", "condvar 0x9000", false);
	expect_edge(1, "condvar 0x9000 ->", "right (3)", false);
	cr_expect(not(g.edges.items[0].is_learned));
	cr_expect(g.edges.items[1].is_learned);
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
Test(wait_graph, one_who_waits_there_too_is_not_pointed_at)
{
	exporting_append(&e, build_block_condvar(2, 0, 0x9000));
	exporting_append(&e, build_wake_futex(2, 3, 0x9000));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_condvar(2, 3, 0x9000));
	exporting_append(&e, build_block_condvar(3, 0, 0x9000));
	build();
	cr_expect(eq(sz, g.edges.cnt, 2));
	expect_edge(0, "left (2) ->", " 0x9000", false);
	expect_edge(1, "right (3) ->", " 0x9000", false);
}

Test(wait_graph, a_descriptor_points_at_its_waker_itself)
{
	exporting_append(&e, build_block_fd(2, 0, 0, 7, 0010000));
	exporting_append(&e, build_wake(2, 3, 1, 8, 0));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_fd(2, 3, 0, 7, 0010000));
	build();
	cr_expect(eq(sz, g.edges.cnt, 1));
	expect_edge(0, "left (2) ->", "right (3)", false);
	cr_expect(g.edges.items[0].is_learned);
	cr_expect(eq(sz,
		     count_in(exporting_run(&e, export_dot),
			      "pipe, woken before by, 1 of 1 times (learned)"),
		     1));
}

/* What it held it will never give back; the picture has no node of the dead. */
Test(wait_graph, an_owner_that_has_ended_is_no_other_node)
{
	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	exporting_append(&e, build_exit(3, 0));
	exporting_append(&e, build_die(3, 10));
	build();
	cr_expect(eq(sz, g.edges.cnt, 1));
	expect_edge(0, "left (2) ->", "mutex 0x2000", true);
}

Test(wait_graph, dot_has_nodes_edges_and_the_sentence)
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

Test(wait_graph, mermaid_marks_the_cycle)
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

/* Who has the lock was read when the wait began, and not again. */
Test(wait_graph, what_is_not_confirmed_is_dashed)
{
	const char *text;

	exporting_append(&e, build_block_mutex(2, 3, B, 3));
	build();
	cr_expect(g.edges.items[1].is_unconfirmed);
	text = exporting_run(&e, export_dot);
	cr_expect(eq(sz, count_in(text, "held by (read, not confirmed)\", style=dashed"), 1));
	cr_expect(eq(sz, count_in(text, "dashed"), 1));
	cr_expect(eq(sz, count_in(exporting_run(&e, export_mermaid), "-.->|"), 1));
}

Test(wait_graph, a_process_at_the_other_end_is_called_so)
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
Test(wait_graph, hostile_names_stay_inside_their_quotes)
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

Test(wait_graph, mermaid_refuses_what_it_could_not_draw)
{
	for (__u32 tid = 100; tid < 700; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "w"));
		exporting_append(&e, build_block_mutex(tid, 0, B, 3));
	}
	build();
	cr_expect(eq(int, export_mermaid(&e.in, &e.out), -90)); /* EMSGSIZE */
	cr_expect(eq(sz, e.out.buf.len, 0));
	cr_expect(eq(sz, count_in(exporting_run(&e, export_dot), "-> n"), 601));
}
