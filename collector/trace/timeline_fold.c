/* SPDX-License-Identifier: GPL-2.0-only */
/* The walk behind a timeline; the cells themselves come from timeline_marks.c. */
#include "trace/timeline_fold.h"

#include <string.h>

enum { REPLAY_PART = 256 /* events between two looks at what they cost */ };

void timeline_fold_init(struct timeline_fold *f, struct trace *t)
{
	*f = (struct timeline_fold){ .trace = t, .cursor = cursor_new(t) };
}

void timeline_fold_release(struct timeline_fold *f)
{
	cursor_free(f->cursor);
	timeline_marks_release(&f->marks);
	timeline_marks_release(&f->after);
	vec_release(&f->runs);
	map_release(&f->run_idx);
}

/* How many blocks begin at or before ns. */
static size_t count_blocks_to(const struct trace *t, __u64 ns)
{
	size_t low = 0, high = trace_block_cnt(t);
	struct trace_block_info b;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		trace_block_info(t, mid, &b);
		if (b.begin_ns <= ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* About the number of the event at ns, as if those of a block came evenly. */
static __u64 guess_event(const struct trace *t, __u64 ns)
{
	struct trace_block_info b = {
		.first_event = trace_first_event(t),
		.event_cnt = trace_event_cnt(t) - trace_first_event(t),
		.begin_ns = trace_begin_ns(t),
		.end_ns = trace_end_ns(t),
	};
	size_t idx = count_blocks_to(t, ns);

	if (idx)
		trace_block_info(t, idx - 1, &b);
	if (ns <= b.begin_ns)
		return b.first_event;
	if (ns >= b.end_ns)
		return b.first_event + b.event_cnt;
	return b.first_event +
	       b.event_cnt * ((double)(ns - b.begin_ns) / (double)(b.end_ns - b.begin_ns));
}

__u64 timeline_fold_cost(const struct timeline_fold *f, __u64 begin_ns, __u64 end_ns)
{
	__u64 first = guess_event(f->trace, begin_ns), last = guess_event(f->trace, end_ns);

	return last > first ? last - first : 0;
}

/* The block with the instant ns; before the first one, an empty one. */
static struct trace_block_info block_at(const struct timeline_fold *f, __u64 ns)
{
	size_t idx = count_blocks_to(f->trace, ns);
	struct trace_block_info b = { .begin_ns = trace_begin_ns(f->trace) };

	if (idx)
		trace_block_info(f->trace, idx - 1, &b);
	return b;
}

__u64 timeline_fold_block_cost(const struct timeline_fold *f, __u64 ns)
{
	return block_at(f, ns).event_cnt;
}

__u64 timeline_fold_block_begin(const struct timeline_fold *f, __u64 ns)
{
	return block_at(f, ns).begin_ns;
}

__u64 timeline_fold_work(const struct timeline_fold *f)
{
	return cursor_work(f->cursor) + f->column_work;
}

void timeline_fold_begin(struct timeline_fold *f)
{
	f->begin_work = timeline_fold_work(f);
}

/* May a step be taken that costs so much at once? */
static bool can_afford(const struct timeline_fold *f, __u64 cost, __u64 until)
{
	__u64 work = timeline_fold_work(f);

	return !cost || work == f->begin_work || (work < until && cost <= until - work);
}

/* The block whose begin is the nearest to ns, within slack_ns; false: there is none. */
static bool find_block(const struct trace *t, __u64 ns, __u64 slack_ns, size_t *ret_idx,
		       struct trace_block_info *ret)
{
	size_t cnt = count_blocks_to(t, ns);
	struct trace_block_info b;
	bool found = false;

	for (size_t i = cnt ? cnt - 1 : 0; i <= cnt && i < trace_block_cnt(t); i++) {
		__u64 off_ns;

		trace_block_info(t, i, &b);
		off_ns = b.begin_ns < ns ? ns - b.begin_ns : b.begin_ns - ns;
		if (off_ns > slack_ns)
			continue;
		slack_ns = off_ns;
		*ret = b;
		*ret_idx = i;
		found = true;
	}
	return found;
}

/* Move the cursor; 0: it is on its way, else the time that was reached. */
static __u64 fold_move(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns, __u64 until)
{
	__u64 work = timeline_fold_work(f);
	struct trace_block_info b;
	size_t idx;

	if (at_ns <= trace_begin_ns(f->trace)) {
		if (!can_afford(f, cursor_block_cost(f->cursor, 0), until))
			return 0;
		cursor_seek_block(f->cursor, 0);
		return trace_begin_ns(f->trace);
	}
	if (slack_ns && find_block(f->trace, at_ns, slack_ns, &idx, &b)) {
		if (!can_afford(f, cursor_block_cost(f->cursor, idx), until))
			return 0;
		cursor_seek_block(f->cursor, idx);
		return b.begin_ns;
	}
	if (!can_afford(f, cursor_time_cost(f->cursor, at_ns - 1), until))
		return 0;
	/* An event at the bound itself belongs to the column that begins there. */
	if (!cursor_approach_time(f->cursor, at_ns - 1, until > work ? until - work : 1))
		return 0;
	return at_ns;
}

static void set_marks(struct timeline_fold *f, __u64 at_ns, bool has_marks)
{
	f->marks.at_ns = at_ns;
	f->marks_event = cursor_event(f->cursor);
	f->has_marks = has_marks;
	f->place = FOLD_AT;
}

const struct timeline_marks *timeline_fold_marks(struct timeline_fold *f)
{
	if (!f->has_marks)
		timeline_marks_take(&f->marks, cursor_model(f->cursor), f->marks.at_ns);
	f->has_marks = true;
	return &f->marks;
}

bool timeline_fold_seek(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns, __u64 until)
{
	f->place = FOLD_AWAY;
	at_ns = fold_move(f, at_ns, slack_ns, until);
	if (!at_ns)
		return false;
	set_marks(f, at_ns, false);
	return true;
}

static void swap_marks(struct timeline_fold *f)
{
	struct timeline_marks marks = f->marks;

	f->marks = f->after;
	f->after = marks;
}

static void fold_finish(struct timeline_fold *f, __u64 end_ns, struct timeline_column *ret)
{
	const struct model *m = cursor_model(f->cursor);

	timeline_marks_take(&f->after, m, end_ns);
	timeline_marks_diff(&f->marks, &f->after, m, ret);
	f->column_work += model_thread_cnt(m); /* about as much as an event each */
}

/* Nothing happened, as mostly where threads rest: no totals are needed to tell that. */
static void fold_finish_still(struct timeline_fold *f, struct timeline_column *ret)
{
	const struct model *m = cursor_model(f->cursor);

	timeline_marks_still(&f->marks, m, ret);
	f->column_work += model_thread_cnt(m);
}

bool timeline_fold_jump(struct timeline_fold *f, __u64 end_ns, __u64 slack_ns, __u64 until,
			struct timeline_column *ret)
{
	timeline_fold_marks(f);
	f->place = FOLD_INSIDE;
	end_ns = fold_move(f, end_ns, slack_ns, until);
	if (!end_ns)
		return false;
	fold_finish(f, end_ns, ret);
	timeline_marks_guess_cpus(&f->after, cursor_model(f->cursor), ret);
	swap_marks(f);
	set_marks(f, end_ns, true);
	return true;
}

/* What runs on cpu runs no longer at end_ns, or the column is over. */
static void note_run(struct timeline_fold *f, unsigned cpu, __u64 end_ns)
{
	const struct thread *t = model_cpu_thread(cursor_model(f->cursor), cpu);
	__u64 begin_ns;
	uint32_t idx;

	if (!t || t->state != THREAD_RUNNING)
		return;
	begin_ns = t->since_ns > f->marks.at_ns ? t->since_ns : f->marks.at_ns;
	if (end_ns <= begin_ns)
		return;
	if (!map_get(&f->run_idx, (__u64)cpu << 32 | t->tid, &idx)) {
		idx = f->runs.cnt;
		map_put(&f->run_idx, (__u64)cpu << 32 | t->tid, idx);
		vec_push(&f->runs, (struct timeline_run){ .cpu = cpu, .tid = t->tid });
	}
	f->runs.items[idx].ns += end_ns - begin_ns;
}

/* The longest run of each CPU. */
static void fill_cpus(struct timeline_fold *f, __u64 whole_ns, struct timeline_column *ret)
{
	__u64 best_ns[MODEL_CPU_MAX] = {}, total_ns[MODEL_CPU_MAX] = {};

	ret->cpu_cnt = 0;
	vec_for_each(r, &f->runs)
		if (r->cpu >= ret->cpu_cnt)
			ret->cpu_cnt = r->cpu + 1;
	ret->cpus = xreallocarray(ret->cpus, ret->cpu_cnt, sizeof(*ret->cpus));
	memset(ret->cpus, 0, ret->cpu_cnt * sizeof(*ret->cpus));
	vec_for_each(r, &f->runs) {
		struct timeline_cpu *cpu = &ret->cpus[r->cpu];

		total_ns[r->cpu] += r->ns;
		cpu->total = timeline_share_of(total_ns[r->cpu], whole_ns);
		if (r->ns <= best_ns[r->cpu])
			continue;
		best_ns[r->cpu] = r->ns;
		cpu->tid = r->tid;
		cpu->share = timeline_share_of(r->ns, whole_ns);
	}
}

static void note_all_runs(struct timeline_fold *f, __u64 end_ns)
{
	for (unsigned cpu = 0; cpu < model_cpu_cnt(cursor_model(f->cursor)); cpu++)
		note_run(f, cpu, end_ns);
}

/* Some events up to end_ns, none of them in the next block; false: there are more. */
static bool replay_part(struct timeline_fold *f, __u64 end_ns)
{
	for (int i = 0; i < REPLAY_PART && !(i && cursor_next_cost(f->cursor)); i++) {
		const struct ev_hdr *ev = cursor_peek(f->cursor);

		if (!ev || ev->ts_ns >= end_ns)
			return true;
		if (ev->kind == EV_SWITCH || ev->kind == EV_BLOCK)
			note_run(f, ev->cpu, ev->ts_ns);
		else if (ev->kind == EV_LOST)
			note_all_runs(f, ev->ts_ns);
		timeline_fold_marks(f);
		cursor_next(f->cursor);
	}
	return false;
}

bool timeline_fold_replay(struct timeline_fold *f, __u64 end_ns, __u64 until,
			  struct timeline_column *ret)
{
	bool is_still;

	if (f->place != FOLD_INSIDE) {
		vec_clear(&f->runs);
		map_clear(&f->run_idx);
		f->place = FOLD_INSIDE;
	}
	do {
		if (timeline_fold_work(f) >= until ||
		    !can_afford(f, cursor_next_cost(f->cursor), until))
			return false;
	} while (!replay_part(f, end_ns));
	note_all_runs(f, end_ns);
	is_still = cursor_event(f->cursor) == f->marks_event && !f->marks.of_locks;
	if (is_still)
		fold_finish_still(f, ret);
	else
		fold_finish(f, end_ns, ret);
	fill_cpus(f, end_ns - f->marks.at_ns, ret);
	if (!is_still)
		swap_marks(f);
	set_marks(f, end_ns, !is_still);
	return true;
}
