/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace: blocks that are closed, and one at the end that grows. */
#include "trace/trace.h"

#include <errno.h>
#include <unistd.h>

#include "trace/encode.h"
#include "trace/store.h"

struct trace *trace_new(const struct trace_options *opts)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	if (opts)
		t->opts = *opts;
	t->encoder = encoder_new();
	t->tail = model_new();
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	vec_for_each(b, &t->blocks)
		free(b->frame);
	vec_release(&t->blocks);
	if (t->writer)
		writer_attach(t->writer, NULL);
	vec_for_each(fd, &t->files)
		close(*fd);
	vec_release(&t->files);
	block_cache_release(&t->cache);
	snapshots_release(&t->snapshots);
	lock_names_release(&t->names);
	encoder_free(t->encoder);
	free(t->open_checkpoint.data);
	model_free(t->tail);
	free(t);
}

const struct events *trace_open_events(const struct trace *t)
{
	return encoder_events(t->encoder);
}

static void trace_open_block(struct trace *t)
{
	t->open_checkpoint.len = 0;
	checkpoint_encode(t->tail, t->encoder, &t->open_checkpoint);
}

static bool trace_block_is_full(const struct trace *t)
{
	const struct events *evs = trace_open_events(t);
	size_t size = encoder_size(t->encoder);

	if (events_cnt(evs) >= BLOCK_EVENTS_MAX || size >= BLOCK_SIZE_MAX ||
	    evs->arena_len >= BLOCK_ARENA_MAX)
		return true;
	return events_cnt(evs) >= BLOCK_EVENTS_MIN &&
	       size >= BLOCK_CHECKPOINT_SHARE * t->open_checkpoint.len;
}

/* Checkpoints are what the trace itself adds; anybody else's would tear the state. */
static bool event_is_appendable(const struct ev_hdr *ev)
{
	return event_fixed_size(ev->kind) && !event_kind_is_checkpoint(ev->kind) &&
	       event_tail_len(ev) <= EVENT_TAIL_MAX;
}

int trace_append(struct trace *t, const struct ev_hdr *ev)
{
	struct ev_hdr *staged;
	int err;

	if (!event_is_appendable(ev))
		return -EPROTO;
	if (!events_cnt(trace_open_events(t)))
		trace_open_block(t);
	staged = encoder_stage(t->encoder, ev, event_size(ev));
	if (!staged)
		return -EPROTO;
	if (staged->ts_ns < t->end_ns)
		staged->ts_ns = t->end_ns;
	err = model_apply(t->tail, staged);
	if (err)
		return err;
	if (t->has_names)
		lock_names_take(&t->names, t->tail, staged);
	t->end_ns = staged->ts_ns;
	encoder_commit(t->encoder);
	if (trace_block_is_full(t))
		trace_close_block(t);
	return 0;
}

void trace_keep_lock_names(struct trace *t)
{
	t->has_names = true;
}

const struct model *trace_tail(const struct trace *t)
{
	return t->tail;
}

__u64 trace_first_event(const struct trace *t)
{
	return t->blocks.cnt ? t->blocks.items[0].info.first_event : t->open_first_event;
}

__u64 trace_event_cnt(const struct trace *t)
{
	return t->open_first_event + events_cnt(trace_open_events(t));
}

__u64 trace_begin_ns(const struct trace *t)
{
	if (t->blocks.cnt)
		return t->blocks.items[0].info.begin_ns;
	return events_cnt(trace_open_events(t)) ? events_at(trace_open_events(t), 0)->ts_ns : 0;
}

__u64 trace_end_ns(const struct trace *t)
{
	return t->end_ns;
}

__u64 trace_stored_sz(const struct trace *t)
{
	bool is_open = events_cnt(trace_open_events(t)) > 0;

	return t->frames_sz + (is_open ? t->open_checkpoint.len + encoder_size(t->encoder) : 0);
}

size_t trace_block_cnt(const struct trace *t)
{
	return t->blocks.cnt + (events_cnt(trace_open_events(t)) > 0);
}

void trace_block_info(const struct trace *t, size_t idx, struct trace_block_info *ret)
{
	if (idx < t->blocks.cnt) {
		*ret = t->blocks.items[idx].info;
		return;
	}
	*ret = (struct trace_block_info){
		.first_event = t->open_first_event,
		.event_cnt = events_cnt(trace_open_events(t)),
		.begin_ns = events_at(trace_open_events(t), 0)->ts_ns,
		.end_ns = t->end_ns,
	};
}
