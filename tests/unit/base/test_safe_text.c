/* SPDX-License-Identifier: GPL-2.0-only */
/* Text from outside: every byte, every way to be cut or broken. */
#include "base/safe_text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* @src of @src_sz bytes must become @expected. */
static void expect_bytes(const char *src, size_t src_sz, const char *expected)
{
	char dst[256];
	size_t len = safe_text(dst, sizeof(dst), src, src_sz);

	cr_assert(eq(str, dst, (char *)expected));
	cr_assert(eq(sz, len, strlen(expected)));
}

/* As a string without its NUL: cut where the literal ends. */
#define expect_text(literal, expected) expect_bytes(literal, sizeof(literal) - 1, expected)

Test(safe_text, plain_text_is_untouched)
{
	expect_text("", "");
	expect_text("phil-2 waits for table.fork[3]", "phil-2 waits for table.fork[3]");
	expect_text("\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e", "\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e");
}

Test(safe_text, every_byte_alone)
{
	for (int byte = 1; byte < 256; byte++) {
		char src[1] = { byte };
		char expected[2] = { byte >= ' ' && byte <= '~' ? byte : '?' };

		expect_bytes(src, 1, expected);
	}
}

/* The same between letters: a bad byte takes no neighbour with it. */
Test(safe_text, every_byte_between_letters)
{
	for (int byte = 1; byte < 256; byte++) {
		char src[3] = { 'a', byte, 'b' };
		char expected[4] = { 'a', byte >= ' ' && byte <= '~' ? byte : '?', 'b' };

		expect_bytes(src, 3, expected);
	}
}

Test(safe_text, escape_families)
{
	expect_text("\x1b[31mred\x1b[0m", "?[31mred?[0m");	       /* CSI: colours, cursor */
	expect_text("\x1b]0;title\x07", "?]0;title?");		       /* OSC: window title */
	expect_text("\x1b]52;c;cm0gLXJm\x1b\\", "?]52;c;cm0gLXJm?\\"); /* OSC 52: clipboard */
	expect_text("\x1bP$q\"p\x1b\\", "?P$q\"p?\\");		       /* DCS: asks for an answer */
	expect_text("\x1b"
		    "c\x1b#8\x1b(0",
		    "?c?#8?(0"); /* reset, align, charset */
	expect_text("\x9b"
		    "2J\x90q\x9d"
		    "0;t\x9c",
		    "?2J?q?0;t?"); /* C1 as single bytes */
	expect_text("\xc2\x9b"
		    "2J\xc2\x9d"
		    "0;t\xc2\x9c",
		    "?2J?0;t?"); /* C1 as UTF-8 */
	expect_text("a\rb\nc\td\be\x7f"
		    "f\x0e\x0fg",
		    "a?b?c?d?e?f??g");
}

Test(safe_text, characters_that_hide_or_reorder_text)
{
	expect_text("a\xe2\x80\xae"
		    "b",
		    "a?b"); /* U+202E right-to-left override */
	expect_text("a\xe2\x81\xa6"
		    "b\xe2\x81\xa9",
		    "a?b?"); /* U+2066, U+2069 isolates */
	expect_text("\xef\xbb\xbf"
		    "a\xe2\x80\x8b"
		    "b",
		    "?a?b"); /* U+FEFF, U+200B */
	expect_text("a\xc2\xa0"
		    "b",
		    "a\xc2\xa0"
		    "b"); /* U+00A0 is visible as a space */
}

Test(safe_text, overlong_forms)
{
	expect_text("\xc0\x80", "??");	     /* NUL in two bytes */
	expect_text("\xc0\x9b[2J", "??[2J"); /* ESC in two bytes */
	expect_text("\xc1\xbf", "??");
	expect_text("\xe0\x80\x9b", "???"); /* ESC in three bytes */
	expect_text("\xe0\x9f\xbf", "???");
	expect_text("\xf0\x80\x80\x9b", "????"); /* ESC in four bytes */
	expect_text("\xf0\x8f\xbf\xbf", "????");
	expect_text("\xe0\xa0\x80", "\xe0\xa0\x80");
	expect_text("\xf0\x90\x80\x80", "\xf0\x90\x80\x80");
}

