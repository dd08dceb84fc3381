/* SPDX-License-Identifier: GPL-2.0-only */
/* A grid as the bytes that make a terminal show it: what changed since the grid before. */
#ifndef CTRACE_ANSI_H
#define CTRACE_ANSI_H

#include "tui/canvas.h"

struct ansi {
	enum theme_name theme;
	int color_cnt;	    /* 0: none */
	struct cell *cells; /* what the terminal shows; NULL: nothing yet */
	int rows, cols;
};

/* Append what is to be written. The size of @g is that of the first one. */
void ansi_draw(struct ansi *a, const struct grid *g, struct strbuf *ret);
void ansi_release(struct ansi *a);

#endif /* CTRACE_ANSI_H */
