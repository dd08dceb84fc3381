/* SPDX-License-Identifier: GPL-2.0-only */
/* Protocol buffers byte by byte, and the order in which Perfetto needs its packets. */
#include "export/perfetto.h"

#include "tests/unit/export/exporting.h"

static struct exporting e;

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
}

TestSuite(export_perfetto, .init = setup, .fini = teardown);

static void expect_bytes(struct strbuf *sb, const void *want, size_t len)
{
	cr_assert(eq(sz, sb->len, len));
	cr_expect(eq(int, memcmp(sb->data, want, len), 0));
	strbuf_release(sb);
}

/* The examples of protobuf.dev, "Encoding". */
Test(export_perfetto, fields_are_encoded_as_documented)
{
	struct strbuf sb = {};

	proto_u64(&sb, 1, 150);
	expect_bytes(&sb, "\x08\x96\x01", 3);
	proto_string(&sb, 2, "testing");
	expect_bytes(&sb, "\x12\x07testing", 9);
	proto_u64(&sb, 1, -2LL);
	expect_bytes(&sb, "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
	proto_u64(&sb, 240, 0);
	expect_bytes(&sb, "\x80\x0f\x00", 3);
}

/* Redundant continuation bits are part of the length. */
Test(export_perfetto, messages_have_their_length_before_them)
{
	struct strbuf sb = {};
	size_t outer = proto_begin(&sb, 3), inner;

	proto_u64(&sb, 1, 150);
	inner = proto_begin(&sb, 4);
	proto_end(&sb, inner);
	proto_end(&sb, outer);
	expect_bytes(&sb,
		     "\x1a\x88\x80\x80\x00"
		     "\x08\x96\x01"
		     "\x22\x80\x80\x80\x00",
		     13);
}

Test(export_perfetto, long_messages_too)
{
	struct strbuf sb = {};
	size_t begin = proto_begin(&sb, 1);

	for (int i = 0; i < 300; i++)
		strbuf_addch(&sb, 'x');
	proto_end(&sb, begin);
	cr_expect(eq(int, memcmp(sb.data, "\x0a\xac\x82\x80\x00xxx", 8), 0));
	strbuf_release(&sb);
}

static const char *find(const void *text, size_t len, const char *what)
{
	return memmem(text, len, what, strlen(what));
}

/* An event names a reason by its number: the words have to come before. */
Test(export_perfetto, reasons_come_before_their_events)
{
	const char *text, *words, *switched;
	size_t len;

	exporting_append_all(&e);
	exporting_set_input(&e);
	text = exporting_run(&e, export_perfetto);
	len = e.out.buf.len;
	cr_expect(eq(chr, text[0], 0x0a)); /* by which Perfetto knows the format */
	words = find(text, len, "mutex 0x2000, held by =cmd|' /C'!A0 (3)");
	switched = find(text, len, "swapper");
	cr_assert(ne(ptr, (void *)words, NULL));
	cr_assert(ne(ptr, (void *)switched, NULL));
	cr_expect(lt(ptr, (void *)words, (void *)switched));
	cr_expect(ne(ptr, (void *)find(text, len, "7 events lost"), NULL));
	cr_expect(eq(ptr, (void *)find(text, len, "\033"), NULL));
}

Test(export_perfetto, a_reason_is_written_once)
{
	struct perfetto p = { .in = &e.in, .out = &e.out };
	size_t len;

	exporting_set_input(&e);
	cr_expect(eq(u32, perfetto_reason(&p, "sleep"), 1));
	cr_expect(eq(u32, perfetto_reason(&p, "mutex a"), 2));
	len = e.out.buf.len;
	cr_expect(eq(u32, perfetto_reason(&p, "sleep"), 1));
	cr_expect(eq(sz, e.out.buf.len, len));
	map_release(&p.reasons);
}

/* What is open between events is locks that are waited for, and no more. */
Test(export_perfetto, tracks_end_with_their_waiters)
{
	struct perfetto p = { .in = &e.in, .out = &e.out };
	const struct model *m = trace_tail(e.trace);
	struct stay s = { .model = m };

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_thread(3, 10, 10, "right"));
	exporting_append(&e, build_block_mutex(2, 0, 0x1000, 10));
	exporting_append(&e, build_block_mutex(3, 0, 0x1000, 10));
	exporting_set_input(&e);
	perfetto_lock_waited_on(&p, m, model_find_thread(m, 2), true, 1);
	perfetto_lock_waited_on(&p, m, model_find_thread(m, 3), true, 2);
	cr_expect(eq(sz, p.locks.cnt, 1));
	cr_expect(eq(u32, p.locks.items[0].waiter_cnt, 2));
	cr_expect(eq(u32, p.locks.items[0].owner_tid, 10));
	s.thread = model_find_thread(m, 2);
	perfetto_lock_left(&p, &s);
	cr_expect(eq(sz, p.locks.cnt, 1));
	s.thread = model_find_thread(m, 3);
	perfetto_lock_left(&p, &s);
	cr_expect(eq(sz, p.locks.cnt, 0));
	cr_expect(eq(sz, map_cnt(&p.lock_idx), 0));
	vec_release(&p.locks);
	map_release(&p.lock_idx);
	map_release(&p.described);
}

Test(export_perfetto, the_same_trace_gives_the_same_bytes)
{
	struct strbuf first = {};

	for (__u64 i = 0; i < 20000; i++)
		exporting_append(&e, build_story(3, 8, i));
	exporting_set_input(&e);
	exporting_run(&e, export_perfetto);
	strbuf_add(&first, e.out.buf.data, e.out.buf.len);
	exporting_run(&e, export_perfetto);
	cr_assert(eq(sz, first.len, e.out.buf.len));
	cr_expect(eq(int, memcmp(first.data, e.out.buf.data, first.len), 0));
	strbuf_release(&first);
}
