/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph at the moment of an export, and its words: what all formats draw. */
#ifndef CTRACE_EXPORT_GRAPH_PICTURE_H
#define CTRACE_EXPORT_GRAPH_PICTURE_H

#include "export/export.h"
#include "model/wait_graph.h"

struct graph_picture {
	struct wait_graph graph;
	int *crowds; /* by node: so many threads or things are in it; 0: it is one */
	struct verdict verdict;
	__u64 now_ns;
};

/* The graph at in->at, crowds folded; borrowed from its model. To be released. */
void graph_picture_take(const struct export_input *in, struct graph_picture *ret);
void graph_picture_release(struct graph_picture *p);

/*
 * Make one node of WAIT_GRAPH_CROWD threads or more that wait alike and that nobody waits for. Of
 * nodes, only kind, thread, lock, link and is_... hold afterwards. (graph_fold.c, for
 * graph_picture_take())
 */
void graph_picture_fold(struct graph_picture *p);

/*
 * Append safe text: "phil-1 (4712)", "process shop (4712)", "mutex fork[1]", "pipe:[81234]",
 * "500 threads", "500 of kind condvar";
 * "Blocked for 1.2 s", "has ended" or "".
 */
void graph_picture_add_title(const struct graph_picture *p, const struct wait_node *n,
			     struct strbuf *ret);
void graph_picture_add_state(const struct graph_picture *p, const struct wait_node *n,
			     struct strbuf *ret);
/* "waits 1.2 s", "held by (read)", "woken before by, 41 of 44 times (learned)" */
void graph_picture_add_label(const struct graph_picture *p, const struct wait_edge *e,
			     struct strbuf *ret);

/*
 * What the ends of a link have to do with what it waits on: "held by (read)", "woken before by, 2
 * of 3 times (learned)".
 */
void graph_picture_add_end(const struct wait_link *l, bool is_unconfirmed, struct strbuf *ret);

/* A thread or process, which is drawn round; else a thing. */
bool graph_picture_is_round(const struct wait_node *n);

/* The verdict in its sentence, or that nobody waits for anybody. */
void graph_picture_add_sentence(const struct graph_picture *p, struct strbuf *ret);

#endif /* CTRACE_EXPORT_GRAPH_PICTURE_H */
