/* SPDX-License-Identifier: GPL-2.0-only */
/* A checkpoint is the model: restored, it goes on as if nothing had happened. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "base/strbuf.h"
#include "model/model.h"
#include "tests/unit/support/builders.h"

static void collect(void *arg, const struct ev_hdr *ev, size_t size)
{
	cr_assert(eq(sz, size, event_size(ev)));
	strbuf_add(arg, (const char *)ev, size);
}

static void fold(const struct model *m, struct strbuf *ret)
{
	strbuf_reset(ret);
	model_checkpoint(m, collect, ret);
}

/* Tails are of any length, so the events are copied to where they are aligned. */
static void unfold(const struct strbuf *sb, struct model *m)
{
	static union {
		struct ev_hdr hdr;
		char bytes[sizeof(struct ev_ck_thread) + EVENT_TAIL_MAX];
	} ev;

	for (size_t at = 0; at < sb->len; at += event_size(&ev.hdr)) {
		size_t left = sb->len - at;

		memcpy(&ev, sb->data + at, left < sizeof(ev) ? left : sizeof(ev));
		cr_assert(eq(int, model_apply(m, &ev.hdr), 0));
	}
}

/* After each stretch the restored model must fold to the same bytes as the one that lived on. */
Test(checkpoint, a_restored_model_lives_on_like_the_original)
{
	struct model *original = model_new(), *restored = model_new();
	struct strbuf a = {}, b = {};

	build_begin();
	for (int stretch = 0; stretch < 40; stretch++) {
		for (int i = 0; i < 500; i++) {
			struct ev_hdr *ev = build_story(7, 24, stretch * 500 + i);

			cr_assert(eq(int, model_apply(original, ev), 0));
			cr_assert(eq(int, model_apply(restored, ev), 0));
		}
		fold(original, &a);
		fold(restored, &b);
		cr_assert(eq(sz, a.len, b.len));
		cr_assert(eq(int, memcmp(a.data, b.data, a.len), 0), "stretch %d", stretch);
		model_reset(restored);
		unfold(&a, restored);
		fold(restored, &b);
		cr_assert(eq(sz, a.len, b.len));
		cr_assert(eq(int, memcmp(a.data, b.data, a.len), 0), "restored, %d", stretch);
		for (int s = 0; s < THREAD_STATE_CNT; s++)
			cr_assert(
				eq(sz, model_state_cnt(original, s), model_state_cnt(restored, s)));
	}
	strbuf_release(&a);
	strbuf_release(&b);
	model_free(original);
	model_free(restored);
}

/* Into one that was something else before; then each lives its own life. */
Test(checkpoint, a_copy_lives_on_like_the_original)
{
	struct model *original = model_new(), *copy = model_new();
	struct strbuf a = {}, b = {};

	build_begin();
	for (int stretch = 0; stretch < 40; stretch++) {
		for (int i = 0; i < 500; i++)
			model_apply(original, build_story(7, 24, stretch * 500 + i));
		fold(original, &a);
		fold(copy, &b);
		cr_assert(stretch % 2 == 0 || a.len != b.len || memcmp(a.data, b.data, a.len));
		model_copy(copy, original);
		fold(copy, &b);
		cr_assert(eq(sz, a.len, b.len));
		cr_assert(eq(int, memcmp(a.data, b.data, a.len), 0), "stretch %d", stretch);
		cr_assert(eq(u64, model_wait_version(copy), model_wait_version(original)));
		for (int s = 0; s < THREAD_STATE_CNT; s++)
			cr_assert(eq(sz, model_state_cnt(original, s), model_state_cnt(copy, s)));
		for (int i = 0; i < 500; i++)
			model_apply(copy, build_story(8, 12, i));
		fold(original, &b);
		cr_assert(eq(int, memcmp(a.data, b.data, a.len), 0), "lived on, %d", stretch);
	}
	strbuf_release(&a);
	strbuf_release(&b);
	model_free(original);
	model_free(copy);
}

/* What the inspector found is memory of its own. */
Test(checkpoint, a_copy_outlives_the_original)
{
	static const __u32 pids[] = { 7, 8 };
	struct model *original = model_new(), *copy = model_new();
	struct strbuf a = {}, b = {};

	build_begin();
	model_apply(original, build_thread(101, 100, 100, "a"));
	model_apply(original, build_run(101));
	model_apply(original, build_block_mutex(101, 0, 0x5000, 102));
	model_apply(original, build_stack(101, "f a.c:1\nmain a.c:9"));
	model_apply(original, build_lockname(100, 0x5000, "x"));
	model_apply(original, build_holders(101, pids, 2));
	model_apply(original, build_setfd(101, 0, 20, 5, "eventfd", pids, 2));
	model_apply(original, build_setfd(101, 1, 20, 6, "", pids, 0));
	fold(original, &a);
	model_copy(copy, original);
	model_free(original);
	fold(copy, &b);
	cr_assert(eq(sz, a.len, b.len));
	cr_expect(eq(int, memcmp(a.data, b.data, a.len), 0));
	strbuf_release(&a);
	strbuf_release(&b);
	model_free(copy);
}

Test(checkpoint, every_kind_has_a_size_and_a_name)
{
#define KIND_IS_COMPLETE(name, id, type, tail, help)            \
	cr_expect(gt(sz, event_fixed_size(id), 0));             \
	cr_expect(eq(str, (char *)event_kind_name(id), #type)); \
	cr_expect(lt(int, id, EV_KIND_MAX));
	EVENT_KINDS(KIND_IS_COMPLETE)
#undef KIND_IS_COMPLETE
	cr_expect(eq(sz, event_fixed_size(63), 0));
}
