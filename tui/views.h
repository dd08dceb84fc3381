/* SPDX-License-Identifier: GPL-2.0-only */
/* The views there are, in the order of Tab, and the lanes of the timeline. */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

#include "tui/view.h"

/*        name      action that shows it (keymap.h) */
#define VIEWS(_)                  \
	_(threads, ACT_THREADS)   \
	_(timeline, ACT_TIMELINE) \
	_(events, ACT_EVENTS)     \
	_(graph, ACT_GRAPH)       \
	_(locks, ACT_LOCKS)       \
	_(diagram, ACT_DIAGRAM)   \
	_(output, ACT_OUTPUT)     \
	_(notes, ACT_NOTES)       \
	_(help, ACT_HELP)

enum ui_view {
#define VIEW_ENUM(name, action) VIEW_##name,
	VIEWS(VIEW_ENUM)
#undef VIEW_ENUM
		VIEW_CNT,
};

#define VIEW_DECLARE(name, action) extern const struct view_ops view_##name;
VIEWS(VIEW_DECLARE)
#undef VIEW_DECLARE

/* What the lanes of the timeline can be of. */
#define UI_LANES(_) _(threads) _(cpus) _(locks)

enum ui_lanes {
#define UI_LANES_ENUM(name) LANES_##name,
	UI_LANES(UI_LANES_ENUM)
#undef UI_LANES_ENUM
		LANES_CNT,
};

#endif /* TUI_VIEWS_H */
