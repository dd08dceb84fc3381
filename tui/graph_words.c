/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said in the lines of the graph. */
#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/graph_draw.h"

enum { ADDRESS_TAIL = 0xffff };

const struct graph_node *graph_node_at(const struct graph *g, int idx)
{
	return &g->nodes.items[idx];
}

void graph_add_name(const struct graph_draw *d, int node, struct strbuf *ret)
{
	const struct graph_node *n = graph_node_at(d->graph, node);

	strbuf_adds(ret, n->is_process ? "(process " : "(");
	describe_name(ui_model(d->ui), n->tid, ret);
	strbuf_addch(ret, ')');
}

void graph_add_age(const struct graph_node *n, __u64 now_ns, struct strbuf *ret)
{
	__u64 since_ns = n->thread->wait.since_ns;
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf), now_ns > since_ns ? now_ns - since_ns : 0));
}

void graph_add_proof(const struct graph_node *n, __u64 now_ns, struct strbuf *ret)
{
	__u64 word_ns = n->thread->wait.read_ns; /* its own; of others that wait there later ones */
	__u64 read_ns = word_ns > n->read_ns ? word_ns : n->read_ns;
	char buf[FMT_SZ];

	strbuf_adds(ret, evidence_word(n->evidence));
	if (n->evidence == EVIDENCE_READ && read_ns)
		strbuf_addf(
			ret, " %s ago",
			fmt_duration(buf, sizeof(buf), now_ns > read_ns ? now_ns - read_ns : 0));
}

/* That of the wait of a node; NULL: it has to do with nobody. */
static const struct wait_link *link_of(const struct graph *g, int node)
{
	int link = node < g->waits.thread_cnt ? g->waits.nodes.items[node].link : WAIT_GRAPH_NONE;

	return link == WAIT_GRAPH_NONE ? NULL : &g->waits.links.items[link];
}

static void add_lock(const struct graph_draw *d, const struct lock *l, const struct wait *w,
		     struct strbuf *ret)
{
	strbuf_adds(ret, wait_reason_word(w->reason));
	if (l && model_lock_name(ui_model(d->ui), l)) {
		strbuf_addch(ret, ' ');
		wait_graph_add_lock_name(&d->graph->waits, l, ret);
		return;
	}
	if (wait_is_futex(w) && w->reason != WAIT_JOIN)
		strbuf_addf(ret, "@%04llx", (unsigned long long)w->args[0] & ADDRESS_TAIL);
	else if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
}

void graph_add_object(const struct graph_draw *d, const struct graph_node *n, struct strbuf *ret)
{
	const struct wait_graph *waits = &d->graph->waits;
	const struct wait_node *object = n->object >= 0 ? &waits->nodes.items[n->object] : NULL;

	if (object && object->kind == WAIT_NODE_CHANNEL)
		wait_link_add_channel(&waits->links.items[object->link], ret);
	else
		add_lock(d, object ? object->lock : NULL, &n->thread->wait, ret);
}

void graph_add_relation(const struct graph_draw *d, int node, struct strbuf *ret)
{
	const struct wait_link *l = link_of(d->graph, node);

	if (l)
		wait_link_add_relation(l, false, ret);
}

static void add_end(const struct graph_draw *d, const struct wait_node *n, struct strbuf *ret)
{
	if (n->kind == WAIT_NODE_PROCESS) {
		strbuf_addf(ret, "(process %u, not traced)", n->pid);
		return;
	}
	strbuf_adds(ret, n->is_process ? "(process " : "(");
	describe_name(ui_model(d->ui), n->thread->tid, ret);
	strbuf_addch(ret, ')');
}

/* Is it one that tells who could end a wait for what l is for, at its end of that? */
static bool is_end_for(const struct wait_graph *g, const struct wait_edge *e, int from,
		       const struct wait_link *l)
{
	return e->from == from && (e->kind == WAIT_EDGE_SOME || e->kind == WAIT_EDGE_END) &&
	       wait_graph_link(g, e)->is_second_end == l->is_second_end;
}

/* Of one wait a few are told, but several may wait for the same. */
static void add_ends(const struct graph_draw *d, int from, const struct wait_link *l,
		     struct strbuf *ret)
{
	const struct wait_graph *waits = &d->graph->waits;
	bool is_next = false;

	wait_link_add_relation(l, l->kind == WAIT_ENDS_SOME, ret);
	vec_for_each(e, &waits->edges) {
		if (!is_end_for(waits, e, from, l))
			continue;
		strbuf_adds(ret, is_next ? ", " : " ");
		add_end(d, &waits->nodes.items[e->to], ret);
		is_next = true;
	}
	strbuf_adds(ret, l->has_more ? " or others" : "");
}

void graph_add_hint(const struct graph_draw *d, int edge, struct strbuf *ret)
{
	const struct wait_edge *e = &d->graph->waits.edges.items[edge];
	const struct wait_link *l = wait_graph_link(&d->graph->waits, e);

	switch ((enum wait_edge_kind)e->kind) {
	case WAIT_EDGE_ANY:
		strbuf_addf(ret, "any of %u: [", l->any_of);
		wait_link_add_channel(l, ret);
		strbuf_adds(ret, "] ");
		add_ends(d, e->to, l, ret);
		break;
	case WAIT_EDGE_LEARNED:
		strbuf_addf(ret, "%s: woken before by ", evidence_word(EVIDENCE_LEARNED));
		describe_waker(ui_model(d->ui), l->thread, ret);
		break;
	case WAIT_EDGE_REQUEST:
	case WAIT_EDGE_END:
	case WAIT_EDGE_SOME:
		add_ends(d, e->from, l, ret);
		break;
	}
}

bool graph_has_time_out(const struct graph_node *n)
{
	return wait_is_timed(&n->thread->wait) && n->thread->wait.reason != WAIT_SLEEP;
}

bool graph_is_for_end(const struct wait *w)
{
	return w->reason == WAIT_JOIN || w->reason == WAIT_CHILD;
}
