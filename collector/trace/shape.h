/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shapes: how an event differs from its prediction, numbered as they first occur.
 *
 * A program has some ten shapes that recur for ever; each becomes a token of one
 * byte. A shape is announced when it occurs first and then known to both ends.
 */
#ifndef CTRACE_TRACE_SHAPE_H
#define CTRACE_TRACE_SHAPE_H

#include <stdbool.h>

#include "trace/codec.h"

enum shape_bits {
	SHAPE_WAY = 0x07,     /* the prediction: a way of struct predictor */
	SHAPE_CPU = 1 << 3,   /* the CPU is another than that of the event before */
	SHAPE_TID = 1 << 4,   /* the thread is not the one that runs on the CPU */
	SHAPE_FLAGS = 1 << 5, /* the flags differ */
	SHAPE_TAIL = 1 << 6,  /* a tail follows */
	SHAPE_BITS_ALL = 0x7f,
};

enum {
	TOKEN_LONG = 0xf0, /* from here on, the token has a second byte */
	TOKEN_NEW = 0xff,  /* a shape that was not announced yet */
	SHAPE_MAX = TOKEN_LONG + ((TOKEN_NEW - TOKEN_LONG) << 8), /* that get a number */
	MASK_CHUNKS = (SECTION_WORDS_MAX + 63) / 64,
};

/* Which words differ: bit i of all is word i. */
struct shape {
	__u64 mask[MASK_CHUNKS];
	__u8 slot; /* index in the table of kinds */
	__u8 bits; /* enum shape_bits */
};

/* Shapes of records longer than that are announced each time: there are few of those. */
enum { SHAPE_NUMBERED_WORDS = 64 };

struct shape_key {
	__u64 mask;
	__u8 slot;
	__u8 bits;
};

struct shape_list {
	struct shape_key keys[SHAPE_MAX];
	unsigned cnt;
};

static inline unsigned mask_size(unsigned word_cnt)
{
	return (word_cnt + 7) / 8;
}

/* Does no word differ? */
static inline bool shape_is_same(const struct shape *s)
{
	__u64 any = 0;

	for (unsigned i = 0; i < MASK_CHUNKS; i++)
		any |= s->mask[i];
	return !any;
}

/* True when there was room. */
static inline bool shape_list_add(struct shape_list *l, const struct shape *s)
{
	if (l->cnt == SHAPE_MAX)
		return false;
	l->keys[l->cnt++] = (struct shape_key){ s->mask[0], s->slot, s->bits };
	return true;
}

#endif
