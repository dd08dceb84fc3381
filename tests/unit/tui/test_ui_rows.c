/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of threads: order, tree, who is listed, who is selected. */
#include <string.h>

#include "tests/unit/tui/stage.h"

TestSuite(ui_rows, .init = stage_setup, .fini = stage_teardown, .timeout = 10);

static void type(const char *text)
{
	for (; *text; text++)
		ui_key(stage_ui, (uint32_t)*text);
}

static void add_process(__u32 pid, __u32 ppid, const char *name)
{
	struct ev_thread *ev = (struct ev_thread *)build_thread(pid, pid, ppid, name);

	ev->ppid = ppid;
	stage_add(&ev->hdr);
}

/* "forks|- phil-0 ..." */
static char *listed(void)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(stage_ui, &cnt);

	strbuf_reset(&stage_text);
	for (size_t i = 0; i < cnt; i++)
		strbuf_addf(&stage_text, "%s%s\n", rows[i].tree, rows[i].thread->name);
	return (char *)strbuf_str(&stage_text);
}

static void open_now(void)
{
	stage_open(&view_help, true, build_now_ns() - BUILD_BEGIN_NS);
}

Test(ui_rows, threads_and_children_stand_below_their_process)
{
	stage_tell_philosophers(2);
	add_process(200, 100, "child");
	stage_add(build_thread(201, 200, 200, "worker"));
	stage_add(build_thread(103, 100, 100, "late"));
	open_now();
	cr_expect(eq(str, listed(),
		     "forks\n|- phil-0\n|- phil-1\n|- late\n`- child\n   `- worker\n"));
}

Test(ui_rows, lines_of_the_tree_go_on_while_there_are_siblings)
{
	stage_add(build_thread(100, 100, 1, "main"));
	add_process(101, 100, "a");
	stage_add(build_thread(102, 101, 101, "a1"));
	stage_add(build_thread(103, 100, 100, "b"));
	open_now();
	cr_expect(eq(str, listed(), "main\n|- a\n|  `- a1\n`- b\n"));
}

Test(ui_rows, thread_without_its_process_is_a_root)
{
	stage_add(build_thread_met(150, 149, "orphan"));
	stage_add(build_thread_met(152, 152, "other"));
	open_now();
	cr_expect(eq(str, listed(), "orphan\nother\n"));
}

Test(ui_rows, foreign_threads_are_not_listed)
{
	stage_tell_philosophers(1);
	stage_add(build_thread_foreign(5, 5, "kworker"));
	open_now();
	cr_expect(eq(str, listed(), "forks\n`- phil-0\n"));
}

/* A chain of forks a thousand long: no recursion, no overflow of the branch. */
Test(ui_rows, deep_chain)
{
	char name[EVENT_COMM_LEN];
	size_t cnt;

	for (__u32 i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		add_process(1000 + i, 999 + i, name);
	}
	open_now();
	ui_rows(stage_ui, &cnt);
	cr_expect(eq(sz, cnt, 1000));
	cr_expect(eq(int, ui_rows(stage_ui, &cnt)[999].depth, 999));
	cr_expect(lt(sz, strlen(ui_rows(stage_ui, &cnt)[999].tree),
		     sizeof(ui_rows(stage_ui, &cnt)->tree)));
}

Test(ui_rows, few_ended_threads_are_shown_many_share_a_row)
{
	size_t cnt;

	stage_tell_philosophers(2);
	stage_add(build_exit(102, 0));
	stage_add(build_reap(102));
	open_now();
	cr_expect(eq(str, listed(), "forks\n|- phil-0\n`- phil-1\n"));
	for (__u32 tid = 300; tid < 340; tid++) {
		stage_add(build_thread(tid, 100, 100, "short"));
		stage_add(build_exit(tid, 0));
		stage_add(build_reap(tid));
	}
	ui_tick(stage_ui, build_now_ns());
	ui_rows(stage_ui, &cnt);
	cr_expect(eq(sz, cnt, 3));
	cr_expect(eq(u64, ui_rows(stage_ui, &cnt)[2].fold_cnt, 41));
	type("d"); /* hide */
	type("d"); /* show */
	ui_rows(stage_ui, &cnt);
	cr_expect(eq(sz, cnt, 43));
}

Test(ui_rows, ended_threads_can_be_hidden)
{
	stage_tell_philosophers(2);
	stage_add(build_exit(102, 0));
	stage_add(build_reap(102));
	open_now();
	type("d");
	cr_expect(eq(str, listed(), "forks\n`- phil-0\n"));
}

Test(ui_rows, selection_moves_and_stops_at_the_ends)
{
	stage_tell_philosophers(3);
	open_now();
	type("jj");
	cr_expect(eq(int, ui_selected_row(stage_ui), 1));
	type("jjjj");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	type("kkkkkk");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 100));
}

