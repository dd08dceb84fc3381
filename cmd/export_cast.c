/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The replayed screen as an asciicast (asciinema, "asciicast file format (version 2)").
 *
 * The screen is that of ctrace replay, played by a clock of its own at a speed at which one
 * can follow it: a tenth of a second of it is one frame.
 */
#include "cmd/export_cast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ansi.h"
#include "cmd/options.h"
#include "export/json.h"
#include "tui/ui.h"

enum {
	ROWS = 30,
	COLS = 100,
	FRAME_NS = 100000000,
	LINGER_NS = 2000000000, /* the last picture stays */
};

/* What one can follow: a window is played in no less than the one, and no more than the other. */
static const __u64 play_min_ns = 12000000000ULL, play_max_ns = 300000000000ULL;

struct cast {
	const struct export_input *in;
	struct out *out;
	struct ui *ui;
	struct grid *grid;
	struct ansi ansi;
	__u64 clock_ns; /* of who looks on */
};

static void put_head(const struct cast *c)
{
	const struct export_input *in = c->in;
	struct json j = json_begin(&c->out->buf, 0);
	__u64 ns = in->meta->realtime_ns + in->from_ns - in->meta->monotonic_ns;

	json_object_begin(&j, NULL);
	json_u64(&j, "version", 2);
	json_u64(&j, "width", COLS);
	json_u64(&j, "height", ROWS);
	json_u64(&j, "timestamp", ns / 1000000000);
	json_string(&j, "title", in->source);
	json_object_begin(&j, "env");
	json_string(&j, "TERM", "xterm-256color");
	json_object_end(&j);
	json_object_end(&j);
	strbuf_addch(&c->out->buf, '\n');
}

/* The time of the player, which starts at 0. */
static void put_frame(struct cast *c, const char *bytes, size_t len)
{
	struct json j = json_begin(&c->out->buf, 0);
	char time[32];

	snprintf(time, sizeof(time), "%llu.%06llu", c->clock_ns / 1000000000,
		 c->clock_ns % 1000000000 / 1000);
	json_array_begin(&j, NULL);
	json_number(&j, NULL, time);
	json_string(&j, NULL, "o");
	json_string_n(&j, NULL, bytes, len);
	json_array_end(&j);
	strbuf_addch(&c->out->buf, '\n');
}

static void show(struct cast *c)
{
	struct strbuf bytes = {};

	ui_draw(c->ui, c->grid);
	ansi_draw(&c->ansi, c->grid, &bytes);
	if (bytes.len)
		put_frame(c, strbuf_str(&bytes), bytes.len);
	strbuf_release(&bytes);
}

/* The screen's clock must not be 0, which means that there is none yet. */
static void turn(struct cast *c)
{
	c->clock_ns += FRAME_NS;
	ui_tick(c->ui, 1 + c->clock_ns);
}

/* The speeds of the screen are 1, 2 and 5 times a power of ten, and so are these. */
static void choose_speed(struct cast *c)
{
	static const unsigned steps[] = { 1, 2, 5 };
	__u64 ns = c->in->to_ns - c->in->from_ns, factor = 1;

	for (int i = 1; ns * factor < play_min_ns && factor < 1000000; i++) {
		factor = steps[i % 3] * (factor / steps[(i - 1) % 3]) * (i % 3 ? 1 : 10);
		ui_act(c->ui, ACT_SLOWER);
	}
	factor = 1;
	for (int i = 1; ns / factor > play_max_ns && factor < 1000; i++) {
		factor = steps[i % 3] * (factor / steps[(i - 1) % 3]) * (i % 3 ? 1 : 10);
		ui_act(c->ui, ACT_FASTER);
	}
}

static void report_progress(const struct cast *c)
{
	const struct export_input *in = c->in;

	if (in->progress)
		in->progress(in->progress_arg, ui_now_ns(c->ui) - in->from_ns,
			     in->to_ns - in->from_ns + 1);
}

static int play(struct cast *c)
{
	ui_tick(c->ui, 1);
	ui_seek_time(c->ui, c->in->from_ns);
	choose_speed(c);
	show(c);
	ui_act(c->ui, ACT_PAUSE); /* which plays what is paused */
	while (!out_commit(c->out) && ui_is_playing(c->ui) && ui_now_ns(c->ui) < c->in->to_ns) {
		report_progress(c);
		turn(c);
		show(c);
	}
	if (ui_is_playing(c->ui))
		ui_seek_time(c->ui, c->in->to_ns);
	c->clock_ns += FRAME_NS;
	show(c);
	c->clock_ns += LINGER_NS;
	put_frame(c, "", 0);
	return out_commit(c->out);
}

int export_cast(const struct export_input *in, struct out *out)
{
	const struct options *opts = in->user;
	struct ui_options ui_opts = { .title = in->source };
	struct cast c = {
		.in = in,
		.out = out,
		.ui = ui_new(in->trace, &ui_opts),
		.grid = grid_new(ROWS, COLS),
		.ansi.color_cnt = opts->color && !strcmp(opts->color, "never") ? 0 : 256,
	};
	int err;

	if (opts->theme)
		theme_parse(opts->theme, &c.ansi.theme);
	grid_set_ascii(c.grid, opts->ascii);
	put_head(&c);
	err = play(&c);
	ansi_release(&c.ansi);
	grid_free(c.grid);
	ui_free(c.ui);
	return err;
}
