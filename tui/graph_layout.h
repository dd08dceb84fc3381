/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph as lines of text: rings first, then who hangs off whom. Its nodes are
 * threads, processes, and the locks between them.
 *
 * A blocked thread waits for one thread at most, so the graph is rings and trees. Who only
 * woke such waits before is told in a line of its own: that makes no ring and no tree.
 * All orders are by tid, so a picture stays put while waits come and go.
 */
#ifndef TUI_GRAPH_LAYOUT_H
#define TUI_GRAPH_LAYOUT_H

#include "base/vec.h"
#include "model/verdict.h"

struct graph_node {
	const struct thread *thread; /* borrowed: gone when the model changes */
	__u32 tid;
	int next;		 /* the node it waits for; -1: none that is known */
	__u8 evidence;		 /* enum evidence of that */
	bool is_confirmed;	 /* that was seen again since the wait began */
	bool is_for_process;	 /* any thread of that process could end the wait */
	bool is_process;	 /* it is what such a wait is for */
	bool is_shown;		 /* it is in the part of the graph that is wanted */
	bool is_placed;		 /* it has its line */
	const struct lock *lock; /* what it waits on, if that is a lock; borrowed */
	int ring;		 /* 1, 2, ...; 0: it is in none */
	int waiter;    /* first node that waits for it, not counting those of a ring; -1 */
	int sibling;   /* the next that waits for the same; -1 */
	__u32 learned; /* who woke such waits before, when next is not known: a tid; 0 */
};

enum graph_line_kind {
	GRAPH_BLANK,
	GRAPH_DEADLOCK, /* heading of a ring that the verdict has found */
	GRAPH_RING,	/* heading of a ring that is no deadlock, or not for certain */
	GRAPH_MEMBER,	/* a thread of a ring ... */
	GRAPH_EDGE,	/* ... and what it waits for, in the line below */
	GRAPH_FLAT,	/* both in one line */
	GRAPH_OTHERS,	/* heading of the rest */
	GRAPH_ROOT,	/* somebody is waited for */
	GRAPH_LOCK,	/* what several wait for, that the line it hangs off has */
	GRAPH_WAITER,	/* who waits for the line it hangs off */
	GRAPH_LONE,	/* threads that wait for nobody known, by what they wait for */
	GRAPH_LEARNED,	/* who woke waits like that of the node in the line above before */
};

enum { GRAPH_DEPTH_MAX = 16 };

struct graph_line {
	__u8 kind;     /* enum graph_line_kind */
	__u8 depth;    /* of a waiter, of a lock: 1 hangs off the root */
	__u16 more;    /* bit d: at depth d others follow below */
	bool is_first; /* of its ring */
	bool is_last;
	bool has_lock; /* of a waiter: the line it hangs off is the lock */
	int node;      /* -1: none; LOCK: the first that waits for it */
	int cnt;       /* RING, DEADLOCK, LOCK: threads; LONE: nodes in lone[], from node on */
};

struct graph {
	VEC(struct graph_node) nodes; /* by tid */
	VEC(struct graph_line) lines;
	VEC(int) lone;	/* nodes, by what they wait for */
	bool has_waits; /* somebody waits for somebody */
};

/* Zero-initialised is valid. */
void graph_build(struct graph *g, const struct model *m);

/*
 * The lines, with two for each thread of a ring when is_roomy, else one. focus_tid: only the
 * part of the graph that this thread is in; 0: all of it.
 */
void graph_lay_out(struct graph *g, const struct verdict *v, bool is_roomy, __u32 focus_tid);

void graph_release(struct graph *g);

/* Is there a wait in the ring that time will end? */
bool graph_ring_is_timed(const struct graph *g, int node);

#endif /* TUI_GRAPH_LAYOUT_H */
