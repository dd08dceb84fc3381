/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph (model/wait_graph.h) as lines of text: rings first, then who hangs off whom.
 *
 * A blocked thread waits for one thread at most that alone could end that, so the graph is rings
 * and trees. Who is one of several that could, or only woke such waits before, is told in a line
 * of its own: that makes no ring and no tree. All orders are by tid, so a picture stays put while
 * waits come and go.
 */
#ifndef TUI_GRAPH_LAYOUT_H
#define TUI_GRAPH_LAYOUT_H

#include "base/vec.h"
#include "model/wait_graph.h"

struct graph_node {
	const struct thread *thread; /* borrowed: gone when the model changes */
	__u32 tid;
	int next;	   /* the node it waits for; -1: none that is known */
	int object;	   /* of the wait-for graph: the lock or channel it waits on; -1 */
	int hint;	   /* edge of it to who could end the wait, too, or did before; or of a wait
			    * for any of several, to the first of these; -1 */
	int hint_cnt;	   /* edges from there on that are told in a line each */
	__u64 read_ns;	   /* when next was last read; 0: not, or with the wait */
	__u8 evidence;	   /* enum evidence of next */
	bool is_confirmed; /* next was seen again since the wait began */
	bool is_process;   /* any thread of its process could end a wait for it */
	bool is_shown;	   /* it is in the part of the graph that is wanted */
	bool is_placed;	   /* it has its line */
	bool is_selected;  /* and that is its own */
	int ring;	   /* 1, 2, ...; 0: it is in none */
	int waiter;	   /* first node that waits for it, not counting those of a ring; -1 */
	int sibling;	   /* the next that waits for the same; -1 */
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
	GRAPH_OBJECT,	/* what several wait for, that the line it hangs off has */
	GRAPH_WAITER,	/* who waits for the line it hangs off */
	GRAPH_CROWD,	/* many who wait for the line it hangs off, and nobody waits for them */
	GRAPH_LONE,	/* threads that wait for nobody known, by what they wait for */
	GRAPH_HINT,	/* who could end the wait of the node in the line above, or did before; of
			 * a wait for any of several, one of these */
};

enum { GRAPH_DEPTH_MAX = 16 };

struct graph_line {
	__u8 kind;     /* enum graph_line_kind */
	__u8 depth;    /* of a waiter, of an object: 1 hangs off the root */
	__u16 more;    /* bit d: at depth d others follow below */
	bool is_first; /* of its ring */
	bool is_last;
	bool closes_dashed; /* of a ring: what its last member waits for is not confirmed */
	bool has_object;    /* of a waiter: the line it hangs off is what it waits on */
	int node;	    /* -1: none; OBJECT: the first that waits for it */
	int cnt;	    /* RING, DEADLOCK, OBJECT: threads; LONE, CROWD: nodes in lone[] or
			  * crowd[], from node on */
	int edge;	    /* HINT: of the wait-for graph */
};

struct graph {
	struct wait_graph waits;
	VEC(struct graph_node) nodes; /* the threads of waits in its order, then those alone */
	VEC(struct graph_line) lines;
	VEC(int) lone;	/* nodes, by what they wait for */
	VEC(int) crowd; /* nodes, as they are told */
};

/* Zero-initialised is valid. */
void graph_build(struct graph *g, const struct model *m, const struct verdict *v);

/*
 * The lines, with two for each thread of a ring when is_roomy, else one. focus_tid: only the
 * part of the graph that this thread is in; 0: all of it. selected_tid is in no crowd.
 */
void graph_lay_out(struct graph *g, const struct verdict *v, bool is_roomy, __u32 focus_tid,
		   __u32 selected_tid);

void graph_release(struct graph *g);

/* Is there a wait in the ring that time will end? */
bool graph_ring_is_timed(const struct graph *g, int node);

#endif /* TUI_GRAPH_LAYOUT_H */
