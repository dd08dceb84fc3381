/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON writer. */
#include "export/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/safe_text.h"
#include "base/utf8.h"

enum {
	REPLACEMENT = 0xfffd,
};

struct json json_begin(struct strbuf *out, unsigned wrap_depth)
{
	return (struct json){ .out = out, .wrap_depth = wrap_depth };
}

/* As its own bytes, a reader's terminal would obey it or hide it. */
static bool char_is_unsafe(const unsigned char *src, size_t len)
{
	char shown[UTF8_MAX + 1];

	safe_text(shown, sizeof(shown), src, len);
	return src[0] != '?' && (shown[0] == '?' || shown[0] == '\0');
}

/* Beyond the first plane an escape is a surrogate pair (RFC 8259, section 7). */
static void add_escape(struct strbuf *out, uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		strbuf_addf(out, "\\u%04" PRIx32, 0xd800 + (code >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	strbuf_addf(out, "\\u%04" PRIx32, code);
}

static void add_char(struct strbuf *out, const unsigned char *src, size_t len, uint32_t code)
{
	static const char shorts[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *found = len == 1 && code ? strchr(shorts, code) : NULL;

	if (found) {
		strbuf_addch(out, '\\');
		strbuf_addch(out, letters[found - shorts]);
	} else if (char_is_unsafe(src, len)) {
		add_escape(out, code);
	} else {
		strbuf_add(out, src, len);
	}
}

/* How many characters from @src on stand for themselves: nearly all of nearly every text. */
static size_t plain_len(const unsigned char *src, size_t sz)
{
	size_t len = 0;

	while (len < sz && src[len] >= ' ' && src[len] <= '~' && src[len] != '"' &&
	       src[len] != '\\')
		len++;
	return len;
}

/* One character, or a byte that is none; the bytes taken. */
static size_t add_special(struct strbuf *out, const unsigned char *src, size_t sz)
{
	uint32_t code;
	size_t len = utf8_decode(src, sz, &code);

	if (len)
		add_char(out, src, len, code);
	else
		add_escape(out, REPLACEMENT);
	return len ? len : 1;
}

static void add_string(struct strbuf *out, const void *bytes, size_t sz)
{
	const unsigned char *src = bytes;

	strbuf_addch(out, '"');
	while (sz) {
		size_t len = plain_len(src, sz);

		if (len)
			strbuf_add(out, src, len);
		else
			len = add_special(out, src, sz);
		src += len;
		sz -= len;
	}
	strbuf_addch(out, '"');
}

static void add_line(struct json *j)
{
	strbuf_addch(j->out, '\n');
	for (unsigned i = 0; i < 2 * j->depth; i++)
		strbuf_addch(j->out, ' ');
}

/* What goes before a value: the comma, the line, the name. */
static void begin_item(struct json *j, const char *key)
{
	if (j->has_item)
		strbuf_addch(j->out, ',');
	if (j->depth && j->depth <= j->wrap_depth)
		add_line(j);
	else if (j->has_item)
		strbuf_addch(j->out, ' ');
	if (key) {
		add_string(j->out, key, strlen(key));
		strbuf_adds(j->out, ": ");
	}
	j->has_item = true;
}

static void begin_container(struct json *j, const char *key, char bracket)
{
	begin_item(j, key);
	strbuf_addch(j->out, bracket);
	j->depth++;
	j->has_item = false;
}

static void end_container(struct json *j, char bracket)
{
	bool is_wrapped = j->has_item && j->depth <= j->wrap_depth;

	assert(j->depth > 0);
	j->depth--;
	if (is_wrapped)
		add_line(j);
	strbuf_addch(j->out, bracket);
	j->has_item = true;
}

void json_object_begin(struct json *j, const char *key)
{
	begin_container(j, key, '{');
}

void json_object_end(struct json *j)
{
	end_container(j, '}');
}

void json_array_begin(struct json *j, const char *key)
{
	begin_container(j, key, '[');
}

void json_array_end(struct json *j)
{
	end_container(j, ']');
}

void json_u64(struct json *j, const char *key, uint64_t value)
{
	begin_item(j, key);
	strbuf_addf(j->out, "%" PRIu64, value);
}

void json_i64(struct json *j, const char *key, int64_t value)
{
	begin_item(j, key);
	strbuf_addf(j->out, "%" PRId64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_item(j, key);
	strbuf_adds(j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin_item(j, key);
	strbuf_adds(j->out, "null");
}

void json_number(struct json *j, const char *key, const char *number)
{
	begin_item(j, key);
	strbuf_adds(j->out, number);
}

void json_string_n(struct json *j, const char *key, const void *bytes, size_t len)
{
	begin_item(j, key);
	add_string(j->out, bytes, len);
}

void json_string(struct json *j, const char *key, const char *str)
{
	if (str)
		json_string_n(j, key, str, strlen(str));
	else
		json_null(j, key);
}

void json_address(struct json *j, const char *key, uint64_t address)
{
	begin_item(j, key);
	strbuf_addf(j->out, "\"0x%" PRIx64 "\"", address);
}
