/* SPDX-License-Identifier: GPL-2.0-only */
/* connect(2) on a Unix socket: to which name, and who listens there. */
#ifndef CTRACE_INSPECT_CONNECT_WORDS_H
#define CTRACE_INSPECT_CONNECT_WORDS_H

#include "base/strbuf.h"
#include "inspect/far_ends.h"
#include "model/model.h"

/*
 * Thread t waits in connect() on f: append " to /run/x, whose queue is full; pid 812 listens
 * there", and add those processes to e. Nothing for other sockets, which have their address.
 */
void connect_words_add(const struct open_files *of, const struct thread *t,
		       const struct probe_file *f, struct far_ends *e, struct strbuf *ret);

#endif
