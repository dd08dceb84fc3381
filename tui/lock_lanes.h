/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lanes of the timeline when they are of locks: how many wait for each, and for whom.
 *
 * With room each lane has two rows, who has the lock and below that how many wait; else one,
 * with the name of who has it before the numbers. A lock that nobody waits for in the stretch
 * of time that is shown has no lane.
 */
#ifndef TUI_LOCK_LANES_H
#define TUI_LOCK_LANES_H

#include "tui/lanes.h"
#include "tui/lock_rows.h"
#include "tui/ui.h"

/* Zero-initialised is valid. */
struct lock_lanes {
	/* Of the last picture. */
	struct lanes lanes;
	struct lock_rows rows;			 /* those that have a lane */
	VEC(const struct timeline_lock *) cells; /* of the lane that is drawn, by column */
	VEC(__u32) unseen; /* while they are chosen: rows that nobody was seen to wait for yet */
	int top;	   /* first lane shown */
	int height;
	bool is_roomy; /* two rows for each that can have an owner */
};

/* Which locks have a lane. */
void lock_lanes_make(struct lock_lanes *s, const struct ui *ui, const struct lanes *lanes);
void lock_lanes_release(struct lock_lanes *s);

/* Draw them with their names, which take left columns; how many rows that took. */
int lock_lanes_draw(struct lock_lanes *s, const struct ui *ui, struct canvas *c, int left);
void lock_lanes_draw_legend(struct canvas *c, int row, bool is_pending);
/* What happened at the selected lock in column col. */
void lock_lanes_draw_words(const struct lock_lanes *s, const struct ui *ui, struct canvas *c,
			   int row, int col);

/* True when the action was theirs. */
bool lock_lanes_act(struct lock_lanes *s, struct ui *ui, enum ui_action action);
void lock_lanes_click(struct lock_lanes *s, struct ui *ui, int row);

#endif /* TUI_LOCK_LANES_H */
