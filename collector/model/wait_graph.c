/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The graph is made of the links of its threads: first the nodes of threads, for they are in
 * order, then what they wait for and the edges.
 *
 * All orders are by number of thread, so that a picture stays put while waits come and go.
 */
#include "model/wait_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "model/alarmed.h"

struct builder {
	struct wait_graph *g;
	const struct model *m;
	bool *is_alarmed;  /* by index in the model: it is in the verdict */
	int *thread_nodes; /* by index in the model: 0: none, else the node + 1 */
	int *lock_nodes;   /* the same of locks */
};

static size_t thread_idx(const struct builder *b, const struct thread *t)
{
	return t - model_thread_at(b->m, 0);
}

static int thread_node(const struct builder *b, const struct thread *t)
{
	return b->thread_nodes[thread_idx(b, t)] - 1;
}

int wait_graph_compare_threads(const struct thread *a, const struct thread *b)
{
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	if (a->start_ns != b->start_ns)
		return a->start_ns > b->start_ns ? -1 : 1;
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	return wait_graph_compare_threads(((const struct wait_node *)a)->thread,
					  ((const struct wait_node *)b)->thread);
}

static int compare_alone(const void *a, const void *b)
{
	return wait_graph_compare_threads(*(const struct thread *const *)a,
					  *(const struct thread *const *)b);
}

/* --- nodes ----------------------------------------------------------------------- */

static int add_node(struct wait_graph *g, struct wait_node n)
{
	n.object = n.end = n.by_edge = WAIT_GRAPH_NONE;
	vec_push(&g->nodes, n);
	return (int)g->nodes.cnt - 1;
}

static void want_thread(struct builder *b, const struct thread *t)
{
	int *node = &b->thread_nodes[thread_idx(b, t)];

	if (*node)
		return;
	*node = add_node(b->g,
			 (struct wait_node){
				 .kind = WAIT_NODE_THREAD,
				 .thread = t,
				 .is_alarm = b->is_alarmed[thread_idx(b, t)],
				 .link = WAIT_GRAPH_NONE,
			 }) +
		1;
}

static void want_ends(struct builder *b, const struct wait_link *l)
{
	for (int i = 0; i < l->end_cnt; i++)
		if (l->ends[i].thread)
			want_thread(b, l->ends[i].thread);
}

static void look_at_thread(struct builder *b, const struct thread *t)
{
	struct wait_link links[WAIT_LINK_MAX];
	size_t cnt = wait_links_find(b->m, t, links);

	if (wait_link_is_alone(&links[0])) {
		vec_push(&b->g->alone, t);
		return;
	}
	want_thread(b, t);
	for (size_t i = 0; i < cnt; i++) {
		vec_push(&b->g->links, links[i]);
		want_ends(b, &links[i]);
	}
}

/* Others may wait for who waits for nobody. */
static void drop_known_from_alone(struct builder *b)
{
	size_t cnt = 0;

	vec_for_each(t, &b->g->alone)
		if (thread_node(b, *t) < 0)
			b->g->alone.items[cnt++] = *t;
	b->g->alone.cnt = cnt;
}

static void add_threads(struct builder *b)
{
	struct wait_graph *g = b->g;

	for (size_t i = 0; i < model_thread_cnt(b->m); i++) {
		const struct thread *t = model_thread_at(b->m, i);

		if (thread_is_blocked(t) && !(t->flags & THREAD_FOREIGN))
			look_at_thread(b, t);
	}
	drop_known_from_alone(b);
	if (g->nodes.cnt)
		qsort(g->nodes.items, g->nodes.cnt, sizeof(*g->nodes.items), compare_nodes);
	if (g->alone.cnt)
		qsort(g->alone.items, g->alone.cnt, sizeof(*g->alone.items), compare_alone);
	g->thread_cnt = (int)g->nodes.cnt;
	for (int i = 0; i < g->thread_cnt; i++)
		b->thread_nodes[thread_idx(b, g->nodes.items[i].thread)] = i + 1;
	for (int i = (int)g->links.cnt - 1; i >= 0; i--) {
		struct wait_node *n = &g->nodes.items[thread_node(b, g->links.items[i].thread)];

		n->link = i;
		n->link_cnt++;
	}
}

static int get_lock(struct builder *b, int link)
{
	const struct lock *l = b->g->links.items[link].lock;
	int *node = &b->lock_nodes[l - model_lock_at(b->m, 0)];

	if (!*node)
		*node = add_node(b->g, (struct wait_node){ .kind = WAIT_NODE_LOCK,
							   .lock = l,
							   .link = link }) +
			1;
	return *node - 1;
}

