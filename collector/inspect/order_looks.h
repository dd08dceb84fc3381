/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the locks of an inversion, and the functions that took them: what --order says.
 *
 * The threads went on long ago and their process may have ended. So what is mapped in it is
 * kept, and each edge came with a copy of its stack.
 */
#ifndef CTRACE_INSPECT_ORDER_LOOKS_H
#define CTRACE_INSPECT_ORDER_LOOKS_H

#include "inspect/looks.h"
#include "inspect/order.h"

struct order_looks;

struct order_looks *order_looks_new(void);
void order_looks_free(struct order_looks *l); /* accepts NULL */

/* Keep what process pid has mapped now; what was kept before, if it is gone. */
void order_looks_see(struct order_looks *l, __u32 pid);

/* Process pid was forked: what is kept of parent is its, too. */
void order_looks_fork(struct order_looks *l, __u32 parent, __u32 pid);

/* Process pid is another program from now on: only for what is wanted already it is kept. */
void order_looks_forget(struct order_looks *l, __u32 pid);

/* Have inv named; it is copied. */
void order_looks_want(struct order_looks *l, const struct order_inversion *inv);

/* Ask, and emit an INVERSION event, whose time is not set, for each that is named. */
void order_looks_step(struct order_looks *l, const struct model *m, __u64 now_ns,
		      looks_emit_fn emit, void *arg);

bool order_looks_pending(const struct order_looks *l);

#endif /* CTRACE_INSPECT_ORDER_LOOKS_H */
