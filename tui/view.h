/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every view implements: one ops table and one line in tui/views.h.
 *
 * A view draws the state that the ui shows into a canvas of any size, also 1x1
 * or 0x0. It never reads files or clocks and never sees a key: keys reach it as
 * actions, and what it does not handle the ui does.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include "tui/canvas.h"
#include "tui/keymap.h"

struct ui;

struct view {
	const struct view_ops *ops;
	void *state; /* ops->state_sz bytes, zeroed when the ui is made */
};

struct view_ops {
	const char *name; /* one lower-case word, the tab's title */
	size_t state_sz;

	/* Any of these but draw may be NULL. */
	void (*init)(struct view *v, struct ui *ui); /* once, before the first draw */
	void (*release)(struct view *v);	     /* frees what state points to, not state */
	/* Draw all of c. Changes nothing but v->state. */
	void (*draw)(struct view *v, const struct ui *ui, struct canvas *c);
	/* True when the action was the view's and is done. */
	bool (*act)(struct view *v, struct ui *ui, enum ui_action action);
	/* After each ui_tick() while it is shown: true when it has more to draw than before. */
	bool (*tick)(struct view *v, const struct ui *ui);
	/* A click on (row, col) of the canvas that draw() had last. True when handled. */
	bool (*click)(struct view *v, struct ui *ui, int row, int col);
};

#endif /* TUI_VIEW_H */
