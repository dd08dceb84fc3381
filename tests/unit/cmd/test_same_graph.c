/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen, dot, mermaid and svg tell the same graph of one moment: each is read as who looks at
 * it would, and compared with the graph they are made of. (Of html a browser tells the same:
 * tests/live/test_export.py.)
 */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "export/export.h"
#include "model/wait_graph.h"
#include "tests/unit/tui/stage.h"
#include "tui/graph_layout.h"

enum { EDGE_MAX = 64, COLS = 200, DEPTH_MAX = 16, HERE_MAX = 8 };

/* "from > to", with " dashed" and " alarm". */
struct told {
	char *edges[EDGE_MAX];
	size_t cnt;
};

static struct wait_graph g;
static struct verdict verdict;
static struct strbuf *titles; /* by node of g: as on the screen, in (round) or [square] brackets */

static void teardown(void)
{
	for (size_t i = 0; i < g.nodes.cnt; i++)
		strbuf_release(&titles[i]);
	free(titles);
	wait_graph_release(&g);
	stage_teardown();
}

TestSuite(same_graph, .init = stage_setup, .fini = teardown);

static void told_add(struct told *t, int from, int to, bool is_dashed, bool is_alarm)
{
	struct strbuf text = {};

	cr_assert(t->cnt < EDGE_MAX && from >= 0 && to >= 0, "%d > %d", from, to);
	strbuf_addf(&text, "%s > %s%s%s", strbuf_str(&titles[from]), strbuf_str(&titles[to]),
		    is_dashed ? " dashed" : "", is_alarm ? " alarm" : "");
	t->edges[t->cnt++] = text.data;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void told_release(struct told *t)
{
	for (size_t i = 0; i < t->cnt; i++)
		free(t->edges[i]);
}

/* The screen names a lock of a ring again where others wait for it, too. */
static void drop_repeated(struct told *t)
{
	size_t cnt = 0;

	for (size_t i = 0; i < t->cnt; i++) {
		const char *next = i + 1 < t->cnt ? t->edges[i + 1] : "";
		size_t len = strlen(t->edges[i]);

		if (!strncmp(next, t->edges[i], len) &&
		    (!next[len] || !strcmp(next + len, " alarm")))
			free(t->edges[i]);
		else
			t->edges[cnt++] = t->edges[i];
	}
	t->cnt = cnt;
}

static void expect_same(const char *who, struct told *is, struct told *shall)
{
	qsort(is->edges, is->cnt, sizeof(is->edges[0]), compare);
	drop_repeated(is);
	qsort(shall->edges, shall->cnt, sizeof(shall->edges[0]), compare);
	cr_expect(eq(sz, is->cnt, shall->cnt), "%s", who);
	for (size_t i = 0; i < is->cnt && i < shall->cnt; i++)
		cr_expect(eq(str, is->edges[i], shall->edges[i]), "%s", who);
	told_release(is);
}

static void add_title(const struct wait_node *n, struct strbuf *ret)
{
	bool is_square = n->kind == WAIT_NODE_LOCK || n->kind == WAIT_NODE_CHANNEL;

	strbuf_addch(ret, is_square ? '[' : '(');
	if (n->kind == WAIT_NODE_THREAD)
		strbuf_addf(ret, "%s%s", n->is_process ? "process " : "", n->thread->name);
	else if (n->kind == WAIT_NODE_PROCESS)
		strbuf_addf(ret, "process %u, not traced", n->pid);
	else if (n->kind == WAIT_NODE_LOCK)
		strbuf_addf(ret, "%s %s", wait_reason_word(n->lock->kind),
			    model_lock_name(g.model, n->lock));
	else
		wait_link_add_channel(&g.links.items[n->link], ret);
	strbuf_addch(ret, is_square ? ']' : ')');
}

static void take_graph(struct told *ret)
{
	const struct model *m = trace_tail(stage_trace);

	verdict_find(m, &verdict);
	wait_graph_build(&g, m, &verdict);
	titles = xcalloc(g.nodes.cnt + 1, sizeof(*titles));
	for (size_t i = 0; i < g.nodes.cnt; i++)
		add_title(&g.nodes.items[i], &titles[i]);
	vec_for_each(e, &g.edges)
		told_add(ret, e->from, e->to, wait_edge_is_dashed(e), e->is_alarm);
}

/* --- exports --------------------------------------------------------------------- */

/* A title as the screen has it, of text such as "phil-0 (101)", "process 812". */
static int node_of(const char *text, bool is_round)
{
	struct strbuf want = {};
	int found = -1;

	strbuf_addf(&want, is_round ? "(%s)" : "[%s]", text);
	for (size_t i = 0; i < g.nodes.cnt; i++) {
		const struct wait_node *n = &g.nodes.items[i];
		struct strbuf is = {};

		if (n->kind == WAIT_NODE_THREAD)
			strbuf_addf(&is, "(%s%s (%u))", n->is_process ? "process " : "",
				    n->thread->name, n->thread->tid);
		else if (n->kind == WAIT_NODE_PROCESS)
			strbuf_addf(&is, "(process %u)", n->pid);
		else
			strbuf_adds(&is, strbuf_str(&titles[i]));
		if (!strcmp(strbuf_str(&is), strbuf_str(&want)))
			found = (int)i;
		strbuf_release(&is);
	}
	cr_expect(ge(int, found, 0), "%s is no node", want.data);
	strbuf_release(&want);
	return found;
}

/* Up to end, each escape of the format replaced by what it stands for. */
static void decode(const char *text, const char *end, struct strbuf *ret)
{
	static const struct {
		const char *code, *is;
	} codes[] = {
		{ "&amp;", "&" },   { "&lt;", "<" },  { "&gt;", ">" },
		{ "&quot;", "\"" }, { "\\\"", "\"" }, { "\\\\", "\\" },
	};

	while (text < end) {
		size_t i = 0;
		unsigned ch;
		int len;

		while (i < 6 && strncmp(text, codes[i].code, strlen(codes[i].code)) != 0)
			i++;
		if (i < 6) {
			strbuf_adds(ret, codes[i].is);
			text += strlen(codes[i].code);
		} else if (sscanf(text, "#%u;%n", &ch, &len) == 1) {
			strbuf_addch(ret, (char)ch);
			text += len;
		} else {
			strbuf_addch(ret, *text++);
		}
	}
}

static int decoded_node(const char *text, const char *end, bool is_round)
{
	struct strbuf title = {};
	int node;

	decode(text, end, &title);
	node = node_of(strbuf_str(&title), is_round);
	strbuf_release(&title);
	return node;
}

/* Where a title in quotes ends: with them, or with its line. */
static const char *end_of_dot(const char *text)
{
	for (; *text != '"'; text++)
		if (*text == '\\' && *++text == 'n')
			return text - 1;
	return text;
}

static const char *end_of_mermaid(const char *text)
{
	const char *line = strstr(text, "<br>"), *quote = strchr(text, '"');

	return line && line < quote ? line : quote;
}

static int nodes[EDGE_MAX]; /* of an export: which of g the number is */

static void read_dot(char *text, struct told *ret)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *label = strstr(line, "label=\"");
		unsigned a, b;

		if (sscanf(line, "\tn%u -> n%u", &a, &b) == 2)
			told_add(ret, nodes[a], nodes[b], strstr(line, "\", style=d"),
				 strstr(line, "penwidth=2"));
		else if (sscanf(line, "\tn%u [", &a) == 1)
			nodes[a] = decoded_node(label + 7, end_of_dot(label + 7),
						strstr(line, "shape=ellipse"));
	}
}

