/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace: every event, in blocks that each begin with a checkpoint.
 *
 * A trace grows at its end (live) or is complete (replay); readers cannot tell.
 * Events are numbered from 0; a bounded history forgets whole blocks from its
 * front, so the first event that can still be read may be a later one.
 */
#ifndef CTRACE_TRACE_H
#define CTRACE_TRACE_H

#include <stdbool.h>
#include "model/model.h"

struct trace;

struct trace_options {
	__u64 history_sz; /* bytes of compressed blocks that are kept in memory; 0: all */
};

struct writer; /* trace/writer.h */

struct trace *trace_new(const struct trace_options *opts);
void trace_free(struct trace *t); /* accepts NULL */

/*
 * Append one event, tail included, and apply it to the tail model. Time that
 * would run backwards is lifted to that of the event before (the ring orders
 * records by reservation, which is the order of causes; see docs/architecture.md).
 * 0, or -EPROTO for an event that is not well-formed (nothing is appended).
 */
int trace_append(struct trace *t, const struct ev_hdr *ev);

/*
 * From now on each block goes to w when it is closed, and first those that are there
 * already: a recording begins with the history. What is in the file need not be in
 * memory, so nothing is forgotten while a writer is set. NULL: close the block at the
 * end, and no more. The trace does not own w; writer_close() detaches it.
 */
void trace_set_writer(struct trace *t, struct writer *w);

/*
 * The same, but the history is left to trace_write_more(), for who cannot wait that long.
 * Until it is written newer blocks wait behind it, in memory; detaching writes the rest.
 */
void trace_attach_writer(struct trace *t, struct writer *w);
/*
 * The writer gets what there is by now and nothing that comes. What waits is left to
 * trace_write_more(), and the rest to detaching.
 */
void trace_finish_writer(struct trace *t);
/* Write about sz bytes of what waits. True while there is more. */
bool trace_write_more(struct trace *t, __u64 sz);

/*
 * Close the block at the end. To be called every few seconds while recording: what a
 * killed recorder loses is what came after. Small blocks take more bytes per event.
 */
void trace_flush(struct trace *t);

/*
 * Read the whole trace for the names of locks: cursors that are made afterwards know them from
 * the begin (model_know_names()). For what has ended: exports, replay.
 * fn, which may be NULL, is told on the way how many of all events are behind.
 */
typedef void (*trace_progress_fn)(void *arg, __u64 done, __u64 total);
void trace_read_lock_names(struct trace *t, trace_progress_fn fn, void *arg);

/*
 * The same for a trace that is empty yet: cursors know what the locks are called as soon as that
 * is found, of the times before, too. So a screen shows of them what its replay will show.
 */
void trace_keep_lock_names(struct trace *t);

/* For who asks later than a screen: as trace_read_lock_names(), into @ret, which is empty. */
struct lock_names; /* model/lock_names.h */
void trace_collect_lock_names(struct trace *t, trace_progress_fn fn, void *arg,
			      struct lock_names *ret);

/* The state after the last event; borrowed, changes with every append. */
const struct model *trace_tail(const struct trace *t);

__u64 trace_first_event(const struct trace *t); /* number of the oldest that is kept */
__u64 trace_event_cnt(const struct trace *t);	/* one more than the number of the newest */
__u64 trace_begin_ns(const struct trace *t);	/* time of the oldest event that is kept */
__u64 trace_end_ns(const struct trace *t);	/* time of the newest */
__u64 trace_stored_sz(const struct trace *t);	/* bytes the blocks take */

/* Blocks, for summaries of long stretches: each begins with a full checkpoint. */
size_t trace_block_cnt(const struct trace *t);
struct trace_block_info {
	__u64 first_event;
	__u32 event_cnt;
	__u64 begin_ns, end_ns; /* of its first and last event */
};
/* Blocks follow each other without a gap in numbers; one that cannot be read is one, too. */
void trace_block_info(const struct trace *t, size_t idx, struct trace_block_info *ret);

#endif /* CTRACE_TRACE_H */