static bool is_same_channel(struct wait_graph *g, int node, int link)
{
	const struct wait_link *known = &g->links.items[g->nodes.items[node].link];
	struct strbuf other = {};
	bool is_same;

	wait_link_add_identity(g->model, known, &other);
	strbuf_reset(&g->scratch);
	wait_link_add_identity(g->model, &g->links.items[link], &g->scratch);
	is_same = !strcmp(strbuf_str(&other), strbuf_str(&g->scratch));
	strbuf_release(&other);
	return is_same;
}

static int get_channel(struct builder *b, int link)
{
	struct wait_graph *g = b->g;
	uint64_t key;
	uint32_t node;

	strbuf_reset(&g->scratch);
	wait_link_add_identity(b->m, &g->links.items[link], &g->scratch);
	key = map_text_key(strbuf_str(&g->scratch));
	for (; map_get(&g->channels, key, &node); key++)
		if (is_same_channel(g, (int)node, link))
			return (int)node;
	node = add_node(g, (struct wait_node){ .kind = WAIT_NODE_CHANNEL, .link = link });
	map_put(&g->channels, key, node);
	return (int)node;
}

static int get_process(struct wait_graph *g, __u32 pid)
{
	uint32_t node;

	if (map_get(&g->processes, pid, &node))
		return (int)node;
	node = add_node(g, (struct wait_node){ .kind = WAIT_NODE_PROCESS,
					       .pid = pid,
					       .link = WAIT_GRAPH_NONE });
	map_put(&g->processes, pid, node);
	return (int)node;
}

static int end_node(struct builder *b, const struct wait_end *end)
{
	int node;

	if (!end->thread)
		return get_process(b->g, end->pid);
	node = thread_node(b, end->thread);
	if (end->is_process)
		b->g->nodes.items[node].is_process = true;
	return node;
}

/* --- edges ----------------------------------------------------------------------- */

/* From a connection as many as it has ends. */
static uint64_t edge_key(int from, int to, bool is_second_end)
{
	return (uint64_t)(uint32_t)from << 33 | (uint64_t)is_second_end << 32 | (uint32_t)to;
}

/* Several that wait for the same tell of the same end: what one of them knows holds for all. */
static int add_edge(struct wait_graph *g, struct wait_edge e)
{
	uint64_t key = edge_key(e.from, e.to, g->links.items[e.link].is_second_end);
	uint32_t idx;
	struct wait_edge *known;

	if (!map_get(&g->ends, key, &idx)) {
		vec_push(&g->edges, e);
		map_put(&g->ends, key, g->edges.cnt - 1);
		return (int)g->edges.cnt - 1;
	}
	known = &g->edges.items[idx];
	if (e.kind < known->kind || (e.kind == known->kind && !e.is_unconfirmed))
		*known = e;
	return (int)idx;
}

/* One is known who could, or did: nobody else is looked for who did before. */
static bool has_ends(const struct wait_graph *g, int from, int link)
{
	return map_get(&g->ends,
		       edge_key(from, WAIT_GRAPH_NONE, g->links.items[link].is_second_end), NULL);
}

static void tell_of_ends(struct wait_graph *g, int from, int link)
{
	map_put(&g->ends, edge_key(from, WAIT_GRAPH_NONE, g->links.items[link].is_second_end), 0);
}

static int add_request(struct builder *b, int from, int link)
{
	struct wait_graph *g = b->g;
	bool is_any = g->links.items[link].any_of;
	int to = g->links.items[link].lock ? get_lock(b, link) : get_channel(b, link);

	if (!is_any)
		g->nodes.items[from].object = to;
	if (g->nodes.items[from].is_alarm)
		g->nodes.items[to].is_alarm = true;
	add_edge(g, (struct wait_edge){
			    .from = from,
			    .to = to,
			    .kind = is_any ? WAIT_EDGE_ANY : WAIT_EDGE_REQUEST,
			    .evidence = EVIDENCE_OBSERVED,
			    .link = link,
		    });
	return to;
}

static void add_ends(struct builder *b, int thread, int from, int link)
{
	struct wait_graph *g = b->g;
	const struct wait_link *l = &g->links.items[link];

	tell_of_ends(g, from, link);
	for (int i = 0; i < l->end_cnt; i++) {
		int to = end_node(b, &l->ends[i]);
		int edge = add_edge(g, (struct wait_edge){
					       .from = from,
					       .to = to,
					       .kind = l->kind == WAIT_ENDS_ONE ? WAIT_EDGE_END
										: WAIT_EDGE_SOME,
					       .evidence = l->evidence,
					       .is_unconfirmed = !l->is_confirmed,
					       .link = link,
				       });

		if (l->kind == WAIT_ENDS_ONE && !l->any_of) {
			g->nodes.items[thread].end = to;
			g->nodes.items[thread].by_edge = edge;
		}
	}
}

