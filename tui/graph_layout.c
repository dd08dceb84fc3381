/* SPDX-License-Identifier: GPL-2.0-only */
/* Rings are found by walking, trees are what is left. */
#include "tui/graph_layout.h"

#include <stdlib.h>

#include "base/xalloc.h"

void graph_release(struct graph *g)
{
	wait_graph_release(&g->waits);
	vec_release(&g->nodes);
	vec_release(&g->lines);
	vec_release(&g->lone);
	vec_release(&g->crowd);
}

/* Number the rings by walking from every node; a walk that meets itself closes one. */
static void find_rings(struct graph *g)
{
	int *walk = xcalloc(g->nodes.cnt + 1, sizeof(*walk));
	int ring = 0;

	for (int i = 0; i < (int)g->nodes.cnt; i++) {
		int n = i;

		while (n >= 0 && !walk[n]) {
			walk[n] = i + 1;
			n = g->nodes.items[n].next;
		}
		if (n < 0 || walk[n] != i + 1)
			continue;
		for (ring++; !g->nodes.items[n].ring; n = g->nodes.items[n].next)
			g->nodes.items[n].ring = ring;
	}
	free(walk);
}

/* From the last to the first, so that each list of waiters is in the order of tids. */
static void link_waiters(struct graph *g)
{
	for (int i = (int)g->nodes.cnt - 1; i >= 0; i--) {
		struct graph_node *n = &g->nodes.items[i];

		if (n->next < 0 || n->ring)
			continue;
		n->sibling = g->nodes.items[n->next].waiter;
		g->nodes.items[n->next].waiter = i;
	}
}

static void add_node(struct graph *g, const struct thread *t)
{
	vec_push(&g->nodes, (struct graph_node){
				    .thread = t,
				    .tid = t->tid,
				    .next = -1,
				    .object = -1,
				    .hint = -1,
				    .waiter = -1,
				    .sibling = -1,
			    });
}

static void take_node(struct graph *g, const struct wait_node *n)
{
	struct graph_node *to;

	add_node(g, n->thread);
	to = vec_last(&g->nodes);
	to->is_process = n->is_process;
	to->next = n->end;
	to->object = n->object;
	if (n->by_edge >= 0) {
		to->read_ns = g->waits.links.items[n->link].read_ns;
		to->evidence = g->waits.edges.items[n->by_edge].evidence;
		to->is_confirmed = !g->waits.edges.items[n->by_edge].is_unconfirmed;
	}
}

/* Of what all wait on, all have the hint: of a connection those at the same end. */
static void take_hints(struct graph *g)
{
	int *hints[2];

	hints[0] = xcalloc(g->waits.nodes.cnt + 1, sizeof(*hints[0]));
	hints[1] = xcalloc(g->waits.nodes.cnt + 1, sizeof(*hints[1]));
	for (int i = (int)g->waits.edges.cnt - 1; i >= 0; i--) {
		const struct wait_edge *e = &g->waits.edges.items[i];

		if (e->kind == WAIT_EDGE_SOME || e->kind == WAIT_EDGE_LEARNED)
			hints[g->waits.links.items[e->link].is_second_end][e->from] = i + 1;
	}
	for (int i = 0; i < g->waits.thread_cnt; i++) {
		struct graph_node *n = &g->nodes.items[i];
		int link = g->waits.nodes.items[i].link;

		if (n->next < 0 && link >= 0)
			n->hint = hints[g->waits.links.items[link].is_second_end]
				       [n->object >= 0 ? n->object : i] -
				  1;
		n->hint_cnt = n->hint >= 0;
	}
	free(hints[0]);
	free(hints[1]);
}

/* The edges to what a thread waits for any of are one after the other. */
static void take_any(struct graph *g)
{
	for (int i = 0; i < (int)g->waits.edges.cnt; i++) {
		const struct wait_edge *e = &g->waits.edges.items[i];
		struct graph_node *n = &g->nodes.items[e->from];

		if (e->kind != WAIT_EDGE_ANY)
			continue;
		if (!n->hint_cnt)
			n->hint = i;
		n->hint_cnt = i - n->hint + 1;
	}
}

