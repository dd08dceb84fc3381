/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Closed sets of the wait-for graph, in time proportional to its size.
 *
 * A node is a thread or a process. A thread has an edge to each node that could end its
 * wait, a process to each of its threads; any one is enough. Nodes that can go on are free,
 * and so is, step by step, everybody who waits for a free one. What is left is hopeless.
 */
#include <stdlib.h>
#include "model/closed_set.h"
#include "model/model_private.h"
#include "model/rescue.h"

enum { NOBODY = ~0U };

struct edge {
	__u32 from, to;
	__u32 next_in;	/* the next edge with this to */
	__u32 next_out; /* the next edge with this from */
};

struct node {
	__u32 first_in, first_out; /* edges, or NOBODY */
	__u32 order;		   /* of its visit, from 1; 0: not visited */
	__u32 low;		   /* the oldest node that is reached from it */
	__u32 at;		   /* the edge it is followed along */
	__u32 set;		   /* its component, from 1; 0: none yet */
	bool is_free;
};

struct graph {
	const struct model *m;
	__u32 thread_cnt; /* nodes [0, thread_cnt) are threads, processes follow */
	VEC(struct node) nodes;
	VEC(struct edge) edges;
	struct map process_of;	/* pid -> node */
	struct map traced;	/* pid without a node -> has_been_traced(), once asked for */
	VEC(__u32) stack, path; /* of nodes */
	__u32 order, set_cnt;
	VEC(bool) is_open; /* of each component: an edge leaves it, or no thread is in it */
	bool has_nameless; /* a thread whose process is not known: it may be anybody's */
};

static __u32 add_node(struct graph *g, bool is_free)
{
	vec_push(&g->nodes, (struct node){
				    .first_in = NOBODY,
				    .first_out = NOBODY,
				    .is_free = is_free,
			    });
	return g->nodes.cnt - 1;
}

static void add_edge(struct graph *g, __u32 from, __u32 to)
{
	struct node *a = &g->nodes.items[from], *b = &g->nodes.items[to];

	vec_push(&g->edges, (struct edge){ from, to, b->first_in, a->first_out });
	b->first_in = a->first_out = g->edges.cnt - 1;
}

