/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks: packed, unpacked, and the checkpoints in them. */
#include "trace/block.h"

#include <errno.h>
#include <stdint.h>
#include <zstd.h>

#include "trace/decode.h"
#include "trace/encode.h"

enum {
	PACK_LEVEL = 1, /* higher ones save 5 % and cost twice the time, while the workload runs */
	PACK_PART_MIN = 512,	   /* bytes for which entropy tables of their own pay off */
	CHECKPOINT_PART = 1 << 20, /* arena of one section, so that reading needs little memory */
};

struct checkpoint_writer {
	struct encoder *encoder;
	struct column *out;
	size_t arena_sz;
};

static void checkpoint_flush(struct checkpoint_writer *w)
{
	encoder_finish(w->encoder, SECTION_CHECKPOINT, w->out);
	encoder_reset(w->encoder);
	w->arena_sz = 0;
}

static void checkpoint_emit(void *arg, const struct ev_hdr *ev, size_t size)
{
	struct checkpoint_writer *w = arg;

	if (w->arena_sz + size > CHECKPOINT_PART)
		checkpoint_flush(w);
	/* What the model emits is well-formed, and the section was begun for it. */
	if (encoder_stage(w->encoder, ev, size))
		encoder_commit(w->encoder);
	w->arena_sz += size;
}

void checkpoint_encode(const struct model *m, struct encoder *e, struct column *ret)
{
	struct checkpoint_writer w = { .encoder = e, .out = ret };

	encoder_reset(e);
	model_checkpoint(m, checkpoint_emit, &w);
	checkpoint_flush(&w);
}

int checkpoint_apply(const void *buf, size_t len, struct model *m)
{
	const __u8 *pos = buf, *end = pos + len;
	struct events events = {};
	struct section_hdr hdr;
	size_t size;
	int err = 0;

	model_reset(m);
	for (; pos < end && !err; pos += size) {
		err = section_peek(pos, end - pos, &hdr, &size);
		if (err || !(hdr.flags & SECTION_CHECKPOINT))
			continue;
		err = section_decode(pos, size, &events);
		/* What the model refuses it leaves out; a checkpoint has no more to offer. */
		for (size_t i = 0; i < events_cnt(&events); i++)
			model_apply(m, events_at(&events, i));
	}
	events_release(&events);
	return err;
}

/* Compression fails for want of memory alone, which ends the process as everywhere. */
static void end_without_memory(void)
{
	volatile size_t everything = SIZE_MAX;

	xmalloc(everything);
}

static size_t pack_check(size_t zstd_ret)
{
	if (ZSTD_isError(zstd_ret))
		end_without_memory();
	return zstd_ret;
}

/*
 * Compress up to @end as zstd blocks of their own: each column has its own statistics,
 * and entropy tables shared by all would fit none (measured: 3 to 14 % smaller).
 */
static void pack_part(ZSTD_CCtx *ctx, ZSTD_inBuffer *in, size_t end, ZSTD_outBuffer *out)
{
	if (end - in->pos < PACK_PART_MIN)
		return;
	in->size = end;
	while (pack_check(ZSTD_compressStream2(ctx, out, in, ZSTD_e_flush)))
		;
}

static void pack_parts(ZSTD_CCtx *ctx, const struct column *raw, ZSTD_outBuffer *out)
{
	ZSTD_inBuffer in = { .src = raw->data };
	struct section_hdr hdr;
	size_t begin = 0, size;

	while (!section_peek(raw->data + begin, raw->len - begin, &hdr, &size)) {
		size_t end = begin + sizeof(hdr) + hdr.kind_cnt * sizeof(struct section_kind);

		for (unsigned i = 0; i < COLUMN_CNT; i++) {
			end += hdr.column_len[i];
			pack_part(ctx, &in, end, out);
		}
		begin += size;
	}
	in.size = raw->len;
	while (pack_check(ZSTD_compressStream2(ctx, out, &in, ZSTD_e_end)))
		;
}

