/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the boxes and arrows of the state diagram are, and how their lines are drawn. */
#ifndef TUI_DIAGRAM_LINES_H
#define TUI_DIAGRAM_LINES_H

#include "tui/canvas.h"
#include "tui/transition.h"

enum { DIAGRAM_ROWS_MIN = 14, DIAGRAM_COLS_MIN = 72 /* below these a list takes its place */ };

struct diagram_box {
	int row, col, rows, cols;
};

/*
 *	     +---- preempt -----+
 *	     v                  |
 *	New -> Ready -> Running -> Terminated
 *	         ^          |        Zombie
 *	         +- Blocked +       - reap -
 *	                              Dead
 */
struct diagram_layout {
	struct diagram_box fresh, ready, running, blocked, terminated;
	int reap_row;		 /* the line that parts Zombie and Dead */
	int arc_row;		 /* of preempt and yield, above the boxes */
	int wake_col, block_col; /* of the two arrows between the rows of boxes */
};

void diagram_lay_out(int rows, int cols, struct diagram_layout *ret);

/* A frame with a title at the top left and a note at the bottom left. */
void diagram_draw_box(struct canvas *c, const struct diagram_box *b, unsigned style,
		      const char *title, const char *note);

/* An arrow with its label; is_taken: it is the one that was taken last. */
void diagram_draw_arrow(struct canvas *c, const struct diagram_layout *l, enum arrow arrow,
			bool is_taken, const char *label);

#endif /* TUI_DIAGRAM_LINES_H */
