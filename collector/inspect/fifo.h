/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening a FIFO waits until somebody opens its other end (fifo(7)). */
#ifndef CTRACE_INSPECT_FIFO_H
#define CTRACE_INSPECT_FIFO_H

#include "base/strbuf.h"
#include "model/thread.h"

/*
 * Append which path t is about to open; of a FIFO what is known of it, beginning with
 * WAIT_FIFO_WORD. The file system is not asked, for it may be what does not answer: then it is
 * no FIFO. 0 or -errno: its path cannot be read, and nothing is appended.
 */
int fifo_add_words(const struct thread *t, struct strbuf *ret);

#endif
