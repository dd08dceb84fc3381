/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What it costs to look at a recording: look [-v] FILE. The screen of replay, without a terminal,
 * goes to places all over the recording, at every zoom there is and with every kind of lanes, and
 * draws the large timeline. With -v it tells the worst of each zoom.
 *
 * seek_ms: the worst from the key to the first picture of the place. frame_ms: the worst of the
 * pictures after it, while the screen is still finding out more. Both are time on a CPU: the
 * worst of hundreds by the clock would be whatever else the machine did meanwhile.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "trace/reader.h"
#include "tui/ui.h"

enum {
	ROWS = 60,
	COLS = 200,
	PLACES = 3, /* at each zoom */
	FRAMES_MAX = 20,
};

/* What a lane can be of, and the key from the one before it. */
static const struct {
	const char *name;
	enum ui_action next;
} kinds[] = {
	{ "threads", ACT_TIMELINE },
	{ "CPUs", ACT_LANES },
	{ "locks", ACT_LANES },
};

/* The worst so far. */
struct worst {
	__u64 seek_ns, frame_ns;
};

struct look {
	struct ui *ui;
	struct grid *grid;
	bool is_verbose;
	__u64 begin_ns, span_ns;
	__u64 dice;
	struct worst of_zoom;
};

/* The same places every time. */
static __u64 next_place(struct look *l)
{
	l->dice = l->dice * 6364136223846793005ULL + 1442695040888963407ULL; /* Knuth's MMIX */
	return l->begin_ns + (l->dice >> 11) % l->span_ns;
}

static __u64 cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* True as long as there is more to show. */
static bool draw(struct look *l)
{
	bool is_changed = ui_tick(l->ui, clock_now_ns());

	ui_draw(l->ui, l->grid);
	return is_changed;
}

static void keep_worst(__u64 *worst, __u64 ns)
{
	if (ns > *worst)
		*worst = ns;
}

static void look_at(struct look *l, __u64 place_ns)
{
	__u64 since_ns = cpu_ns();
	bool is_changing = true;

	ui_seek_time(l->ui, place_ns);
	draw(l);
	keep_worst(&l->of_zoom.seek_ns, cpu_ns() - since_ns);
	for (int i = 0; i < FRAMES_MAX && is_changing; i++) {
		since_ns = cpu_ns();
		is_changing = draw(l);
		keep_worst(&l->of_zoom.frame_ns, cpu_ns() - since_ns);
	}
}

static __u64 width_ns(const struct look *l)
{
	struct ui_window w;

	ui_window(l->ui, COLS, &w);
	return w.ns_per_col;
}

/* False: this is the closest there is. */
static bool zoom_in(struct look *l)
{
	__u64 before_ns = width_ns(l);

	ui_act(l->ui, ACT_ZOOM_IN);
	return width_ns(l) < before_ns;
}

static struct worst look_everywhere(struct look *l, const char *kind)
{
	struct worst worst = {};

	ui_act(l->ui, ACT_ZOOM_FIT);
	do {
		l->of_zoom = (struct worst){};
		for (int i = 0; i < PLACES; i++)
			look_at(l, next_place(l));
		if (l->is_verbose)
			printf("%s, 1 column = %llu ns: seek %.1f, frame %.1f ms\n", kind,
			       width_ns(l), l->of_zoom.seek_ns / 1e6, l->of_zoom.frame_ns / 1e6);
		keep_worst(&worst.seek_ns, l->of_zoom.seek_ns);
		keep_worst(&worst.frame_ns, l->of_zoom.frame_ns);
	} while (zoom_in(l));
	return worst;
}

static void look_at_all(struct look *l)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct worst worst;

		ui_act(l->ui, kinds[i].next);
		worst = look_everywhere(l, kinds[i].name);
		printf("%s seek_ms %.1f\n%s frame_ms %.1f\n", kinds[i].name, worst.seek_ns / 1e6,
		       kinds[i].name, worst.frame_ns / 1e6);
	}
}

int main(int argc, char **argv)
{
	struct look l = { .is_verbose = argc > 1 && !strcmp(argv[1], "-v") };
	struct trace_meta meta;
	struct trace *t;

	if (argc != 2 + l.is_verbose)
		errx(2, "usage: look [-v] FILE");
	if (reader_open(argv[argc - 1], &t, &meta))
		errx(1, "cannot read %s", argv[argc - 1]);
	l.begin_ns = trace_begin_ns(t);
	l.span_ns = trace_end_ns(t) - l.begin_ns + 1;
	l.grid = grid_new(ROWS, COLS);
	l.ui = ui_new(t, &(struct ui_options){ .title = "look" });
	draw(&l);
	look_at_all(&l);
	ui_free(l.ui);
	grid_free(l.grid);
	meta_release(&meta);
	trace_free(t);
	return 0;
}
