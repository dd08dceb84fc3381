/* SPDX-License-Identifier: GPL-2.0-only */
/* The screen as the program uses it: ui and terminal joined, and the pace of the pictures. */
#include "tui/tui.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "tui/screen.h"

enum {
	FRAME_NS = 50 * 1000 * 1000,
	REST_MS = 250,
	WHEEL_ROWS = 3,
};

struct tui {
	struct ui *ui;
	struct screen *screen;
	struct grid *grid;
	__u64 drawn_ns;
	struct tui_cost cost;
	bool is_urgent; /* a key waits for its answer */
	bool is_drawn;	/* the grid is what the terminal shows */
};

static int parse_color(const char *word, enum screen_color *ret)
{
	if (!word || !strcmp(word, "auto"))
		*ret = SCREEN_COLOR_AUTO;
	else if (!strcmp(word, "always"))
		*ret = SCREEN_COLOR_ALWAYS;
	else if (!strcmp(word, "never"))
		*ret = SCREEN_COLOR_NEVER;
	else
		return -EINVAL;
	return 0;
}

int tui_open(const struct tui_options *opts, struct trace *t, struct tui **ret)
{
	struct screen_options screen_opts = { .theme = THEME_DARK };
	struct ui_options ui_opts = {
		.title = opts->title,
		.live = opts->live,
		.save = opts->save,
		.save_arg = opts->save_arg,
		.notes = opts->notes,
		.annotate = opts->annotate,
		.annotate_arg = opts->annotate_arg,
		.record = opts->record,
		.record_arg = opts->record_arg,
	};
	struct tui *tui;
	int rows, cols, err;

	if (parse_color(opts->color, &screen_opts.color) < 0)
		return -EINVAL;
	if (opts->theme && !theme_parse(opts->theme, &screen_opts.theme))
		return -EINVAL;
	tui = xcalloc(1, sizeof(*tui));
	err = screen_open(&screen_opts, &tui->screen);
	if (err) {
		free(tui);
		return err;
	}
	screen_size(tui->screen, &rows, &cols);
	tui->grid = grid_new(rows, cols);
	grid_set_ascii(tui->grid, opts->ascii || !screen_has_utf8(tui->screen));
	tui->ui = ui_new(t, &ui_opts);
	tui->is_urgent = true;
	*ret = tui;
	return 0;
}

void tui_close(struct tui *tui)
{
	if (!tui)
		return;
	screen_close(tui->screen);
	ui_free(tui->ui);
	grid_free(tui->grid);
	free(tui);
}

int tui_fd(const struct tui *tui)
{
	return screen_fd(tui->screen);
}

void tui_resize(struct tui *tui)
{
	int rows, cols;

	screen_update_size(tui->screen);
	screen_size(tui->screen, &rows, &cols);
	grid_resize(tui->grid, rows, cols);
	tui->is_urgent = true;
}

static enum tui_result take(struct tui *tui, const struct screen_input *in)
{
	enum ui_result result = UI_OK;

	tui->is_urgent = true;
	if (in->event == SCREEN_KEY)
		result = ui_key(tui->ui, in->code);
	else if (in->event == SCREEN_CLICK)
		ui_click(tui->ui, in->row, in->col);
	else if (in->event == SCREEN_WHEEL)
		ui_scroll(tui->ui, in->steps * WHEEL_ROWS);
	else if (in->event == SCREEN_SIZE)
		tui_resize(tui);
	if (result == UI_REDRAW)
		screen_invalidate(tui->screen);
	if (result == UI_SUSPEND)
		return TUI_SUSPEND;
	return result == UI_QUIT ? TUI_QUIT : TUI_CONTINUE;
}

enum tui_result tui_input(struct tui *tui)
{
	enum tui_result result = TUI_CONTINUE;

	while (result == TUI_CONTINUE) {
		struct screen_input in;

		screen_read(tui->screen, &in);
		if (in.event == SCREEN_GONE)
			return TUI_QUIT;
		if (in.event == SCREEN_NONE)
			break;
		result = take(tui, &in);
	}
	return result;
}

static void count_frame(struct tui_cost *cost, __u64 ns)
{
	cost->frame_cnt++;
	cost->total_ns += ns;
	if (cost->max_ns < ns)
		cost->max_ns = ns;
}

void tui_frame(struct tui *tui, __u64 now_ns)
{
	__u64 begin_ns = clock_now_ns();
	bool is_changed = ui_tick(tui->ui, now_ns);

	if (!tui->is_urgent && now_ns - tui->drawn_ns < FRAME_NS)
		return;
	if (screen_update_size(tui->screen)) {
		tui_resize(tui);
	} else if (!is_changed && !tui->is_urgent && tui->is_drawn) {
		return;
	}
	ui_draw(tui->ui, tui->grid);
	tui->is_drawn = screen_draw(tui->screen, tui->grid);
	tui->is_urgent = false;
	tui->drawn_ns = now_ns;
	count_frame(&tui->cost, clock_now_ns() - begin_ns);
}

struct tui_cost tui_cost(const struct tui *tui)
{
	return tui->cost;
}

int tui_timeout_ms(const struct tui *tui, __u64 now_ns)
{
	__u64 since_ns = now_ns - tui->drawn_ns;

	if (tui->is_urgent)
		return 0;
	if (ui_is_moving(tui->ui) || !tui->is_drawn)
		return since_ns < FRAME_NS ? (int)((FRAME_NS - since_ns) / 1000000) + 1 : 0;
	return REST_MS;
}

void tui_suspend(struct tui *tui)
{
	screen_leave(tui->screen);
}

void tui_resume(struct tui *tui)
{
	screen_enter(tui->screen);
	tui_resize(tui);
}

void tui_set_ended(struct tui *tui)
{
	ui_set_ended(tui->ui);
}

void tui_set_recording(struct tui *tui, const struct ui_recording *rec)
{
	ui_set_recording(tui->ui, rec);
}

void tui_print_notes(const struct tui *tui, struct strbuf *ret)
{
	ui_print_notes(tui->ui, ret);
}

void tui_message(struct tui *tui, const char *text)
{
	ui_message(tui->ui, "%s", text);
}

/* The picture is that of the latest frame: nothing goes on meanwhile. */
void tui_show_message(struct tui *tui, const char *text)
{
	tui_message(tui, text);
	ui_draw(tui->ui, tui->grid);
	tui->is_drawn = screen_draw(tui->screen, tui->grid);
}
