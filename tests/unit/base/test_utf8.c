/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 in and out. */
#include "base/utf8.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

TestSuite(utf8, .timeout = 10);

Test(utf8, every_length_is_written_and_read_back)
{
	static const uint32_t chars[] = {
		0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff
	};
	static const int lens[] = { 1, 1, 2, 2, 3, 3, 4, 4 };

	for (int i = 0; i < 8; i++) {
		char buf[UTF8_MAX + 1];
		const char *p = buf;

		cr_expect(eq(int, utf8_encode(chars[i], buf), lens[i]));
		cr_expect(eq(u32, utf8_next(&p), chars[i]));
		cr_expect(eq(ptr, (void *)p, buf + lens[i]));
		cr_expect(eq(u32, utf8_next(&p), 0));
		cr_expect(eq(ptr, (void *)p, buf + lens[i]));
	}
}

Test(utf8, what_is_not_well_formed_is_no_character)
{
	static const char *const texts[] = {
		"\x80",			/* stray continuation */
		"\xc3(",		/* missing one */
		"\xe2\x82",		/* cut off */
		"\xc0\xaf",		/* overlong / */
		"\xe0\x80\x80",		/* overlong NUL */
		"\xed\xa0\x80",		/* surrogate */
		"\xf4\x90\x80\x80",	/* above U+10FFFF */
		"\xf8\x88\x80\x80\x80", /* of five bytes */
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *p = texts[i];
		uint32_t ch = 7;

		cr_expect(eq(sz, utf8_decode(texts[i], strlen(texts[i]), &ch), 0));
		cr_expect(eq(u32, ch, 7));
		cr_expect(eq(u32, utf8_next(&p), 0xfffd));
		cr_expect(eq(ptr, (void *)p, (void *)(texts[i] + 1)));
	}
	cr_expect(eq(sz, utf8_decode("a", 0, &(uint32_t){ 0 }), 0));
}

/* Whatever the bytes, reading ends at the NUL and not behind it. */
Test(utf8, broken_bytes_end_too)
{
	static const char *const texts[] = { "\xff",	 "\xc3",  "\xe2\x82", "\xf0\x9f\x92",
					     "\x80\x80", "\xc3(", "\xe2\x82(" };

	for (int i = 0; i < 7; i++) {
		const char *p = texts[i];
		int cnt = 0;

		while (utf8_next(&p))
			cnt++;
		cr_expect(eq(ptr, (void *)p, (void *)(texts[i] + strlen(texts[i]))));
		cr_expect(gt(int, cnt, 0));
	}
}

Test(utf8, widths)
{
	cr_expect(eq(int, utf8_width('a'), 1));
	cr_expect(eq(int, utf8_width(0xe4), 1));
	cr_expect(eq(int, utf8_width(0x2500), 1));
	cr_expect(eq(int, utf8_width(0x0301), 0));
	cr_expect(eq(int, utf8_width(0x6f22), 2));
	cr_expect(eq(int, utf8_width(0xff21), 2));
	cr_expect(eq(int, utf8_width(0x1f600), 2));
}
