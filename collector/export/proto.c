/* SPDX-License-Identifier: GPL-2.0-only */
/* The writer of protocol buffers. */
#include "export/proto.h"

#include <assert.h>
#include <string.h>

enum {
	WIRE_VARINT = 0,
	WIRE_BYTES = 2,
	LENGTH_SZ = 4, /* of a message, written with redundant continuation bits */
	LENGTH_MAX = 1 << 28,
};

/* Seven bits a byte, the lowest first; the high bit says that there are more. */
static void add_varint(struct strbuf *sb, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		strbuf_addch(sb, (char)(value | 0x80));
	strbuf_addch(sb, (char)value);
}

static void add_tag(struct strbuf *sb, unsigned field, unsigned wire)
{
	add_varint(sb, (uint64_t)field << 3 | wire);
}

void proto_u64(struct strbuf *sb, unsigned field, uint64_t value)
{
	add_tag(sb, field, WIRE_VARINT);
	add_varint(sb, value);
}

void proto_bytes(struct strbuf *sb, unsigned field, const void *bytes, size_t len)
{
	add_tag(sb, field, WIRE_BYTES);
	add_varint(sb, len);
	strbuf_add(sb, bytes, len);
}

void proto_string(struct strbuf *sb, unsigned field, const char *str)
{
	proto_bytes(sb, field, str, strlen(str));
}

size_t proto_begin(struct strbuf *sb, unsigned field)
{
	static const char room[LENGTH_SZ];

	add_tag(sb, field, WIRE_BYTES);
	strbuf_add(sb, room, LENGTH_SZ);
	return sb->len;
}

void proto_end(struct strbuf *sb, size_t begin)
{
	size_t len = sb->len - begin;

	assert(len < LENGTH_MAX);
	for (int i = 0; i < LENGTH_SZ; i++)
		sb->data[begin - LENGTH_SZ + i] = (char)(len >> 7 * i & 0x7f) |
						  (i < LENGTH_SZ - 1 ? (char)0x80 : 0);
}