void graph_build(struct graph *g, const struct model *m, const struct verdict *v)
{
	vec_clear(&g->nodes);
	wait_graph_build(&g->waits, m, v);
	for (int i = 0; i < g->waits.thread_cnt; i++)
		take_node(g, &g->waits.nodes.items[i]);
	vec_for_each(t, &g->waits.alone)
		add_node(g, *t);
	take_hints(g);
	take_any(g);
	find_rings(g);
	link_waiters(g);
}

bool graph_ring_is_timed(const struct graph *g, int node)
{
	int n = node;

	do {
		if (wait_is_timed(&g->nodes.items[n].thread->wait))
			return true;
		n = g->nodes.items[n].next;
	} while (n != node);
	return false;
}

static void add_line(struct graph *g, struct graph_line line)
{
	vec_push(&g->lines, line);
}

static void add_hints(struct graph *g, int node)
{
	const struct graph_node *n = &g->nodes.items[node];

	for (int i = 0; i < n->hint_cnt; i++)
		add_line(g, (struct graph_line){
				    .kind = GRAPH_HINT,
				    .node = node,
				    .edge = n->hint + i,
			    });
}

static void add_blank(struct graph *g)
{
	if (g->lines.cnt)
		add_line(g, (struct graph_line){ .kind = GRAPH_BLANK, .node = -1 });
}

static void add_waiters(struct graph *g, int node, unsigned depth, unsigned more);

static unsigned shown_depth(unsigned depth)
{
	return depth < GRAPH_DEPTH_MAX ? depth : GRAPH_DEPTH_MAX - 1;
}

/* Of which levels others follow below a line at that depth. */
static unsigned follow_bits(unsigned more, unsigned depth, bool is_last)
{
	unsigned bit = 1U << shown_depth(depth);

	return is_last ? more & ~bit : more | bit;
}

static bool waits_alike(const struct graph *g, int a, int b)
{
	return g->nodes.items[a].object >= 0 &&
	       g->nodes.items[a].object == g->nodes.items[b].object;
}

/* How many siblings, from first on, wait for the same. */
static int queue_length(const struct graph *g, int first)
{
	int cnt = 0;

	for (int i = first; i >= 0; i = g->nodes.items[i].sibling)
		cnt += waits_alike(g, first, i);
	return cnt;
}

/* Does no sibling follow but those that wait on the same? */
static bool is_last_branch(const struct graph *g, int first)
{
	for (int i = g->nodes.items[first].sibling; i >= 0; i = g->nodes.items[i].sibling)
		if (!g->nodes.items[i].is_placed && !waits_alike(g, first, i))
			return false;
	return true;
}

static void add_waiter(struct graph *g, int node, unsigned depth, unsigned more, bool is_last,
		       bool has_object)
{
	unsigned bits = follow_bits(more, depth, is_last);

	add_line(g, (struct graph_line){
			    .kind = GRAPH_WAITER,
			    .depth = (__u8)shown_depth(depth),
			    .more = (__u16)bits,
			    .is_last = is_last,
			    .has_object = has_object,
			    .node = node,
		    });
	g->nodes.items[node].is_placed = true;
	add_waiters(g, node, depth + 1, bits);
}

/* Could it be in a crowd? */
static bool is_loose(const struct graph_node *n)
{
	return n->waiter < 0 && !n->ring && !n->is_selected;
}

/* How many siblings, from first on, wait for the same and are loose; 0: they are no crowd. */
static int count_crowd(const struct graph *g, int first)
{
	int cnt = 0;

	for (int i = first; i >= 0; i = g->nodes.items[i].sibling)
		cnt += waits_alike(g, first, i) && is_loose(&g->nodes.items[i]);
	return cnt >= WAIT_GRAPH_CROWD ? cnt : 0;
}

static void add_crowd(struct graph *g, int first, int cnt, unsigned depth, unsigned more)
{
	add_line(g, (struct graph_line){
			    .kind = GRAPH_CROWD,
			    .depth = (__u8)shown_depth(depth),
			    .more = (__u16)follow_bits(more, depth, true),
			    .is_last = true,
			    .node = (int)g->crowd.cnt,
			    .cnt = cnt,
		    });
	for (int i = first; i >= 0; i = g->nodes.items[i].sibling) {
		if (!waits_alike(g, first, i) || !is_loose(&g->nodes.items[i]))
			continue;
		g->nodes.items[i].is_placed = true;
		vec_push(&g->crowd, i);
	}
}

