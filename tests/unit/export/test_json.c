/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON writer: form, and strings of any bytes. */
#include "export/json.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* The string as JSON; owned by the caller. */
static char *written(const void *bytes, size_t len)
{
	struct strbuf sb = {};
	struct json j = json_begin(&sb, 0);

	json_string_n(&j, NULL, bytes, len);
	return sb.data;
}

static void expect_written(const void *bytes, size_t len, const char *want)
{
	char *got = written(bytes, len);

	cr_expect(eq(str, got, (char *)want));
	free(got);
}

#define EXPECT_WRITTEN(literal, want) expect_written(literal, sizeof(literal) - 1, want)

static void write_sample(struct json *j)
{
	json_object_begin(j, NULL);
	json_u64(j, "tid", UINT64_MAX);
	json_i64(j, "low", INT64_MIN);
	json_array_begin(j, "list");
	json_bool(j, NULL, true);
	json_null(j, NULL);
	json_object_begin(j, NULL);
	json_bool(j, "no", false);
	json_object_end(j);
	json_array_end(j);
	json_array_begin(j, "empty");
	json_array_end(j);
	json_address(j, "address", 0x5581a0);
	json_string(j, "nothing", NULL);
	json_object_end(j);
}

Test(json, one_line_when_nothing_wraps)
{
	struct strbuf sb = {};
	struct json j = json_begin(&sb, 0);

	write_sample(&j);
	cr_expect(eq(str, sb.data,
		     "{\"tid\": 18446744073709551615, \"low\": -9223372036854775808, "
		     "\"list\": [true, null, {\"no\": false}], \"empty\": [], "
		     "\"address\": \"0x5581a0\", \"nothing\": null}"));
	strbuf_release(&sb);
}

Test(json, wraps_down_to_the_depth_asked_for)
{
	struct strbuf sb = {};
	struct json j = json_begin(&sb, 2);

	write_sample(&j);
	cr_expect(eq(str, sb.data,
		     "{\n  \"tid\": 18446744073709551615,\n  \"low\": -9223372036854775808,\n"
		     "  \"list\": [\n    true,\n    null,\n    {\"no\": false}\n  ],\n"
		     "  \"empty\": [],\n  \"address\": \"0x5581a0\",\n  \"nothing\": null\n}"));
	strbuf_release(&sb);
}

Test(json, escapes_what_the_grammar_forbids)
{
	EXPECT_WRITTEN("say \"a\\b\"/", "\"say \\\"a\\\\b\\\"/\"");
	EXPECT_WRITTEN("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	EXPECT_WRITTEN("a\0b\1\x1f", "\"a\\u0000b\\u0001\\u001f\"");
	EXPECT_WRITTEN("", "\"\"");
	EXPECT_WRITTEN("?", "\"?\"");
}

Test(json, escapes_what_steers_a_terminal)
{
	EXPECT_WRITTEN("\33[31mEV\7\x7f", "\"\\u001b[31mEV\\u0007\\u007f\"");
	EXPECT_WRITTEN("\xc2\x9b", "\"\\u009b\"");
	EXPECT_WRITTEN("a\xe2\x80\xae"
		       "b",
		       "\"a\\u202eb\"");
}

Test(json, utf8_passes_as_it_is)
{
	EXPECT_WRITTEN("K\xc3\xb6"
		       "chin \xe2\x82\xac \xf0\x9f\x8d\xb4",
		       "\"K\xc3\xb6"
		       "chin \xe2\x82\xac \xf0\x9f\x8d\xb4\"");
}

Test(json, each_byte_that_is_not_utf8_is_replaced)
{
	EXPECT_WRITTEN("\xff", "\"\\ufffd\"");
	EXPECT_WRITTEN("a\x80z", "\"a\\ufffdz\"");
	EXPECT_WRITTEN("\xc0\xaf", "\"\\ufffd\\ufffd\"");			/* overlong / */
	EXPECT_WRITTEN("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");		/* a surrogate */
	EXPECT_WRITTEN("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* U+110000 */
	EXPECT_WRITTEN("\xf8\x88\x80\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
	EXPECT_WRITTEN("\xe2\x82", "\"\\ufffd\\ufffd\""); /* cut */
}

/* No byte of the result is a control character, and quotes are always escaped. */
Test(json, any_two_bytes_stay_inside_the_quotes)
{
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		unsigned char bytes[] = { pair >> 8, pair & 0xff };
		char *got = written(bytes, sizeof(bytes));
		size_t len = strlen(got);

		cr_assert(len >= 4 && got[0] == '"' && got[len - 1] == '"');
		for (size_t i = 1; i < len - 1; i++) {
			cr_assert(got[i] & 0x80 || (got[i] >= 0x20 && got[i] != 0x7f));
			cr_assert(got[i] != '"', "%02x %02x", bytes[0], bytes[1]);
			i += got[i] == '\\'; /* takes the next one with it */
			cr_assert(i < len - 1, "%02x %02x", bytes[0], bytes[1]);
		}
		free(got);
	}
}
