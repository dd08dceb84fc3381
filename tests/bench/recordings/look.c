/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What it costs to look at a recording: look FILE. The screen of replay, without a terminal,
 * goes to places all over the recording, at every zoom there is, and draws the large timeline.
 *
 * seek_ms: the worst from the key to the first picture of the place. frame_ms: the worst of the
 * pictures after it, while the screen is still finding out more. Both are time on a CPU: the
 * worst of hundreds by the clock would be whatever else the machine did meanwhile.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
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

struct look {
	struct ui *ui;
	struct grid *grid;
	__u64 begin_ns, span_ns;
	__u64 dice;
	__u64 seek_ns, frame_ns; /* the worst so far */
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

static void keep_worst(__u64 *worst, __u64 since_ns)
{
	__u64 ns = cpu_ns() - since_ns;

	if (ns > *worst)
		*worst = ns;
}

static void look_at(struct look *l, __u64 place_ns)
{
	__u64 since_ns = cpu_ns();
	bool is_changing = true;

	ui_seek_time(l->ui, place_ns);
	draw(l);
	keep_worst(&l->seek_ns, since_ns);
	for (int i = 0; i < FRAMES_MAX && is_changing; i++) {
		since_ns = cpu_ns();
		is_changing = draw(l);
		keep_worst(&l->frame_ns, since_ns);
	}
}

/* False: this is the closest there is. */
static bool zoom_in(struct look *l)
{
	struct ui_window before, after;

	ui_window(l->ui, COLS, &before);
	ui_act(l->ui, ACT_ZOOM_IN);
	ui_window(l->ui, COLS, &after);
	return after.ns_per_col < before.ns_per_col;
}

static void look_everywhere(struct look *l)
{
	ui_act(l->ui, ACT_TIMELINE);
	ui_act(l->ui, ACT_ZOOM_FIT);
	do {
		for (int i = 0; i < PLACES; i++)
			look_at(l, next_place(l));
	} while (zoom_in(l));
}

int main(int argc, char **argv)
{
	struct look l = {};
	struct trace_meta meta;
	struct trace *t;

	if (argc != 2)
		errx(2, "usage: look FILE");
	if (reader_open(argv[1], &t, &meta))
		errx(1, "cannot read %s", argv[1]);
	l.begin_ns = trace_begin_ns(t);
	l.span_ns = trace_end_ns(t) - l.begin_ns + 1;
	l.grid = grid_new(ROWS, COLS);
	l.ui = ui_new(t, &(struct ui_options){ .title = "look" });
	draw(&l);
	look_everywhere(&l);
	printf("seek_ms %.1f\nframe_ms %.1f\n", l.seek_ns / 1e6, l.frame_ns / 1e6);
	ui_free(l.ui);
	grid_free(l.grid);
	meta_release(&meta);
	trace_free(t);
	return 0;
}
