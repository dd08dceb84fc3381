/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a program waits, and how it got there: both ends of a stack tell more than its middle. */
#include "inspect/stack_text.h"

#include <string.h>

enum {
	LINE_MAX_LEN = 120, /* bytes, with the place; only of stacks that are too long */
	PLACE_MAX_LEN = 60,
	NOTE_LEN = 40, /* of the line for what was left out */
};

static size_t line_len(const char *line, const char *end)
{
	const char *nl = memchr(line, '\n', end - line);

	return (nl ? nl + 1 : end) - line;
}

/* "a_very_long_na... file.c:12": the place is behind the last space. */
static void add_short(const char *line, size_t len, struct strbuf *ret)
{
	const char *place = memrchr(line, ' ', len);
	size_t place_len = place ? line + len - place : 1; /* with its newline */

	if (len <= LINE_MAX_LEN || place_len > PLACE_MAX_LEN) {
		strbuf_add(ret, line, len);
		return;
	}
	strbuf_add(ret, line, LINE_MAX_LEN - place_len - 3);
	strbuf_adds(ret, "...");
	strbuf_add(ret, line + len - place_len, place_len);
}

static void shorten_lines(struct strbuf *text)
{
	const char *at = strbuf_str(text), *end = at + text->len;
	struct strbuf fresh = {};

	for (size_t len; at < end; at += len) {
		len = line_len(at, end);
		add_short(at, len, &fresh);
	}
	strbuf_release(text);
	*text = fresh;
}

/* Bytes of the whole lines in the first max bytes. */
static size_t head_len(const char *text, size_t max)
{
	const char *nl = memrchr(text, '\n', max);

	return nl ? nl + 1 - text : 0;
}

static size_t tail_begin(const struct strbuf *text, size_t from, size_t max)
{
	const char *at = strbuf_str(text) + text->len - max;
	const char *nl = memchr(at, '\n', max);
	size_t begin = nl ? (size_t)(nl + 1 - strbuf_str(text)) : text->len;

	return begin > from ? begin : from;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t cnt = 0;

	for (size_t i = 0; i < len; i++)
		cnt += text[i] == '\n';
	return cnt;
}

static void leave_out_middle(struct strbuf *text, size_t max)
{
	const char *all = strbuf_str(text);
	size_t head = head_len(all, max * 3 / 4);
	size_t tail = tail_begin(text, head, max / 4 - NOTE_LEN);
	struct strbuf fresh = {};

	strbuf_add(&fresh, all, head);
	strbuf_addf(&fresh, "(%zu callers left out)\n", count_lines(all + head, tail - head));
	strbuf_add(&fresh, all + tail, text->len - tail);
	strbuf_release(text);
	*text = fresh;
}

void stack_text_fit(struct strbuf *text, size_t max)
{
	if (text->len > max)
		shorten_lines(text);
	if (text->len > max)
		leave_out_middle(text, max);
}
