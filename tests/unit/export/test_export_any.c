/* SPDX-License-Identifier: GPL-2.0-only */
/* Every format over events that no kernel would send, and over traces with holes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "tests/unit/export/exporting.h"
#include "trace/reader.h"
#include "trace/writer.h"

enum { EVENTS = 1500, SEEDS = 8, TIDS = 12, STORY_EVENTS = 60000 };

static const struct {
	const char *name;
	unsigned uses;
	export_fn fn;
} formats[] = {
#define FORMAT(name, ext, uses, help) { #name, uses, export_##name },
	EXPORT_FORMATS(FORMAT)
#undef FORMAT
};

enum { FORMAT_CNT = sizeof(formats) / sizeof(formats[0]) };

static struct exporting e;

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
}

TestSuite(export_any, .init = setup, .fini = teardown);

static void export_one(size_t format, int want_err)
{
	int err = formats[format].fn(&e.in, &e.out);
	bool is_fine;

	/* What is too much for a picture is no fault here. */
	is_fine = err == 0 || err == want_err || err == -EMSGSIZE;
	cr_expect(is_fine, "%s: %d", formats[format].name, err);
	strbuf_reset(&e.out.buf);
}

/* All formats, tables and both pictures; @want_err is allowed besides 0. */
static void export_all(int want_err)
{
	for (size_t i = 0; i < FORMAT_CNT; i++) {
		cursor_free(e.in.at);
		e.in.at = NULL;
		if (formats[i].uses & EXPORT_WINDOW)
			export_one(i, want_err);
		for (e.in.table = 0; formats[i].uses & EXPORT_TABLE && e.in.table <= 2;
		     e.in.table++)
			export_one(i, want_err);
		e.in.table = 0;
		if (!(formats[i].uses & EXPORT_MOMENT))
			continue;
		e.in.at = cursor_new(e.trace);
		cursor_seek_event(e.in.at, e.found.event);
		export_one(i, want_err);
	}
}

static __u64 dice_state;

static __u64 dice(void)
{
	return map_hash(++dice_state);
}

static void set_tail_len(struct ev_hdr *ev, __u32 len)
{
	switch (ev->kind) {
#define SET_LEN_bare(type)
#define SET_LEN_tail(type) ((struct ev_##type *)ev)->len = len;
#define SET_LEN(name, id, type, tail, help) \
	case id:                            \
		SET_LEN_##tail(type) break;
		EVENT_KINDS(SET_LEN)
#undef SET_LEN
#undef SET_LEN_tail
#undef SET_LEN_bare
	}
}

/* Any bytes in an event that is well-formed: few threads, so that they meet. */
static void append_any(void)
{
	static _Alignas(8) unsigned char bytes[4096];
	struct ev_hdr *ev = (struct ev_hdr *)bytes;
	unsigned kind = 1 + dice() % (EV_CK_MODEL - 1);
	size_t size = event_fixed_size(kind);
	__u32 *words = (__u32 *)bytes;

	for (size_t i = 0; i < sizeof(bytes) / 4; i++)
		words[i] = dice() % 3 ? dice() % TIDS : dice();
	*ev = (struct ev_hdr){
		.kind = kind,
		.flags = dice(),
		.tid = dice() % TIDS,
		.cpu = dice() % 5 ? dice() % 4 : dice(),
		.ts_ns = BUILD_BEGIN_NS + (dice() % 50 ? dice_state * 100 : dice() % (1ULL << 40)),
	};
	set_tail_len(ev, dice() % 300);
	if (size)
		trace_append(e.trace, ev);
}

Test(export_any, events_of_any_bytes)
{
	for (int seed = 1; seed <= SEEDS; seed++) {
		teardown();
		exporting_begin(&e);
		dice_state = (__u64)seed << 32;
		for (int i = 0; i < EVENTS; i++)
			append_any();
		exporting_set_input(&e);
		export_all(0);
		e.in.from_ns += (e.in.to_ns - e.in.from_ns) / 3;
		export_all(0);
		e.in.to_ns = e.in.from_ns;
		export_all(0);
	}
}

/* A byte in the middle of the file is changed: its block does not unpack any more. */
static void damage(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR);
	char byte;

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(int, fstat(fd, &st), 0));
	cr_assert(eq(sz, pread(fd, &byte, 1, st.st_size / 2), 1));
	byte ^= 0x55;
	cr_assert(eq(sz, pwrite(fd, &byte, 1, st.st_size / 2), 1));
	close(fd);
}

static void record_story(const char *path)
{
	struct trace_meta meta;
	struct writer *w;

	meta_init(&meta, "./story");
	cr_assert(eq(int, writer_open(path, &meta, false, &w), 0));
	trace_set_writer(e.trace, w);
	for (__u64 i = 0; i < STORY_EVENTS; i++)
		exporting_append(&e, build_story(7, 6, i));
	cr_assert(eq(int, writer_close(w), 0));
	meta_release(&meta);
	trace_free(e.trace);
}

/* The rest is exported, and it is said that something is missing. */
Test(export_any, traces_with_holes)
{
	char dir[] = "/tmp/ctrace-test-export-XXXXXX", path[64];
	struct trace_meta meta;

	cr_assert(ne(ptr, mkdtemp(dir), NULL));
	snprintf(path, sizeof(path), "%s/story.ctrace", dir);
	record_story(path);
	damage(path);
	cr_assert(eq(int, reader_open(path, &e.trace, &meta), 0));
	cr_assert(gt(sz, trace_block_cnt(e.trace), 2));
	exporting_set_input(&e);
	cr_expect(eq(int, export_jsonl(&e.in, &e.out), -ENODATA));
	cr_expect(eq(sz, count_in(strbuf_str(&e.out.buf), "\"kind\": \"gap\""), 1));
	cr_expect(lt(sz, count_in(strbuf_str(&e.out.buf), "\n"), STORY_EVENTS));
	cr_expect(gt(sz, count_in(strbuf_str(&e.out.buf), "\n"), STORY_EVENTS / 3));
	strbuf_reset(&e.out.buf);
	export_all(-ENODATA);
	meta_release(&meta);
	unlink(path);
	rmdir(dir);
}
