/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Crowds: threads that wait alike, and that nobody waits for, are one node of the picture.
 *
 * They are alike when they wait for the same - and then when each waits for one of its own, which
 * nobody else waits for: a thousand parked workers with a condition variable each.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "export/graph_picture.h"

struct folding {
	struct wait_graph *g;
	int *crowds;		 /* by node, as all of these: so many are in it; 0: it is one */
	int *in, *out;		 /* how many edges end there, and begin; */
	int *edge_out;		 /* the last that begins there */
	bool *is_gone;		 /* it is in another one */
	VEC(int) groups;	 /* WAIT_GRAPH_NONE, or its */
	struct map group_of;	 /* by key */
	VEC(int) firsts, counts; /* of a group: its first node, and how many it has */
};

static const struct wait_edge *only_edge_of(const struct folding *f, int node)
{
	return f->out[node] == 1 ? &f->g->edges.items[f->edge_out[node]] : NULL;
}

static bool is_loose_thread(const struct folding *f, int node)
{
	return f->g->nodes.items[node].kind == WAIT_NODE_THREAD && !f->in[node] && f->out[node];
}

static uint64_t looks_of(const struct wait_edge *e)
{
	return e->kind << 2 | e->is_alarm << 1 | wait_edge_is_dashed(e);
}

/*
 * What threads that wait for the same have in common; 0: it is in no crowd. Of one that waits for
 * any of several it is a hash: others with the same do not occur in practice.
 */
static uint64_t key_of_same(const struct folding *f, int node)
{
	uint64_t key = 0;

	if (!is_loose_thread(f, node))
		return 0;
	for (int i = f->edge_out[node] - f->out[node] + 1; i <= f->edge_out[node]; i++) {
		const struct wait_edge *e = &f->g->edges.items[i];

		if (e->from != node)
			return 0;
		key = map_hash(key) ^ ((uint64_t)(e->to + 1) << 8 | looks_of(e));
	}
	return key;
}

/* The same of those that wait for something of their own. */
static uint64_t key_of_own(const struct folding *f, int node)
{
	const struct wait_edge *e = only_edge_of(f, node), *next;
	const struct wait_node *object;
	uint64_t key;

	if (!is_loose_thread(f, node) || !e || e->kind != WAIT_EDGE_REQUEST || f->crowds[node])
		return 0;
	object = &f->g->nodes.items[e->to];
	if (f->in[e->to] > 1 || f->out[e->to] > 1)
		return 0;
	key = object->kind << 8 | wait_graph_link(f->g, e)->thread->wait.reason;
	next = only_edge_of(f, e->to);
	if (next)
		key |= (uint64_t)(next->to + 1) << 32 | looks_of(next) << 16;
	return key << 8 | looks_of(e);
}

static void count_edges(struct folding *f)
{
	for (size_t i = 0; i < f->g->nodes.cnt; i++)
		f->in[i] = f->out[i] = 0;
	for (size_t i = 0; i < f->g->edges.cnt; i++) {
		const struct wait_edge *e = &f->g->edges.items[i];

		f->in[e->to]++;
		f->out[e->from]++;
		f->edge_out[e->from] = (int)i;
	}
}

static void join_group(struct folding *f, int node, uint64_t key)
{
	uint32_t group;

	if (!map_get(&f->group_of, key, &group)) {
		group = f->firsts.cnt;
		map_put(&f->group_of, key, group);
		vec_push(&f->firsts, node);
		vec_push(&f->counts, 0);
	}
	f->counts.items[group]++;
	f->groups.items[node] = (int)group;
}

/* The node, and if it is of a crowd whose things are its own, that one. */
static void fold_node(struct folding *f, int node, bool has_own)
{
	int group = f->groups.items[node], cnt = f->counts.items[group];
	int object = has_own ? only_edge_of(f, node)->to : node;

	if (f->firsts.items[group] == node)
		f->crowds[node] = f->crowds[object] = cnt;
	else
		f->is_gone[node] = f->is_gone[object] = true;
}

static void drop_gone(struct folding *f)
{
	size_t cnt = 0;

	vec_for_each(e, &f->g->edges)
		if (!f->is_gone[e->from])
			f->g->edges.items[cnt++] = *e;
	f->g->edges.cnt = cnt;
}

static void fold_by(struct folding *f, uint64_t (*key_of)(const struct folding *, int),
		    bool has_own)
{
	count_edges(f);
	map_clear(&f->group_of);
	vec_clear(&f->firsts);
	vec_clear(&f->counts);
	vec_clear(&f->groups);
	for (int i = 0; i < (int)f->g->nodes.cnt; i++) {
		uint64_t key = f->is_gone[i] ? 0 : key_of(f, i);

		vec_push(&f->groups, WAIT_GRAPH_NONE);
		if (key)
			join_group(f, i, key);
	}
	for (int i = 0; i < (int)f->g->nodes.cnt; i++)
		if (f->groups.items[i] != WAIT_GRAPH_NONE &&
		    f->counts.items[f->groups.items[i]] >= WAIT_GRAPH_CROWD)
			fold_node(f, i, has_own);
	drop_gone(f);
}

static void renumber(struct folding *f)
{
	struct wait_graph *g = f->g;
	int *now = f->out;
	int cnt = 0;

	for (int i = 0; i < (int)g->nodes.cnt; i++) {
		now[i] = cnt;
		if (f->is_gone[i])
			continue;
		f->crowds[cnt] = f->crowds[i];
		g->nodes.items[cnt++] = g->nodes.items[i];
	}
	g->nodes.cnt = cnt;
	vec_for_each(e, &g->edges) {
		e->from = now[e->from];
		e->to = now[e->to];
	}
}

void graph_picture_fold(struct graph_picture *p)
{
	size_t cnt = p->graph.nodes.cnt + 1;
	struct folding f = {
		.g = &p->graph,
		.crowds = xcalloc(cnt, sizeof(*f.crowds)),
		.in = xcalloc(cnt, sizeof(*f.in)),
		.out = xcalloc(cnt, sizeof(*f.out)),
		.edge_out = xcalloc(cnt, sizeof(*f.edge_out)),
		.is_gone = xcalloc(cnt, sizeof(*f.is_gone)),
	};

	fold_by(&f, key_of_same, false);
	fold_by(&f, key_of_own, true);
	renumber(&f);
	p->crowds = f.crowds;
	free(f.in);
	free(f.out);
	free(f.edge_out);
	free(f.is_gone);
	map_release(&f.group_of);
	vec_release(&f.firsts);
	vec_release(&f.counts);
	vec_release(&f.groups);
}
