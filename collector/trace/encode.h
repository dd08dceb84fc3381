/* SPDX-License-Identifier: GPL-2.0-only */
/* Encodes events into a section. */
#ifndef CTRACE_TRACE_ENCODE_H
#define CTRACE_TRACE_ENCODE_H

#include "trace/column.h"
#include "trace/events.h"

struct encoder;

struct encoder *encoder_new(void);
void encoder_free(struct encoder *e); /* accepts NULL */

/* Begin another section: the events are forgotten, the memory is kept. */
void encoder_reset(struct encoder *e);

/*
 * Copy the event, @size bytes with its tail, to where it will stand in the section;
 * the caller may still change the copy, but no lengths. NULL when no encoder can
 * hold such an event. It counts only from encoder_commit() on; another stage
 * replaces it.
 */
struct ev_hdr *encoder_stage(struct encoder *e, const struct ev_hdr *ev, size_t size);
void encoder_commit(struct encoder *e);

/* The events committed; borrowed, and moved by the next stage. */
const struct events *encoder_events(const struct encoder *e);

/* Bytes the section would take now, before it is compressed. */
size_t encoder_size(const struct encoder *e);

/* Append the section to @out, with enum section_flag. */
void encoder_finish(const struct encoder *e, __u32 flags, struct column *out);

#endif
