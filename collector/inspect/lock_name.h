/* SPDX-License-Identifier: GPL-2.0-only */
/* How a program calls the lock at an address. */
#ifndef CTRACE_INSPECT_LOCK_NAME_H
#define CTRACE_INSPECT_LOCK_NAME_H

#include "base/strbuf.h"
#include "inspect/stack.h"

/*
 * Append the name of the lock at address, for which the thread with this stack waits; trace is
 * NULL when nobody does, then only a global has a name:
 *
 *	table.fork[1]		a global or static variable, by its type
 *	queue->not_empty	by way of a variable of the waiter, or a global pointer
 *	main's stack+0x20	at least where it lies
 *
 * *ret_borrowed: it holds only as long as somebody waits (EVF_BORROWED, bpf/event.h).
 * False when nothing can be said for sure.
 */
bool lock_name_find(struct target *t, __u64 address, const struct stack_trace *trace,
		    struct strbuf *ret, bool *ret_borrowed);

/* The same, but where it merely lies is no name. */
bool lock_name_find_expression(struct target *t, __u64 address, const struct stack_trace *trace,
			       struct strbuf *ret, bool *ret_borrowed);

#endif
