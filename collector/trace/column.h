/* SPDX-License-Identifier: GPL-2.0-only */
/* Columns: byte streams that grow when written and are bounded when read. */
#ifndef CTRACE_TRACE_COLUMN_H
#define CTRACE_TRACE_COLUMN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/xalloc.h"

enum { VARINT_MAX = 10 }; /* bytes of the longest: 64 bits in groups of 7 */

/* Zero-initialised is valid and empty. */
struct column {
	__u8 *data;
	size_t len;
	size_t cap;
};

/* Room for @sz more bytes at data + len. */
static inline void column_reserve(struct column *c, size_t sz)
{
	if (sz <= c->cap - c->len)
		return;
	c->cap = c->cap * 2 + sz + 64;
	c->data = xrealloc(c->data, c->cap);
}

static inline void column_put(struct column *c, __u8 byte)
{
	column_reserve(c, 1);
	c->data[c->len++] = byte;
}

static inline void column_put_bytes(struct column *c, const void *mem, size_t sz)
{
	column_reserve(c, sz);
	if (sz)
		memcpy(c->data + c->len, mem, sz);
	c->len += sz;
}

/* LEB128: seven bits a byte, the lowest first, the top bit says that more follow. */
static inline void column_put_varint(struct column *c, __u64 val)
{
	column_reserve(c, VARINT_MAX);
	while (val >= 0x80) {
		c->data[c->len++] = val | 0x80;
		val >>= 7;
	}
	c->data[c->len++] = val;
}

/* A column being read. What lies beyond its end reads as 0 and sets is_bad, to be asked later. */
struct column_reader {
	const __u8 *pos;
	const __u8 *end;
	bool is_bad;
};

static inline __u8 column_get(struct column_reader *r)
{
	if (r->pos < r->end)
		return *r->pos++;
	r->is_bad = true;
	return 0;
}

/* NULL when there are not as many. */
static inline const void *column_get_bytes(struct column_reader *r, size_t sz)
{
	const __u8 *bytes = r->pos;

	if (sz > (size_t)(r->end - r->pos)) {
		r->is_bad = true;
		return NULL;
	}
	r->pos += sz;
	return bytes;
}

static inline __u64 column_get_varint(struct column_reader *r)
{
	__u64 val = 0;

	for (unsigned shift = 0; shift < 7 * VARINT_MAX; shift += 7) {
		__u8 byte = column_get(r);

		val |= (__u64)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return val;
	}
	r->is_bad = true;
	return 0;
}

/* Small differences of either sign as small numbers. */
static inline __u32 zigzag(__u32 diff)
{
	return diff << 1 ^ (__u32)((__s32)diff >> 31);
}

static inline __u32 unzigzag(__u32 val)
{
	return val >> 1 ^ -(val & 1);
}

#endif
