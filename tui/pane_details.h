/* SPDX-License-Identifier: GPL-2.0-only */
/* The pane that explains the selected thread: why does it not run? */
#ifndef TUI_PANE_DETAILS_H
#define TUI_PANE_DETAILS_H

#include "tui/ui.h"

/*
 * Most important first: a pane of three rows has the sentence, a large one has everything and
 * is scrolled by top rows. True when there is more below.
 */
bool pane_details_draw(const struct ui *ui, struct canvas *c, bool is_large, int top);

#endif /* TUI_PANE_DETAILS_H */