static void read_mermaid(char *text, struct told *ret)
{
	bool is_alarm[EDGE_MAX] = {};
	int edges[EDGE_MAX][3], cnt = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *quote = strchr(line, '"');
		unsigned a, b;

		if (sscanf(line, "  linkStyle %u ", &a) == 1) {
			is_alarm[a] = true;
		} else if (sscanf(line, "  n%u %*[-.>]|\"%*[^\"]\"| n%u", &a, &b) == 2) {
			edges[cnt][0] = nodes[a];
			edges[cnt][1] = nodes[b];
			edges[cnt++][2] = strstr(line, "-.->") && strstr(line, "-.->") < quote;
		} else if (sscanf(line, "  n%u", &a) == 1) {
			nodes[a] = decoded_node(quote + 1, end_of_mermaid(quote + 1),
						strstr(line, "([\""));
		}
	}
	for (int i = 0; i < cnt; i++)
		told_add(ret, edges[i][0], edges[i][1], edges[i][2], is_alarm[i]);
}

/* Its edges come first, and name the nodes by their order. */
static void read_svg(char *text, struct told *ret)
{
	struct {
		unsigned from, to;
		bool is_dashed, is_bad;
	} edges[EDGE_MAX];
	int edge_cnt = 0, node_cnt = 0;
	bool is_round = false, is_title = false;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *from = strstr(line, "data-from=\"");

		if (from) {
			cr_assert(eq(int,
				     sscanf(from, "data-from=\"%u\" data-to=\"%u\"",
					    &edges[edge_cnt].from, &edges[edge_cnt].to),
				     2));
			edges[edge_cnt].is_dashed = strstr(line, "edge d");
			edges[edge_cnt++].is_bad = strstr(line, " bad\"");
		} else if (!strncmp(line, "<rect class=\"node", 17)) {
			is_round = !strstr(line, "rx=\"0\"");
			is_title = true;
		} else if (is_title) {
			const char *at = strchr(line, '>') + 1;

			nodes[node_cnt++] = decoded_node(at, strstr(at, "</text>"), is_round);
			is_title = false;
		}
	}
	for (int i = 0; i < edge_cnt; i++)
		told_add(ret, nodes[edges[i].from], nodes[edges[i].to], edges[i].is_dashed,
			 edges[i].is_bad);
}

