/* SPDX-License-Identifier: GPL-2.0-only */
/* Rings are found by walking, trees are what is left. */
#include "tui/graph_layout.h"

#include <stdlib.h>

#include "model/rescue.h"
#include "model/wakers.h"

void graph_release(struct graph *g)
{
	vec_release(&g->nodes);
	vec_release(&g->lines);
	vec_release(&g->lone);
}

/* A tid that was used again: the living thread comes first. */
static int node_compare(const void *a, const void *b)
{
	const struct thread *x = ((const struct graph_node *)a)->thread;
	const struct thread *y = ((const struct graph_node *)b)->thread;

	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns > y->start_ns ? -1 : 1;
	return 0;
}

static int find_node(const struct graph *g, const struct thread *t)
{
	size_t low = 0, high = g->nodes.cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->nodes.items[mid].thread->tid < t->tid)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < g->nodes.cnt && g->nodes.items[low].thread->tid == t->tid; low++)
		if (g->nodes.items[low].thread == t)
			return (int)low;
	return -1;
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

static void look_at_wait(struct graph_node *n, const struct model *m)
{
	struct rescue r;

	n->lock = model_lock_waited_on(m, n->thread);
	rescue_find(m, n->thread, &r);
	n->is_confirmed = rescue_is_confirmed(&r);
	n->is_for_process = r.by == RESCUERS_HOLDERS;
}

void graph_build(struct graph *g, const struct model *m)
{
	vec_clear(&g->nodes);
	g->has_waits = false;
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (!(t->flags & THREAD_FOREIGN))
			vec_push(&g->nodes, (struct graph_node){
						    .thread = t,
						    .tid = t->tid,
						    .next = -1,
						    .waiter = -1,
						    .sibling = -1,
					    });
	}
	if (g->nodes.cnt)
		qsort(g->nodes.items, g->nodes.cnt, sizeof(*g->nodes.items), node_compare);
	vec_for_each(n, &g->nodes) {
		enum evidence evidence;
		const struct thread *to = model_waits_for(m, n->thread, &evidence);

		look_at_wait(n, m);
		if (!to) {
			to = model_learned(m, n->thread, NULL);
			n->learned = to ? to->tid : 0;
			continue;
		}
		n->next = find_node(g, to);
		n->evidence = (__u8)evidence;
		g->has_waits |= n->next >= 0;
		if (n->next >= 0 && n->is_for_process && thread_is_main(to))
			g->nodes.items[n->next].is_process = true;
	}
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

static void add_learned(struct graph *g, int node)
{
	if (g->nodes.items[node].learned)
		add_line(g, (struct graph_line){ .kind = GRAPH_LEARNED, .node = node });
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
	return g->nodes.items[a].lock && g->nodes.items[a].lock == g->nodes.items[b].lock;
}

/* How many siblings, from first on, wait for the same lock. */
static int queue_length(const struct graph *g, int first)
{
	int cnt = 0;

	for (int i = first; i >= 0; i = g->nodes.items[i].sibling)
		cnt += waits_alike(g, first, i);
	return cnt;
}

/* Does no sibling follow but those that wait for the same lock? */
static bool is_last_branch(const struct graph *g, int first)
{
	for (int i = g->nodes.items[first].sibling; i >= 0; i = g->nodes.items[i].sibling)
		if (!g->nodes.items[i].is_placed && !waits_alike(g, first, i))
			return false;
	return true;
}

static void add_waiter(struct graph *g, int node, unsigned depth, unsigned more, bool is_last,
		       bool has_lock)
{
	unsigned bits = follow_bits(more, depth, is_last);

	add_line(g, (struct graph_line){
			    .kind = GRAPH_WAITER,
			    .depth = (__u8)shown_depth(depth),
			    .more = (__u16)bits,
			    .is_last = is_last,
			    .has_lock = has_lock,
			    .node = node,
		    });
	g->nodes.items[node].is_placed = true;
	add_waiters(g, node, depth + 1, bits);
}

