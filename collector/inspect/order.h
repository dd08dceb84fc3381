/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lock-order inversions: deadlocks that did not strike.
 *
 * Each edge is a thread that wants a lock while it holds others. A cycle of edges is a
 * deadlock in waiting when nothing keeps its threads from being there at once: it is of
 * as many threads as edges, no lock is held at two of them (a gate), and none comes after
 * another for a reason (its thread was created later, or joined the other before). This is
 * the Goodlock algorithm (Havelund, SPIN 2000) with the segments of Bensalem and Havelund
 * (HVC 2005). A pure function of what it is fed.
 */
#ifndef CTRACE_INSPECT_ORDER_H
#define CTRACE_INSPECT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include "bpf/event.h"

enum {
	ORDER_CYCLE_MAX = 8,
	ORDER_EDGE_MAX = 4096, /* that are remembered; beyond, the search is not complete */
};

struct order;

/* One step of an inversion: edge->held[held_idx] was taken, then edge->hdr.address. */
struct order_step {
	const struct order_edge *edge; /* the order's */
	__u32 held_idx;
};

struct order_inversion {
	struct order_step steps[ORDER_CYCLE_MAX]; /* each wants what the next one holds */
	size_t cnt;
};

struct order *order_new(void);
void order_free(struct order *o); /* accepts NULL */

/*
 * Take one record, in their order. True: it makes an inversion, which is *ret, of locks
 * that were in none before; borrowed from o.
 */
bool order_take(struct order *o, const struct order_hdr *rec, struct order_inversion *ret);

/* Records were lost. What is missing may have ordered what is left: nothing more is found. */
void order_give_up(struct order *o);

/* Was everything taken into account? */
bool order_is_complete(const struct order *o);

/* How many edges there were: 0 says that no lock was taken under another. */
size_t order_edge_cnt(const struct order *o);

#endif /* CTRACE_INSPECT_ORDER_H */
