/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the thread list, each with what draws its cells. */
#ifndef TUI_THREAD_CELLS_H
#define TUI_THREAD_CELLS_H

#include "tui/ui.h"

/* One cell to be drawn. */
struct thread_cell {
	const struct ui *ui;
	const struct model *m;
	const struct ui_row *row;
	const struct thread *t;
	__u64 now_ns;
	struct canvas *c;
	int at_row, at_col, width;
	unsigned style; /* of the row's plain cells */
};

struct thread_column {
	const char *heading;
	short width;	/* at least */
	short grow;	/* its part of the columns that are left over */
	short min_cols; /* it is there when the canvas has as many */
	bool is_right;	/* the heading stands at the right */
	int (*need)(const struct ui *ui,
		    const struct ui_row *row); /* columns that show all of it; NULL: its width */
	void (*draw)(const struct thread_cell *x);
};

enum { THREAD_COLUMN_CNT = 13 };

/* In the order they are drawn. */
extern const struct thread_column thread_columns[THREAD_COLUMN_CNT];

#endif /* TUI_THREAD_CELLS_H */