static void expect_export(const char *who, export_fn fn, void (*read)(char *, struct told *),
			  struct told *shall)
{
	static char none[] = "";
	struct trace_meta meta = {
		.command = none, .kernel = none, .machine = none, .version = none
	};
	struct findings found;
	struct export_input in = {
		.trace = stage_trace,
		.meta = &meta,
		.source = "x.ctrace",
		.from_ns = trace_begin_ns(stage_trace),
		.to_ns = trace_end_ns(stage_trace),
		.found = &found,
		.at = cursor_new(stage_trace),
	};
	struct out out = { .fd = OUT_MEMORY };
	struct told is = {};

	findings_collect(stage_trace, NULL, NULL, &found);
	cursor_seek_event(in.at, trace_event_cnt(stage_trace));
	cr_assert(eq(int, fn(&in, &out), 0), "%s", who);
	read(out.buf.data, &is);
	expect_same(who, &is, shall);
	strbuf_release(&out.buf);
	cursor_free(in.at);
}

/* --- the screen ------------------------------------------------------------------ */

/* Nodes that a line names, from left to right. */
struct here {
	int node[HERE_MAX];
	const char *at[HERE_MAX];
	int cnt;
};

static void find_here(const char *line, struct here *ret)
{
	ret->cnt = 0;
	for (const char *at = line; *at && ret->cnt < HERE_MAX; at++)
		for (size_t i = 0; i < g.nodes.cnt; i++)
			if (!strncmp(at, strbuf_str(&titles[i]), titles[i].len)) {
				ret->node[ret->cnt] = (int)i;
				ret->at[ret->cnt++] = at;
				at += titles[i].len - 1;
				break;
			}
}

/* One that is named without brackets. */
static int find_bare(const char *text)
{
	for (size_t i = 0; i < g.nodes.cnt; i++)
		if (!strncmp(text, strbuf_str(&titles[i]) + 1, titles[i].len - 2))
			return (int)i;
	return -1;
}

struct screen {
	struct told *told;
	bool is_deadlock;  /* the ring of lines that is being read */
	int up[DEPTH_MAX]; /* what a line at that depth hangs off */
	int hint_of;	   /* what a hint in the next line is about, */
	struct here who;   /* and who waits: of any of several all do */
};

/* "  ..> any of 3: [pipe:[1]] could be written by (a), (b)" */
static void read_any(struct screen *s, const char *line, const struct here *here)
{
	bool is_some = strstr(line, "could be ") || strstr(line, "perhaps ");

	for (int i = 0; i < s->who.cnt; i++)
		told_add(s->told, s->who.node[i], here->node[0], true, false);
	for (int i = 1; i < here->cnt; i++)
		told_add(s->told, here->node[0], here->node[i], is_some, false);
}

static void read_hint(struct screen *s, const char *line, const struct here *here)
{
	const char *learned = strstr(line, "woken before by ");

	if (strstr(line, "..> any of ")) {
		read_any(s, line, here);
		return;
	}
	if (learned)
		told_add(s->told, s->hint_of, find_bare(learned + 16), true, false);
	for (int i = 0; !learned && i < here->cnt; i++)
		told_add(s->told, s->hint_of, here->node[i], true, false);
}

