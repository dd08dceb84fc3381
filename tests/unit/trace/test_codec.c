/* SPDX-License-Identifier: GPL-2.0-only */
/* The codec: what is encoded comes back, and what is damaged does no harm. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>

#include "base/map.h"
#include "model/model.h"
#include "tests/unit/support/builders.h"
#include "trace/decode.h"
#include "trace/encode.h"
#include "trace/shape.h"

static const __u8 all_kinds[] = {
#define KIND_ID(name, id, type, tail, help) id,
	EVENT_KINDS(KIND_ID)
#undef KIND_ID
};

struct record {
	_Alignas(8) __u8 bytes[2 * EVENT_TAIL_MAX];
	size_t size;
};

/* Whichever word of the record it is that tells the length of its tail, if any does. */
static void set_tail_len(struct ev_hdr *ev, __u32 len)
{
	__u32 *words = (__u32 *)(ev + 1);
	size_t cnt = (event_fixed_size(ev->kind) - sizeof(*ev)) / 4;

	for (size_t i = 0; i < cnt; i++) {
		__u32 before = words[i];
		size_t tail_len;

		words[i] = ~len;
		tail_len = event_tail_len(ev);
		words[i] = len;
		if (tail_len == ~len && event_tail_len(ev) == len)
			return;
		words[i] = before;
	}
	cr_assert(eq(sz, event_tail_len(ev), 0));
}

/* Event @idx of a sequence in which every byte of every kind is random now and then. */
static void make_record(__u64 seed, __u64 idx, struct record *ret)
{
	__u64 dice = map_hash(seed + idx * 0x9e3779b97f4a7c15ULL);
	struct ev_hdr *ev = (struct ev_hdr *)ret->bytes;
	size_t fixed;

	memset(ret, 0, sizeof(*ret));
	ev->kind = all_kinds[dice % sizeof(all_kinds)];
	ev->ts_ns = idx * 1000 + (dice >> 8 & 0x3ff) + (dice >> 20 & 0xff ? 0 : idx << 30);
	ev->tid = dice >> 28 & 7 ? 100 + (dice >> 31 & 15) : (__u32)(dice >> 16);
	ev->cpu = dice >> 35 & 15 ? dice >> 39 & 3 : (__u16)(dice >> 39);
	ev->flags = dice >> 43 & 3 ? 0 : (__u8)(dice >> 45);
	fixed = event_fixed_size(ev->kind);
	for (size_t i = sizeof(*ev); i < fixed; i++) {
		__u64 byte = map_hash(dice + i);

		ret->bytes[i] = byte & 0x700 ? i : byte;
	}
	set_tail_len(ev, dice >> 54 & 3 ? dice >> 56 & 0x1f : dice >> 52 & EVENT_TAIL_MAX / 2);
	ret->size = event_size(ev);
	for (size_t i = fixed; i < ret->size; i++)
		ret->bytes[i] = i * dice >> 8;
}

static void add(struct encoder *e, const void *ev, size_t size)
{
	cr_assert(ne(ptr, encoder_stage(e, ev, size), NULL));
	encoder_commit(e);
}

/* Encodes events [begin, end) of the random sequence. */
static struct column encode_records(struct encoder *e, __u64 begin, __u64 end)
{
	struct column out = {};
	struct record r;

	encoder_reset(e);
	for (__u64 i = begin; i < end; i++) {
		make_record(1, i, &r);
		add(e, r.bytes, r.size);
	}
	encoder_finish(e, 0, &out);
	return out;
}

Test(codec, events_of_all_kinds_come_back_as_they_were)
{
	struct encoder *e = encoder_new();
	struct events evs = {};

	for (__u64 begin = 0; begin < 100000; begin += 10000) {
		struct column out = encode_records(e, begin, begin + 10000);
		struct record r;

		cr_assert(eq(int, section_decode(out.data, out.len, &evs), 0));
		cr_assert(eq(sz, events_cnt(&evs), 10000));
		for (__u64 i = 0; i < 10000; i++) {
			make_record(1, begin + i, &r);
			cr_assert(eq(int, memcmp(events_at(&evs, i), r.bytes, r.size), 0));
		}
		free(out.data);
	}
	events_release(&evs);
	encoder_free(e);
}

Test(codec, events_can_be_read_before_the_section_ends)
{
	struct encoder *e = encoder_new();

	build_begin();
	add(e, build_admit(7), sizeof(struct ev_admit));
	cr_assert(ne(ptr, encoder_stage(e, build_reap(8), sizeof(struct ev_reap)), NULL));
	cr_expect(eq(sz, events_cnt(encoder_events(e)), 1));
	cr_expect(eq(u32, events_at(encoder_events(e), 0)->tid, 7));
	encoder_free(e);
}

