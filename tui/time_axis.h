/* SPDX-License-Identifier: GPL-2.0-only */
/* The time axis over the lanes: a rule with round times, the cursor, markers and losses. */
#ifndef TUI_TIME_AXIS_H
#define TUI_TIME_AXIS_H

#include "tui/canvas.h"
#include "tui/lanes.h"
#include "tui/ui.h"

enum { TIME_LABEL_SZ = 32 };

/* "12.5 s" with as many digits behind the point as steps of step_ns need. */
const char *time_label(char buf[TIME_LABEL_SZ], __u64 ns, __u64 step_ns);

/* A width of columns, which is a round number: "50 ms". */
const char *time_width(char buf[TIME_LABEL_SZ], __u64 ns);

/* The distance of two labelled times: a round one, so that labels do not run together. */
__u64 time_axis_step(__u64 end_ns, __u64 ns_per_col);

/*
 * Draw into row: the lanes begin in column left; what is left of column from is
 * taken by a title and stays as it is.
 */
void time_axis_draw(struct canvas *c, int row, int left, int from, const struct ui *ui,
		    const struct ui_window *win, const struct lanes *lanes);

#endif /* TUI_TIME_AXIS_H */
