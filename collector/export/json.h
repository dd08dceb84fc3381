/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes JSON (RFC 8259) into a string buffer, well-formed whatever the strings hold:
 *
 *	struct json j = json_begin(&sb, 2);
 *	json_object_begin(&j, NULL);
 *	json_u64(&j, "tid", 4711);
 *	json_array_begin(&j, "args");
 *	json_string(&j, NULL, "./forks");
 *	json_array_end(&j);
 *	json_object_end(&j);
 */
#ifndef CTRACE_EXPORT_JSON_H
#define CTRACE_EXPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* The fields are for json.c alone. */
struct json {
	struct strbuf *out;
	unsigned depth;	     /* containers that are open */
	unsigned wrap_depth; /* items of deeper ones share a line */
	bool has_item;	     /* the innermost open one has */
};

/*
 * Append one value to @out. Items of containers nested deeper than @wrap_depth share the
 * line of their container: 0 gives one line in all, as JSON Lines wants it.
 */
struct json json_begin(struct strbuf *out, unsigned wrap_depth);

/*
 * One item each. @key is its name in an object and NULL in an array or at the top; names
 * are ours, but they are escaped as strings are.
 */
void json_object_begin(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array_begin(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* A number that is written already, such as "12.345". */
void json_number(struct json *j, const char *key, const char *number);

/*
 * Text of any bytes, which reads back the same where it is UTF-8. A byte that is not part
 * of well-formed UTF-8 becomes U+FFFD; what safe_text() would not show is written as \u
 * escapes, so that the file can be looked at on a terminal. NULL: the value null.
 */
void json_string(struct json *j, const char *key, const char *str);
void json_string_n(struct json *j, const char *key, const void *bytes, size_t len);

/* An address as a string, "0x5581a0"; numbers beyond 2^53 do not survive every reader. */
void json_address(struct json *j, const char *key, uint64_t address);

#endif /* CTRACE_EXPORT_JSON_H */
