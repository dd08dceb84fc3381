/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 to code points and back, and how many columns one takes. */
#ifndef TUI_UTF8_H
#define TUI_UTF8_H

#include <stdint.h>

enum { UTF8_MAX = 4 };

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

#endif /* TUI_UTF8_H */
