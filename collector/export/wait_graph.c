/* SPDX-License-Identifier: GPL-2.0-only */
/* The graph of requests and assignments, made from the model. */
#include "export/wait_graph.h"

#include <stdlib.h>

#include "base/fmt.h"
#include "base/map.h"
#include "export/label.h"
#include "model/rescue.h"

struct builder {
	struct wait_graph *graph;
	struct map thread_nodes; /* tid -> node */
	struct map lock_nodes;	 /* index in the model -> node */
};

static const struct lock *lock_waited_on(const struct model *m, const struct thread *t)
{
	return t->wait.reason == WAIT_JOIN ? NULL : model_lock_waited_on(m, t);
}

static size_t lock_idx(const struct model *m, const struct lock *l)
{
	return l - model_lock_at(m, 0);
}

/* Is t in it: does it wait for a lock or a thread, or was it woken by one before? */
static bool is_waiting(const struct model *m, const struct thread *t)
{
	return thread_is_blocked(t) &&
	       (lock_waited_on(m, t) || model_waits_for(m, t, NULL) || model_learned(m, t, NULL));
}

/* Whom to look at: who could end the wait, or else who did it before. */
static const struct thread *helper_of(const struct model *m, const struct thread *t)
{
	const struct thread *owner = model_waits_for(m, t, NULL);

	return owner ? owner : model_learned(m, t, NULL);
}

/* Threads that are waited for, and locks, get their nodes only when they are wanted. */
static void mark(struct builder *b)
{
	const struct model *m = b->graph->model;

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i), *owner;
		const struct lock *l;

		if (!is_waiting(m, t))
			continue;
		map_put(&b->thread_nodes, t->tid, 0);
		owner = helper_of(m, t);
		if (owner)
			map_put(&b->thread_nodes, owner->tid, 0);
		l = lock_waited_on(m, t);
		if (l)
			map_put(&b->lock_nodes, lock_idx(m, l), 0);
	}
}

static int compare_locks(const void *a, const void *b)
{
	const struct lock *x = ((const struct wait_node *)a)->lock;
	const struct lock *y = ((const struct wait_node *)b)->lock;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void add_threads(struct builder *b)
{
	struct wait_graph *g = b->graph;
	size_t cnt;
	const struct thread **living = walk_living(g->model, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		const struct thread *t = living[i];

		if (!map_get(&b->thread_nodes, t->tid, NULL))
			continue;
		map_put(&b->thread_nodes, t->tid, g->nodes.cnt);
		vec_push(&g->nodes, (struct wait_node){
					    .thread = t,
					    .is_alarm = verdict_has_thread(&g->verdict, t->tid),
				    });
	}
	free(living);
}

static void add_locks(struct builder *b)
{
	struct wait_graph *g = b->graph;
	size_t first = g->nodes.cnt;

	for (size_t i = 0; i < model_lock_cnt(g->model); i++)
		if (map_get(&b->lock_nodes, i, NULL))
			vec_push(&g->nodes,
				 (struct wait_node){ .lock = model_lock_at(g->model, i) });
	if (g->nodes.cnt > first)
		qsort(&g->nodes.items[first], g->nodes.cnt - first, sizeof(g->nodes.items[0]),
		      compare_locks);
	for (size_t i = first; i < g->nodes.cnt; i++)
		map_put(&b->lock_nodes, lock_idx(g->model, g->nodes.items[i].lock), i);
}

/* A thread that has ended is no node: nobody gives back what it holds. */
static bool find_thread_node(const struct builder *b, __u32 tid, uint32_t *ret)
{
	const struct wait_node *n;

	if (!map_get(&b->thread_nodes, tid, ret) || *ret >= b->graph->nodes.cnt)
		return false;
	n = &b->graph->nodes.items[*ret];
	return n->thread && n->thread->tid == tid;
}

/* From @from, which is t or the lock it waits on, to who woke such waits before. */
static void add_learned(struct builder *b, size_t from, const struct thread *t)
{
	const struct model *m = b->graph->model;
	struct wait_edge e = {
		.from = from,
		.is_learned = true,
		.evidence = EVIDENCE_LEARNED,
		.wakers = model_wakers(m, t),
	};
	const struct thread *who = model_learned(m, t, &e.waker);
	uint32_t to;

	if (!who || !find_thread_node(b, who->tid, &to))
		return;
	e.to = to;
	vec_push(&b->graph->edges, e);
}

/* What e, from t to who could end its wait, is worth; and whether that is a process. */
static void look_at_end(struct wait_graph *g, const struct thread *t, struct wait_edge *e)
{
	struct wait_node *to = &g->nodes.items[e->to];
	struct rescue r;

	rescue_find(g->model, t, &r);
	e->is_unconfirmed = !rescue_is_confirmed(&r);
	if (r.by == RESCUERS_HOLDERS && thread_is_main(to->thread))
		to->is_process = true;
}

/* From thread @from to what it waits for: a lock, or a thread. */
static void add_request(struct builder *b, size_t from)
{
	struct wait_graph *g = b->graph;
	const struct thread *t = g->nodes.items[from].thread, *owner;
	struct wait_edge e = { .from = from, .is_alarm = g->nodes.items[from].is_alarm };
	const struct lock *l = lock_waited_on(g->model, t);
	uint32_t to;

	owner = model_waits_for(g->model, t, &e.evidence);
	if (!is_waiting(g->model, t))
		return;
	if (!l && !owner) {
		add_learned(b, from, t);
		return;
	}
	if (l ? !map_get(&b->lock_nodes, lock_idx(g->model, l), &to)
	      : !find_thread_node(b, owner->tid, &to))
		return;
	e.to = to;
	if (!l)
		look_at_end(g, t, &e);
	vec_push(&g->edges, e);
	if (l && e.is_alarm)
		g->nodes.items[to].is_alarm = true;
}

/* By the first of its waiters whose waker does not wait there, too. */
static void add_learned_of_lock(struct builder *b, size_t from)
{
	const struct wait_graph *g = b->graph;

	for (size_t i = 0; i < g->nodes.cnt; i++) {
		const struct thread *t = g->nodes.items[i].thread, *who;

		if (!t || lock_waited_on(g->model, t) != g->nodes.items[from].lock)
			continue;
		who = model_learned(g->model, t, NULL);
		if (!who || lock_waited_on(g->model, who) == g->nodes.items[from].lock)
			continue;
		add_learned(b, from, t);
		return;
	}
}

/* Has any of those that wait for it been seen again to do so, and for whom? */
static bool owner_is_confirmed(const struct wait_graph *g, const struct lock *l)
{
	for (size_t i = 0; i < g->nodes.cnt; i++) {
		const struct thread *t = g->nodes.items[i].thread;
		struct rescue r;

		if (!t || lock_waited_on(g->model, t) != l)
			continue;
		rescue_find(g->model, t, &r);
		if (rescue_is_confirmed(&r))
			return true;
	}
	return false;
}

static void add_assignment(struct builder *b, size_t from)
{
	struct wait_graph *g = b->graph;
	const struct lock *l = g->nodes.items[from].lock;
	struct wait_edge e = {
		.from = from,
		.is_assignment = true,
		.evidence = l->evidence,
	};
	uint32_t to;

	if (!l->owner_tid) {
		add_learned_of_lock(b, from);
		return;
	}
	if (!find_thread_node(b, l->owner_tid, &to))
		return;
	e.to = to;
	e.is_alarm = g->nodes.items[from].is_alarm && g->nodes.items[to].is_alarm;
	e.is_unconfirmed = !owner_is_confirmed(g, l);
	vec_push(&g->edges, e);
}

void wait_graph_build(const struct model *m, __u64 now_ns, struct wait_graph *ret)
{
	struct builder b = { .graph = ret };
	size_t thread_cnt;

	*ret = (struct wait_graph){ .model = m, .now_ns = now_ns };
	verdict_find(m, &ret->verdict);
	mark(&b);
	add_threads(&b);
	thread_cnt = ret->nodes.cnt;
	add_locks(&b);
	for (size_t i = 0; i < thread_cnt; i++)
		add_request(&b, i);
	for (size_t i = thread_cnt; i < ret->nodes.cnt; i++)
		add_assignment(&b, i);
	map_release(&b.thread_nodes);
	map_release(&b.lock_nodes);
}

void wait_graph_release(struct wait_graph *g)
{
	vec_release(&g->nodes);
	vec_release(&g->edges);
}

/* --- words --------------------------------------------------------------------- */

static void add_age(const struct wait_graph *g, __u64 since_ns, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf),
				      g->now_ns > since_ns ? g->now_ns - since_ns : 0));
}

