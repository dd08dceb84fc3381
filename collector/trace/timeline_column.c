/* SPDX-License-Identifier: GPL-2.0-only */
/* How wide columns may be, and what is in one. */
#include <stdlib.h>

#include "trace/timeline.h"
#include "trace/timeline_marks.h"

void timeline_column_release(struct timeline_column *col)
{
	free(col->cells);
	free(col->cpus);
	free(col->locks);
	*col = (struct timeline_column){};
}

static const __u64 WIDTH_MIN_NS = 1, WIDTH_MAX_NS = 1000000000000;

__u64 timeline_round_width(__u64 w_ns)
{
	__u64 width_ns = WIDTH_MIN_NS;

	while (width_ns < w_ns && width_ns < WIDTH_MAX_NS)
		width_ns = timeline_step_width(width_ns, 1);
	return width_ns;
}

/* 1 to 2 to 5 to 10: by two and a half from 2, else by two. */
__u64 timeline_step_width(__u64 w_ns, int steps)
{
	for (; steps > 0 && w_ns < WIDTH_MAX_NS; steps--) {
		__u64 lead = w_ns;

		while (lead >= 10)
			lead /= 10;
		w_ns = lead == 2 ? w_ns / 2 * 5 : w_ns * 2;
	}
	for (; steps < 0 && w_ns > WIDTH_MIN_NS; steps++) {
		__u64 lead = w_ns;

		while (lead >= 10)
			lead /= 10;
		w_ns = lead == 5 ? w_ns / 5 * 2 : w_ns / 2;
	}
	return w_ns;
}

static int cell_compare(const void *key, const void *member)
{
	const struct timeline_cell *a = key, *b = member;

	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

const struct timeline_cell *timeline_cell(const struct timeline_column *col, const struct thread *t)
{
	struct timeline_cell key = { .tid = t->tid, .start = t->start_ns };

	return bsearch(&key, col->cells, col->cell_cnt, sizeof(key), cell_compare);
}

enum timeline_share timeline_main_share(const struct timeline_cell *cell)
{
	unsigned best = 0, sum = 0;

	for (unsigned s = 0; s < TIMELINE_SHARE_CNT; s++) {
		sum += cell->share[s];
		if (cell->share[s] > cell->share[best])
			best = s;
	}
	return cell->share[best] + sum < TIMELINE_FULL ? TIMELINE_SHARE_CNT : best;
}
