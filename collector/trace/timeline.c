/* SPDX-License-Identifier: GPL-2.0-only */
/* The timeline: which columns are kept, which are to be made next, and at what price. */
#include "trace/timeline.h"

#include <string.h>
#include "trace/timeline_fold.h"
#include "trace/timeline_look.h"

enum {
	LEVEL_CNT = 4,		/* widths whose columns are kept */
	MEM_MAX = 12 << 20,	/* beyond, columns out of sight are dropped */
	JUMP_EVENT_CNT = 16384, /* a column with more events, and than a block, is not replayed */
	SEEN_EVENT_CNT = 4096,	/* and while the trace grows, with more than this a look will do */
	SLACK_PART = 8,		/* and may be off by this part of its width */
	JUMP_ROW = 8,		/* columns that are jumped over one after the other */
	FAR_BUDGETS = 8,	/* who follows and is so far behind does better to leave a gap */
};

struct level {
	__u64 width_ns;			 /* 0: not in use */
	__u64 used;			 /* when it was last */
	struct timeline_column *columns; /* TIMELINE_COLUMN_MAX; idx i at i modulo that */
};

/*
 * The column that the fold makes next: it is on its way there, before it or inside; of columns
 * that are jumped over, up to the slack.
 */
struct walk {
	__u64 width_ns; /* 0: none */
	__u64 idx;
};

struct timeline {
	struct trace *trace;
	struct timeline_fold fold;
	struct walk walk;
	struct level levels[LEVEL_CNT];
	struct level *level;
	__u64 use_cnt;
	__u64 column_cnt; /* that were made so far */
	size_t mem_sz;
	struct timeline_look look;
	bool wants_seen;		  /* columns from looks will do */
	bool edge_is_seen;		  /* the column before the last is one */
	struct timeline_marks edge_marks; /* where the last, growing column begins */
	struct timeline_marks tail_before, tail_marks;
	__u64 edge_width_ns; /* 0: edge_marks are of nothing */
	struct timeline_column edge;
	struct timeline_column rest; /* stands for all columns behind it */
	__u64 now_ns;
	__u64 edge_event, rest_event; /* events of the trace that each is made of; 0: of nothing */
};

struct timeline *timeline_new(struct trace *t)
{
	struct timeline *tl = xcalloc(1, sizeof(*tl));

	tl->trace = t;
	timeline_fold_init(&tl->fold, t);
	timeline_set_width(tl, 1000000);
	return tl;
}

struct timeline *timeline_new_locks(struct trace *t)
{
	struct timeline *tl = timeline_new(t);

	tl->fold.marks.of_locks = tl->fold.after.of_locks = true;
	tl->edge_marks.of_locks = tl->tail_before.of_locks = tl->tail_marks.of_locks = true;
	timeline_look_at_locks(&tl->look);
	return tl;
}

static size_t column_sz(const struct timeline_column *col)
{
	return col->cell_cnt * sizeof(*col->cells) + col->cpu_cnt * sizeof(*col->cpus) +
	       col->lock_cnt * sizeof(*col->locks);
}

static void column_drop(struct timeline *tl, struct timeline_column *col)
{
	tl->mem_sz -= column_sz(col);
	timeline_column_release(col);
}

static void level_drop_outside(struct timeline *tl, struct level *l, __u64 first, __u64 last)
{
	for (size_t i = 0; l->columns && i < TIMELINE_COLUMN_MAX; i++)
		if (l->columns[i].idx < first || l->columns[i].idx > last)
			column_drop(tl, &l->columns[i]);
}

static void level_drop(struct timeline *tl, struct level *l)
{
	for (size_t i = 0; l->columns && i < TIMELINE_COLUMN_MAX; i++)
		column_drop(tl, &l->columns[i]);
}

void timeline_free(struct timeline *tl)
{
	if (!tl)
		return;
	for (size_t i = 0; i < LEVEL_CNT; i++) {
		level_drop(tl, &tl->levels[i]);
		free(tl->levels[i].columns);
	}
	timeline_fold_release(&tl->fold);
	timeline_look_release(&tl->look);
	timeline_marks_release(&tl->edge_marks);
	timeline_marks_release(&tl->tail_before);
	timeline_marks_release(&tl->tail_marks);
	timeline_column_release(&tl->edge);
	timeline_column_release(&tl->rest);
	free(tl);
}

