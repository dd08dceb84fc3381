/* SPDX-License-Identifier: GPL-2.0-only */
/* What a trace is made of, for the files of this room alone. */
#ifndef CTRACE_TRACE_STORE_H
#define CTRACE_TRACE_STORE_H

#include "trace/block.h"
#include "trace/trace.h"

struct encoder;

/*
 * Closed blocks, and at the end one that is open: its events lie decoded in the
 * encoder. Blocks have a sequence number that stays when older ones are dropped.
 */
struct trace {
	struct trace_options opts;
	VEC(struct block) blocks;
	__u64 first_seq; /* of blocks.items[0] */
	__u64 frames_sz; /* of all closed blocks */
	__u64 memory_sz; /* of those held in memory */
	struct encoder *encoder;
	struct column open_checkpoint; /* sections; while the open block has events */
	__u64 open_first_event;
	__u64 end_ns;
	struct model *tail;
};

/* The events of the open block. */
const struct events *trace_open_events(const struct trace *t);

/*
 * The index of the block with event @n, or the number of closed blocks when it is
 * in the open block or beyond. @n is not before trace_first_event().
 */
size_t trace_find_block(const struct trace *t, __u64 n);

/* Read the closed block @idx; 0 or -EPROTO, and then it is marked as damaged. */
int trace_load_block(struct trace *t, size_t idx, struct loaded_block *ret);

#endif
