/* SPDX-License-Identifier: GPL-2.0-only */
/* What the nodes and edges of the graph are called in exports. */
#include "export/graph_picture.h"

#include <stdlib.h>

#include "base/fmt.h"
#include "base/xalloc.h"

void graph_picture_take(const struct export_input *in, struct graph_picture *ret)
{
	const struct model *m = cursor_model(in->at);

	*ret = (struct graph_picture){ .now_ns = cursor_now_ns(in->at) };
	verdict_find(m, &ret->verdict);
	wait_graph_build(&ret->graph, m, &ret->verdict);
	graph_picture_fold(ret);
}

void graph_picture_release(struct graph_picture *p)
{
	wait_graph_release(&p->graph);
	free(p->crowds);
}

/* How many a node stands for; 0: it is one. */
static int crowd_of(const struct graph_picture *p, const struct wait_node *n)
{
	return p->crowds[n - p->graph.nodes.items];
}

/* --- words ----------------------------------------------------------------------- */

static void add_age(const struct graph_picture *p, __u64 since_ns, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf),
				      p->now_ns > since_ns ? p->now_ns - since_ns : 0));
}

static void add_lock(const struct wait_graph *g, const struct lock *l, struct strbuf *ret)
{
	strbuf_addf(ret, "%s ", wait_reason_word(l->kind));
	if (!wait_graph_add_lock_name(g, l, ret))
		strbuf_addf(ret, "0x%llx", (unsigned long long)l->address);
}

/* Of each one in a crowd of things: "mutex", "pipe". */
static const char *kind_word(const struct graph_picture *p, const struct wait_node *n)
{
	const struct wait_link *l = &p->graph.links.items[n->link];

	return wait_reason_word(n->lock ? n->lock->kind : l->thread->wait.reason);
}

void graph_picture_add_title(const struct graph_picture *p, const struct wait_node *n,
			     struct strbuf *ret)
{
	if (crowd_of(p, n)) {
		strbuf_addf(ret, "%d ", crowd_of(p, n));
		if (graph_picture_is_round(n))
			strbuf_adds(ret, "threads");
		else
			strbuf_addf(ret, "of kind %s", kind_word(p, n));
		return;
	}
	switch ((enum wait_node_kind)n->kind) {
	case WAIT_NODE_THREAD:
		strbuf_addf(ret, "%s%s (%u)", n->is_process ? "process " : "", n->thread->name,
			    n->thread->tid);
		break;
	case WAIT_NODE_PROCESS:
		strbuf_addf(ret, "process %u", n->pid);
		break;
	case WAIT_NODE_LOCK:
		add_lock(&p->graph, n->lock, ret);
		break;
	case WAIT_NODE_CHANNEL:
		wait_link_add_channel(&p->graph.links.items[n->link], ret);
		break;
	}
}

bool graph_picture_is_round(const struct wait_node *n)
{
	return n->kind == WAIT_NODE_THREAD || n->kind == WAIT_NODE_PROCESS;
}

void graph_picture_add_state(const struct graph_picture *p, const struct wait_node *n,
			     struct strbuf *ret)
{
	if (n->kind == WAIT_NODE_PROCESS)
		strbuf_adds(ret, "not traced");
	if (n->kind != WAIT_NODE_THREAD)
		return;
	if (crowd_of(p, n)) {
		strbuf_addf(ret, "%s and others", n->thread->name);
		return;
	}
	if (!thread_is_alive(n->thread)) {
		strbuf_adds(ret, "has ended");
		return;
	}
	strbuf_adds(ret, thread_state_word(n->thread->state));
	if (thread_is_blocked(n->thread) && n->link == WAIT_GRAPH_NONE)
		strbuf_addf(ret, ": %s", wait_reason_word(n->thread->wait.reason));
	strbuf_adds(ret, " for ");
	add_age(p, n->thread->since_ns, ret);
}

void graph_picture_add_end(const struct wait_link *l, bool is_unconfirmed, struct strbuf *ret)
{
	if (l->kind == WAIT_ENDS_LEARNED)
		strbuf_addf(ret, "woken before by, %u of %u times", l->waker->cnt,
			    l->wakers->total);
	else
		wait_link_add_relation(l, l->kind == WAIT_ENDS_SOME, ret);
	strbuf_addf(ret, " (%s%s)", evidence_word(l->evidence),
		    is_unconfirmed ? ", not confirmed" : "");
}

static void add_any(const struct wait_link *l, struct strbuf *ret)
{
	strbuf_addf(ret, "any of %u%s", l->any_of, wait_link_purpose(l));
}

/* "waits 1.2 s for data", "join 1.2 s" */
static void add_wait(const struct graph_picture *p, const struct wait_edge *e, struct strbuf *ret)
{
	const struct wait_link *l = wait_graph_link(&p->graph, e);
	bool is_request = e->kind == WAIT_EDGE_REQUEST;

	strbuf_addf(ret, "%s ", is_request ? "waits" : wait_reason_word(l->thread->wait.reason));
	add_age(p, l->thread->wait.since_ns, ret);
	strbuf_adds(ret, is_request ? wait_link_purpose(l) : "");
}

/* "wait", "wait, each for its own", "join" */
static void add_crowd_wait(const struct graph_picture *p, const struct wait_edge *e,
			   struct strbuf *ret)
{
	const struct wait_link *l = wait_graph_link(&p->graph, e);

	strbuf_adds(ret, e->kind == WAIT_EDGE_REQUEST ? "wait"
						      : wait_reason_word(l->thread->wait.reason));
	if (crowd_of(p, &p->graph.nodes.items[e->to]))
		strbuf_adds(ret, ", each for its own");
}

void graph_picture_add_label(const struct graph_picture *p, const struct wait_edge *e,
			     struct strbuf *ret)
{
	const struct wait_link *l = wait_graph_link(&p->graph, e);
	bool is_from_thread = p->graph.nodes.items[e->from].kind == WAIT_NODE_THREAD;

	if (e->kind == WAIT_EDGE_ANY) {
		add_any(l, ret);
		return;
	}
	if (is_from_thread && crowd_of(p, &p->graph.nodes.items[e->from])) {
		add_crowd_wait(p, e, ret);
		return;
	}
	if (is_from_thread && e->kind != WAIT_EDGE_LEARNED) {
		add_wait(p, e, ret);
		return;
	}
	if (is_from_thread)
		strbuf_addf(ret, "%s, ", wait_reason_word(l->thread->wait.reason));
	graph_picture_add_end(l, e->is_unconfirmed, ret);
}

void graph_picture_add_sentence(const struct graph_picture *p, struct strbuf *ret)
{
	if (p->graph.nodes.cnt)
		verdict_sentence(&p->verdict, p->graph.model, p->now_ns, ret);
	else
		strbuf_adds(ret, "No thread waits for a lock or for another thread.");
}