/* What several wait on, and below it these. */
static void add_queue(struct graph *g, int first, int cnt, unsigned depth, unsigned more)
{
	bool is_last = is_last_branch(g, first);
	unsigned bits = follow_bits(more, depth, is_last);
	int crowd;

	add_line(g, (struct graph_line){
			    .kind = GRAPH_OBJECT,
			    .depth = (__u8)shown_depth(depth),
			    .more = (__u16)bits,
			    .is_last = is_last,
			    .node = first,
			    .cnt = cnt,
		    });
	crowd = count_crowd(g, first);
	for (int i = first; i >= 0; i = g->nodes.items[i].sibling)
		if (waits_alike(g, first, i) && !(crowd && is_loose(&g->nodes.items[i])))
			add_waiter(g, i, depth + 1, bits, !--cnt, true);
	if (crowd)
		add_crowd(g, first, crowd, depth + 1, bits);
}

/* The waiters of node and theirs, below it. */
static void add_waiters(struct graph *g, int node, unsigned depth, unsigned more)
{
	for (int i = g->nodes.items[node].waiter; i >= 0; i = g->nodes.items[i].sibling) {
		int cnt;

		if (g->nodes.items[i].is_placed)
			continue;
		cnt = queue_length(g, i);
		if (cnt > 1)
			add_queue(g, i, cnt, depth, more);
		else
			add_waiter(g, i, depth, more, is_last_branch(g, i), false);
	}
}

/* The edge that closes the ring is drawn around it: all of it is of one kind. */
static bool closes_dashed(const struct graph *g, int first)
{
	int n = first;

	while (g->nodes.items[n].next != first)
		n = g->nodes.items[n].next;
	return !g->nodes.items[n].is_confirmed;
}

static void add_ring(struct graph *g, int first, bool is_deadlock, bool is_roomy)
{
	size_t head = g->lines.cnt + (g->lines.cnt > 0);
	bool is_dashed = closes_dashed(g, first);
	int n = first, cnt = 0;

	add_blank(g);
	add_line(g, (struct graph_line){
			    .kind = is_deadlock ? GRAPH_DEADLOCK : GRAPH_RING,
			    .node = first,
		    });
	do {
		struct graph_line line = {
			.is_first = n == first,
			.is_last = g->nodes.items[n].next == first,
			.closes_dashed = is_dashed,
			.node = n,
		};

		line.kind = is_roomy ? GRAPH_MEMBER : GRAPH_FLAT;
		add_line(g, line);
		line.kind = GRAPH_EDGE;
		if (is_roomy)
			add_line(g, line);
		g->nodes.items[n].is_placed = true;
		cnt++;
		n = g->nodes.items[n].next;
	} while (n != first);
	g->lines.items[head].cnt = cnt;
}

static void add_rings(struct graph *g, const struct verdict *v, bool is_roomy)
{
	/* The deadlock of the verdict first, however high its tids are. */
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < (int)g->nodes.cnt; i++) {
			const struct graph_node *n = &g->nodes.items[i];
			bool is_deadlock = v->kind == VERDICT_DEADLOCK && n->ring &&
					   g->waits.nodes.items[i].is_alarm;

			if (n->ring && n->is_shown && !n->is_placed && is_deadlock == !pass)
				add_ring(g, i, is_deadlock, is_roomy);
		}
	}
}

/* A thread that is waited for, and its tree: of a ring those that are outside of it. */
static void add_trees(struct graph *g)
{
	bool has_heading = false;

	for (int i = 0; i < (int)g->nodes.cnt; i++) {
		const struct graph_node *n = &g->nodes.items[i];

		if (!n->is_shown || n->waiter < 0 || (n->next >= 0 && !n->ring))
			continue;
		if (!has_heading) {
			add_blank(g);
			add_line(g, (struct graph_line){ .kind = GRAPH_OTHERS, .node = -1 });
			has_heading = true;
		}
		add_line(g, (struct graph_line){ .kind = GRAPH_ROOT, .node = i });
		add_hints(g, i);
		g->nodes.items[i].is_placed = true;
		add_waiters(g, i, 1, 0);
	}
}

static __u64 lone_address(const struct graph *g, const struct graph_node *n)
{
	const struct lock *l = n->object >= 0 ? g->waits.nodes.items[n->object].lock : NULL;

	if (l)
		return l->address;
	return wait_is_futex(&n->thread->wait) ? n->thread->wait.args[0] : 0;
}

