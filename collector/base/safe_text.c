/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes bytes from outside (thread names, paths, files) fit to be shown on a terminal. */
#include "base/safe_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct code_range {
	uint32_t first, last;
};

/* Sorted. */
static const struct code_range unsafe_ranges[] = {
	{ 0x0000, 0x001f }, /* C0 controls */
	{ 0x007f, 0x009f }, /* DEL, C1 controls */
	{ 0x200b, 0x200f }, /* zero width space to right-to-left mark */
	{ 0x202a, 0x202e }, /* bidirectional embeddings and overrides */
	{ 0x2060, 0x2069 }, /* word joiner to bidirectional isolates */
	{ 0xfeff, 0xfeff }, /* zero width no-break space, byte order mark */
};

static bool code_is_unsafe(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unsafe_ranges) / sizeof(unsafe_ranges[0]); i++) {
		if (code < unsafe_ranges[i].first)
			return false;
		if (code <= unsafe_ranges[i].last)
			return true;
	}
	return false;
}

/* How many bytes a character takes that begins with @lead; 0: none begins so. */
static size_t utf8_len(unsigned char lead)
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

/*
 * Length of the well-formed character at @src and its code, or 0: a stray or
 * missing continuation byte, an overlong form, a surrogate, above U+10FFFF.
 */
static size_t utf8_decode(const unsigned char *src, size_t src_sz, uint32_t *ret_code)
{
	static const uint32_t min_code[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = utf8_len(src[0]);
	uint32_t code;

	if (!len || len > src_sz)
		return 0;
	code = len == 1 ? src[0] : src[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((src[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (src[i] & 0x3f);
	}
	if (code < min_code[len] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
		return 0;
	*ret_code = code;
	return len;
}

size_t safe_text(char *dst, size_t dst_sz, const void *src, size_t src_sz)
{
	const unsigned char *in = src;
	const unsigned char *end = in + src_sz;
	size_t len = 0;

	if (!dst_sz)
		return 0;
	while (in < end && *in) {
		uint32_t code;
		size_t in_len = utf8_decode(in, end - in, &code);
		bool is_safe = in_len && !code_is_unsafe(code);
		size_t out_len = is_safe ? in_len : 1;

		if (out_len >= dst_sz - len)
			break;
		if (is_safe)
			memmove(dst + len, in, in_len);
		else
			dst[len] = '?';
		len += out_len;
		in += in_len ? in_len : 1;
	}
	dst[len] = '\0';
	return len;
}
