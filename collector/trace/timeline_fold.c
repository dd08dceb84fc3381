/* SPDX-License-Identifier: GPL-2.0-only */
/* The walk behind a timeline; the cells themselves come from timeline_marks.c. */
#include "trace/timeline_fold.h"

#include <string.h>

/* Prices beside that of an event, measured: 0.2 us each, decoding included. */
enum {
	SEEK_WORK = 8192,     /* to load a block and take its checkpoint */
	THREADS_PER_WORK = 3, /* marks and cells of a column */
};

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

__u64 timeline_fold_block_begin(const struct timeline_fold *f, __u64 ns)
{
	size_t idx = count_blocks_to(f->trace, ns);
	struct trace_block_info b = { .begin_ns = trace_begin_ns(f->trace) };

	if (idx)
		trace_block_info(f->trace, idx - 1, &b);
	return b.begin_ns;
}

/* The begin of the block that is nearest to ns, within slack_ns; false: there is none. */
static bool find_block(const struct trace *t, __u64 ns, __u64 slack_ns,
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
		found = true;
	}
	return found;
}

/* Move the cursor; the time that was reached. */
static __u64 fold_move(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns)
{
	struct trace_block_info b;

	if (at_ns <= trace_begin_ns(f->trace)) {
		cursor_seek_event(f->cursor, trace_first_event(f->trace));
		at_ns = trace_begin_ns(f->trace);
	} else if (slack_ns && find_block(f->trace, at_ns, slack_ns, &b)) {
		cursor_seek_event(f->cursor, b.first_event);
		at_ns = b.begin_ns;
	} else {
		/* An event at the bound itself belongs to the column that begins there. */
		cursor_seek_time(f->cursor, at_ns - 1);
	}
	f->work += SEEK_WORK;
	return at_ns;
}

void timeline_fold_seek(struct timeline_fold *f, __u64 at_ns, __u64 slack_ns)
{
	at_ns = fold_move(f, at_ns, slack_ns);
	timeline_marks_take(&f->marks, cursor_model(f->cursor), at_ns);
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
}

void timeline_fold_jump(struct timeline_fold *f, __u64 end_ns, __u64 slack_ns,
			struct timeline_column *ret)
{
	fold_finish(f, fold_move(f, end_ns, slack_ns), ret);
	timeline_marks_guess_cpus(&f->after, cursor_model(f->cursor), ret);
	swap_marks(f);
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

void timeline_fold_replay(struct timeline_fold *f, __u64 end_ns, struct timeline_column *ret)
{
	const struct ev_hdr *ev;

	vec_clear(&f->runs);
	map_clear(&f->run_idx);
	while ((ev = cursor_peek(f->cursor)) && ev->ts_ns < end_ns) {
		if (ev->kind == EV_SWITCH || ev->kind == EV_BLOCK)
			note_run(f, ev->cpu, ev->ts_ns);
		else if (ev->kind == EV_LOST)
			note_all_runs(f, ev->ts_ns);
		cursor_next(f->cursor);
		f->work++;
	}
	note_all_runs(f, end_ns);
	f->work += model_thread_cnt(cursor_model(f->cursor)) / THREADS_PER_WORK;
	fold_finish(f, end_ns, ret);
	fill_cpus(f, end_ns - f->marks.at_ns, ret);
	swap_marks(f);
}
