/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks: what a packed one must hold to be believed. */
#include "trace/block.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdint.h>

#include "tests/unit/support/builders.h"
#include "trace/decode.h"
#include "trace/encode.h"

enum { EVENTS = 10 };

/* A packed block of a checkpoint of the empty model and some switches, 1 ns apart. */
struct packed {
	struct block block;
	struct column frame;
};

static void pack(struct packed *p, size_t backwards_at)
{
	struct encoder *e = encoder_new();
	struct model *m = model_new();
	struct column raw = {};

	checkpoint_encode(m, e, &raw);
	for (__u64 i = 0; i < EVENTS; i++) {
		struct ev_hdr *ev = build_run(1 + i);

		ev->ts_ns = 100 + i;
		if (i == backwards_at)
			ev->ts_ns = 50;
		cr_assert(ne(ptr, encoder_stage(e, ev, sizeof(struct ev_switch)), NULL));
		encoder_commit(e);
	}
	encoder_finish(e, 0, &raw);
	*p = (struct packed){
		.block.info = {
			.event_cnt = EVENTS,
			.begin_ns = 100,
			.end_ns = 100 + EVENTS - 1,
		},
	};
	block_pack(&raw, &p->frame);
	p->block.raw_sz = raw.len;
	p->block.frame_sz = p->frame.len;
	free(raw.data);
	model_free(m);
	encoder_free(e);
}

static int load(const struct packed *p)
{
	struct loaded_block loaded = {};
	int err = block_load(&p->block, p->frame.data, &loaded);

	cr_assert(eq(sz, events_cnt(&loaded.events), err ? 0 : EVENTS));
	loaded_block_release(&loaded);
	return err;
}

Test(block, what_was_packed_is_loaded)
{
	struct packed p;

	pack(&p, SIZE_MAX);
	cr_expect(eq(int, load(&p), 0));
	free(p.frame.data);
}

Test(block, one_that_is_not_what_its_header_says_is_refused)
{
	struct packed p;

	pack(&p, SIZE_MAX);
	p.block.info.event_cnt++;
	cr_expect(eq(int, load(&p), -EPROTO));
	p.block.info.event_cnt--;
	p.block.info.begin_ns--;
	cr_expect(eq(int, load(&p), -EPROTO));
	p.block.info.begin_ns++;
	p.block.info.end_ns++;
	cr_expect(eq(int, load(&p), -EPROTO));
	p.block.info.end_ns--;
	p.block.raw_sz--;
	cr_expect(eq(int, load(&p), -EPROTO));
	p.block.raw_sz++;
	p.block.frame_sz--;
	cr_expect(eq(int, load(&p), -EPROTO));
	p.block.frame_sz++;
	cr_expect(eq(int, load(&p), 0));
	free(p.frame.data);
}

Test(block, time_that_runs_backwards_within_it_is_refused)
{
	struct packed p;

	pack(&p, EVENTS / 2);
	cr_expect(eq(int, load(&p), -EPROTO));
	free(p.frame.data);
}

static void count_section(const struct section_hdr *hdr, unsigned *cnt, size_t *largest)
{
	cr_assert(eq(u32, hdr->flags, SECTION_CHECKPOINT));
	*cnt += 1;
	if (hdr->arena_sz > *largest)
		*largest = hdr->arena_sz;
}

/* So that reading the state of ten thousand threads takes little more memory than it has. */
Test(block, a_large_checkpoint_is_written_in_parts)
{
	struct model *m = model_new(), *copy = model_new();
	struct encoder *e = encoder_new();
	struct column raw = {};
	unsigned section_cnt = 0;
	size_t largest = 0, pos = 0, size;
	struct section_hdr hdr;

	build_begin();
	for (__u32 tid = 1; tid <= 10000; tid++)
		model_apply(m, build_thread(tid, 1, 0, "one of many"));
	checkpoint_encode(m, e, &raw);
	for (; !section_peek(raw.data + pos, raw.len - pos, &hdr, &size); pos += size)
		count_section(&hdr, &section_cnt, &largest);
	cr_expect(eq(sz, pos, raw.len));
	cr_expect(gt(u32, section_cnt, 3));
	cr_expect(le(sz, largest, (1 << 20) + EVENT_TAIL_MAX));
	cr_expect(eq(int, checkpoint_apply(raw.data, raw.len, copy), 0));
	cr_expect(eq(sz, model_thread_cnt(copy), 10000));
	cr_expect(eq(int, checkpoint_apply(raw.data, raw.len - 1, copy), -EPROTO));
	free(raw.data);
	encoder_free(e);
	model_free(copy);
	model_free(m);
}
