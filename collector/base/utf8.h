/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 to code points and back, and how many columns one takes. */
#ifndef CTRACE_BASE_UTF8_H
#define CTRACE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4 };

/*
 * Bytes that the character at src takes, which has src_sz of them, and its code point; 0: it is
 * not well-formed (Unicode 15, table 3-7): a stray or missing continuation byte, an overlong form,
 * a surrogate, above U+10FFFF.
 */
size_t utf8_decode(const void *src, size_t src_sz, uint32_t *ret_ch);

/*
 * The code point at *text, which moves behind it; 0 at the end, where it stays.
 * Bytes that are not UTF-8 give U+FFFD each, so that it always ends.
 */
uint32_t utf8_next(const char **text);

/* Write ch and a NUL to buf; returns the bytes without the NUL. */
int utf8_encode(uint32_t ch, char buf[UTF8_MAX + 1]);

/*
 * Columns: 0 for combining marks, 2 for East Asian wide characters and emoji
 * (Unicode 15, EastAsianWidth.txt, whole blocks), else 1. Same in every locale.
 */
int utf8_width(uint32_t ch);

#endif /* CTRACE_BASE_UTF8_H */
