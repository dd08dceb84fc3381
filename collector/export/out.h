/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an export goes: a buffer that is written out as it fills.
 *
 *	struct out o = { .fd = fd };
 *	do {
 *		strbuf_adds(&o.buf, "an item\n");
 *	} while (!out_commit(&o));
 *	err = out_finish(&o);
 */
#ifndef CTRACE_EXPORT_OUT_H
#define CTRACE_EXPORT_OUT_H

#include <linux/types.h>

#include "base/strbuf.h"

enum {
	OUT_MEMORY = -1,	 /* the fd of what stays in the buffer, for tests */
	OUT_BUFFER_SZ = 1 << 16, /* what is collected before it is written */
};

struct out {
	int fd;
	int err;	   /* -errno of the first write that failed; nothing is written after it */
	__u64 written;	   /* bytes */
	struct strbuf buf; /* append here */
};

/* To be called after each item. 0, or -errno: there is no point in going on. */
int out_commit(struct out *o);

/* Write what is left and give the buffer back, but not the descriptor. 0 or -errno. */
int out_finish(struct out *o);

#endif /* CTRACE_EXPORT_OUT_H */
