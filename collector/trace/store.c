/* SPDX-License-Identifier: GPL-2.0-only */
/* The closed blocks of a trace: in memory, in a file, or both. */
#include "trace/store.h"

#include <errno.h>

#include "trace/encode.h"
#include "trace/file.h"

static void trace_drop_front(struct trace *t, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		t->frames_sz -= t->blocks.items[i].frame_sz;
	t->blocks.cnt -= cnt;
	t->first_seq += cnt;
	t->memory_idx -= cnt;
	memmove(t->blocks.items, t->blocks.items + cnt, t->blocks.cnt * sizeof(t->blocks.items[0]));
}

static bool trace_is_behind(const struct trace *t)
{
	return t->writer && t->unwritten_seq < t->first_seq + t->blocks.cnt &&
	       t->unwritten_seq < t->writer_end_seq;
}

/*
 * What is in a file need not be in memory, what waits to be written must. What is in no
 * file is forgotten, and with it what is older, for a history has no holes; but never the
 * block closed last, for a history of nothing would help nobody.
 */
static void trace_forget_blocks(struct trace *t)
{
	size_t drop_cnt = 0;

	while (t->opts.history_sz && t->memory_sz > t->opts.history_sz &&
	       t->memory_idx + 1 < t->blocks.cnt &&
	       !(trace_is_behind(t) && t->first_seq + t->memory_idx >= t->unwritten_seq)) {
		struct block *b = &t->blocks.items[t->memory_idx++];

		if (!b->frame)
			continue;
		free(b->frame);
		b->frame = NULL;
		t->memory_sz -= b->frame_sz;
		if (!b->file_off)
			drop_cnt = t->memory_idx;
	}
	if (drop_cnt)
		trace_drop_front(t, drop_cnt);
}

/* The frame of a block; what is not in memory is read, and given back to put_frame(). */
static void *get_frame(const struct block *b)
{
	return b->frame ? b->frame : file_read_frame(b);
}

static void put_frame(const struct block *b, void *frame)
{
	if (frame != b->frame)
		free(frame);
}

static void trace_write_block(struct trace *t, struct block *b)
{
	void *frame = get_frame(b);
	__u64 off;

	if (!frame) {
		writer_lose(t->writer, b->info.event_cnt);
	} else if (!writer_append(t->writer, b, frame, &off) && t->writer_fd >= 0) {
		b->fd = t->writer_fd;
		b->file_off = off;
	}
	put_frame(b, frame);
}

bool trace_write_more(struct trace *t, __u64 sz)
{
	__u64 done_sz = 0;

	while (trace_is_behind(t)) {
		struct block *b = &t->blocks.items[t->unwritten_seq - t->first_seq];

		if (done_sz && done_sz + b->frame_sz > sz)
			return true;
		if (!b->is_damaged)
			trace_write_block(t, b);
		done_sz += b->frame_sz;
		t->unwritten_seq++;
	}
	return false;
}

void trace_add_block(struct trace *t, const struct block *b)
{
	vec_push(&t->blocks, *b);
	t->frames_sz += b->frame_sz;
	if (b->frame)
		t->memory_sz += b->frame_sz;
	t->open_first_event = b->info.first_event + b->info.event_cnt;
	t->end_ns = b->info.end_ns;
}

void trace_close_block(struct trace *t)
{
	const struct events *evs = trace_open_events(t);
	struct column frame = {}, *raw = &t->open_checkpoint;
	bool is_behind;
	struct block b = {
		.info = {
			.first_event = t->open_first_event,
			.event_cnt = events_cnt(evs),
			.begin_ns = events_at(evs, 0)->ts_ns,
			.end_ns = t->end_ns,
		},
	};

	encoder_finish(t->encoder, 0, raw);
	block_pack(raw, &frame);
	b.frame_sz = frame.len;
	b.raw_sz = raw->len;
	b.frame = xrealloc(frame.data, frame.len);
	raw->len = 0;
	encoder_reset(t->encoder);
	is_behind = trace_is_behind(t);
	trace_add_block(t, &b);
	if (t->writer && !is_behind)
		trace_write_more(t, 0);
	trace_forget_blocks(t);
}

void trace_flush(struct trace *t)
{
	if (events_cnt(trace_open_events(t)))
		trace_close_block(t);
}

void trace_attach_writer(struct trace *t, struct writer *w)
{
	int fd;

	trace_flush(t);
	trace_write_more(t, ~0ULL);
	if (t->writer)
		writer_attach(t->writer, NULL);
	t->writer = w;
	t->unwritten_seq = t->first_seq;
	t->writer_end_seq = ~0ULL;
	if (!w)
		return;
	writer_attach(w, t);
	/* Without a way to read it again, what is written must stay in memory, too. */
	fd = writer_dup_fd(w);
	if (fd >= 0)
		vec_push(&t->files, fd);
	t->writer_fd = fd;
}

void trace_finish_writer(struct trace *t)
{
	trace_flush(t);
	t->writer_end_seq = t->first_seq + t->blocks.cnt;
}

void trace_set_writer(struct trace *t, struct writer *w)
{
	trace_attach_writer(t, w);
	trace_write_more(t, ~0ULL);
}

size_t trace_find_block(const struct trace *t, __u64 n)
{
	size_t low = 0, high = t->blocks.cnt;

	if (n >= t->open_first_event)
		return high;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (t->blocks.items[mid].info.first_event <= n)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* NULL: the block is damaged, or cannot be read. */
static void *get_sound_frame(const struct block *b)
{
	return b->is_damaged ? NULL : get_frame(b);
}

/* Give it back, with what came of it. */
static int settle_frame(struct block *b, void *frame, int err)
{
	put_frame(b, frame);
	b->is_damaged = err;
	return err;
}

int trace_load_block(struct trace *t, size_t idx, struct loaded_block *ret)
{
	struct block *b = &t->blocks.items[idx];
	void *frame = get_sound_frame(b);

	return settle_frame(b, frame, frame ? block_load(b, frame, ret) : -EPROTO);
}

int trace_load_state(struct trace *t, size_t idx, struct model *ret)
{
	struct block *b = &t->blocks.items[idx];
	void *frame = get_sound_frame(b);

	return settle_frame(b, frame, frame ? block_restore(b, frame, ret) : -EPROTO);
}

__u64 trace_block_kinds(const struct trace *t, size_t idx)
{
	const struct block *b = &t->blocks.items[idx];
	void *frame = get_sound_frame(b);
	__u64 ret = frame ? block_event_kinds(b, frame) : 0;

	put_frame(b, frame);
	return ret;
}

static bool trace_restore_tail(struct trace *t, size_t idx)
{
	struct loaded_block loaded = {};
	bool is_whole = !trace_load_block(t, idx, &loaded) &&
			!checkpoint_apply(loaded.raw, loaded.raw_sz, t->tail);

	t->blocks.items[idx].is_damaged = !is_whole;
	for (size_t i = 0; is_whole && i < events_cnt(&loaded.events); i++)
		model_apply(t->tail, events_at(&loaded.events, i));
	loaded_block_release(&loaded);
	return is_whole;
}

/* The state at the end is that of the last block that can be read. */
void trace_finish_loading(struct trace *t)
{
	for (size_t idx = t->blocks.cnt; idx-- > 0;) {
		if (trace_restore_tail(t, idx))
			return;
	}
	model_reset(t->tail);
}
