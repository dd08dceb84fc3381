/* SPDX-License-Identifier: GPL-2.0-only */
/* Lanes as characters; the same signs in ASCII and in block drawing. */
#include "tui/lanes.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum {
	MIXED_SHARE = 8, /* of TIMELINE_FULL: less than 3 % beside the main state is no mixture */
	ARROW_MAX = 8,	 /* more would cover the lanes between */
	ARROW_DISTANCE = 3,
	KNOWN_MAX = 1 << 16, /* signs: 2 MiB */
};

static const struct {
	uint32_t unicode;
	char ascii;
	enum style style;
} signs[LANE_SIGN_CNT] = {
	[LANE_RUNNING] = { 0x2588, '#', STYLE_RUNNING },
	[LANE_READY] = { 0x2592, ':', STYLE_READY },
	[LANE_BLOCKED] = { '.', '.', STYLE_BLOCKED },
	[LANE_STOPPED] = { '=', '=', STYLE_STOPPED },
	[LANE_UNKNOWN] = { '?', '?', STYLE_UNKNOWN },
	[LANE_RUNNING_MIXED] = { 0x2593, '+', STYLE_RUNNING },
	[LANE_READY_MIXED] = { 0x2591, ';', STYLE_READY },
	[LANE_BLOCKED_MIXED] = { 0x2500, '-', STYLE_BLOCKED },
	[LANE_LOST] = { '/', '/', STYLE_ALARM },
	[LANE_PENDING] = { '~', '~', STYLE_DIM },
	[LANE_ABSENT] = { ' ', ' ', STYLE_NORMAL },
};

int lane_put(struct canvas *c, int row, int col, enum lane_sign sign)
{
	return canvas_put(c, row, col, signs[sign].style,
			  grid_is_ascii(c->grid) ? (uint32_t)signs[sign].ascii
						 : signs[sign].unicode);
}

/* A wait of which a moment is missing is told, a moment's rest of one that runs is not. */
static bool cell_is_mixed(const struct timeline_cell *cell, enum timeline_share share)
{
	int other = 0;

	for (unsigned s = 0; s < TIMELINE_SHARE_CNT; s++)
		if (s != share)
			other += cell->share[s];
	return share == TIMELINE_BLOCKED ? other || cell->wake_cnt : other >= MIXED_SHARE;
}

/* Mostly not there, yet there: the largest of what it did. */
static enum timeline_share largest_share(const struct timeline_cell *cell)
{
	unsigned best = 0;

	for (unsigned s = 1; s < TIMELINE_SHARE_CNT; s++)
		if (cell->share[s] > cell->share[best])
			best = s;
	return best;
}

enum lane_sign lane_sign_of(const struct timeline_column *column, const struct timeline_cell *cell)
{
	static const __u8 pure[] = { LANE_RUNNING, LANE_READY, LANE_BLOCKED, LANE_STOPPED,
				     LANE_UNKNOWN };
	static const __u8 mixed[] = { LANE_RUNNING_MIXED, LANE_READY_MIXED, LANE_BLOCKED_MIXED,
				      LANE_STOPPED, LANE_UNKNOWN };
	enum timeline_share share;

	if (!cell)
		return LANE_ABSENT;
	if (column->lost_cnt)
		return LANE_LOST;
	share = timeline_main_share(cell);
	if (share == TIMELINE_SHARE_CNT)
		return mixed[largest_share(cell)];
	return cell_is_mixed(cell, share) ? mixed[share] : pure[share];
}

enum lane_sign lane_missing_sign(const struct lanes *l, int col)
{
	__u64 w_ns = timeline_width_ns(l->timeline);
	__u64 begin_ns = (l->first_idx + col) * w_ns;

	return begin_ns > l->end_ns || begin_ns + w_ns <= l->begin_ns ? LANE_ABSENT : LANE_PENDING;
}

/* A thread as cells name it: thousands of threads lie too far apart to be looked at per column. */
struct lane_thread {
	__u32 tid, start;
};

/*
 * The first cell from i on that is not of a thread before tid. The next of a few threads among
 * thousands is far away: in steps that double, and then by halves.
 */
static size_t find_cell(const struct timeline_column *column, size_t i, __u32 tid)
{
	size_t step = 1, high;

	while (i + step < column->cell_cnt && column->cells[i + step].tid < tid)
		step *= 2;
	high = i + step < column->cell_cnt ? i + step : column->cell_cnt;
	while (i < high) {
		size_t mid = i + (high - i) / 2;

		if (column->cells[mid].tid < tid)
			i = mid + 1;
		else
			high = mid;
	}
	return i;
}

