/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for whom at one moment, as the graph of the textbooks: a thread requests a lock, a
 * lock is assigned to a thread (Holt, "Some Deadlock Properties of Computer Systems", 1972). A
 * pipe, a socket, an eventfd, a file with a lock on it stands between threads as a lock does, for
 * those at its other end. A join points from thread to thread.
 *
 * The screen and all exports draw this graph, so they say the same.
 */
#ifndef CTRACE_MODEL_WAIT_GRAPH_H
#define CTRACE_MODEL_WAIT_GRAPH_H

#include "base/map.h"
#include "base/vec.h"
#include "model/namesakes.h"
#include "model/verdict.h"
#include "model/wait_link.h"

enum {
	WAIT_GRAPH_NONE = -1,
	WAIT_GRAPH_CROWD = 9, /* so many that wait alike are drawn as one */
};

enum wait_node_kind {
	WAIT_NODE_THREAD,
	WAIT_NODE_PROCESS, /* one that is not traced */
	WAIT_NODE_LOCK,
	WAIT_NODE_CHANNEL,
};

struct wait_node {
	__u8 kind;		     /* enum wait_node_kind */
	bool is_alarm;		     /* it is in the verdict */
	bool is_process;	     /* of a thread: any of its process could end a wait for it */
	__u32 pid;		     /* of a PROCESS */
	const struct thread *thread; /* of a THREAD; it may have ended */
	const struct lock *lock;     /* of a LOCK */
	int link;     /* of a thread that waits, its first wait; of others, one for them */
	int link_cnt; /* of a thread: so many, from link on; 0 if it does not wait */
	int object;   /* of a thread that waits for a lock or channel alone, that, */
	int end;      /* the thread that alone could end it, */
	int by_edge;  /* and the edge that tells so; NONE where there is none */
};

enum wait_edge_kind {
	WAIT_EDGE_REQUEST, /* a thread waits for a lock or channel */
	WAIT_EDGE_ANY,	   /* the same, but another channel will do as well */
	WAIT_EDGE_END,	   /* what it is from - or, of a join, who - only its end could give */
	WAIT_EDGE_SOME,	   /* the same, but others could, too */
	WAIT_EDGE_LEARNED, /* waits for what it is from have been ended by its end before */
};

struct wait_edge {
	int from, to;
	__u8 kind;	     /* enum wait_edge_kind */
	__u8 evidence;	     /* enum evidence */
	bool is_alarm;	     /* it is part of what the verdict tells */
	bool is_unconfirmed; /* it was read once, and may have changed since */
	int link;	     /* of who waits; of several, of one */
};

/* All is borrowed from the model. Zero-initialised is valid; to be built again and again. */
struct wait_graph {
	const struct model *model;
	VEC(struct wait_node) nodes; /* threads by number, then what they wait for */
	VEC(struct wait_edge) edges;
	VEC(struct wait_link) links;	  /* of the threads that wait for something in the graph */
	VEC(const struct thread *) alone; /* those that are Blocked and are not in it, by number */
	int thread_cnt;			  /* of nodes */
	struct namesakes namesakes;	  /* of locks */

	/* For the building alone. */
	struct map channels, processes, ends; /* identity, pid, from and to: of nodes and edges */
	struct strbuf scratch;
};

/* The graph of m, of which v is the verdict. */
void wait_graph_build(struct wait_graph *g, const struct model *m, const struct verdict *v);
void wait_graph_release(struct wait_graph *g);

/* That of who waits; e is an edge of g. */
const struct wait_link *wait_graph_link(const struct wait_graph *g, const struct wait_edge *e);

/* Append what the lock of a node is called, "fork[1]" or "m at 0x5000"; false: it has no name. */
bool wait_graph_add_lock_name(const struct wait_graph *g, const struct lock *l, struct strbuf *ret);

/*
 * Is it to be drawn as a line that is broken: it may be another, or another will do, or it is not
 * confirmed? Of these ANY has dots.
 */
bool wait_edge_is_dashed(const struct wait_edge *e);

/* By number; of a number that was used again the living thread comes first. */
int wait_graph_compare_threads(const struct thread *a, const struct thread *b);

#endif /* CTRACE_MODEL_WAIT_GRAPH_H */