/* Threads that come and go above must not move the selection to another thread. */
Test(ui_rows, selection_belongs_to_the_thread)
{
	stage_tell_philosophers(3);
	open_now();
	ui_select_tid(stage_ui, 102);
	stage_add(build_exit(101, 0));
	stage_add(build_reap(101));
	type("d");
	ui_tick(stage_ui, build_now_ns());
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	cr_expect(eq(str, (char *)ui_selected(stage_ui)->name, "phil-1"));
}

Test(ui_rows, filter_shows_what_matches_and_escape_shows_all)
{
	stage_tell_philosophers(3);
	open_now();
	type("\\PHIL-1\r");
	cr_expect(eq(str, listed(), "phil-1\n"));
	ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(str, listed(), "forks\n|- phil-0\n|- phil-1\n`- phil-2\n"));
}

Test(ui_rows, filter_looks_at_state_and_wait_too)
{
	stage_tell_philosophers(2);
	build_at(1 * MS);
	build_on_cpu(1);
	stage_add(build_run(101));
	stage_add(build_block_mutex(101, 102, 0x72a0, 102));
	open_now();
	type("\\mutex");
	cr_expect(eq(str, listed(), "phil-0\n"));
	ui_key(stage_ui, UIKEY_CTRL('u'));
	type("running");
	cr_expect(eq(str, listed(), "forks\n`- phil-1\n"));
}

Test(ui_rows, search_selects_as_one_types_and_goes_on)
{
	stage_tell_philosophers(3);
	open_now();
	ui_select_tid(stage_ui, 100);
	type("/phil");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	type("-2");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	ui_key(stage_ui, UIKEY_ESC);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 100));
	type("/phil\rn");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	type("nn");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 101));
	type("N");
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	cr_expect(ui_search_matches(stage_ui, "PHIL-9"));
}

Test(ui_rows, backspace_takes_a_whole_character)
{
	stage_tell_philosophers(3);
	open_now();
	type("/phil-2");
	ui_key(stage_ui, 0xe4);
	ui_key(stage_ui, 0x6f22);
	for (int i = 0; i < 2; i++)
		ui_key(stage_ui, UIKEY_BACKSPACE);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 103));
	cr_expect(ui_search_matches(stage_ui, "phil-2"));
}

/* Else somebody presses F8 for the diagram, and nothing happens. */
Test(ui_rows, a_function_key_leaves_the_line_and_does_what_it_does)
{
	stage_tell_philosophers(3);
	open_now();
	type("\\phil-1");
	ui_key(stage_ui, UIKEY_F(8));
	cr_expect(ui_shows(stage_ui, VIEW_diagram));
	cr_expect(eq(str, listed(), "phil-1\n"));
	type("j"); /* no letter of the filter any more */
	cr_expect(eq(str, listed(), "phil-1\n"));
	ui_key(stage_ui, UIKEY_ESC);
	type(":99");
	ui_key(stage_ui, UIKEY_F(5));
	cr_expect(ui_shows(stage_ui, VIEW_events));
	type("/phil");
	cr_expect(eq(int, ui_key(stage_ui, UIKEY_F(10)), UI_QUIT));
}

Test(ui_rows, arrows_move_behind_the_line)
{
	stage_tell_philosophers(3);
	open_now();
	ui_select_tid(stage_ui, 101);
	type("\\phil");
	ui_key(stage_ui, UIKEY_DOWN);
	cr_expect(eq(u32, ui_selected_tid(stage_ui), 102));
	type("-0");
	cr_expect(eq(str, listed(), "phil-0\n"));
}

Test(ui_rows, nobody_to_select_in_an_empty_trace)
{
	open_now();
	type("jk/x\rnN\\x\r");
	cr_expect(eq(int, ui_selected_row(stage_ui), -1));
	cr_expect(eq(ptr, (void *)ui_selected(stage_ui), NULL));
}

Test(ui_rows, scrolling_moves_as_little_as_possible)
{
	int top = 0;

	ui_scroll_to(9, 100, 10, &top);
	cr_expect(eq(int, top, 0));
	ui_scroll_to(10, 100, 10, &top);
	cr_expect(eq(int, top, 1));
	ui_scroll_to(5, 100, 10, &top);
	cr_expect(eq(int, top, 1));
	ui_scroll_to(0, 100, 10, &top);
	cr_expect(eq(int, top, 0));
	top = 95;
	ui_scroll_to(-1, 100, 10, &top);
	cr_expect(eq(int, top, 90));
	ui_scroll_to(3, 4, 10, &top);
	cr_expect(eq(int, top, 0));
	ui_scroll_to(3, 4, 0, &top);
}
