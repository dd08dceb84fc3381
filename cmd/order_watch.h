/* SPDX-License-Identifier: GPL-2.0-only */
/* --order: from the probes on functions that lock to INVERSION events in the trace. */
#ifndef CTRACE_ORDER_WATCH_H
#define CTRACE_ORDER_WATCH_H

#include "capture/pump.h"

struct order_watch;

/*
 * Watch the locks of process pid, which is held, and will be program: 0 and *ret; or -errno
 * with a message. The pump is borrowed. with_children: in the processes it forks, too; then
 * there are probes in all processes that use the same C library.
 */
int order_watch_start(struct pump *pump, __u32 pid, const char *program, bool with_children,
		      struct order_watch **ret);

/* The same of processes that run. */
int order_watch_attach(struct pump *pump, const __u32 *pids, size_t cnt, bool with_children,
		       struct order_watch **ret);

void order_watch_free(struct order_watch *w); /* accepts NULL */

/* These accept NULL, too. To be called once the program runs, at every step, at the end. */
void order_watch_begin(struct order_watch *w);
void order_watch_step(struct order_watch *w, __u64 now_ns);
void order_watch_finish(struct order_watch *w);

#endif /* CTRACE_ORDER_WATCH_H */
