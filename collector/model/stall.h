/* SPDX-License-Identifier: GPL-2.0-only */
/* Stalls: processes in which nobody is left who could wake anybody. */
#ifndef CTRACE_MODEL_STALL_H
#define CTRACE_MODEL_STALL_H

#include "model/verdict.h"

/*
 * Find a process all of whose threads wait without time-out for each other: on futexes
 * that no other process can reach, or for a thread to end. Fills in stall_pid, at_ns and
 * cycle[] of *v (threads by tid, as far as they fit) and returns true; v->confirmed when
 * the process was seen, after at_ns, to handle no signal.
 *
 * What is not seen: a process that shares the address space without being a thread of it
 * (clone(2) with CLONE_VM alone).
 */
bool stall_find(const struct model *m, struct verdict *v);

#endif /* CTRACE_MODEL_STALL_H */
