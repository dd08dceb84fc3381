/* SPDX-License-Identifier: GPL-2.0-only */
/* The cursor: a model of its own, moved along a trace. */
#include "trace/cursor.h"

#include <errno.h>

#include "trace/store.h"

/* Prices, in events applied; measured with 10 to 10 000 threads. */
enum {
	LOAD_COST = 2048, /* to load a checkpoint, and for each thread in it */
	LOAD_COST_THREAD = 3,
	UNPACK_PART = 8, /* to unpack events is so much less than to decode them */
	COPY_COST = 64,	 /* to copy a state; one for each thread in it */
};

/*
 * On the way of a seek states are kept this far apart, and one that near before its end: that alone
 * where there are so many threads that to keep more costs about as much as it saves.
 */
enum {
	SNAPSHOT_STEP = 8192,
	SNAPSHOT_STEP_THREAD = 4, /* at least so many events a thread */
	SNAPSHOT_NEAR = 256,
};

/* Events of one closed block, the pinned one. */
struct cursor_span {
	const struct events *events; /* NULL: none */
	__u64 first;
};

struct cursor {
	struct trace *trace;
	struct model *model;
	__u64 pos;
	bool is_torn;	/* the model is not the state at pos */
	bool is_sought; /* to a time, since the last step */
	__u64 sought_ns;
	__u64 work;		     /* done so far, in events applied */
	struct cached_block *pinned; /* the block read last, or NULL */
	struct cursor_span span;     /* used last */
	/* A copy of an event of the open block, which an append may move. */
	struct ev_hdr *copy;
	size_t copy_cap;
};

struct cursor *cursor_new(struct trace *t)
{
	struct cursor *c = xcalloc(1, sizeof(*c));

	c->trace = t;
	c->model = model_new();
	if (t->has_names)
		model_know_names(c->model, &t->names);
	c->pos = trace_first_event(t);
	c->is_torn = c->pos > 0;
	return c;
}

void cursor_free(struct cursor *c)
{
	if (!c)
		return;
	cached_block_unpin(c->pinned);
	model_free(c->model);
	free(c->copy);
	free(c);
}

/* The closed block @idx, pinned instead of the one before; NULL when it is damaged. */
static const struct loaded_block *cursor_load(struct cursor *c, size_t idx)
{
	__u64 decoded_cnt = c->trace->cache.decoded_cnt;
	struct cached_block *b = trace_pin_block(c->trace, idx);

	c->work += c->trace->cache.decoded_cnt - decoded_cnt;
	cached_block_unpin(c->pinned);
	c->pinned = b;
	c->span.events = NULL;
	return b ? &b->loaded : NULL;
}

/* A block whose checkpoint is damaged is a damaged block, or some ways would lead into it. */
static void cursor_condemn(struct cursor *c, size_t idx)
{
	c->trace->blocks.items[idx].is_damaged = true;
	c->span.events = NULL;
	block_cache_forget(&c->trace->cache, c->trace->first_seq + idx);
}

/* The events of block @idx, which may be the open one; NULL when they cannot be read. */
static const struct events *cursor_block_events(struct cursor *c, size_t idx)
{
	const struct loaded_block *loaded;

	if (idx >= c->trace->blocks.cnt)
		return trace_open_events(c->trace);
	loaded = cursor_load(c, idx);
	return loaded ? &loaded->events : NULL;
}

/* Where block @idx begins; the open one may be empty yet. */
static __u64 cursor_block_first(const struct cursor *c, size_t idx)
{
	const struct trace *t = c->trace;

	return idx < t->blocks.cnt ? t->blocks.items[idx].info.first_event : t->open_first_event;
}

/* The block whose checkpoint is the nearest before event @n. */
static size_t cursor_block_before(const struct cursor *c, __u64 n)
{
	size_t idx = trace_find_block(c->trace, n);

	if (idx == c->trace->blocks.cnt && idx && !events_cnt(trace_open_events(c->trace)))
		idx--;
	return idx;
}

