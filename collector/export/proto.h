/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes protocol buffers (protobuf.dev, "Encoding") into a string buffer:
 *
 *	size_t packet = proto_begin(&sb, 1);
 *	proto_u64(&sb, 8, ts_ns);
 *	proto_string(&sb, 23, "held by phil-1");
 *	proto_end(&sb, packet);
 *
 * The length of a message is known only when it is written, and its place is kept free:
 * four bytes, as Perfetto's own writer does, so a message takes less than 256 MiB.
 */
#ifndef CTRACE_EXPORT_PROTO_H
#define CTRACE_EXPORT_PROTO_H

#include <stdint.h>

#include "base/strbuf.h"

/* Fields of the types int32, int64, uint32, uint64, bool and enum: negative values as is. */
void proto_u64(struct strbuf *sb, unsigned field, uint64_t value);

/* Fields of the types string and bytes. */
void proto_string(struct strbuf *sb, unsigned field, const char *str);
void proto_bytes(struct strbuf *sb, unsigned field, const void *bytes, size_t len);

/* A message within the message. Its begin, for proto_end(). */
size_t proto_begin(struct strbuf *sb, unsigned field);
void proto_end(struct strbuf *sb, size_t begin);

#endif /* CTRACE_EXPORT_PROTO_H */
