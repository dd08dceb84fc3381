/* SPDX-License-Identifier: GPL-2.0-only */
/* The string buffer: growth at the edges, binary content, formats. */
#include "base/strbuf.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

Test(strbuf, zero_initialised_is_the_empty_string)
{
	struct strbuf sb = {};

	cr_expect(eq(str, (char *)strbuf_str(&sb), ""));
	strbuf_reset(&sb);
	cr_expect(eq(ptr, sb.data, NULL));
	strbuf_release(&sb);
}

Test(strbuf, parts_join)
{
	struct strbuf sb = {};

	strbuf_adds(&sb, "phil-");
	strbuf_addch(&sb, '2');
	strbuf_addf(&sb, " waits for fork[%d] held by %s", 3, "phil-3");
	strbuf_add(&sb, ", which", 3);
	strbuf_adds(&sb, "");
	strbuf_add(&sb, NULL, 0);
	cr_expect(eq(str, (char *)strbuf_str(&sb), "phil-2 waits for fork[3] held by phil-3, w"));
	cr_expect(eq(sz, sb.len, strlen(sb.data)));
	strbuf_release(&sb);
}

Test(strbuf, adding_nothing_yet_makes_a_string)
{
	struct strbuf sb = {};

	strbuf_add(&sb, NULL, 0);
	cr_assert(ne(ptr, sb.data, NULL));
	cr_expect(eq(str, sb.data, ""));
	strbuf_release(&sb);
}

Test(strbuf, binary_content_is_kept)
{
	struct strbuf sb = {};

	strbuf_add(&sb, "a\0b", 3);
	strbuf_addch(&sb, '\0');
	strbuf_addch(&sb, 'c');
	cr_assert(eq(sz, sb.len, 5));
	cr_expect(eq(int, memcmp(sb.data, "a\0b\0c", 6), 0));
	strbuf_release(&sb);
}

/* Every length around the first sizes of the buffer, by each way of adding. */
Test(strbuf, grows_exactly_when_needed)
{
	static const char text[] =
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789";

	for (size_t len = 0; len < sizeof(text); len++) {
		struct strbuf add = {}, fmt = {}, chars = {};

		strbuf_add(&add, text, len);
		strbuf_addf(&fmt, "%.*s", (int)len, text);
		for (size_t i = 0; i < len; i++)
			strbuf_addch(&chars, text[i]);
		cr_assert(eq(sz, strlen(add.data), len));
		cr_assert(eq(str, add.data, fmt.data));
		cr_assert(eq(str, (char *)strbuf_str(&chars), add.data));
		cr_assert(eq(sz, fmt.len, len));
		cr_assert(gt(sz, add.cap, len));
		strbuf_release(&add);
		strbuf_release(&fmt);
		strbuf_release(&chars);
	}
}

Test(strbuf, long_format_after_content)
{
	struct strbuf sb = {};

	strbuf_adds(&sb, "head ");
	strbuf_addf(&sb, "%05000d|%s", 7, "tail");
	cr_assert(eq(sz, sb.len, 5 + 5000 + 5));
	cr_expect(eq(str, sb.data + 5 + 4999, "7|tail"));
	cr_expect(eq(int, memcmp(sb.data, "head 000", 8), 0));
	strbuf_release(&sb);
}

/* The second pass of a format that did not fit must see the same errno. */
Test(strbuf, error_text_survives_growing)
{
	struct strbuf sb = {};
	char expected[256];

	snprintf(expected, sizeof(expected), "%100s%s", "", strerror(ENOENT));
	errno = ENOENT;
	strbuf_addf(&sb, "%100s%m", "");
	cr_expect(eq(str, sb.data, expected));
	strbuf_release(&sb);
}

Test(strbuf, reset_keeps_the_memory)
{
	struct strbuf sb = {};
	char *data;

	strbuf_addf(&sb, "%300d", 1);
	data = sb.data;
	strbuf_reset(&sb);
	cr_expect(eq(sz, sb.len, 0));
	cr_expect(eq(str, sb.data, ""));
	strbuf_adds(&sb, "again");
	cr_expect(eq(ptr, sb.data, data));
	cr_expect(eq(str, sb.data, "again"));
	strbuf_release(&sb);
	cr_expect(eq(str, (char *)strbuf_str(&sb), ""));
}

Test(strbuf, impossible_length_exits_125, .exit_code = 125)
{
	static volatile size_t impossible = SIZE_MAX - 1;
	struct strbuf sb = {};

	strbuf_adds(&sb, "x");
	strbuf_add(&sb, "y", impossible);
}
