/* SPDX-License-Identifier: GPL-2.0-only */
/* The pane that explains one lock: who has it, who waits, how it went so far. */
#ifndef TUI_PANE_LOCK_H
#define TUI_PANE_LOCK_H

#include "tui/lock_rows.h"
#include "tui/ui.h"

/* row: one of rows; NULL: none is selected. */
void pane_lock_draw(const struct ui *ui, const struct lock_rows *rows, const struct lock_row *row,
		    struct canvas *c);

#endif /* TUI_PANE_LOCK_H */
