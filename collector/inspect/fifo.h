/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening a FIFO waits until somebody opens its other end (fifo(7)). */
#ifndef CTRACE_INSPECT_FIFO_H
#define CTRACE_INSPECT_FIFO_H

#include "base/strbuf.h"
#include "model/thread.h"

/*
 * Is what t is about to open a FIFO? Then append what is known of it, beginning with
 * WAIT_FIFO_WORD. 0 or -errno; nothing is appended when it is something else.
 */
int fifo_add_words(const struct thread *t, struct strbuf *ret);

#endif