static bool has_object(const struct wait_link *l)
{
	return l->lock || l->has_channel;
}

/* The requests first: so the edges that leave a thread are one after the other. */
static void add_wait(struct builder *b, int thread)
{
	int link = b->g->nodes.items[thread].link, cnt = b->g->nodes.items[thread].link_cnt;
	int from[WAIT_LINK_MAX];

	for (int i = 0; i < cnt; i++)
		from[i] = has_object(&b->g->links.items[link + i])
				  ? add_request(b, thread, link + i)
				  : thread;
	for (int i = 0; i < cnt; i++) {
		const struct wait_link *l = &b->g->links.items[link + i];

		if (l->kind == WAIT_ENDS_ONE || l->kind == WAIT_ENDS_SOME)
			add_ends(b, thread, from[i], link + i);
	}
}

/*
 * From what it waits on, where nobody is known who could end that: one is enough to explain. Not
 * to one who waits there, too, which would look like a ring.
 */
static void add_learned(struct builder *b, int thread)
{
	struct wait_graph *g = b->g;
	const struct wait_node *n = &g->nodes.items[thread];
	int from = n->object != WAIT_GRAPH_NONE ? n->object : thread, to;
	const struct wait_link *l;

	if (n->link == WAIT_GRAPH_NONE || g->links.items[n->link].kind != WAIT_ENDS_LEARNED)
		return;
	l = &g->links.items[n->link];
	to = thread_node(b, l->ends[0].thread);
	if (n->object != WAIT_GRAPH_NONE &&
	    (g->nodes.items[to].object == n->object || has_ends(g, from, n->link)))
		return;
	tell_of_ends(g, from, n->link);
	add_edge(g, (struct wait_edge){
			    .from = from,
			    .to = to,
			    .kind = WAIT_EDGE_LEARNED,
			    .evidence = EVIDENCE_LEARNED,
			    .link = n->link,
		    });
}

static void mark_alarm(struct wait_graph *g)
{
	vec_for_each(e, &g->edges)
		e->is_alarm = g->nodes.items[e->from].is_alarm && g->nodes.items[e->to].is_alarm &&
			      e->kind != WAIT_EDGE_LEARNED;
}

static void clear(struct wait_graph *g)
{
	vec_clear(&g->nodes);
	vec_clear(&g->edges);
	vec_clear(&g->links);
	vec_clear(&g->alone);
	map_clear(&g->channels);
	map_clear(&g->processes);
	map_clear(&g->ends);
}

void wait_graph_build(struct wait_graph *g, const struct model *m, const struct verdict *v)
{
	struct builder b = { .g = g, .m = m, .is_alarmed = alarmed_threads(m, v) };

	clear(g);
	g->model = m;
	namesakes_find(&g->namesakes, m);
	b.thread_nodes = xcalloc(model_thread_cnt(m) + 1, sizeof(*b.thread_nodes));
	b.lock_nodes = xcalloc(model_lock_cnt(m) + 1, sizeof(*b.lock_nodes));
	add_threads(&b);
	for (int i = 0; i < g->thread_cnt; i++)
		add_wait(&b, i);
	for (int i = 0; i < g->thread_cnt; i++)
		add_learned(&b, i);
	mark_alarm(g);
	free(b.is_alarmed);
	free(b.thread_nodes);
	free(b.lock_nodes);
}

void wait_graph_release(struct wait_graph *g)
{
	vec_release(&g->nodes);
	vec_release(&g->edges);
	vec_release(&g->links);
	vec_release(&g->alone);
	map_release(&g->channels);
	map_release(&g->processes);
	map_release(&g->ends);
	namesakes_release(&g->namesakes);
	strbuf_release(&g->scratch);
}

const struct wait_link *wait_graph_link(const struct wait_graph *g, const struct wait_edge *e)
{
	return &g->links.items[e->link];
}

bool wait_graph_add_lock_name(const struct wait_graph *g, const struct lock *l, struct strbuf *ret)
{
	const char *name = model_lock_name(g->model, l);

	if (name)
		namesakes_add_name(&g->namesakes, name, l->address, l->pid, ret);
	return name;
}

bool wait_edge_is_dashed(const struct wait_edge *e)
{
	return e->kind == WAIT_EDGE_ANY || e->kind == WAIT_EDGE_SOME ||
	       e->kind == WAIT_EDGE_LEARNED || e->is_unconfirmed;
}