/* The run of events that @n is in; false when it cannot be read. */
static bool cursor_find_span(struct cursor *c, __u64 n, struct cursor_span *ret)
{
	size_t idx;

	*ret = c->span;
	if (ret->events && n >= ret->first && n - ret->first < events_cnt(ret->events))
		return true;
	idx = trace_find_block(c->trace, n);
	ret->events = cursor_block_events(c, idx);
	ret->first = cursor_block_first(c, idx);
	if (ret->events && idx < c->trace->blocks.cnt)
		c->span = *ret;
	return ret->events;
}

/* Apply events until @n are; false when one before cannot be read. */
static bool cursor_forward(struct cursor *c, __u64 n)
{
	struct cursor_span span;

	while (c->pos < n) {
		__u64 end;

		if (!cursor_find_span(c, c->pos, &span))
			return false;
		end = span.first + events_cnt(span.events);
		if (end > n)
			end = n;
		c->work += end - c->pos;
		/* What the model refuses was refused when it was recorded, or is damaged. */
		for (; c->pos < end; c->pos++)
			model_apply(c->model, events_at(span.events, c->pos - span.first));
	}
	return true;
}

/* The model has become the state at @pos: by a checkpoint, or by a copy. */
static void cursor_is_at(struct cursor *c, __u64 pos, unsigned price_per_thread)
{
	c->pos = pos;
	c->is_torn = false;
	c->work += (__u64)price_per_thread * model_thread_cnt(c->model);
}

/* Be where block @idx begins; false when its checkpoint cannot be read. */
static bool cursor_load_state(struct cursor *c, size_t idx)
{
	const struct trace *t = c->trace;
	const struct loaded_block *loaded;
	int err;

	c->is_torn = true;
	if (idx < t->blocks.cnt) {
		loaded = cursor_load(c, idx);
		if (!loaded)
			return false;
		err = checkpoint_apply(loaded->raw, loaded->raw_sz, c->model);
		if (err)
			cursor_condemn(c, idx);
	} else if (events_cnt(trace_open_events(t))) {
		err = checkpoint_apply(t->open_checkpoint.data, t->open_checkpoint.len, c->model);
	} else {
		model_reset(c->model);
		err = 0;
	}
	if (err)
		return false;
	cursor_is_at(c, cursor_block_first(c, idx), LOAD_COST_THREAD);
	return true;
}

/* Block @idx cannot be read: be at the end of the last before that can, else after it. */
static void cursor_go_around(struct cursor *c, size_t idx)
{
	for (size_t i = idx; i-- > 0;) {
		if (cursor_load_state(c, i) && cursor_forward(c, cursor_block_first(c, i + 1)))
			return;
	}
	for (size_t i = idx + 1; i < trace_block_cnt(c->trace); i++) {
		if (cursor_load_state(c, i))
			return;
	}
	model_reset(c->model);
	c->pos = trace_first_event(c->trace);
	c->is_torn = true;
}

/* The same, keeping states on the way for whoever comes next: most steps are small. */
static bool cursor_forward_kept(struct cursor *c, __u64 n)
{
	__u64 step = SNAPSHOT_STEP, near = n ? (n - 1) / SNAPSHOT_NEAR * SNAPSHOT_NEAR : 0;

	while (step < SNAPSHOT_STEP_THREAD * model_thread_cnt(c->model))
		step *= 2;
	while (c->pos + SNAPSHOT_NEAR < near) {
		__u64 next = step < BLOCK_EVENTS_MAX ? (c->pos / step + 1) * step : near;

		if (!cursor_forward(c, next < near ? next : near))
			return false;
		snapshots_take(&c->trace->snapshots, c->model, c->pos);
		c->work += model_thread_cnt(c->model);
	}
	return cursor_forward(c, n);
}

/* Be where a state was kept between @first and @n, if that is cheaper than @cost. */
static bool cursor_copy_state(struct cursor *c, __u64 first, __u64 n, __u64 cost)
{
	const struct model *m;
	__u64 pos;

	m = snapshots_find(&c->trace->snapshots, first, n, &pos);
	if (!m || n - pos + COPY_COST + model_thread_cnt(m) >= cost)
		return false;
	model_copy(c->model, m);
	cursor_is_at(c, pos, 1);
	return true;
}