/* Do they wait for any of the same? Else which comes first. */
static int compare_hints(const struct graph *g, const struct graph_node *x,
			 const struct graph_node *y)
{
	const struct wait_edge *a = &g->waits.edges.items[x->hint];
	const struct wait_edge *b = &g->waits.edges.items[y->hint];

	if (x->hint == y->hint || x->hint < 0 || y->hint < 0 || x->hint_cnt != y->hint_cnt)
		return x->hint < y->hint ? -1 : x->hint > y->hint;
	for (int i = 0; i < x->hint_cnt; i++)
		if (a[i].kind != b[i].kind || a[i].to != b[i].to)
			return x->hint < y->hint ? -1 : 1;
	return 0;
}

/* Nodes that are told in one line have this in common; 0, or which comes first. */
static int compare_waits(const struct graph *g, int a, int b)
{
	const struct graph_node *x = &g->nodes.items[a], *y = &g->nodes.items[b];
	__u64 at_x = lone_address(g, x), at_y = lone_address(g, y);

	if (x->thread->wait.reason != y->thread->wait.reason)
		return x->thread->wait.reason < y->thread->wait.reason ? -1 : 1;
	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	if (x->object != y->object) /* none comes last */
		return (unsigned)x->object < (unsigned)y->object ? -1 : 1;
	return compare_hints(g, x, y);
}

static int lone_compare(const void *a, const void *b, void *arg)
{
	const struct graph *g = arg;
	int x = *(const int *)a, y = *(const int *)b;
	int order = compare_waits(g, x, y);

	return order ? order : x - y;
}

/* How many of lone[] from first on are told in one line. */
static int count_alike(const struct graph *g, int first)
{
	int i = first + 1;

	while (i < (int)g->lone.cnt && !compare_waits(g, g->lone.items[first], g->lone.items[i]))
		i++;
	return i - first;
}

static void add_lone(struct graph *g)
{
	vec_clear(&g->lone);
	for (int i = 0; i < (int)g->nodes.cnt; i++)
		if (thread_is_blocked(g->nodes.items[i].thread) && g->nodes.items[i].is_shown &&
		    !g->nodes.items[i].is_placed)
			vec_push(&g->lone, i);
	if (!g->lone.cnt)
		return;
	qsort_r(g->lone.items, g->lone.cnt, sizeof(*g->lone.items), lone_compare, g);
	add_blank(g);
	for (int i = 0, cnt; i < (int)g->lone.cnt; i += cnt) {
		cnt = count_alike(g, i);
		add_line(g, (struct graph_line){ .kind = GRAPH_LONE, .node = i, .cnt = cnt });
		add_hints(g, g->lone.items[i]);
	}
}

/* Where the way of waits from a node ends: at a node, or in a ring, then minus its number. */
static int end_of(const struct graph *g, int node)
{
	while (!g->nodes.items[node].ring && g->nodes.items[node].next >= 0)
		node = g->nodes.items[node].next;
	return g->nodes.items[node].ring ? -g->nodes.items[node].ring : node;
}

/* Ways that end at threads which wait on the same meet there. */
static bool ends_meet(const struct graph *g, int a, int b)
{
	return a == b || (a >= 0 && b >= 0 && waits_alike(g, a, b));
}

static void choose_shown(struct graph *g, __u32 focus_tid)
{
	int focus = 0;

	while (focus_tid && focus < (int)g->nodes.cnt && g->nodes.items[focus].tid != focus_tid)
		focus++;
	for (int i = 0; i < (int)g->nodes.cnt; i++)
		g->nodes.items[i].is_shown =
			!focus_tid ||
			(focus < (int)g->nodes.cnt && ends_meet(g, end_of(g, i), end_of(g, focus)));
}

void graph_lay_out(struct graph *g, const struct verdict *v, bool is_roomy, __u32 focus_tid,
		   __u32 selected_tid)
{
	vec_clear(&g->lines);
	vec_clear(&g->crowd);
	vec_for_each(n, &g->nodes) {
		n->is_placed = false;
		n->is_selected = selected_tid && n->tid == selected_tid;
	}
	choose_shown(g, focus_tid);
	add_rings(g, v, is_roomy);
	add_trees(g);
	add_lone(g);
}