static void read_ring_line(struct screen *s, const char *line, const struct here *here)
{
	int cnt = here->cnt;
	bool is_dashed = strstr(line, "- -> (");

	cr_assert(cnt == 2 || cnt == 3, "%s", line);
	if (cnt == 3)
		told_add(s->told, here->node[0], here->node[1], false, s->is_deadlock);
	told_add(s->told, here->node[cnt - 2], here->node[cnt - 1],
		 is_dashed || (cnt == 2 && strstr(line, ") - ")), s->is_deadlock);
}

/* "`- [x] <-- (b)", "`- (b) waits for its end", "|- [x] 2 wait for it" */
static void read_branch(struct screen *s, const char *branch, int col, const struct here *here)
{
	int depth = (col - 2) / 3 + 1, first = here->node[0], last = here->node[here->cnt - 1];
	bool is_dashed = branch[1] == '.';

	cr_assert(lt(int, depth, DEPTH_MAX - 1));
	told_add(s->told, first, s->up[depth - 1], is_dashed, false);
	if (last != first)
		told_add(s->told, last, first, false, false);
	s->up[depth] = last;
}

static void read_root(struct screen *s, const char *line, const struct here *here)
{
	const char *wait = strstr(line, "Blocked: ");
	int object = wait ? find_bare(wait + 9) : -1;

	s->up[0] = here->node[0];
	s->hint_of = here->node[0];
	s->who = (struct here){ .node = { here->node[0] }, .cnt = 1 };
	if (object < 0)
		return;
	told_add(s->told, here->node[0], object, false, false);
	s->hint_of = object;
}

static void read_lone(struct screen *s, const char *line, const struct here *here)
{
	s->who = *here;
	s->hint_of = here->node[0];
	if (line[1] != '[')
		return;
	for (int i = 1; i < here->cnt; i++)
		told_add(s->told, here->node[i], here->node[0], false, false);
}

static void read_line(struct screen *s, const char *line)
{
	int col = (int)strspn(line, " |");
	struct here here;

	find_here(line, &here);
	if (!strncmp(line, "  ..>", 5))
		read_hint(s, line, &here);
	else if (strstr(line, " in a ring"))
		s->is_deadlock = strstr(line, "DEADLOCK");
	else if (line[1] == '+' || (line[1] == '|' && line[2] == ' '))
		read_ring_line(s, line, &here);
	else if (line[col] == '`')
		read_branch(s, line + col, col, &here);
	else if (line[col] == '-' || line[col] == '.')
		read_branch(s, line + col - 1, col - 1, &here);
	else if (line[1] == '(')
		read_root(s, line, &here);
	else if (here.cnt)
		read_lone(s, line, &here);
}

/* Where a ring has one line for each thread. */
static int rows_of_screen(void)
{
	struct graph layout = {};
	int rows;

	graph_build(&layout, trace_tail(stage_trace), &verdict);
	graph_lay_out(&layout, &verdict, false, 0, 0);
	rows = (int)layout.lines.cnt + 1;
	graph_release(&layout);
	return rows;
}

static void expect_screen(struct told *shall)
{
	struct told is = {};
	struct screen s = { .told = &is };

	stage_open(&view_graph, true, 1000 * MS);
	stage_draw(rows_of_screen(), COLS);
	strtok(stage_text.data, "\n");
	for (char *line; (line = strtok(NULL, "\n"));)
		if (line[0] && line[1])
			read_line(&s, line);
	expect_same("screen", &is, shall);
}

static void expect_all_the_same(void)
{
	struct told shall = {};

	take_graph(&shall);
	cr_expect(gt(sz, shall.cnt, 0));
	expect_export("dot", export_dot, read_dot, &shall);
	expect_export("mermaid", export_mermaid, read_mermaid, &shall);
	expect_export("svg", export_svg, read_svg, &shall);
	expect_screen(&shall);
	told_release(&shall);
}

/* --- programs -------------------------------------------------------------------- */

