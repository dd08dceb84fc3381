/* SPDX-License-Identifier: GPL-2.0-only */
/* Sentences over several rows, broken between words. */
#ifndef TUI_WRAP_H
#define TUI_WRAP_H

#include "tui/canvas.h"

/* Rows that text takes at this width; 0 for an empty text. */
int wrap_rows(const char *text, int cols);

/*
 * Draw text from row on in the full width of c. What does not fit is cut with '~'.
 * Returns the row behind.
 */
int wrap_draw(struct canvas *c, int row, unsigned style, const char *text);

#endif /* TUI_WRAP_H */
