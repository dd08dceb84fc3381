/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of everything that a launched program has started. */
#ifndef CTRACE_KILL_TREE_H
#define CTRACE_KILL_TREE_H

#include "cmd/session.h"

/*
 * SIGKILL to the launched program and to every process it has created, until none is left
 * or two seconds are over; the session goes on meanwhile, so that it learns of those that
 * are created now. A number that another process has by now is told by its start time. Not
 * for processes that were attached to. Returns how many processes could not be ended
 * (another user's, or stuck in the kernel), each of which was logged.
 */
size_t kill_tree(struct session *s);

#endif /* CTRACE_KILL_TREE_H */
