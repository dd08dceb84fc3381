/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer harness: any events in any order, each of them well-formed, and any keys between.
 *
 *	tests/fuzz/run-events [SECONDS]
 *
 * A step of the input is a kind of event, or a key, and bytes that choose each of the words of
 * the record from values that mean something. Looked at with every verdict, view and export;
 * tests/unit/cmd replays the corpus.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "export/report.h"
#include "model/story.h"
#include "model/wait_graph.h"
#include "tui/sentence.h"
#include "tui/ui.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TAIL_MAX = 96, STEP_MAX = 4000, BEGIN_NS = 1000000000, ROW_MAX = 40, COL_MAX = 150 };

static const struct {
	uint8_t kind;
	uint16_t size;
	size_t len_off; /* of the length of the tail; 0: it has none */
} kinds[] = {
#define bare(type) 0
#define tail(type) offsetof(struct type, len)
#define KIND_ROW(name, id, type, has_tail, help) \
	{ id, sizeof(struct ev_##type), has_tail(ev_##type) },
	EVENT_KINDS(KIND_ROW)
#undef KIND_ROW
#undef tail
#undef bare
};

enum { KIND_CNT = sizeof(kinds) / sizeof(kinds[0]) };

/* Beside small numbers, which are those of threads: states, system calls, modes, addresses. */
static const uint32_t values[] = {
	0,	 1,	     2,	   4,	     8,		 64,	     128,	137,	0x5000,
	0x5040,	 0x5080,     202,  61,	     247,	 7,	     23,	232,	281,
	35,	 230,	     42,   288,	     73,	 72,	     0x1180,	0xc180, 0x8180,
	0x2180,	 0x189,	     0x80, 0x81,     0x89,	 426,	     131,	219,	240,
	-1,	 -2,	     -110, 1u << 31, 0x40000000, 0x7fffffff, 0x1000000, 0xffff, 0x10000,
	0x60000, 0x80000001, 1000, 1000000,
};

struct input {
	const uint8_t *at, *end;
};

static uint8_t take(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static uint32_t take_word(struct input *in)
{
	uint8_t b = take(in);

	if (b < 128)
		return b % 16;
	return values[b % (sizeof(values) / sizeof(values[0]))];
}

static void take_tail(struct input *in, size_t size, size_t len_off, uint8_t *record)
{
	static const uint8_t bytes[] =
		"a1[].\n\t <>&\"'\\:/\x1b\xff\xe2\x82\xac\xf0\x9f;,->#(){}%$";
	uint32_t len = len_off ? take(in) % TAIL_MAX : 0;

	for (uint32_t i = 0; i < len; i++) {
		uint8_t b = take(in);

		record[size + i] = b < 128 ? b % 8 : bytes[b % (sizeof(bytes) - 1)];
	}
	if (len_off)
		memcpy(record + len_off, &len, sizeof(len));
}

/* One event; its time goes on by up to some seconds. */
static const struct ev_hdr *take_event(struct input *in, unsigned idx, uint64_t *now_ns)
{
	static union {
		struct ev_hdr hdr;
		uint32_t words[1024];
		uint8_t bytes[4096];
	} ev;
	size_t size = kinds[idx].size;

	memset(&ev, 0, sizeof(ev));
	for (size_t i = sizeof(ev.hdr) / sizeof(uint32_t); i < size / sizeof(uint32_t); i++) {
		uint8_t b = in->at < in->end ? *in->at : 0;

		if (b & 1) /* most words are zero, and those of 64 bits small */
			ev.words[i] = take_word(in);
		else if (b & 2)
			take(in);
	}
	take_tail(in, size, kinds[idx].len_off, ev.bytes);
	*now_ns += 1ull << take(in) % 33;
	ev.hdr = (struct ev_hdr){
		.ts_ns = *now_ns,
		.tid = take(in) % 16,
		.kind = kinds[idx].kind,
		.flags = take(in),
		.cpu = take(in) % 3,
	};
	return &ev.hdr;
}

static void look(const struct model *m, uint64_t now_ns)
{
	struct wait_graph graph = {};
	struct strbuf text = {};
	struct story story;
	struct verdict v;

	verdict_find(m, &v);
	verdict_sentence(&v, m, now_ns, &text);
	wait_graph_build(&graph, m, &v);
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		story_find(m, model_thread_at(m, i), &story);
		for (size_t s = 0; s < story.cnt; s++)
			story_sentence(m, &story, s, now_ns, &text);
	}
	wait_graph_release(&graph);
	strbuf_release(&text);
}

static void export_all(struct trace *t)
{
	struct trace_meta meta;
	struct findings found;
	struct cursor *at = cursor_new(t);
	struct export_input in = {
		.trace = t,
		.meta = &meta,
		.source = "fuzz",
		.from_ns = trace_begin_ns(t),
		.to_ns = trace_end_ns(t),
		.at = at,
		.found = &found,
		.sentence = event_sentence,
	};
	static const struct {
		export_fn fn;
		unsigned uses;
	} formats[] = {
#define FORMAT_FN(name, ext, uses, help) { export_##name, uses },
		EXPORT_FORMATS(FORMAT_FN)
#undef FORMAT_FN
	};
	meta_init(&meta, "fuzz");
	findings_collect(t, NULL, NULL, &found);
	cursor_seek_event(at, trace_event_cnt(t) / 2);
	for (size_t i = 0; i < 3 * sizeof(formats) / sizeof(formats[0]); i++) {
		struct out out = { .fd = OUT_MEMORY };

		in.table = i % 3;
		in.at = i % 3 && formats[i / 3].uses & EXPORT_WINDOW ? NULL : at;
		formats[i / 3].fn(&in, &out);
		strbuf_release(&out.buf);
	}
	cursor_free(at);
	meta_release(&meta);
}

static void report_all(struct trace *t)
{
	struct verdict v;
	struct strbuf text = {};
	struct report_input in = { .model = trace_tail(t),
				   .verdict = &v,
				   .now_ns = trace_end_ns(t) };

	verdict_find(in.model, &v);
	report_text(&in, &text);
	report_json(&in, &text);
	report_junit(&in, &text);
	strbuf_release(&text);
}

/* A key of the keyboard, or one of those that have no letter. */
static uint32_t key_of(uint8_t b)
{
	static const uint32_t others[] = { UIKEY_UP,   UIKEY_DOWN, UIKEY_LEFT,	    UIKEY_RIGHT,
					   UIKEY_HOME, UIKEY_END,  UIKEY_BACKSPACE, '\t',
					   '\r',       0x1b };

	if (b < ' ' || b > '~')
		return others[b % (sizeof(others) / sizeof(others[0]))];
	return b;
}

static void play_key(struct ui *ui, struct input *in, uint64_t now_ns)
{
	struct grid *g = grid_new(1 + take(in) % ROW_MAX, 1 + take(in) % COL_MAX);

	ui_tick(ui, now_ns);
	ui_draw(ui, g);
	ui_key(ui, key_of(take(in)));
	ui_draw(ui, g);
	grid_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	struct trace *t = trace_new(&(struct trace_options){});
	struct ui *ui = ui_new(t, &(struct ui_options){ .title = "fuzz", .live = true });
	uint64_t now_ns = BEGIN_NS;
	uint8_t looks = take(&in);

	for (int i = 0; i < STEP_MAX && in.at < in.end; i++) {
		unsigned step = take(&in) % (KIND_CNT + 4);

		if (step >= KIND_CNT)
			play_key(ui, &in, now_ns);
		else if (!trace_append(t, take_event(&in, step, &now_ns)) && i % 16 == 0)
			look(trace_tail(t), now_ns);
	}
	look(trace_tail(t), now_ns);
	report_all(t);
	if (looks % 4 == 0) /* they take longest */
		export_all(t);
	ui_free(ui);
	trace_free(t);
	return 0;
}
