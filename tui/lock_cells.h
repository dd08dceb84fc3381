/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the table of locks, each with what draws its cells. */
#ifndef TUI_LOCK_CELLS_H
#define TUI_LOCK_CELLS_H

#include "tui/lock_rows.h"
#include "tui/ui.h"

/* One cell to be drawn. */
struct lock_cell {
	const struct ui *ui;
	const struct model *m;
	const struct lock_rows *rows;
	const struct lock_row *row;
	struct canvas *c;
	int at_row, at_col, width;
};

struct lock_column {
	const char *heading;
	short width;	       /* at least */
	short grow;	       /* its part of the columns that are left over */
	short min_cols;	       /* it is there when the canvas has as many, */
	enum lock_order order; /* or when the table is in this order and has LOCK_ORDER_COLS */
	bool is_right;	       /* the heading stands at the right */
	void (*draw)(const struct lock_cell *x);
};

enum { LOCK_COLUMN_CNT = 13, LOCK_ORDER_COLS = 76 };

/* Is it one of those that a deadlock is about? */
bool lock_is_of_deadlock(const struct ui *ui, const struct lock *l);

/* In the order they are drawn. */
extern const struct lock_column lock_columns[LOCK_COLUMN_CNT];

#endif /* TUI_LOCK_CELLS_H */