Test(codec, an_empty_section_comes_back_empty)
{
	struct encoder *e = encoder_new();
	struct events evs = {};
	struct column out = {};

	encoder_finish(e, 0, &out);
	cr_expect(eq(int, section_decode(out.data, out.len, &evs), 0));
	cr_expect(eq(sz, events_cnt(&evs), 0));
	events_release(&evs);
	free(out.data);
	encoder_free(e);
}

Test(codec, an_event_without_its_fixed_part_is_refused)
{
	struct encoder *e = encoder_new();
	struct ev_hdr *ev = build_run(1);

	cr_expect(eq(ptr, encoder_stage(e, ev, sizeof(struct ev_switch) - 1), NULL));
	ev->kind = EV_KIND_MAX;
	cr_expect(eq(ptr, encoder_stage(e, ev, sizeof(struct ev_switch)), NULL));
	encoder_free(e);
}

/* A pipe on one CPU: wake the other, wait for it. Times vary as they do in life. */
static struct ev_hdr *ping_pong(__u64 idx)
{
	__u32 tid = 16515 + (idx / 2 & 1), other = 16516 - (idx / 2 & 1);

	build_later(map_hash(idx) % 500);
	if (idx & 1)
		return build_block_fd(tid, other, 0, 3 + (idx / 2 & 1), 0010600);
	return build_wake(other, tid, 1, 4 + (idx / 2 & 1), 0x7ffd12345678);
}

Test(codec, a_ping_pong_takes_less_than_four_bytes_an_event_before_compression)
{
	struct encoder *e = encoder_new();

	build_begin();
	for (__u64 i = 0; i < 10000; i++) {
		const struct ev_hdr *ev = ping_pong(i);

		add(e, ev, event_size(ev));
	}
	cr_expect(lt(sz, encoder_size(e), 40000));
	encoder_free(e);
}

/* Each wait is like an earlier one, if not the last. */
Test(codec, a_thread_that_waits_for_three_things_in_turn_costs_no_more)
{
	struct encoder *e = encoder_new();

	build_begin();
	for (__u64 i = 0; i < 10000; i++) {
		const struct ev_hdr *ev =
			build_block(7, 0, 202, 0x7f0012340000 + i % 3 * 0x10101010, i % 3 * 128, 0);

		build_later(map_hash(i) % 500);
		add(e, ev, event_size(ev));
	}
	cr_expect(lt(sz, encoder_size(e), 45000));
	encoder_free(e);
}

Test(codec, a_section_cut_anywhere_is_refused)
{
	struct encoder *e = encoder_new();
	struct column out = encode_records(e, 0, 60);
	struct events evs = {};

	for (size_t len = 0; len < out.len; len++) {
		/* A copy without slack, so that a sanitizer sees every byte read beyond it. */
		__u8 *cut = xmemdup(out.data, len);

		cr_assert(eq(int, section_decode(cut, len, &evs), -EPROTO));
		free(cut);
	}
	events_release(&evs);
	free(out.data);
	encoder_free(e);
}

/* Whatever comes out, it must be well-formed: its users go by what it says of itself. */
static void touch_events(const struct events *evs)
{
	size_t end = evs->arena_len;

	for (size_t i = events_cnt(evs); i-- > 0;) {
		const struct ev_hdr *ev = events_at(evs, i);
		size_t off = (const __u8 *)ev - evs->arena;

		cr_assert(le(sz, off + event_size(ev), end));
		cr_assert(ge(sz, end - off, sizeof(*ev)));
		end = off;
	}
}

Test(codec, flipped_bits_do_no_harm)
{
	struct encoder *e = encoder_new();
	struct column out = encode_records(e, 0, 40);
	struct events evs = {};
	unsigned refused_cnt = 0;

	for (size_t bit = 0; bit < out.len * 8; bit += bit < 2000 ? 1 : 7) {
		out.data[bit / 8] ^= 1 << bit % 8;
		if (section_decode(out.data, out.len, &evs))
			refused_cnt++;
		else
			touch_events(&evs);
		out.data[bit / 8] ^= 1 << bit % 8;
	}
	cr_expect(gt(u32, refused_cnt, 100));
	cr_expect(eq(int, section_decode(out.data, out.len, &evs), 0));
	events_release(&evs);
	free(out.data);
	encoder_free(e);
}