void timeline_set_width(struct timeline *tl, __u64 w_ns)
{
	struct level *oldest = &tl->levels[0];

	w_ns = timeline_round_width(w_ns);
	tl->use_cnt++;
	for (size_t i = 0; i < LEVEL_CNT; i++) {
		if (tl->levels[i].width_ns == w_ns) {
			tl->level = &tl->levels[i];
			tl->level->used = tl->use_cnt;
			return;
		}
		if (tl->levels[i].used < oldest->used)
			oldest = &tl->levels[i];
	}
	level_drop(tl, oldest);
	if (!oldest->columns)
		oldest->columns = xcalloc(TIMELINE_COLUMN_MAX, sizeof(*oldest->columns));
	oldest->width_ns = w_ns;
	oldest->used = tl->use_cnt;
	tl->level = oldest;
}

__u64 timeline_width_ns(const struct timeline *tl)
{
	return tl->level->width_ns;
}

static struct timeline_column *level_slot(const struct level *l, __u64 idx)
{
	return &l->columns[idx % TIMELINE_COLUMN_MAX];
}

/* Its time is over: it is kept where its place is, instead of what was there. */
static void column_keep(struct timeline *tl, const struct timeline_column *made)
{
	struct timeline_column *slot = level_slot(tl->level, made->idx);

	column_drop(tl, slot);
	*slot = *made;
	slot->serial = ++tl->column_cnt;
	tl->mem_sz += column_sz(slot);
}

/* An empty slot has no end; column 0 would look like it otherwise. */
static bool has_column(const struct timeline *tl, __u64 idx)
{
	const struct timeline_column *col = level_slot(tl->level, idx);

	return col->idx == idx && col->end_ns && (tl->wants_seen || !(col->flags & TIMELINE_SEEN));
}

/* Is a column better jumped over than replayed? */
static bool column_is_jumped(const struct timeline *tl, __u64 idx)
{
	__u64 w_ns = tl->level->width_ns;
	__u64 cost = timeline_fold_cost(&tl->fold, idx * w_ns, (idx + 1) * w_ns);

	return cost > JUMP_EVENT_CNT && cost > timeline_fold_block_cost(&tl->fold, idx * w_ns);
}

static __u64 column_slack(const struct timeline *tl, __u64 idx)
{
	return column_is_jumped(tl, idx) ? tl->level->width_ns / SLACK_PART : 0;
}

/* Go to the begin of column idx, unless the last one ended there; false: on the way. */
static bool walk_to(struct timeline *tl, __u64 idx, __u64 slack_ns, __u64 until)
{
	__u64 w_ns = tl->level->width_ns, begin_ns = idx * w_ns, at_ns = tl->fold.marks.at_ns;
	__u64 off_ns = at_ns < begin_ns ? begin_ns - at_ns : at_ns - begin_ns;
	bool is_inside = tl->fold.place == FOLD_INSIDE && tl->walk.width_ns == w_ns &&
			 tl->walk.idx == idx;

	tl->walk = (struct walk){ w_ns, idx };
	if (is_inside || (tl->fold.place == FOLD_AT && off_ns <= slack_ns))
		return true;
	return timeline_fold_seek(&tl->fold, begin_ns, slack_ns, until);
}

/* Make column idx, before which or in which the walk is; false: some of it is left. */
static bool column_make(struct timeline *tl, __u64 idx, __u64 slack_ns, __u64 until)
{
	__u64 w_ns = tl->level->width_ns, begin_ns = idx * w_ns, end_ns = begin_ns + w_ns;
	struct timeline_column made = {};

	if (slack_ns && !timeline_fold_jump(&tl->fold, end_ns, slack_ns, until, &made))
		return false;
	if (!slack_ns && !timeline_fold_replay(&tl->fold, end_ns, until, &made))
		return false;
	tl->walk.idx = idx + 1;
	made.idx = idx;
	made.begin_ns = begin_ns;
	made.end_ns = end_ns;
	made.flags = slack_ns ? TIMELINE_NEAR : 0;
	column_keep(tl, &made);
	return true;
}

void timeline_set_exact(struct timeline *tl, bool is_exact)
{
	tl->wants_seen = !is_exact;
}