static void tell_names(void)
{
	stage_add(build_lockname(100, 0x5000, "fork[0] <\"&]|;>"));
	stage_add(build_lockname(100, 0x5040, "`\"#quot;<br>--x"));
	stage_add(build_rename(101, "\"];x\\[&lt;%%{"));
	stage_add(build_rename(102, "</title><script"));
}

Test(same_graph, of_a_deadlock_with_waiters_and_hostile_names)
{
	stage_tell_philosophers(8);
	stage_tell_deadlock(2);
	stage_add(build_run(103));
	stage_add(build_block_mutex(103, 104, 0x5000, 101));
	stage_add(build_block_mutex(104, 105, 0x5000, 101));
	stage_add(build_block_mutex(105, 106, 0x6000, 106));
	stage_add(build_block_mutex(106, 107, 0x6040, 103));
	stage_add(build_block_sleep(107, 108));
	stage_add(build_block_join(100, 0, 0x7f0000000910, 101));
	build_at(200 * MS);
	stage_tell_confirmed(2);
	tell_names();
	stage_add(build_lockname(100, 0x6000, "a"));
	stage_add(build_lockname(100, 0x6040, "b"));
	expect_all_the_same();
}

Test(same_graph, of_waits_that_others_ended_before)
{
	stage_tell_philosophers(5);
	for (int i = 0; i < 2; i++) {
		stage_add(build_block_condvar(101, 102, 0x9000));
		stage_add(build_wake_futex(101, 103, 0x9000));
	}
	stage_add(build_run(101));
	stage_add(build_block_condvar(101, 102, 0x9000));
	stage_add(build_block_condvar(102, 103, 0x9000));
	stage_add(build_block_mutex(104, 0, 0x5000, 101));
	stage_add(build_lockname(100, 0x9000, "not_empty"));
	stage_add(build_lockname(100, 0x5000, "m"));
	expect_all_the_same();
}

/* A ring through a pipe and a child, and one pipe that several could write. */
Test(same_graph, of_pipes_and_processes)
{
	const __u32 shop[] = { 100 }, some[] = { 200, 812 };
	struct ev_handlers handlers = { .hdr = { .kind = EV_HANDLERS } };
	struct ev_thread *child;

	stage_add(build_thread(100, 100, 1, "shop"));
	stage_add(build_thread(300, 300, 1, "till"));
	child = (struct ev_thread *)build_thread(200, 200, 100, "cook");
	child->ppid = 100;
	stage_add(&child->hdr);
	stage_add(build_admit(200));
	stage_add(build_run(100));
	stage_add(build_block(100, 200, SYS_wait4, 200, 0, 0));
	stage_add(build_block_fd(200, 300, SYS_write, 4, S_IFIFO));
	stage_add(build_block_fd(300, 0, SYS_read, 5, S_IFIFO));
	build_at(50 * MS);
	stage_add(build_file(200, "pipe:[4711] (write end)", 0));
	stage_add(build_holders(200, shop, 1));
	stage_add(build_file(300, "FIFO /tmp/\"<b>] [ (write end)", 0));
	stage_add(build_holders(300, some, 2));
	for (__u32 pid = 100; pid <= 200; pid += 100) {
		handlers.hdr.tid = pid;
		handlers.hdr.ts_ns = build_now_ns() + MS;
		stage_add(&handlers.hdr);
	}
	expect_all_the_same();
	cr_expect(eq(int, verdict.kind, VERDICT_DEADLOCK));
}

