/* SPDX-License-Identifier: GPL-2.0-only */
/* What the nodes and edges of the graph are called in exports. */
#include "export/graph_picture.h"

#include "base/fmt.h"

void graph_picture_take(const struct export_input *in, struct graph_picture *ret)
{
	const struct model *m = cursor_model(in->at);

	*ret = (struct graph_picture){ .now_ns = cursor_now_ns(in->at) };
	verdict_find(m, &ret->verdict);
	wait_graph_build(&ret->graph, m, &ret->verdict);
}

void graph_picture_release(struct graph_picture *p)
{
	wait_graph_release(&p->graph);
}

static void add_age(const struct graph_picture *p, __u64 since_ns, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf),
				      p->now_ns > since_ns ? p->now_ns - since_ns : 0));
}

static void add_lock(const struct graph_picture *p, const struct lock *l, struct strbuf *ret)
{
	const char *name = model_lock_name(p->graph.model, l);

	strbuf_addf(ret, "%s ", wait_reason_word(l->kind));
	if (name)
		strbuf_adds(ret, name);
	else
		strbuf_addf(ret, "0x%llx", (unsigned long long)l->address);
}

void graph_picture_add_title(const struct graph_picture *p, const struct wait_node *n,
			     struct strbuf *ret)
{
	switch ((enum wait_node_kind)n->kind) {
	case WAIT_NODE_THREAD:
		strbuf_addf(ret, "%s%s (%u)", n->is_process ? "process " : "", n->thread->name,
			    n->thread->tid);
		break;
	case WAIT_NODE_PROCESS:
		strbuf_addf(ret, "process %u", n->pid);
		break;
	case WAIT_NODE_LOCK:
		add_lock(p, n->lock, ret);
		break;
	case WAIT_NODE_CHANNEL:
		wait_link_add_channel(p->graph.model, &p->graph.links.items[n->link], ret);
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

/* "held by (read)", "could be written by (read)" */
static void add_relation(const struct graph_picture *p, const struct wait_edge *e,
			 struct strbuf *ret)
{
	const struct wait_link *l = wait_graph_link(&p->graph, e);

	wait_link_add_relation(l, e->kind == WAIT_EDGE_SOME, ret);
	strbuf_addf(ret, " (%s%s)", evidence_word(e->evidence),
		    e->is_unconfirmed ? ", not confirmed" : "");
}

static void add_learned(const struct graph_picture *p, const struct wait_edge *e,
			struct strbuf *ret)
{
	const struct wait_link *l = wait_graph_link(&p->graph, e);

	if (p->graph.nodes.items[e->from].kind == WAIT_NODE_THREAD)
		strbuf_addf(ret, "%s, ", wait_reason_word(l->thread->wait.reason));
	strbuf_addf(ret, "woken before by, %u of %u times (%s)", l->waker->cnt, l->wakers->total,
		    evidence_word(e->evidence));
}

static void add_wait(const struct graph_picture *p, const struct wait_edge *e, struct strbuf *ret)
{
	const struct wait *w = &wait_graph_link(&p->graph, e)->thread->wait;

	strbuf_adds(ret, e->kind == WAIT_EDGE_REQUEST ? "waits " : wait_reason_word(w->reason));
	if (e->kind != WAIT_EDGE_REQUEST)
		strbuf_addch(ret, ' ');
	add_age(p, w->since_ns, ret);
	if (e->kind == WAIT_EDGE_REQUEST && (w->reason == WAIT_PIPE || w->reason == WAIT_SOCKET))
		strbuf_adds(ret, wait_is_write(w) ? " for room" : " for data");
}

void graph_picture_add_label(const struct graph_picture *p, const struct wait_edge *e,
			     struct strbuf *ret)
{
	if (e->kind == WAIT_EDGE_LEARNED)
		add_learned(p, e, ret);
	else if (p->graph.nodes.items[e->from].kind == WAIT_NODE_THREAD)
		add_wait(p, e, ret);
	else
		add_relation(p, e, ret);
}

void graph_picture_add_sentence(const struct graph_picture *p, struct strbuf *ret)
{
	if (p->graph.nodes.cnt)
		verdict_sentence(&p->verdict, p->graph.model, p->now_ns, ret);
	else
		strbuf_adds(ret, "No thread waits for a lock or for another thread.");
}