void timeline_observe(struct timeline *tl)
{
	const struct model *m = trace_tail(tl->trace);
	struct timeline_column seen = {}, *slot;
	__u64 w_ns = tl->level->width_ns;

	if (!timeline_look_take(&tl->look, m, trace_end_ns(tl->trace)))
		return;
	while (timeline_look_next(&tl->look, m, w_ns, &seen)) {
		seen.idx = seen.begin_ns / w_ns;
		seen.flags = TIMELINE_NEAR | TIMELINE_SEEN;
		slot = level_slot(tl->level, seen.idx);
		tl->edge_is_seen = timeline_fold_cost(&tl->fold, seen.begin_ns, seen.end_ns) >
				   SEEN_EVENT_CNT;
		if (!tl->edge_is_seen || (slot->idx == seen.idx && slot->end_ns))
			continue;
		column_keep(tl, &seen);
		seen = (struct timeline_column){};
	}
	timeline_column_release(&seen);
}

/* Is it worth while to go on where the walk stands, in the gap that ends at end? */
static bool walk_goes_on(const struct timeline *tl, __u64 first, __u64 end, size_t max_events)
{
	__u64 w_ns = tl->level->width_ns, here = tl->walk.idx;

	if (tl->walk.width_ns != w_ns || here < first || here >= end || has_column(tl, here))
		return false;
	if (column_is_jumped(tl, here))
		return end - here <= JUMP_ROW;
	return timeline_fold_cost(&tl->fold, here * w_ns, end * w_ns) < FAR_BUDGETS * max_events;
}

/*
 * Where to go on: where the walk stands when that is in the gap and not far from its end, else
 * in the last block of the gap, so that the newest is there first and going there costs no more
 * than the checkpoint. Of columns that are longer than blocks some are made in a row: each begins
 * where the one before has ended.
 */
static __u64 gap_start(const struct timeline *tl, __u64 first, __u64 end, size_t max_events)
{
	__u64 w_ns = tl->level->width_ns, idx = end - 1;
	__u64 block_ns;

	if (walk_goes_on(tl, first, end, max_events))
		return tl->walk.idx;
	block_ns = timeline_fold_block_begin(&tl->fold, idx * w_ns);
	if (column_is_jumped(tl, idx))
		block_ns = idx >= JUMP_ROW ? (idx - JUMP_ROW + 1) * w_ns : 0;
	while (idx > first && !has_column(tl, idx - 1) && (idx - 1) * w_ns >= block_ns)
		idx--;
	return idx;
}

/* Make what is missing in first..last; false when something is left. */
static bool fill_gaps(struct timeline *tl, __u64 first, __u64 last, __u64 until, size_t max_events)
{
	/* While the trace grows, the walk is called to its end each time: it does whole columns. */
	__u64 end = last + 1, part = tl->wants_seen ? ~0ULL : until, idx;

	for (;;) {
		while (end > first && has_column(tl, end - 1))
			end--;
		if (end == first)
			return true;
		idx = gap_start(tl, first, end, max_events);
		for (; idx < end && !has_column(tl, idx); idx++) {
			__u64 slack_ns = column_slack(tl, idx);

			if (timeline_work(tl) >= until || !walk_to(tl, idx, slack_ns, part) ||
			    timeline_work(tl) >= part || !column_make(tl, idx, slack_ns, part))
				return false;
		}
	}
}

/* Is it known where the last column begins? */
static bool edge_is_made(const struct timeline *tl, __u64 idx)
{
	return tl->edge_width_ns == tl->level->width_ns && tl->edge.idx == idx;
}

/*
 * The totals where the last column begins: from a look if that will do, else by the walk; false:
 * on the way.
 */
static bool edge_begin(struct timeline *tl, __u64 idx, __u64 until)
{
	const struct timeline_look *l = &tl->look;
	__u64 w_ns = tl->level->width_ns;
	const struct timeline_marks *begin;

	if (edge_is_made(tl, idx))
		return true;
	tl->edge_width_ns = 0;
	tl->edge_event = 0;
	if (tl->wants_seen && tl->edge_is_seen && l->has_begin && l->begin.at_ns == idx * w_ns)
		begin = &l->begin;
	else if (walk_to(tl, idx, 0, until))
		begin = timeline_fold_marks(&tl->fold);
	else
		return false;
	timeline_marks_copy(&tl->edge_marks, begin);
	tl->edge_width_ns = w_ns;
	return true;
}

/* The column in which the trace ends: what the tail of the trace has more than its begin. */
static void edge_make(struct timeline *tl, __u64 idx, __u64 end_ns)
{
	const struct model *m = trace_tail(tl->trace);
	struct timeline_column *col = &tl->edge;

	col->idx = idx;
	col->begin_ns = idx * tl->level->width_ns;
	col->end_ns = end_ns;
	col->flags = TIMELINE_OPEN | TIMELINE_NEAR;
	timeline_marks_take(&tl->tail_marks, m, end_ns);
	timeline_marks_diff(&tl->edge_marks, &tl->tail_marks, m, col);
	timeline_marks_guess_cpus(&tl->tail_marks, m, col);
}

