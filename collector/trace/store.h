/* SPDX-License-Identifier: GPL-2.0-only */
/* What a trace is made of, for the files of this room alone. */
#ifndef CTRACE_TRACE_STORE_H
#define CTRACE_TRACE_STORE_H

#include "model/lock_names.h"
#include "trace/block.h"
#include "trace/block_cache.h"
#include "trace/snapshots.h"
#include "trace/trace.h"

struct encoder;

/*
 * Closed blocks, and at the end one that is open: its events lie decoded in the
 * encoder. Blocks have a sequence number that stays when older ones are dropped.
 */
struct trace {
	struct trace_options opts;
	VEC(struct block) blocks;
	__u64 first_seq;   /* of blocks.items[0] */
	__u64 frames_sz;   /* of all closed blocks */
	__u64 memory_sz;   /* of those held in memory */
	size_t memory_idx; /* no block before it is in memory */
	struct encoder *encoder;
	struct column open_checkpoint; /* sections; while the open block has events */
	__u64 open_first_event;
	__u64 end_ns;
	struct model *tail;
	struct writer *writer; /* gets the blocks when they are closed; or NULL */
	__u64 unwritten_seq;   /* the first block that it did not get yet */
	__u64 writer_end_seq;  /* the first that it is not to get; ~0: there is none */
	int writer_fd;	       /* where they can be read again; one of files */
	VEC(int) files;	       /* that blocks are in; closed with the trace */
	struct block_cache cache;
	struct lock_names names; /* once has_names: of the trace as it is, for cursors to come */
	bool has_names;
	struct snapshots snapshots; /* of states on the way of a seek */
};

/* The events of the open block. */
const struct events *trace_open_events(const struct trace *t);

/* Close the open block, which has an event at least. */
void trace_close_block(struct trace *t);

/*
 * The index of the block with event @n, or the number of closed blocks when it is
 * in the open block or beyond. @n is not before trace_first_event().
 */
size_t trace_find_block(const struct trace *t, __u64 n);

/* Read the closed block @idx; 0 or -EPROTO, and then it is marked as damaged. */
int trace_load_block(struct trace *t, size_t idx, struct loaded_block *ret);

/* Bits 1 << kind of the events of the closed block @idx; 0 when it is damaged. */
__u64 trace_block_kinds(const struct trace *t, size_t idx);

/* The state before the closed block @idx, whose events are not looked at; the same. */
int trace_load_state(struct trace *t, size_t idx, struct model *ret);

/* Append a block that is in file @fd at @off, which is behind all others. */
void trace_add_block(struct trace *t, const struct block *b);

/* All blocks were added: make the state at the end, and let events be appended there. */
void trace_finish_loading(struct trace *t);

/* What writer.c has for trace.c. */
void writer_attach(struct writer *w, struct trace *t); /* t may be NULL */
int writer_dup_fd(const struct writer *w);
/* Write a block and give where it is; or -errno, then its events are counted as lost. */
int writer_append(struct writer *w, const struct block *b, const void *frame, __u64 *ret_off);
void writer_lose(struct writer *w, __u64 event_cnt);

#endif
