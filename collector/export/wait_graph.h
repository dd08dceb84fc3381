/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for whom at one moment, as the graph of the textbooks: a thread requests a
 * lock, a lock is assigned to a thread (Holt, "Some Deadlock Properties of Computer
 * Systems", 1972). A join points from thread to thread. Where nobody is known who holds it,
 * an edge of its own kind tells who has woken such waits before.
 */
#ifndef CTRACE_EXPORT_WAIT_GRAPH_H
#define CTRACE_EXPORT_WAIT_GRAPH_H

#include "base/vec.h"
#include "model/verdict.h"
#include "model/wakers.h"

struct wait_node {
	const struct thread *thread; /* one of the two is NULL; borrowed like the model */
	const struct lock *lock;
	bool is_alarm;	 /* it is in the verdict */
	bool is_process; /* of a thread: any of its process could end a wait for it */
};

struct wait_edge {
	size_t from, to;    /* nodes; from waits for to, */
	bool is_assignment; /* or from, a lock, is held by to */
	bool is_learned;    /* or waits for from have been ended by to: it explains, no more */
	bool is_alarm;
	bool is_unconfirmed; /* who has it was read once, and may have changed since */
	enum evidence evidence;
	const struct wakers *wakers; /* of a learned edge, borrowed like the model; */
	const struct waker *waker;   /* to is this one of them */
};

struct wait_graph {
	const struct model *model;
	__u64 now_ns;
	struct verdict verdict;
	VEC(struct wait_node) nodes; /* threads by age, then locks by address */
	VEC(struct wait_edge) edges; /* of each waiting thread, then of each lock */
};

/* The graph of @m at @now_ns: threads and locks that somebody waits for, and who waits. */
void wait_graph_build(const struct model *m, __u64 now_ns, struct wait_graph *ret);
void wait_graph_release(struct wait_graph *g);

/*
 * Append safe text: "phil-1 (4712)", "process shop (4712)" or "mutex fork[1]"; "Blocked for
 * 1.2 s" or "".
 */
void wait_node_title(const struct wait_graph *g, const struct wait_node *n, struct strbuf *ret);
void wait_node_state(const struct wait_graph *g, const struct wait_node *n, struct strbuf *ret);
/* Is it to be drawn as a line that is broken? */
bool wait_edge_is_dashed(const struct wait_edge *e);
/* "waits 1.2 s", "held by (read)", "woken before by, 41 of 44 times (learned)" */
void wait_edge_label(const struct wait_graph *g, const struct wait_edge *e, struct strbuf *ret);

/* The verdict in its sentence, or that nobody waits for anybody. */
void wait_graph_title(const struct wait_graph *g, struct strbuf *ret);

#endif /* CTRACE_EXPORT_WAIT_GRAPH_H */