/* Behind the last event nothing has changed: one instant stands for all of it. */
static void rest_make(struct timeline *tl)
{
	const struct model *m = trace_tail(tl->trace);
	struct timeline_column *col = &tl->rest;
	__u64 end_ns = trace_end_ns(tl->trace);

	timeline_marks_take(&tl->tail_marks, m, end_ns);
	timeline_marks_copy(&tl->tail_before, &tl->tail_marks);
	timeline_marks_take(&tl->tail_marks, m, end_ns + 1);
	timeline_marks_diff(&tl->tail_before, &tl->tail_marks, m, col);
	timeline_marks_guess_cpus(&tl->tail_marks, m, col);
	col->begin_ns = end_ns;
	col->flags = TIMELINE_OPEN;
}

/*
 * What is at the end of the trace, in column edge and behind it. While nothing happens the time
 * goes on alone, and makes no column anew whose time is over.
 */
static void end_make(struct timeline *tl, __u64 edge)
{
	__u64 event = trace_event_cnt(tl->trace), end_ns = (edge + 1) * tl->level->width_ns;

	if (end_ns > tl->now_ns)
		end_ns = tl->now_ns;
	if (tl->edge_event != event || tl->edge.end_ns != end_ns)
		edge_make(tl, edge, end_ns);
	if (tl->rest_event != event)
		rest_make(tl);
	tl->edge_event = tl->rest_event = event;
	tl->rest.end_ns = tl->now_ns;
}

/* Keep the columns of the window alone: what is scrolled to next is made again. */
static void memory_trim(struct timeline *tl, __u64 first, __u64 last)
{
	for (size_t i = 0; i < LEVEL_CNT; i++) {
		if (&tl->levels[i] == tl->level)
			level_drop_outside(tl, tl->level, first, last);
		else
			level_drop(tl, &tl->levels[i]);
	}
}

bool timeline_fill(struct timeline *tl, __u64 from_ns, __u64 to_ns, __u64 now_ns, size_t max_events)
{
	__u64 w_ns = tl->level->width_ns, first, last, edge;
	__u64 until = timeline_work(tl) + max_events;
	bool is_done = true;

	if (trace_event_cnt(tl->trace) == trace_first_event(tl->trace))
		return true;
	if (from_ns < trace_begin_ns(tl->trace))
		from_ns = trace_begin_ns(tl->trace);
	edge = trace_end_ns(tl->trace) / w_ns;
	first = from_ns / w_ns;
	last = to_ns / w_ns;
	timeline_fold_begin(&tl->fold);
	tl->now_ns = now_ns > trace_end_ns(tl->trace) ? now_ns : trace_end_ns(tl->trace);
	if (last < first)
		return true;
	if (last - first >= TIMELINE_COLUMN_MAX)
		first = last - TIMELINE_COLUMN_MAX + 1;
	if (tl->mem_sz > MEM_MAX)
		memory_trim(tl, first, last);
	/* First, for once it is known, the walk need not come back; live, the walk comes there. */
	if (last >= edge && !tl->wants_seen && !edge_begin(tl, edge, until))
		return false;
	if (edge && first < edge)
		is_done = fill_gaps(tl, first, last < edge ? last : edge - 1, until, max_events);
	if (last < edge)
		return is_done;
	edge_begin(tl, edge, ~0ULL);
	end_make(tl, edge);
	return is_done;
}

/* One from looks is shown until the exact one is there. */
const struct timeline_column *timeline_column(const struct timeline *tl, __u64 idx)
{
	const struct timeline_column *col = level_slot(tl->level, idx);
	__u64 w_ns = tl->level->width_ns;

	if (col->idx == idx && col->end_ns)
		return col;
	if (tl->edge_width_ns != w_ns || idx < tl->edge.idx || idx * w_ns > tl->now_ns)
		return NULL;
	return idx == tl->edge.idx ? &tl->edge : &tl->rest;
}

__u64 timeline_work(const struct timeline *tl)
{
	return timeline_fold_work(&tl->fold);
}

size_t timeline_mem_sz(const struct timeline *tl)
{
	return tl->mem_sz;
}