Test(safe_text, surrogates_and_beyond_unicode)
{
	expect_text("\xed\x9f\xbf", "\xed\x9f\xbf");	     /* U+D7FF */
	expect_text("\xed\xa0\x80", "???");		     /* U+D800 */
	expect_text("\xed\xbf\xbf", "???");		     /* U+DFFF */
	expect_text("\xee\x80\x80", "\xee\x80\x80");	     /* U+E000 */
	expect_text("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
	expect_text("\xf4\x90\x80\x80", "????");	     /* U+110000 */
	expect_text("\xf7\xbf\xbf\xbf", "????");
	expect_text("\xf8\x88\x80\x80\x80", "?????"); /* five and six bytes, once UTF-8 */
	expect_text("\xfc\x84\x80\x80\x80\x80", "??????");
}

Test(safe_text, broken_off_characters)
{
	expect_text("a\xc3", "a?");
	expect_text("a\xe2\x82", "a??");
	expect_text("a\xf0\x9d\x84", "a???");
	expect_text("\xe2\x82"
		    "a",
		    "??a");
	expect_text("\xe2\x82\xc3\xa4", "??\xc3\xa4");
	expect_text("\xf0\x9d\x84\x1b[", "????[");
	expect_text("\x80\xbf"
		    "a",
		    "??a");
}

/* The kernel cuts names at 15 bytes, also inside a character; there may be no NUL. */
Test(safe_text, source_ends_at_its_size_or_its_nul)
{
	char *comm = malloc(16);

	memcpy(comm, "abcdefghijklm\xe2\x82\xac", 16);
	expect_bytes(comm, 16, "abcdefghijklm\xe2\x82\xac");
	expect_bytes(comm, 15, "abcdefghijklm??");
	comm[4] = '\0';
	expect_bytes(comm, 16, "abcd");
	comm[14] = '\0';
	expect_bytes(comm + 5, 11, "fghijklm?");
	expect_bytes(comm, 0, "");
	expect_bytes(NULL, 0, "");
	free(comm);
}

/* --- the destination ------------------------------------------------------------- */

/* Characters of 1, 2, 3 and 4 bytes, and one that shrinks to '?'. */
static const char mixed[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e\xc2\x9bz";
static const char mixed_safe[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e?z";

/* Ends of the characters of mixed_safe. */
static const size_t mixed_ends[] = { 0, 1, 3, 6, 10, 11, 12 };

/* The longest whole number of characters in @dst_sz bytes with the NUL. */
static size_t mixed_len_in(size_t dst_sz)
{
	size_t len = 0;

	for (size_t i = 0; i < sizeof(mixed_ends) / sizeof(mixed_ends[0]); i++) {
		if (mixed_ends[i] < dst_sz)
			len = mixed_ends[i];
	}
	return len;
}

Test(safe_text, destination_of_every_size_ends_in_a_whole_character)
{
	for (size_t dst_sz = 1; dst_sz <= sizeof(mixed_safe) + 2; dst_sz++) {
		char *dst = malloc(dst_sz);
		size_t len = safe_text(dst, dst_sz, mixed, sizeof(mixed));

		cr_assert(eq(sz, len, mixed_len_in(dst_sz)));
		cr_assert(eq(int, memcmp(dst, mixed_safe, len), 0));
		cr_assert(eq(chr, dst[len], '\0'));
		free(dst);
	}
}

/* Once a character does not fit nothing follows it, not even a shorter one. */
Test(safe_text, nothing_is_written_behind_a_gap)
{
	char dst[4];

	cr_expect(eq(sz,
		     safe_text(dst, 4,
			       "ab\xe2\x82\xac"
			       "c",
			       6),
		     2));
	cr_expect(eq(str, dst, "ab"));
}

Test(safe_text, destination_of_size_zero_is_not_touched)
{
	char dst[1] = { 'x' };

	cr_expect(eq(sz, safe_text(dst, 0, "abc", 3), 0));
	cr_expect(eq(chr, dst[0], 'x'));
	cr_expect(eq(sz, safe_text(NULL, 0, "abc", 3), 0));
}

Test(safe_text, may_work_in_place)
{
	char text[] = "\x1b[1m\xc2\x9b\xe2\x80\xae\xc3\xa4\xff\xe2\x82\xac";

	cr_expect(eq(sz, safe_text(text, sizeof(text), text, sizeof(text)), 12));
	cr_expect(eq(str, text, "?[1m??\xc3\xa4?\xe2\x82\xac"));
}