/* A lock that several wait for, and below it these. */
static void add_queue(struct graph *g, int first, int cnt, unsigned depth, unsigned more)
{
	bool is_last = is_last_branch(g, first);
	unsigned bits = follow_bits(more, depth, is_last);

	add_line(g, (struct graph_line){
			    .kind = GRAPH_LOCK,
			    .depth = (__u8)shown_depth(depth),
			    .more = (__u16)bits,
			    .is_last = is_last,
			    .node = first,
			    .cnt = cnt,
		    });
	for (int i = first; i >= 0; i = g->nodes.items[i].sibling)
		if (waits_alike(g, first, i))
			add_waiter(g, i, depth + 1, bits, !--cnt, true);
}

/* The waiters of node and theirs, below it. */
static void add_waiters(struct graph *g, int node, unsigned depth, unsigned more)
{
	for (int i = g->nodes.items[node].waiter; i >= 0; i = g->nodes.items[i].sibling) {
		int cnt = queue_length(g, i);

		if (g->nodes.items[i].is_placed)
			continue;
		if (cnt > 1)
			add_queue(g, i, cnt, depth, more);
		else
			add_waiter(g, i, depth, more, is_last_branch(g, i), false);
	}
}

static void add_ring(struct graph *g, int first, bool is_deadlock, bool is_roomy)
{
	size_t head = g->lines.cnt + (g->lines.cnt > 0);
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
			bool is_deadlock = v->kind == VERDICT_DEADLOCK &&
					   verdict_has_thread(v, n->thread->tid);

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
		add_learned(g, i);
		g->nodes.items[i].is_placed = true;
		add_waiters(g, i, 1, 0);
	}
}

static __u64 lone_address(const struct thread *t)
{
	return wait_is_futex(&t->wait) ? t->wait.args[0] : 0;
}

/* Nodes that are told in one line have this in common; 0, or which comes first. */
static int compare_waits(const struct graph_node *a, const struct graph_node *b)
{
	const struct thread *x = a->thread, *y = b->thread;

	if (x->wait.reason != y->wait.reason)
		return x->wait.reason < y->wait.reason ? -1 : 1;
	if (lone_address(x) != lone_address(y))
		return lone_address(x) < lone_address(y) ? -1 : 1;
	/* A lock is there once, whoever woke which of its waiters before. */
	if (!(a->lock && a->lock == b->lock) && a->learned != b->learned)
		return a->learned < b->learned ? -1 : 1;
	return 0;
}

static int lone_compare(const void *a, const void *b, void *arg)
{
	const struct graph *g = arg;
	int x = *(const int *)a, y = *(const int *)b;
	int order = compare_waits(&g->nodes.items[x], &g->nodes.items[y]);

	return order ? order : x - y;
}

/* How many of lone[] from first on are told in one line. */
static int count_alike(const struct graph *g, int first)
{
	const struct graph_node *nodes = g->nodes.items;
	int i = first + 1;

	while (i < (int)g->lone.cnt &&
	       !compare_waits(&nodes[g->lone.items[first]], &nodes[g->lone.items[i]]))
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
		add_learned(g, g->lone.items[i]);
	}
}

/* Where the way of waits from a node ends: at a node, or in a ring, then minus its number. */
static int end_of(const struct graph *g, int node)
{
	while (!g->nodes.items[node].ring && g->nodes.items[node].next >= 0)
		node = g->nodes.items[node].next;
	return g->nodes.items[node].ring ? -g->nodes.items[node].ring : node;
}

/* Ways that end at threads which wait for the same lock meet there. */
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

void graph_lay_out(struct graph *g, const struct verdict *v, bool is_roomy, __u32 focus_tid)
{
	vec_clear(&g->lines);
	vec_for_each(n, &g->nodes)
		n->is_placed = false;
	choose_shown(g, focus_tid);
	add_rings(g, v, is_roomy);
	add_trees(g);
	add_lone(g);
}