Test(codec, random_damage_does_no_harm)
{
	struct encoder *e = encoder_new();
	struct column out = encode_records(e, 100, 400);
	struct events evs = {};

	for (__u64 round = 0; round < 20000; round++) {
		__u8 *copy = xmemdup(out.data, out.len);

		for (__u64 i = 0; i <= round % 4; i++) {
			__u64 dice = map_hash(round * 4 + i);

			copy[(dice >> 8) % out.len] = dice;
		}
		if (!section_decode(copy, out.len, &evs))
			touch_events(&evs);
		free(copy);
	}
	events_release(&evs);
	free(out.data);
	encoder_free(e);
}

/* A section as another version would write it: kinds that differ, one that is not known. */
static size_t make_foreign_section(__u8 buf[256])
{
	static const struct section_kind kinds[] = {
		{ .kind = EV_EXEC, .word_cnt = 1 },   /* an old one: its length alone */
		{ .kind = EV_SWITCH, .word_cnt = 4 }, /* a later one: two words more */
		{ .kind = 50, .word_cnt = 2 },
	};
	static const __u8 tokens[] = { TOKEN_NEW, TOKEN_NEW, TOKEN_NEW };
	static const __u8 shapes[] = { 0,   SHAPE_TAIL | SHAPE_TID, 0x01, 1, 0, 0x0f, 2, SHAPE_TAIL,
				       0x03 };
	static const __u8 times_lo[] = { 0, 5, 5 }, times_hi[] = { 0, 0, 1 };
	static const __u8 tids[] = { 0, 7 << 1 };
	static const __u8 values[] = { 3 << 1, 1 << 1, 2 << 1, 3 << 1, 4 << 1, 8 << 1, 9 << 1 };
	static const __u8 tails[] = { 3, 'a', 'b', 'c', 2, 'x', 'y' };
	struct section_hdr hdr = {
		.magic = SECTION_MAGIC,
		.version = SECTION_VERSION,
		.kind_cnt = 3,
		.event_cnt = 3,
		.arena_sz = 24 + 32 + 32,
		.base_ns = 1000,
		.column_len = { sizeof(tokens), sizeof(shapes), sizeof(times_lo), sizeof(times_hi),
				0, sizeof(tids), sizeof(values), sizeof(tails) },
	};
	struct column out = {};
	size_t len;

	column_put_bytes(&out, &hdr, sizeof(hdr));
	column_put_bytes(&out, kinds, sizeof(kinds));
	column_put_bytes(&out, tokens, sizeof(tokens));
	column_put_bytes(&out, shapes, sizeof(shapes));
	column_put_bytes(&out, times_lo, sizeof(times_lo));
	column_put_bytes(&out, times_hi, sizeof(times_hi));
	column_put_bytes(&out, tids, sizeof(tids));
	column_put_bytes(&out, values, sizeof(values));
	column_put_bytes(&out, tails, sizeof(tails));
	len = out.len;
	memcpy(buf, out.data, len);
	free(out.data);
	return len;
}

Test(codec, records_of_other_versions_read_as_ours)
{
	const struct ev_switch *sw;
	const struct ev_exec *exec;
	struct events evs = {};
	__u8 buf[256];
	size_t len = make_foreign_section(buf);

	cr_assert(eq(int, section_decode(buf, len, &evs), 0));
	cr_assert(eq(sz, events_cnt(&evs), 3));
	exec = (const struct ev_exec *)events_at(&evs, 0);
	cr_expect(eq(u64, exec->hdr.ts_ns, 1000));
	cr_expect(eq(u32, exec->hdr.tid, 7));
	cr_expect(eq(u32, exec->len, 3));
	cr_expect(eq(u32, exec->old_tid, 0));
	cr_expect(eq(chr, exec->comm[0], '\0'));
	cr_expect(eq(int, memcmp(exec + 1, "abc", 3), 0));
	sw = (const struct ev_switch *)events_at(&evs, 1);
	cr_expect(eq(u64, sw->hdr.ts_ns, 1005));
	cr_expect(eq(u32, sw->next_tid, 1));
	cr_expect(eq(u32, sw->prev_state, 2));
	cr_expect(eq(u32, events_at(&evs, 2)->kind, 50));
	cr_expect(eq(u64, events_at(&evs, 2)->ts_ns, 1005 + 5 + 256));
	events_release(&evs);
}

/* A tail that is longer or shorter than the event says would be read beyond its end. */
Test(codec, a_tail_that_contradicts_its_event_is_refused)
{
	struct events evs = {};
	__u8 buf[256];
	size_t len = make_foreign_section(buf);

	/* The first value is the length that EXEC tells. */
	buf[len - 7 - 7] = 4 << 1;
	cr_expect(eq(int, section_decode(buf, len, &evs), -EPROTO));
	cr_expect(eq(sz, events_cnt(&evs), 0));
}
