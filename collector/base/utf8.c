/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 to code points and back, and how many columns one takes. */
#include "base/utf8.h"

#include <string.h>

#define REPLACEMENT 0xfffd

/* Bytes of the sequence that begins with lead; 0: none does. */
static size_t sequence_len(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc0)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf8 ? 4 : 0;
}

size_t utf8_decode(const void *src, size_t src_sz, uint32_t *ret_ch)
{
	static const uint32_t min_ch[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = src;
	size_t len = src_sz ? sequence_len(*p) : 0;
	uint32_t ch;

	if (!len || len > src_sz)
		return 0;
	ch = len == 1 ? *p : *p & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		ch = ch << 6 | (p[i] & 0x3f);
	}
	if (ch < min_ch[len] || (ch >= 0xd800 && ch <= 0xdfff) || ch > 0x10ffff)
		return 0;
	*ret_ch = ch;
	return len;
}

uint32_t utf8_next(const char **text)
{
	uint32_t ch = REPLACEMENT;
	size_t len;

	if (!**text)
		return 0;
	len = utf8_decode(*text, strnlen(*text, UTF8_MAX), &ch);
	*text += len ? len : 1;
	return ch;
}

int utf8_encode(uint32_t ch, char buf[UTF8_MAX + 1])
{
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	int len = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;

	for (int i = len - 1; i > 0; i--) {
		buf[i] = (char)(0x80 | (ch & 0x3f));
		ch >>= 6;
	}
	buf[0] = (char)(lead[len] | ch);
	buf[len] = '\0';
	return len;
}

int utf8_width(uint32_t ch)
{
	static const struct {
		uint32_t first, last;
		int width;
	} ranges[] = {
		{ 0x0300, 0x036f, 0 },	 { 0x1100, 0x115f, 2 },	  { 0x1ab0, 0x1aff, 0 },
		{ 0x1dc0, 0x1dff, 0 },	 { 0x20d0, 0x20ff, 0 },	  { 0x2e80, 0x303e, 2 },
		{ 0x3041, 0xa4cf, 2 },	 { 0xa960, 0xa97f, 2 },	  { 0xac00, 0xd7a3, 2 },
		{ 0xf900, 0xfaff, 2 },	 { 0xfe00, 0xfe0f, 0 },	  { 0xfe20, 0xfe2f, 0 },
		{ 0xfe30, 0xfe6f, 2 },	 { 0xff00, 0xff60, 2 },	  { 0xffe0, 0xffe6, 2 },
		{ 0x1f300, 0x1f64f, 2 }, { 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1f9ff, 2 },
		{ 0x20000, 0x3fffd, 2 },
	};

	if (ch < 0x300)
		return 1;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return ranges[i].width;
	}
	return 1;
}
