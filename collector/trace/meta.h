/* SPDX-License-Identifier: GPL-2.0-only */
/* What a trace file says of itself: what was recorded, when, with what. */
#ifndef CTRACE_TRACE_META_H
#define CTRACE_TRACE_META_H

#include <linux/types.h>
#include <stdbool.h>

#include "trace/column.h"

/* clang-format off */
/*        name     id  what it is */
#define META_FIELDS(_)                                          \
	_(command, 1, "the command line, as one would type it") \
	_(kernel,  2, "release of the kernel")                  \
	_(machine, 3, "processor architecture")                 \
	_(version, 4, "the ctrace that recorded it")            \
	_(notes,   5, "annotations (trace/annotations.h), added later; the last block counts")
/* clang-format on */

enum meta_id {
#define META_ID(name, id, help) META_ID_##name = (id),
	META_FIELDS(META_ID)
#undef META_ID
};

/* The strings are never NULL after meta_init() or reader_open(). They are raw: safe_text(). */
struct trace_meta {
#define META_MEMBER(name, id, help) char *name;
	META_FIELDS(META_MEMBER)
#undef META_MEMBER
	__u64 monotonic_ns; /* the clock of the events, */
	__u64 realtime_ns;  /* and two others at the same moment */
	__u64 boottime_ns;
	__u16 minor;	/* version of the format in the file */
	__u64 lost_cnt; /* events that should be in the file and are not */
	bool truncated; /* it was not closed: there may have been more */
};

/* Describe a recording that begins now on this machine. */
void meta_init(struct trace_meta *meta, const char *command);
void meta_release(struct trace_meta *meta);

/*
 * How many events the file should hold and does not, when unread_cnt of its numbers were not found
 * by who read all of it: missing blocks are known from the others, damage inside from reading.
 */
static inline __u64 meta_file_lost(const struct trace_meta *meta, __u64 unread_cnt)
{
	return meta->lost_cnt > unread_cnt ? meta->lost_cnt : unread_cnt;
}

/* The strings as fields appended to @ret. */
void meta_encode(const struct trace_meta *meta, struct column *ret);

/* One field alone: a later block of meta replaces what it has, and leaves the rest. */
void meta_encode_field(struct column *ret, enum meta_id id, const char *text);

/* Fill in the strings from fields; what is damaged or not known is left out. */
void meta_decode(struct trace_meta *meta, const void *buf, size_t sz);

#endif
