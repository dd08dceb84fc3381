/* SPDX-License-Identifier: GPL-2.0-only */
/* A stage for one view: a trace from the builders, a ui around it, and what is drawn, as text. */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tests/unit/support/builders.h"
#include "tui/ui.h"

#define MS (1000 * 1000ULL)

static struct trace *stage_trace;
static struct ui *stage_ui;
static struct view stage_view;
static struct strbuf stage_text;

static void stage_setup(void)
{
	stage_trace = trace_new(&(struct trace_options){});
	build_begin();
}

static void stage_add(struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(stage_trace, ev), 0));
}

/* The trace is told; live: as if it still grew, and it is now_ns after its begin. */
static inline void stage_open(const struct view_ops *ops, bool live, __u64 now_ns)
{
	stage_ui = ui_new(stage_trace, &(struct ui_options){ .title = "./w", .live = live });
	ui_tick(stage_ui, BUILD_BEGIN_NS + now_ns);
	stage_view.ops = ops;
	stage_view.state = xcalloc(1, ops->state_sz);
	if (ops->init)
		ops->init(&stage_view, stage_ui);
}

static void stage_teardown(void)
{
	if (stage_view.ops && stage_view.ops->release)
		stage_view.ops->release(&stage_view);
	free(stage_view.state);
	ui_free(stage_ui);
	trace_free(stage_trace);
	strbuf_release(&stage_text);
}

static const char *stage_dump(int rows, int cols, bool ascii,
			      void (*dump)(const struct grid *g, struct strbuf *ret))
{
	struct grid *g = grid_new(rows, cols);
	struct canvas c = grid_canvas(g);

	grid_set_ascii(g, ascii);
	grid_clear(g);
	stage_view.ops->draw(&stage_view, stage_ui, &c);
	strbuf_reset(&stage_text);
	dump(g, &stage_text);
	grid_free(g);
	return strbuf_str(&stage_text);
}

/* Borrowed until the next call. */
static inline const char *stage_draw(int rows, int cols)
{
	return stage_dump(rows, cols, true, grid_dump);
}

static inline const char *stage_draw_utf8(int rows, int cols)
{
	return stage_dump(rows, cols, false, grid_dump);
}

static inline const char *stage_draw_styles(int rows, int cols)
{
	return stage_dump(rows, cols, true, grid_dump_styles);
}

/* The whole screen, in ASCII; borrowed until the next drawing. */
static inline char *stage_shown(int rows, int cols)
{
	struct grid *g = grid_new(rows, cols);

	grid_set_ascii(g, true);
	ui_draw(stage_ui, g);
	strbuf_reset(&stage_text);
	grid_dump(g, &stage_text);
	grid_free(g);
	return (char *)strbuf_str(&stage_text);
}

static inline void stage_type(const char *text)
{
	for (; *text; text++)
		ui_key(stage_ui, (uint32_t)*text);
}

static inline void stage_open_replay(void)
{
	stage_ui = ui_new(stage_trace, &(struct ui_options){ .title = "./w" });
	ui_tick(stage_ui, BUILD_BEGIN_NS);
}

/* As in a replay: after each key there is a turn. */
static inline void stage_press(const char *keys)
{
	for (; *keys; keys++) {
		ui_key(stage_ui, (uint32_t)*keys);
		ui_tick(stage_ui, BUILD_BEGIN_NS);
	}
}

/* The time that is shown, since the begin. */
static inline __u64 stage_at_ns(void)
{
	return ui_now_ns(stage_ui) - BUILD_BEGIN_NS;
}

/* Any size is drawn without a step outside; that is for the sanitizers to see. */
static inline void stage_draw_all_sizes(void)
{
	for (int rows = 0; rows < 26; rows++)
		for (int cols = 0; cols < 90; cols += cols < 30 ? 1 : 7)
			stage_draw(rows, cols);
	stage_draw(200, 500);
}

/* main creates phil-0 .. phil-(cnt-1), tids from 101, each of whom is Ready. */
static inline void stage_tell_philosophers(int cnt)
{
	char name[32];

	stage_add(build_thread(100, 100, 1, "forks"));
	stage_add(build_run(100));
	for (int i = 0; i < cnt; i++) {
		snprintf(name, sizeof(name), "phil-%d", i);
		stage_add(build_thread(101 + i, 100, 100, name));
		stage_add(build_admit(101 + i));
	}
}

/* Each holds fork i and waits for fork i + 1, which the next one holds. */
static inline void stage_tell_deadlock(int cnt)
{
	for (int i = 0; i < cnt; i++) {
		stage_add(build_run(101 + i));
		stage_add(build_block_mutex(101 + i, 0, 0x5000 + (i + 1) % cnt * 64,
					    101 + (i + 1) % cnt));
	}
}

static inline void stage_tell_confirmed(int cnt)
{
	for (int i = 0; i < cnt; i++)
		stage_add(
			build_lockword(101 + i, 0x5000 + (i + 1) % cnt * 64, 101 + (i + 1) % cnt));
}

#endif