/* Both ends are waited at: by two for each other, and by two others that several could answer. */
Test(same_graph, of_the_two_ends_of_a_connection)
{
	const __u32 client[] = { 100 }, server[] = { 200 }, left[] = { 300, 812 },
		    right[] = { 400, 813 };
	struct ev_handlers handlers = { .hdr = { .kind = EV_HANDLERS } };
	struct wait_node *object;

	stage_add(build_thread(100, 100, 1, "client"));
	stage_add(build_thread(200, 200, 1, "server"));
	stage_add(build_thread(300, 300, 1, "left"));
	stage_add(build_thread(400, 400, 1, "right"));
	for (__u32 pid = 100; pid <= 400; pid += 100)
		stage_add(build_block_fd(pid, 0, SYS_read, 4, S_IFSOCK));
	build_at(50 * MS);
	stage_add(build_file(100, "unix socket 5 > 17 @db, peer pid 200", 0));
	stage_add(build_file(200, "unix socket 17 > 5 @db, peer pid 100", 0));
	stage_add(build_file(300, "tcp 127.0.0.1:80 > 127.0.0.1:9, peer pid 400, 813", 0));
	stage_add(build_file(400, "tcp 127.0.0.1:9 > 127.0.0.1:80, peer pid 300, 812", 0));
	stage_add(build_holders(100, server, 1));
	stage_add(build_holders(200, client, 1));
	stage_add(build_holders(300, right, 2));
	stage_add(build_holders(400, left, 2));
	for (__u32 pid = 100; pid <= 200; pid += 100) {
		handlers.hdr.tid = pid;
		handlers.hdr.ts_ns = build_now_ns() + MS;
		stage_add(&handlers.hdr);
	}
	expect_all_the_same();
	cr_expect(eq(int, verdict.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, g.nodes.cnt, 4 + 2 + 2)); /* threads, processes, connections */
	cr_expect(eq(sz, g.edges.cnt, 4 + 2 + 4));
	object = &g.nodes.items[g.nodes.items[0].object];
	cr_expect(object->is_alarm && object->kind == WAIT_NODE_CHANNEL);
	cr_expect(eq(int, g.nodes.items[1].object, g.nodes.items[0].object));
}

/* An event loop, which one that waits for it could wake, and two that any of two could. */
Test(same_graph, of_waits_for_any_of_several)
{
	const __u32 shop[] = { 100 }, till[] = { 300 }, some[] = { 300, 812 };

	stage_add(build_thread(100, 100, 1, "shop"));
	stage_add(build_thread(101, 100, 100, "worker"));
	stage_add(build_thread(102, 100, 100, "loop 2"));
	stage_add(build_thread(103, 100, 100, "loop 3"));
	stage_add(build_thread(300, 300, 1, "till"));
	stage_add(build_block(100, 0, SYS_epoll_wait, 7, 0x1000, 16));
	stage_add(build_block_mutex(101, 0, 0x5000, 100));
	stage_add(build_block(102, 0, SYS_poll, 0x2000, 5, -1));
	stage_add(build_block(103, 0, SYS_poll, 0x2000, 5, -1));
	stage_add(build_lockname(100, 0x5000, "state"));
	build_at(50 * MS);
	stage_add(build_holders(100, shop, 1));
	stage_add(build_setfd(100, 0, 3, 5, "eventfd", shop, 1));
	stage_add(build_setfd(100, 1, 3, 6, "pipe:[4711] (read end)", till, 1));
	stage_add(build_setfd(100, 2, 3, 8, "timerfd", shop, 0));
	for (__u32 tid = 102; tid <= 103; tid++) {
		stage_add(build_setfd(tid, 0, 20, 9, "pipe:[4712] (read end)", some, 2));
		stage_add(build_setfd(tid, 1, 20, 10, "unix socket 5 > 6, peer pid 300", till, 1));
	}
	expect_all_the_same();
	cr_expect(eq(sz, g.edges.cnt, 2 + 3 + 1 + 2 + 4 + 2 + 1));
	cr_expect(eq(int, g.edges.items[0].kind, WAIT_EDGE_ANY));
	cr_expect(eq(int, g.edges.items[1].kind, WAIT_EDGE_ANY));
	cr_expect(ne(ptr, strstr(stage_draw(20, 80), "poll: (loop 2), (loop 3)"), NULL), "%s",
		  stage_text.data);
}

/* A set of one is no more than that one. */
Test(same_graph, of_a_set_of_one)
{
	const __u32 shop[] = { 100 }, till[] = { 300 };

	stage_add(build_thread(100, 100, 1, "shop"));
	stage_add(build_thread(300, 300, 1, "till"));
	stage_add(build_block(100, 0, SYS_poll, 0x2000, 1, -1));
	stage_add(build_block_fd(300, 0, SYS_read, 4, S_IFIFO));
	build_at(50 * MS);
	stage_add(build_holders(100, till, 1));
	stage_add(build_setfd(100, 0, 1, 9, "pipe:[4712] (read end)", till, 1));
	stage_add(build_file(300, "pipe:[4713] (read end)", 0));
	stage_add(build_holders(300, shop, 1));
	expect_all_the_same();
	cr_expect(eq(sz, g.edges.cnt, 4));
	cr_expect(eq(int, g.edges.items[0].kind, WAIT_EDGE_REQUEST));
}
