/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block: the state before some events, the events, and nothing else, so that
 * each can be read without the others. Packed it is one zstd frame of sections.
 */
#ifndef CTRACE_TRACE_BLOCK_H
#define CTRACE_TRACE_BLOCK_H

#include "model/model.h"
#include "trace/column.h"
#include "trace/events.h"
#include "trace/trace.h"

enum {
	BLOCK_EVENTS_MIN = 16384,   /* a block of fewer compresses worse and costs a checkpoint */
	BLOCK_EVENTS_MAX = 65536,   /* what a seek decodes and applies at worst */
	BLOCK_SIZE_MAX = 4 << 20,   /* of the events, encoded */
	BLOCK_ARENA_MAX = 16 << 20, /* of the events, decoded */
	BLOCK_CHECKPOINT_SHARE = 4, /* events take at least this times what the checkpoint takes */
	BLOCK_RAW_MAX = 64 << 20,   /* of a packed block when unpacked; more is refused */
};

struct block {
	struct trace_block_info info;
	__u8 *frame; /* NULL: it is in a file alone */
	__u32 frame_sz;
	__u32 raw_sz;	 /* unpacked */
	int fd;		 /* the file it is in, borrowed */
	__u64 file_off;	 /* where; 0: it is in no file */
	bool is_damaged; /* found when it was read, or it was never there: a hole */
};

/* A checkpoint taken from a model, as sections appended to @ret. */
struct encoder;
void checkpoint_encode(const struct model *m, struct encoder *e, struct column *ret);

/*
 * Make @m what it was when the checkpoint was taken, from the sections at @buf; those
 * that hold events are passed over. 0 or -EPROTO; @m is then something else.
 */
int checkpoint_apply(const void *buf, size_t len, struct model *m);

/* Compress sections to one frame appended to @ret. */
void block_pack(const struct column *raw, struct column *ret);

/*
 * The reverse, of a frame that is untrusted: 0, or -EPROTO when it does not hold
 * exactly @raw_sz bytes. It says itself how many it holds; more are refused unread.
 */
int block_unpack(const void *frame, size_t frame_sz, void *raw, size_t raw_sz);

/* A block that was read. Zero-initialised is valid and empty. */
struct loaded_block {
	__u8 *raw; /* sections */
	size_t raw_sz;
	size_t raw_cap;
	struct events events;
};

/*
 * Unpack and decode @frame, which @b describes and of which every byte is untrusted.
 * What *ret held is replaced, in its memory where that is enough. 0, or -EPROTO when it does not
 * hold what @b says; *ret is then empty.
 */
int block_load(const struct block *b, const void *frame, struct loaded_block *ret);
void loaded_block_release(struct loaded_block *l);

/* Bits 1 << kind of the events of @frame, which are not decoded; 0 when it is damaged. */
__u64 block_event_kinds(const struct block *b, const void *frame);

/* Make @m the state before the events of @frame, which are not decoded. 0 or -EPROTO. */
int block_restore(const struct block *b, const void *frame, struct model *m);

#endif