void wait_node_title(const struct wait_graph *g, const struct wait_node *n, struct strbuf *ret)
{
	const char *name;

	if (n->thread) {
		strbuf_addf(ret, "%s%s (%u)", n->is_process ? "process " : "", n->thread->name,
			    n->thread->tid);
		return;
	}
	name = model_lock_name(g->model, n->lock);
	strbuf_addf(ret, "%s ", wait_reason_word(n->lock->kind));
	if (name)
		strbuf_adds(ret, name);
	else
		strbuf_addf(ret, "0x%llx", (unsigned long long)n->lock->address);
}

void wait_node_state(const struct wait_graph *g, const struct wait_node *n, struct strbuf *ret)
{
	if (!n->thread)
		return;
	strbuf_adds(ret, thread_state_word(n->thread->state));
	if (thread_is_blocked(n->thread) && !is_waiting(g->model, n->thread))
		strbuf_addf(ret, ": %s", wait_reason_word(n->thread->wait.reason));
	strbuf_adds(ret, " for ");
	add_age(g, n->thread->since_ns, ret);
}

bool wait_edge_is_dashed(const struct wait_edge *e)
{
	return e->is_learned || e->is_unconfirmed;
}

void wait_edge_label(const struct wait_graph *g, const struct wait_edge *e, struct strbuf *ret)
{
	const struct wait_node *from = &g->nodes.items[e->from];

	if (e->is_assignment) {
		strbuf_addf(ret, "held by (%s%s)", evidence_word(e->evidence),
			    e->is_unconfirmed ? ", not confirmed" : "");
		return;
	}
	if (e->is_learned) {
		if (from->thread)
			strbuf_addf(ret, "%s, ", wait_reason_word(from->thread->wait.reason));
		strbuf_addf(ret, "woken before by, %u of %u times (%s)", e->waker->cnt,
			    e->wakers->total, evidence_word(e->evidence));
		return;
	}
	strbuf_addf(ret, "%s ",
		    g->nodes.items[e->to].thread ? wait_reason_word(from->thread->wait.reason)
						 : "waits");
	add_age(g, from->thread->wait.since_ns, ret);
}

void wait_graph_title(const struct wait_graph *g, struct strbuf *ret)
{
	if (g->nodes.cnt)
		verdict_sentence(&g->verdict, g->model, g->now_ns, ret);
	else
		strbuf_adds(ret, "No thread waits for a lock or for another thread.");
}