/* Be before @n, in its block @idx, where the way to it is the shortest; false: it is damaged. */
static bool cursor_start(struct cursor *c, size_t idx, __u64 n)
{
	__u64 first = cursor_block_first(c, idx);
	__u64 cost = n - first + LOAD_COST + LOAD_COST_THREAD * model_thread_cnt(c->model);
	bool is_near = !c->is_torn && c->pos >= trace_first_event(c->trace) && c->pos <= n &&
		       n - c->pos <= cost;

	if (cursor_copy_state(c, first, n, is_near ? n - c->pos : cost))
		return true;
	return is_near || cursor_load_state(c, idx);
}

/* To @n, which is in the trace, on the cheapest way. */
static int cursor_go(struct cursor *c, __u64 n)
{
	size_t idx = cursor_block_before(c, n);

	if (cursor_start(c, idx, n) && cursor_forward_kept(c, n))
		return 0;
	if (cursor_load_state(c, idx) && cursor_forward_kept(c, n))
		return 0;
	cursor_go_around(c, idx);
	return c->pos == n && !c->is_torn ? 0 : -ENODATA;
}

/* The history may have dropped the place where the cursor is. */
static void cursor_settle(struct cursor *c)
{
	if (c->is_torn || c->pos < trace_first_event(c->trace))
		cursor_go(c, cursor_event(c));
}

const struct model *cursor_model(const struct cursor *c)
{
	return c->model;
}

__u64 cursor_event(const struct cursor *c)
{
	__u64 first = trace_first_event(c->trace);

	return c->pos < first ? first : c->pos;
}

__u64 cursor_now_ns(const struct cursor *c)
{
	__u64 now_ns = c->is_sought ? c->sought_ns : model_now_ns(c->model);

	return now_ns ? now_ns : trace_begin_ns(c->trace);
}

int cursor_seek_event(struct cursor *c, __u64 n)
{
	__u64 first = trace_first_event(c->trace), end = trace_event_cnt(c->trace);

	c->is_sought = false;
	if (n < first)
		n = first;
	return cursor_go(c, n < end ? n : end);
}

/* The last block that begins at @ns or before; the first when none does. */
static size_t find_block_at(const struct trace *t, __u64 ns)
{
	size_t low = 0, high = trace_block_cnt(t);
	struct trace_block_info info;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		trace_block_info(t, mid, &info);
		if (info.begin_ns <= ns)
			low = mid;
		else
			high = mid;
	}
	return low;
}

int cursor_seek_time(struct cursor *c, __u64 ns)
{
	size_t idx = find_block_at(c->trace, ns);
	const struct events *evs = cursor_block_events(c, idx);
	__u64 n = cursor_block_first(c, idx);
	int err = evs ? 0 : -ENODATA;

	if (evs)
		n += events_find_after(evs, ns);
	err = cursor_go(c, n) ?: err;
	c->is_sought = true;
	c->sought_ns = ns;
	return err;
}

bool cursor_approach_time(struct cursor *c, __u64 ns, __u64 max_work)
{
	size_t idx = find_block_at(c->trace, ns);
	__u64 until = c->work + max_work, n = cursor_block_first(c, idx);
	const struct events *evs = cursor_block_events(c, idx);

	if (evs && c->work >= until)
		return false;
	if (evs)
		n += events_find_after(evs, ns);
	if (evs && cursor_start(c, cursor_block_before(c, n), n)) {
		__u64 left = c->work < until ? until - c->work : 0;

		if (n - c->pos > left && cursor_forward(c, c->pos + left))
			return false;
	}
	cursor_seek_time(c, ns);
	return true;
}

int cursor_seek_block(struct cursor *c, size_t idx)
{
	__u64 first = cursor_block_first(c, idx);
	bool is_there = !c->is_torn && c->pos == first;

	if (idx >= c->trace->blocks.cnt || is_there || cursor_copy_state(c, first, first, ~0ULL))
		return cursor_seek_event(c, first);
	c->is_sought = false;
	c->is_torn = true;
	if (trace_load_state(c->trace, idx, c->model))
		return cursor_seek_event(c, first);
	c->work += c->trace->blocks.items[idx].info.event_cnt / UNPACK_PART;
	cursor_is_at(c, first, LOAD_COST_THREAD);
	return 0;
}

