/* SPDX-License-Identifier: GPL-2.0-only */
/* A report by one key: of the moment that is shown, and what is told of it. */
#include <string.h>

#include "tests/unit/tui/stage.h"

TestSuite(ui_save, .init = stage_setup, .fini = stage_teardown, .timeout = 10);

struct saved {
	int cnt;
	__u64 now_ns, event_cnt;
	bool has_last;
	enum verdict_kind kind;
};

static void save(void *arg, const struct ui_moment *at, struct strbuf *ret)
{
	struct saved *s = arg;

	s->cnt++;
	s->now_ns = at->now_ns;
	s->event_cnt = model_event_cnt(at->model);
	s->has_last = at->last != NULL;
	s->kind = at->verdict->kind;
	strbuf_adds(ret, "the report is in a 100% file");
}

static struct ui *open_saving(struct saved *s, ui_save_fn fn)
{
	struct ui *ui = ui_new(
		stage_trace,
		&(struct ui_options){ .title = "./w", .live = true, .save = fn, .save_arg = s });

	stage_tell_philosophers(2);
	stage_tell_deadlock(2);
	build_later(10 * MS);
	stage_tell_confirmed(2);
	ui_tick(ui, build_now_ns() + 50 * MS);
	return ui;
}

static const char *screen_of(struct ui *ui)
{
	struct grid *g = grid_new(24, 80);

	ui_draw(ui, g);
	strbuf_reset(&stage_text);
	grid_dump(g, &stage_text);
	grid_free(g);
	return strbuf_str(&stage_text);
}

Test(ui_save, live_it_is_of_now)
{
	struct saved s = {};
	struct ui *ui = open_saving(&s, save);

	ui_key(ui, 'y');
	cr_expect(eq(int, s.cnt, 1));
	cr_expect(eq(int, (int)s.kind, VERDICT_DEADLOCK));
	cr_expect(eq(u64, s.now_ns, build_now_ns() + 50 * MS));
	cr_expect(not(s.has_last));
	cr_expect(ne(ptr, strstr(screen_of(ui), "the report is in a 100% file"), NULL));
	ui_free(ui);
}

Test(ui_save, paused_it_is_of_what_is_shown)
{
	struct saved s = {};
	struct ui *ui = open_saving(&s, save);

	ui_seek_event(ui, 3);
	ui_key(ui, 'y');
	cr_expect(eq(u64, s.event_cnt, 3));
	cr_expect(s.has_last);
	cr_expect(ne(int, (int)s.kind, VERDICT_DEADLOCK));
	ui_free(ui);
}

Test(ui_save, where_there_are_none_it_says_so)
{
	struct ui *ui = open_saving(NULL, NULL);

	ui_key(ui, 'y');
	cr_expect(ne(ptr, strstr(screen_of(ui), "no reports here"), NULL));
	ui_free(ui);
}
