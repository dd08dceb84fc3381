/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cursor: the state of a trace at any time.
 *
 * State = nearest checkpoint + the events after it, so going anywhere costs one
 * block at most, however long the trace. Going forward applies events; going
 * back reloads a block.
 */
#ifndef CTRACE_TRACE_CURSOR_H
#define CTRACE_TRACE_CURSOR_H

#include "trace/trace.h"

struct cursor;

/* A cursor before the first event of t, which must outlive it. */
struct cursor *cursor_new(struct trace *t);
void cursor_free(struct cursor *c); /* accepts NULL */

/* The state at the cursor; borrowed, changes when the cursor moves. */
const struct model *cursor_model(const struct cursor *c);

/*
 * How many events of the trace are applied: the number of the event that
 * cursor_next() gives. Clamped into [trace_first_event, trace_event_cnt].
 */
__u64 cursor_event(const struct cursor *c);

/* The time of the state: of the last event applied, or what was sought last. */
__u64 cursor_now_ns(const struct cursor *c);

/*
 * Move so that exactly n events, or all events with time <= ns, are applied.
 * 0; -ENODATA when that block is gone or damaged (the cursor is then at the
 * nearest place that can be read).
 */
int cursor_seek_event(struct cursor *c, __u64 n);
int cursor_seek_time(struct cursor *c, __u64 ns);

/*
 * The same to the begin of block idx of trace_block_info(), for who wants the state there and
 * nothing else: the events are not read until they are asked for.
 */
int cursor_seek_block(struct cursor *c, size_t idx);

/*
 * cursor_seek_time() in parts, each for the price of about max_work; false: it is on its way, and
 * there after more calls.
 */
bool cursor_approach_time(struct cursor *c, __u64 ns, __u64 max_work);

/*
 * What they begin with, which cannot be done in parts, at the same price: the first event after ns,
 * the begin of a block, the next event.
 */
__u64 cursor_time_cost(const struct cursor *c, __u64 ns);
__u64 cursor_block_cost(const struct cursor *c, size_t idx);
__u64 cursor_next_cost(const struct cursor *c);

/* What was done so far to move, at the price of an event applied: to decide what to do when. */
__u64 cursor_work(const struct cursor *c);

/*
 * The next event, not applied (peek) or applied (next); NULL at the end. An event
 * is borrowed until the cursor moves again.
 */
const struct ev_hdr *cursor_peek(struct cursor *c);
const struct ev_hdr *cursor_next(struct cursor *c);

/* One event back: gives the event that was undone, or NULL at the begin. */
const struct ev_hdr *cursor_prev(struct cursor *c);

#endif /* CTRACE_TRACE_CURSOR_H */