/* The next event when that is one of the block used last, as nearly all are; else NULL. */
static const struct ev_hdr *cursor_at_hand(const struct cursor *c)
{
	const struct cursor_span *span = &c->span;

	if (c->is_torn || !span->events || c->pos < span->first ||
	    c->pos - span->first >= events_cnt(span->events) ||
	    c->pos < trace_first_event(c->trace))
		return NULL;
	return events_at(span->events, c->pos - span->first);
}

/* To read the events of block @idx, unless they are at hand. */
static __u64 cursor_read_cost(const struct cursor *c, size_t idx)
{
	const struct trace *t = c->trace;

	if (idx >= t->blocks.cnt || block_cache_has(&t->cache, t->first_seq + idx))
		return 0;
	return t->blocks.items[idx].info.event_cnt;
}

__u64 cursor_time_cost(const struct cursor *c, __u64 ns)
{
	size_t idx = find_block_at(c->trace, ns);
	__u64 cost = cursor_read_cost(c, idx);

	/* After its last event the place is the begin of the next one. */
	if (idx < c->trace->blocks.cnt && ns >= c->trace->blocks.items[idx].info.end_ns)
		cost += cursor_read_cost(c, idx + 1);
	return cost;
}

__u64 cursor_block_cost(const struct cursor *c, size_t idx)
{
	if (idx >= c->trace->blocks.cnt)
		return 0;
	return c->trace->blocks.items[idx].info.event_cnt / UNPACK_PART +
	       LOAD_COST_THREAD * model_thread_cnt(c->model);
}

__u64 cursor_next_cost(const struct cursor *c)
{
	if (cursor_at_hand(c) || c->pos >= trace_event_cnt(c->trace))
		return 0;
	return cursor_read_cost(c, trace_find_block(c->trace, cursor_event(c)));
}

__u64 cursor_work(const struct cursor *c)
{
	return c->work;
}

/* The event, where no append can move it. */
static const struct ev_hdr *cursor_borrow(struct cursor *c, const struct cursor_span *span, __u64 n)
{
	const struct ev_hdr *ev = events_at(span->events, n - span->first);
	size_t size;

	if (span->events != trace_open_events(c->trace))
		return ev;
	size = event_size(ev);
	if (size > c->copy_cap) {
		c->copy = xrealloc(c->copy, size);
		c->copy_cap = size;
	}
	return memcpy(c->copy, ev, size);
}

const struct ev_hdr *cursor_peek(struct cursor *c)
{
	const struct ev_hdr *at_hand = cursor_at_hand(c);
	struct cursor_span span;

	if (at_hand)
		return at_hand;
	cursor_settle(c);
	if (c->pos >= trace_event_cnt(c->trace))
		return NULL;
	if (c->is_torn || !cursor_find_span(c, c->pos, &span)) {
		size_t idx = trace_find_block(c->trace, c->pos);

		while (++idx < trace_block_cnt(c->trace) && !cursor_load_state(c, idx))
			;
		if (c->is_torn || !cursor_find_span(c, c->pos, &span))
			return NULL;
	}
	return cursor_borrow(c, &span, c->pos);
}

const struct ev_hdr *cursor_next(struct cursor *c)
{
	const struct ev_hdr *ev = cursor_peek(c);

	if (!ev)
		return NULL;
	model_apply(c->model, ev);
	c->pos++;
	c->work++;
	c->is_sought = false;
	return ev;
}

const struct ev_hdr *cursor_prev(struct cursor *c)
{
	struct cursor_span span;
	__u64 n;

	cursor_settle(c);
	c->is_sought = false;
	if (c->pos <= trace_first_event(c->trace))
		return NULL;
	n = c->pos - 1;
	cursor_go(c, n);
	if (c->pos > n || c->is_torn || !cursor_find_span(c, c->pos, &span))
		return NULL;
	return cursor_borrow(c, &span, c->pos);
}
