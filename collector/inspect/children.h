/* SPDX-License-Identifier: GPL-2.0-only */
/* The children that a process waits for. */
#ifndef CTRACE_INSPECT_CHILDREN_H
#define CTRACE_INSPECT_CHILDREN_H

#include "base/strbuf.h"
#include "inspect/far_ends.h"
#include "model/thread.h"

/*
 * Add the children that could end the wait of t, which is one for a child, and say who they
 * are: "child 812 (sleep)". is_all: the numbers in /proc are those of the trace. 0 or -errno.
 */
int children_add(const struct thread *t, bool is_all, struct far_ends *e, struct strbuf *ret);

/* Say who the child is that thread t waits for in vfork(2), when it has that one alone. */
void children_add_vforked(const struct thread *t, struct strbuf *ret);

#endif