/* Both lists are by tid. False: none of the threads was there. */
static bool cells_average(const struct timeline_column *column, const struct lane_thread *threads,
			  size_t cnt, struct timeline_cell *ret)
{
	unsigned sum[TIMELINE_SHARE_CNT] = {}, found = 0;

	*ret = (struct timeline_cell){};
	for (size_t i = 0, t = 0; t < cnt; t++) {
		const struct timeline_cell *cell;

		i = find_cell(column, i, threads[t].tid);
		while (i < column->cell_cnt && column->cells[i].tid == threads[t].tid &&
		       column->cells[i].start != threads[t].start)
			i++;
		if (i == column->cell_cnt || column->cells[i].tid != threads[t].tid)
			continue;
		cell = &column->cells[i];
		for (unsigned s = 0; s < TIMELINE_SHARE_CNT; s++)
			sum[s] += cell->share[s];
		ret->wake_cnt |= cell->wake_cnt;
		found++;
	}
	for (unsigned s = 0; found && s < TIMELINE_SHARE_CNT; s++)
		ret->share[s] = (__u8)((sum[s] + found - 1) / found);
	return found;
}

/* The threads of one lane. */
struct lane_group {
	struct lane_thread *threads;
	size_t cnt;
	__u64 hash; /* tells them from others, even of the same number */
};

static struct lane_group group_of(const struct thread *const *threads, size_t cnt)
{
	struct lane_group g = { .threads = xcalloc(cnt, sizeof(*g.threads)), .cnt = cnt };

	for (size_t i = 0; i < cnt; i++) {
		struct lane_thread t = { threads[i]->tid, threads[i]->start_ns };

		g.threads[i] = t;
		g.hash = map_hash(g.hash ^ ((__u64)t.tid << 32 | t.start)) + 1;
	}
	return g;
}

static enum lane_sign sign_of_group(const struct timeline_column *column,
				    const struct lane_group *g)
{
	struct timeline_cell cell;

	return cells_average(column, g->threads, g->cnt, &cell) ? lane_sign_of(column, &cell)
								: LANE_ABSENT;
}

/* A column whose time is over stays as it is: its sign is that of the picture before. */
static enum lane_sign known_sign(struct map *known, const struct timeline_column *column,
				 const struct lane_group *g)
{
	uint64_t key = map_hash(g->hash ^ map_hash(column->serial));
	uint32_t sign;

	if (!column->serial)
		return sign_of_group(column, g);
	if (map_get(known, key, &sign))
		return (enum lane_sign)sign;
	if (map_cnt(known) == KNOWN_MAX)
		map_clear(known);
	sign = sign_of_group(column, g);
	map_put(known, key, sign);
	return (enum lane_sign)sign;
}

/* One and the same column stands for all the time at the end in which nothing happens. */
void lane_draw_threads(const struct lanes *l, struct canvas *c, int row,
		       const struct thread *const *threads, size_t cnt)
{
	struct lane_group g = group_of(threads, cnt);
	const struct timeline_column *drawn = NULL;
	enum lane_sign sign = LANE_ABSENT;

	for (int col = 0; col < l->cols; col++) {
		const struct timeline_column *column =
			timeline_column(l->timeline, l->first_idx + col);

		if (!column)
			sign = lane_missing_sign(l, col);
		else if (column != drawn)
			sign = known_sign(l->known, column, &g);
		drawn = column;
		lane_put(c, row, col, sign);
	}
	free(g.threads);
}

void lane_draw_cpu(const struct lanes *l, struct canvas *c, int row, unsigned cpu,
		   lane_letter_fn letter_of, void *arg)
{
	for (int col = 0; col < l->cols; col++) {
		const struct timeline_column *column =
			timeline_column(l->timeline, l->first_idx + col);
		enum style style = STYLE_DIM;
		uint32_t ch = '.';

		if (!column) {
			lane_put(c, row, col, lane_missing_sign(l, col));
			continue;
		}
		if (column->lost_cnt) {
			lane_put(c, row, col, LANE_LOST);
			continue;
		}
		if (cpu < column->cpu_cnt && column->cpus[cpu].tid)
			ch = letter_of(arg, column->cpus[cpu].tid, &style);
		canvas_put(c, row, col, style, ch);
	}
}

/* From the waker's lane to the sleeper's, the head there. */
static void draw_arrow(struct canvas *c, int col, int from, int to)
{
	int step = from < to ? 1 : -1;

	canvas_put(c, from, col, STYLE_CURSOR, 'o');
	for (int row = from + step; row != to; row += step)
		canvas_glyph(c, row, col, STYLE_CURSOR, GLYPH_VLINE);
	canvas_glyph(c, to, col, STYLE_CURSOR, step > 0 ? GLYPH_ARROW_DOWN : GLYPH_ARROW_UP);
}

void lane_draw_wakes(const struct lanes *l, struct canvas *c, int row, int cursor_col,
		     const struct thread *t, lane_row_fn row_of, void *arg)
{
	int last = l->cols + ARROW_DISTANCE, cnt = 0;

	for (int col = cursor_col < l->cols ? cursor_col : l->cols - 1; col >= 0; col--) {
		const struct timeline_column *column =
			timeline_column(l->timeline, l->first_idx + col);
		const struct timeline_cell *cell = column ? timeline_cell(column, t) : NULL;
		int from;

		if (!cell || !cell->waker_tid || (cell->flags & TIMELINE_IRQ))
			continue;
		if (last - col < ARROW_DISTANCE || !row_of(arg, cell->waker_tid, &from) ||
		    from == row)
			continue;
		draw_arrow(c, col, from, row);
		last = col;
		if (++cnt == ARROW_MAX)
			return;
	}
}