static bool is_of_program(const struct thread *t)
{
	return thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

/* Each living thread is a node, and its process one that it could help. */
static void add_threads(struct graph *g)
{
	const struct model *m = g->m;
	uint32_t process;

	g->thread_cnt = m->threads.cnt;
	vec_reserve(&g->nodes, m->threads.cnt + 1);
	for (size_t i = 0; i < m->threads.cnt; i++)
		add_node(g, !thread_is_blocked(&m->threads.items[i]));
	for (size_t i = 0; i < m->threads.cnt; i++) {
		const struct thread *t = &m->threads.items[i];

		if (!is_of_program(t))
			continue;
		g->has_nameless |= (t->flags & THREAD_NAMELESS) != 0;
		if (!map_get(&g->process_of, t->pid, &process)) {
			process = add_node(g, false);
			map_put(&g->process_of, t->pid, process);
		}
		add_edge(g, process, i);
	}
}

/* A process of which no thread lives cannot help; one that was never traced may. */
static bool has_been_traced(const struct model *m, __u32 pid)
{
	vec_for_each(t, &m->threads)
		if (t->pid == pid && !(t->flags & THREAD_FOREIGN))
			return true;
	return false;
}

/* Thousands may wait for the same one. */
static bool was_traced(struct graph *g, __u32 pid)
{
	uint32_t was;

	if (!map_get(&g->traced, pid, &was)) {
		was = has_been_traced(g->m, pid);
		map_put(&g->traced, pid, was);
	}
	return was;
}

static void add_processes(struct graph *g, __u32 from, const struct rescue *r)
{
	uint32_t to;

	for (size_t i = 0; i < r->cnt; i++) {
		if (map_get(&g->process_of, r->pids[i], &to))
			add_edge(g, from, to);
		else if (!was_traced(g, r->pids[i]))
			g->nodes.items[from].is_free = true;
	}
	g->nodes.items[from].is_free |= g->has_nameless;
}

static void add_wait(struct graph *g, __u32 from)
{
	const struct thread *t = &g->m->threads.items[from];
	struct rescue r;

	rescue_find(g->m, t, &r);
	if (wait_is_timed(&t->wait))
		r.by = RESCUERS_OUTSIDE;
	switch (r.by) {
	case RESCUERS_OUTSIDE:
		g->nodes.items[from].is_free = true;
		break;
	case RESCUERS_OWNER:
		if (thread_is_alive(r.owner))
			add_edge(g, from, r.owner - g->m->threads.items);
		break;
	case RESCUERS_PEERS:
	case RESCUERS_HOLDERS:
		add_processes(g, from, &r);
		break;
	}
}

/* Who waits for a free node is free. */
static void spread(struct graph *g)
{
	for (__u32 i = 0; i < g->nodes.cnt; i++)
		if (g->nodes.items[i].is_free)
			vec_push(&g->stack, i);
	while (g->stack.cnt) {
		__u32 node = g->stack.items[--g->stack.cnt];

		for (__u32 e = g->nodes.items[node].first_in; e != NOBODY;
		     e = g->edges.items[e].next_in) {
			__u32 from = g->edges.items[e].from;

			if (g->nodes.items[from].is_free)
				continue;
			g->nodes.items[from].is_free = true;
			vec_push(&g->stack, from);
		}
	}
}

static void enter(struct graph *g, __u32 node)
{
	struct node *n = &g->nodes.items[node];

	n->order = n->low = ++g->order;
	n->at = n->first_out;
	vec_push(&g->stack, node);
	vec_push(&g->path, node);
}

/* All that was entered since node, and it, are a component. */
static void close_component(struct graph *g, __u32 node)
{
	__u32 member;

	vec_push(&g->is_open, true);
	g->set_cnt++;
	do {
		member = g->stack.items[--g->stack.cnt];
		g->nodes.items[member].set = g->set_cnt;
		if (member < g->thread_cnt)
			g->is_open.items[g->set_cnt - 1] = false;
	} while (member != node);
}

static void leave(struct graph *g)
{
	__u32 node = g->path.items[--g->path.cnt];
	struct node *n = &g->nodes.items[node];

	if (n->low == n->order)
		close_component(g, node);
	if (g->path.cnt) {
		struct node *before = &g->nodes.items[g->path.items[g->path.cnt - 1]];

		if (n->low < before->low)
			before->low = n->low;
	}
}

/*
 * R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1(2), 1972;
 * with a path of its own, for a chain of waits can be longer than a stack of calls.
 */
static void find_components(struct graph *g, __u32 first)
{
	enter(g, first);
	while (g->path.cnt) {
		struct node *n = &g->nodes.items[g->path.items[g->path.cnt - 1]];
		const struct node *to;

		if (n->at == NOBODY) {
			leave(g);
			continue;
		}
		to = &g->nodes.items[g->edges.items[n->at].to];
		if (!to->order) {
			enter(g, g->edges.items[n->at].to);
			continue;
		}
		if (!to->set && to->order < n->low)
			n->low = to->order;
		n->at = g->edges.items[n->at].next_out;
	}
}

static void open_those_with_a_way_out(struct graph *g)
{
	vec_for_each(e, &g->edges) {
		__u32 from = g->nodes.items[e->from].set, to = g->nodes.items[e->to].set;

		if (from && from != to)
			g->is_open.items[from - 1] = true;
	}
}

/* The threads of the components that are closed, component by component. */
static void collect(const struct graph *g, struct closed_sets *ret)
{
	size_t *cnt = xcalloc(g->set_cnt + 1, sizeof(*cnt)), total = 0;
	size_t *idx = xcalloc(g->set_cnt + 1, sizeof(*idx));

	for (__u32 i = 0; i < g->thread_cnt; i++)
		cnt[g->nodes.items[i].set]++;
	ret->threads = xcalloc(g->thread_cnt + 1, sizeof(*ret->threads));
	for (__u32 s = 1; s <= g->set_cnt; s++) {
		if (g->is_open.items[s - 1])
			continue;
		idx[s] = ret->sets.cnt;
		vec_push(&ret->sets, (struct closed_set){ .threads = &ret->threads[total] });
		total += cnt[s];
	}
	for (__u32 i = 0; i < g->thread_cnt; i++) {
		__u32 s = g->nodes.items[i].set;
		struct closed_set *set;

		if (!s || g->is_open.items[s - 1])
			continue;
		set = &ret->sets.items[idx[s]];
		set->threads[set->cnt++] = &g->m->threads.items[i];
	}
	free(cnt);
	free(idx);
}

static void release(struct graph *g)
{
	vec_release(&g->nodes);
	vec_release(&g->edges);
	map_release(&g->process_of);
	map_release(&g->traced);
	vec_release(&g->stack);
	vec_release(&g->path);
	vec_release(&g->is_open);
}

void closed_sets_find(const struct model *m, struct closed_sets *ret)
{
	struct graph g = { .m = m };

	*ret = (struct closed_sets){};
	if (!m->state_cnt[THREAD_BLOCKED])
		return;
	add_threads(&g);
	for (__u32 i = 0; i < g.thread_cnt; i++)
		if (!g.nodes.items[i].is_free)
			add_wait(&g, i);
	spread(&g);
	for (__u32 i = 0; i < g.thread_cnt; i++)
		if (!g.nodes.items[i].is_free && !g.nodes.items[i].order)
			find_components(&g, i);
	open_those_with_a_way_out(&g);
	collect(&g, ret);
	release(&g);
}

void closed_sets_release(struct closed_sets *s)
{
	vec_release(&s->sets);
	free(s->threads);
}
