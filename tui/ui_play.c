/* SPDX-License-Identifier: GPL-2.0-only */
/* Playing a trace at a chosen speed. */
#include <stddef.h>

#include "base/fmt.h"
#include "tui/ui_private.h"

/* num ns of the trace per den ns on the wall. */
static const struct {
	unsigned num, den;
	const char *word;
} speeds[] = {
	{ 1, 1000000, "1:1000000" },
	{ 1, 500000, "1:500000" },
	{ 1, 200000, "1:200000" },
	{ 1, 100000, "1:100000" },
	{ 1, 50000, "1:50000" },
	{ 1, 20000, "1:20000" },
	{ 1, 10000, "1:10000" },
	{ 1, 5000, "1:5000" },
	{ 1, 2000, "1:2000" },
	{ 1, 1000, "1:1000" },
	{ 1, 500, "1:500" },
	{ 1, 200, "1:200" },
	{ 1, 100, "1:100" },
	{ 1, 50, "1:50" },
	{ 1, 20, "1:20" },
	{ 1, 10, "1:10" },
	{ 1, 5, "1:5" },
	{ 1, 2, "1:2" },
	{ 1, 1, "1:1" },
	{ 2, 1, "2:1" },
	{ 5, 1, "5:1" },
	{ 10, 1, "10:1" },
	{ 20, 1, "20:1" },
	{ 50, 1, "50:1" },
	{ 100, 1, "100:1" },
	{ 200, 1, "200:1" },
	{ 500, 1, "500:1" },
	{ 1000, 1, "1000:1" },
};

enum {
	IDLE_NS = 1000 * 1000 * 1000, /* of play time: longer than this is idle */
	LEAD_NS = 250 * 1000 * 1000,  /* of it are shown before the next event */
};

enum { SPEED_CNT = sizeof(speeds) / sizeof(speeds[0]) };

static int real_time_speed(void)
{
	int i = 0;

	while (speeds[i].num != speeds[i].den)
		i++;
	return i;
}

/* Count from here: what was played so far went at another speed. */
static void play_from_here(struct ui *ui)
{
	ui->play_wall_ns = ui->wall_ns;
	ui->play_from_ns = ui_now_ns(ui);
}

const char *ui_speed_word(const struct ui *ui)
{
	return speeds[ui->speed].word;
}

__u64 ui_played_ns(const struct ui *ui, __u64 wall_ns)
{
	return wall_ns / speeds[ui->speed].den * speeds[ui->speed].num;
}

void ui_play_speed(struct ui *ui, int step)
{
	if (step == 0)
		ui->speed = real_time_speed();
	else if (ui->speed + step >= 0 && ui->speed + step < SPEED_CNT)
		ui->speed += step;
	if (ui->mode == UI_PLAY)
		play_from_here(ui);
	if (step)
		ui_message(ui, "speed %s", ui_speed_word(ui));
}

void ui_play_toggle(struct ui *ui)
{
	if (ui->mode != UI_PAUSED) {
		ui_pause(ui);
		return;
	}
	if (!ui->plays_back && cursor_event(ui->cursor) >= trace_event_cnt(ui->trace)) {
		ui_last(ui);
		if (!ui->is_live)
			ui_message(ui, "this is the end: g goes to the begin, v plays backwards");
		return;
	}
	ui->mode = UI_PLAY;
	ui->hunt.kind = HUNT_NONE;
	play_from_here(ui);
	ui_touch(ui);
}

void ui_play_turn(struct ui *ui)
{
	ui->plays_back = !ui->plays_back;
	if (ui->mode == UI_FOLLOW)
		ui_pause(ui);
	if (ui->mode == UI_PLAY)
		play_from_here(ui);
	ui_message(ui, ui->plays_back ? "playing goes backwards" : "playing goes forwards");
}

void ui_play_idle(struct ui *ui)
{
	ui->skips_idle = !ui->skips_idle;
	ui_message(ui, ui->skips_idle ? "playing skips what is idle for more than a second"
				      : "playing shows idle stretches in full");
}

/* The same backwards: what happened last is shown for a moment before it is undone. */
static void skip_idle_back(struct ui *ui)
{
	__u64 last_ns = model_now_ns(cursor_model(ui->cursor)), now_ns = ui_now_ns(ui);
	__u64 num = speeds[ui->speed].num, den = speeds[ui->speed].den;

	if (now_ns <= last_ns || (now_ns - last_ns) / num <= IDLE_NS / den)
		return;
	cursor_seek_time(ui->cursor, last_ns + LEAD_NS / den * num);
	play_from_here(ui);
	ui_touch_state(ui);
}

/*
 * Would nothing happen for more than IDLE_NS on the wall? Then go on shortly before
 * the next event: who looks on shall see the state it finds.
 */
static void skip_idle(struct ui *ui)
{
	const struct ev_hdr *ev = cursor_peek(ui->cursor);
	__u64 now_ns = ui_now_ns(ui);
	__u64 next_ns = ev ? ev->ts_ns : ui->is_live ? now_ns : ui_end_ns(ui);
	__u64 num = speeds[ui->speed].num, den = speeds[ui->speed].den;
	char buf[FMT_SZ];

	if (next_ns <= now_ns || (next_ns - now_ns) / num <= IDLE_NS / den)
		return;
	now_ns = next_ns - LEAD_NS / den * num;
	ui_message(ui, "skipped %s in which nothing happened",
		   fmt_duration(buf, sizeof(buf), now_ns - ui_now_ns(ui)));
	cursor_seek_time(ui->cursor, now_ns);
	play_from_here(ui);
	ui_touch_state(ui);
}

static void play_back(struct ui *ui, __u64 played_ns)
{
	__u64 begin_ns = ui_begin_ns(ui), now_ns = cursor_now_ns(ui->cursor), at_ns = begin_ns;

	if (ui->play_from_ns > begin_ns + played_ns)
		at_ns = ui->play_from_ns - played_ns;
	if (at_ns < now_ns && ui_lecture_stops(ui, now_ns, at_ns))
		return;
	if (at_ns < now_ns) {
		cursor_seek_time(ui->cursor, at_ns);
		ui_touch_state(ui);
	}
	if (at_ns == begin_ns)
		ui_first(ui);
	else if (ui->skips_idle)
		skip_idle_back(ui);
}

void ui_play_tick(struct ui *ui)
{
	__u64 wall_ns = ui->wall_ns - ui->play_wall_ns;
	__u64 played_ns = ui_played_ns(ui, wall_ns);
	__u64 at_ns = ui->play_from_ns + played_ns, now_ns = cursor_now_ns(ui->cursor);

	if (ui->plays_back) {
		play_back(ui, played_ns);
		return;
	}
	if (at_ns > now_ns && ui_lecture_stops(ui, now_ns, at_ns))
		return;
	if (at_ns > now_ns) {
		cursor_seek_time(ui->cursor, at_ns);
		ui_touch_state(ui);
	}
	if (ui->skips_idle)
		skip_idle(ui);
	if (cursor_event(ui->cursor) >= trace_event_cnt(ui->trace) && at_ns >= ui_end_ns(ui))
		ui_last(ui);
}
