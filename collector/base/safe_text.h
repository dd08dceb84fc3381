/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes bytes from outside (thread names, paths, files) fit to be shown on a terminal. */
#ifndef BASE_SAFE_TEXT_H
#define BASE_SAFE_TEXT_H

#include <stddef.h>

/*
 * Copy @src, up to @src_sz bytes or its first NUL, to @dst as valid UTF-8 without
 * anything that steers a terminal or hides text. One '?' replaces each
 *  - control character (U+0000-001F, U+007F, U+0080-009F),
 *  - zero-width, joining or direction-changing character (U+200B-200F,
 *    U+202A-202E, U+2060-2069, U+FEFF; see "Trojan Source", Boucher and
 *    Anderson 2021, CVE-2021-42574),
 *  - byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no
 *    overlong forms, no surrogates, nothing above U+10FFFF).
 * Returns the bytes written without the NUL. @dst always ends in NUL when @dst_sz > 0
 * and never in half a character. The text never grows, so @dst == @src is allowed.
 * Same result in every locale.
 */
size_t safe_text(char *dst, size_t dst_sz, const void *src, size_t src_sz);

#endif
