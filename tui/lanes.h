/* SPDX-License-Identifier: GPL-2.0-only */
/* Lanes: what a timeline knows about a thread, a CPU or a wake-up, as characters in a row. */
#ifndef TUI_LANES_H
#define TUI_LANES_H

#include "base/map.h"
#include "trace/timeline.h"
#include "tui/canvas.h"

/* The columns of a canvas and those of the timeline. */
struct lanes {
	const struct timeline *timeline;
	__u64 first_idx;	/* column 0 */
	__u64 begin_ns, end_ns; /* what is known of at all: outside, blank */
	int cols;
	struct map *
		known; /* signs of lanes in columns that will not change: from picture to picture */
};

/*
 * The signs of a lane: one for a column that is all one state, one for a column that
 * is mostly that, so that what happened in it besides is not hidden.
 */
enum lane_sign {
	LANE_RUNNING,
	LANE_READY,
	LANE_BLOCKED,
	LANE_STOPPED,
	LANE_UNKNOWN,
	LANE_RUNNING_MIXED,
	LANE_READY_MIXED,
	LANE_BLOCKED_MIXED,
	LANE_LOST,    /* events were lost in it */
	LANE_PENDING, /* not computed yet */
	LANE_ABSENT,
	LANE_SIGN_CNT,
};

int lane_put(struct canvas *c, int row, int col, enum lane_sign sign);
/* That of a column without data: outside of what is known, or not computed yet. */
enum lane_sign lane_missing_sign(const struct lanes *l, int col);

/* The sign for a thread's cell in a column; cell may be NULL. */
enum lane_sign lane_sign_of(const struct timeline_column *column, const struct timeline_cell *cell);

/* One lane for cnt threads, by tid: what they did on average. */
void lane_draw_threads(const struct lanes *l, struct canvas *c, int row,
		       const struct thread *const *threads, size_t cnt);

/* letter_of names the thread that ran: a character and how it looks. */
typedef uint32_t (*lane_letter_fn)(void *arg, __u32 tid, enum style *style);
void lane_draw_cpu(const struct lanes *l, struct canvas *c, int row, unsigned cpu,
		   lane_letter_fn letter_of, void *arg);

/*
 * Wake-up arrows to the thread t in row, up to column cursor_col and from there to the
 * left, as many as can be told apart. row_of gives the row of the waker's lane, which may
 * lie outside of the canvas, and false when it has none.
 */
typedef bool (*lane_row_fn)(void *arg, __u32 tid, int *ret_row);
void lane_draw_wakes(const struct lanes *l, struct canvas *c, int row, int cursor_col,
		     const struct thread *t, lane_row_fn row_of, void *arg);

#endif /* TUI_LANES_H */
