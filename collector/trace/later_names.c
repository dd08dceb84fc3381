/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of locks, read from the whole trace. */
#include "trace/cursor.h"
#include "trace/store.h"

/* What lock_names_take() looks at; most blocks of a long trace have nothing of it. */
static const __u64 telling_kinds = 1ULL << EV_THREAD | 1ULL << EV_EXEC | 1ULL << EV_LOCKNAME;

static bool block_tells(const struct trace *t, size_t idx)
{
	return idx >= t->blocks.cnt || (trace_block_kinds(t, idx) & telling_kinds);
}

static void take_block(struct trace *t, struct cursor *c, size_t idx, struct lock_names *ret)
{
	struct trace_block_info info;
	const struct ev_hdr *ev;

	trace_block_info(t, idx, &info);
	if (cursor_seek_block(c, idx))
		return;
	while (cursor_event(c) < info.first_event + info.event_cnt && (ev = cursor_next(c)))
		lock_names_take(ret, cursor_model(c), ev);
}

void trace_collect_lock_names(struct trace *t, trace_progress_fn fn, void *arg,
			      struct lock_names *ret)
{
	struct cursor *c = cursor_new(t);
	__u64 first = trace_first_event(t);

	for (size_t idx = 0; idx < trace_block_cnt(t); idx++) {
		struct trace_block_info info;

		trace_block_info(t, idx, &info);
		if (fn)
			fn(arg, info.first_event - first, trace_event_cnt(t) - first);
		if (block_tells(t, idx))
			take_block(t, c, idx, ret);
	}
	cursor_free(c);
}

void trace_read_lock_names(struct trace *t, trace_progress_fn fn, void *arg)
{
	trace_collect_lock_names(t, fn, arg, &t->names);
	t->has_names = true;
}
