/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the codec writes: a section, which is a run of events as bytes that can be
 * read without any other (docs/trace-format.md).
 *
 * An event is a header and words of 32 bits. Each is predicted from an earlier one
 * of the same kind; its shape says which one and which words differ. The shape is
 * a token, the differences are values, and tokens, times and values each have a
 * column of their own, because like with like compresses several times better.
 *
 * All numbers are little-endian. The table of kinds says how many words each has, so
 * that a reader can step over what it does not know.
 */
#ifndef CTRACE_TRACE_CODEC_H
#define CTRACE_TRACE_CODEC_H

#include <linux/types.h>

#include "bpf/event.h"

enum {
	SECTION_MAGIC = 0x5345, /* "ES" */
	SECTION_VERSION = 1,
	SECTION_WORDS_MAX = 255,  /* of one kind, header not counted */
	SECTION_TAIL_MAX = 65535, /* of one event */
	SECTION_EVENTS_MAX = 1 << 20,
	SECTION_ARENA_MAX = 32 << 20, /* bytes all events of a section take decoded */
};

enum section_flag {
	SECTION_CHECKPOINT = 1 << 0, /* the state before the events, not events */
};

enum section_column {
	COLUMN_TOKEN,	/* the shape of each event */
	COLUMN_SHAPE,	/* shapes when they occur first */
	COLUMN_TIME_LO, /* ns since the event before: low 8 bits, mostly noise */
	COLUMN_TIME_HI, /* the other bits, mostly alike */
	COLUMN_CPU,	/* where it is not that of the event before */
	COLUMN_TID,	/* where it is not the thread that runs there */
	COLUMN_VALUE,	/* differences of words */
	COLUMN_TAIL,	/* lengths and bytes of tails */
	COLUMN_CNT,
};

struct section_hdr {
	__u16 magic;
	__u8 version;
	__u8 kind_cnt; /* struct section_kind that follow; then the columns */
	__u32 flags;
	__u32 event_cnt;
	__u32 arena_sz;
	__u64 base_ns; /* what the time of the first event is relative to */
	__u32 column_len[COLUMN_CNT];
};

/*
 * A word index + 1, or 0. Who runs on a CPU is what the next_word of the last
 * record from there said; the self_word of a record tells the same again. That
 * leaves little to say about who is switched out and who wakes.
 */
struct section_kind {
	__u8 kind;
	__u8 word_cnt;
	__u8 next_word;
	__u8 self_word;
};

enum { SECTION_ALIGN = 8 }; /* of an event in its arena */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the structs here are the file's bytes");
_Static_assert(sizeof(struct section_hdr) == 24 + 4 * COLUMN_CNT, "section format changed");
_Static_assert(sizeof(struct section_kind) == 4, "section format changed");
_Static_assert(sizeof(struct ev_ck_thread) - sizeof(struct ev_hdr) <= 4 * SECTION_WORDS_MAX,
	       "a section cannot hold this record");

#endif