void block_pack(const struct column *raw, struct column *ret)
{
	/* Each part ends a zstd block, which has a header of 3 bytes. */
	size_t cap = ZSTD_compressBound(raw->len) + 4 * (raw->len / PACK_PART_MIN + 1);
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	ZSTD_outBuffer out;

	if (!ctx)
		end_without_memory();
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel, PACK_LEVEL);
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setPledgedSrcSize(ctx, raw->len);
	column_reserve(ret, cap);
	out = (ZSTD_outBuffer){ ret->data + ret->len, cap, 0 };
	pack_parts(ctx, raw, &out);
	ret->len += out.pos;
	ZSTD_freeCCtx(ctx);
}

/* The one section of events, after those of the checkpoint. */
static int decode_events(struct loaded_block *l)
{
	struct section_hdr hdr;
	size_t pos = 0, size;

	for (; !section_peek(l->raw + pos, l->raw_sz - pos, &hdr, &size); pos += size) {
		if (!(hdr.flags & SECTION_CHECKPOINT))
			return section_decode(l->raw + pos, size, &l->events);
	}
	return -EPROTO;
}

static bool events_match(const struct events *evs, const struct trace_block_info *info)
{
	__u64 last_ns = info->begin_ns;

	if (!events_cnt(evs) || events_cnt(evs) != info->event_cnt ||
	    events_at(evs, 0)->ts_ns != info->begin_ns)
		return false;
	for (size_t i = 0; i < events_cnt(evs); i++) {
		if (events_at(evs, i)->ts_ns < last_ns)
			return false;
		last_ns = events_at(evs, i)->ts_ns;
	}
	return last_ns == info->end_ns;
}

int block_unpack(const void *frame, size_t frame_sz, void *raw, size_t raw_sz)
{
	if (ZSTD_getFrameContentSize(frame, frame_sz) != raw_sz ||
	    ZSTD_decompress(raw, raw_sz, frame, frame_sz) != raw_sz)
		return -EPROTO;
	return 0;
}

/* Into @ret instead of what was there; to be released whatever comes. */
static int unpack_sections(const struct block *b, const void *frame, struct loaded_block *ret)
{
	if (b->raw_sz > BLOCK_RAW_MAX)
		return -EPROTO;
	if (b->raw_sz > ret->raw_cap) {
		free(ret->raw);
		ret->raw = xmalloc(b->raw_sz);
		ret->raw_cap = b->raw_sz;
	}
	ret->raw_sz = b->raw_sz;
	return block_unpack(frame, b->frame_sz, ret->raw, b->raw_sz);
}

static __u64 section_kinds(const __u8 *section, const struct section_hdr *hdr)
{
	const struct section_kind *kinds = (const void *)(section + sizeof(*hdr));
	__u64 ret = 0;

	for (unsigned i = 0; i < hdr->kind_cnt; i++)
		ret |= kinds[i].kind < EV_KIND_MAX ? 1ULL << kinds[i].kind : 0;
	return ret;
}

__u64 block_event_kinds(const struct block *b, const void *frame)
{
	struct loaded_block l = {};
	struct section_hdr hdr;
	size_t pos = 0, size;
	__u64 ret = 0;

	if (!unpack_sections(b, frame, &l)) {
		for (; !section_peek(l.raw + pos, l.raw_sz - pos, &hdr, &size); pos += size)
			if (!(hdr.flags & SECTION_CHECKPOINT))
				ret |= section_kinds(l.raw + pos, &hdr);
	}
	loaded_block_release(&l);
	return ret;
}

int block_restore(const struct block *b, const void *frame, struct model *m)
{
	struct loaded_block sections = {};
	int err = unpack_sections(b, frame, &sections);

	if (!err)
		err = checkpoint_apply(sections.raw, sections.raw_sz, m);
	loaded_block_release(&sections);
	return err;
}

int block_load(const struct block *b, const void *frame, struct loaded_block *ret)
{
	int err = unpack_sections(b, frame, ret);

	if (!err)
		err = decode_events(ret);
	if (!err && !events_match(&ret->events, &b->info))
		err = -EPROTO;
	if (err)
		loaded_block_release(ret);
	return err;
}

void loaded_block_release(struct loaded_block *l)
{
	free(l->raw);
	events_release(&l->events);
	*l = (struct loaded_block){};
}
