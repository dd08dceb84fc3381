/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes bytes from outside (thread names, paths, files) fit to be shown on a terminal. */
#include "base/safe_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

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
