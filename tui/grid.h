/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of struct grid, for canvas.c and grid.c alone. */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include "tui/canvas.h"

struct grid {
	struct cell *cells; /* rows * cols, row by row */
	int rows, cols;
	bool is_ascii;
	bool has_cursor;
	int cursor_row, cursor_col;
};

/* NULL outside. */
struct cell *grid_at(const struct grid *g, int row, int col);

#endif /* TUI_GRID_H */
