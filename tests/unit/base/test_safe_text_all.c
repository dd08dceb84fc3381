/* SPDX-License-Identifier: GPL-2.0-only */
/* Text from outside, exhaustively: against Unicode's own table of well-formed UTF-8. */
#include "base/safe_text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static size_t encode(uint32_t code, unsigned char *ret)
{
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--) {
		ret[i] = 0x80 | (code & 0x3f);
		code >>= 6;
	}
	ret[0] = lead[len] | code;
	return len;
}

static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

Test(safe_text, every_character_of_unicode)
{
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		unsigned char src[4];
		size_t len = encode(code, src);
		bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
		char dst[8];
		const char *expected = is_surrogate ? "???" : is_unsafe(code) ? "?" : NULL;
		size_t expected_len = expected ? strlen(expected) : len;

		/* A plain condition around the assertion: a million of them take seconds. */
		if (safe_text(dst, sizeof(dst), src, len) != expected_len ||
		    memcmp(dst, expected ? expected : (char *)src, expected_len))
			cr_fatal("U+%04X became \"%s\"", code, dst);
	}
}

/* Table 3-7 of the Unicode Standard 15.0, "Well-Formed UTF-8 Byte Sequences", as it stands. */
static const struct {
	size_t len;
	unsigned char range[4][2];
} well_formed[] = {
	{ 1, { { 0x00, 0x7f } } },
	{ 2, { { 0xc2, 0xdf }, { 0x80, 0xbf } } },
	{ 3, { { 0xe0, 0xe0 }, { 0xa0, 0xbf }, { 0x80, 0xbf } } },
	{ 3, { { 0xe1, 0xec }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 3, { { 0xed, 0xed }, { 0x80, 0x9f }, { 0x80, 0xbf } } },
	{ 3, { { 0xee, 0xef }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf0, 0xf0 }, { 0x90, 0xbf }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf1, 0xf3 }, { 0x80, 0xbf }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
	{ 4, { { 0xf4, 0xf4 }, { 0x80, 0x8f }, { 0x80, 0xbf }, { 0x80, 0xbf } } },
};

static size_t well_formed_len(const unsigned char *src, size_t src_sz)
{
	for (size_t row = 0; row < sizeof(well_formed) / sizeof(well_formed[0]); row++) {
		size_t len = well_formed[row].len, i = 0;

		while (i < len && i < src_sz && src[i] >= well_formed[row].range[i][0] &&
		       src[i] <= well_formed[row].range[i][1])
			i++;
		if (i == len)
			return len;
	}
	return 0;
}

static uint32_t decode(const unsigned char *src, size_t len)
{
	uint32_t code = len == 1 ? src[0] : src[0] & (0x3f >> (len - 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (src[i] & 0x3f);
	return code;
}

/* What @src without NUL must become; returns the length. */
static size_t reference(char *dst, const unsigned char *src, size_t src_sz)
{
	size_t out = 0;

	for (size_t in = 0; in < src_sz;) {
		size_t len = well_formed_len(src + in, src_sz - in);

		if (len && !is_unsafe(decode(src + in, len))) {
			memcpy(dst + out, src + in, len);
			out += len;
		} else {
			dst[out++] = '?';
		}
		in += len ? len : 1;
	}
	return out;
}

static void expect_as_reference(const unsigned char *src, size_t src_sz)
{
	char dst[64], expected[64];
	size_t len = reference(expected, src, src_sz);

	if (safe_text(dst, sizeof(dst), src, src_sz) != len || memcmp(dst, expected, len))
		cr_fatal("%02x %02x %02x %02x (%zu bytes) became \"%s\"", src[0], src[1], src[2],
			 src[3], src_sz, dst);
}

/* All pairs of bytes, followed by each kind of byte twice. */
Test(safe_text, every_beginning_of_a_character)
{
	static const unsigned char kinds[] = { 0x41, 0x7f, 0x80, 0xbf, 0xc3, 0xe2 };

	for (unsigned int pair = 0; pair < 65536; pair++) {
		unsigned char src[4] = { pair >> 8, pair & 255 };

		if (!src[0] || !src[1])
			continue;
		expect_as_reference(src, 2);
		for (size_t i = 0; i < sizeof(kinds) * sizeof(kinds); i++) {
			src[2] = kinds[i / sizeof(kinds)];
			src[3] = kinds[i % sizeof(kinds)];
			expect_as_reference(src, 4);
		}
	}
}

/* Mostly bytes that make up characters, so that whole ones and broken ones mix. */
Test(safe_text, random_text_agrees_with_the_unicode_table)
{
	uint32_t state = 2463534242;

	for (int i = 0; i < 100000; i++) {
		static const unsigned char common[] = { 0xe2, 0x80, 0xae, 0xf0,
							0x9f, 0xc3, 0x1b, 'a' };
		unsigned char src[40];
		size_t len = 4 + i % 36;

		for (size_t j = 0; j < len; j++) {
			state ^= state << 13;
			state ^= state >> 17;
			state ^= state << 5;
			src[j] = state & 0x300 ? common[state >> 10 & 7] : (state >> 10 & 0xff) | 1;
		}
		expect_as_reference(src, len);
	}
}
