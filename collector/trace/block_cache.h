/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks that were read, shared by the cursors of a trace: those on one screen look at the same
 * places, and to unpack and decode a block is half of what a seek costs.
 */
#ifndef CTRACE_TRACE_BLOCK_CACHE_H
#define CTRACE_TRACE_BLOCK_CACHE_H

#include "trace/block.h"

struct cached_block {
	struct loaded_block loaded;
	__u64 seq;	  /* which block of the trace it is */
	__u64 used_at;	  /* when it was last */
	unsigned pin_cnt; /* 0: it may go */
};

/* Zero-initialised is valid and empty. */
struct block_cache {
	VEC(struct cached_block *) blocks;
	__u64 use_cnt;
	__u64 decoded_cnt; /* events of all blocks that were read */
};

/* Nothing may be pinned any more. */
void block_cache_release(struct block_cache *c);

/*
 * The closed block @idx of @t, decoded; NULL when it is damaged. It stays where it is until it is
 * given back to cached_block_unpin(), which accepts NULL.
 */
struct cached_block *trace_pin_block(struct trace *t, size_t idx);
void cached_block_unpin(struct cached_block *b);

/* Was block @seq read, and is it still there? */
bool block_cache_has(const struct block_cache *c, __u64 seq);

/* Block @seq has turned out to be damaged: it is not found any more. */
void block_cache_forget(struct block_cache *c, __u64 seq);

#endif
