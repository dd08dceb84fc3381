/* SPDX-License-Identifier: GPL-2.0-only */
/* The title line, the tabs and the key bar. */
#include "tui/head.h"

#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "tui/ui_private.h"

struct clock_text {
	const char *word; /* what the screen does */
	unsigned style;
	char text[80];
};

static struct clock_text clock_of(const struct ui *ui)
{
	struct clock_text t = { .word = "PAUSED", .style = STYLE_CURSOR };
	char now[FMT_SZ], end[FMT_SZ];
	__u64 begin_ns = ui_begin_ns(ui);

	fmt_clock(now, sizeof(now), ui_now_ns(ui) - begin_ns);
	fmt_clock(end, sizeof(end), ui_end_ns(ui) - begin_ns);
	if (ui->mode == UI_FOLLOW) {
		t.word = ui->is_live ? "LIVE" : "END";
		t.style = ui->is_live ? STYLE_GOOD : STYLE_BOLD;
		snprintf(t.text, sizeof(t.text), "%s", now);
		return t;
	}
	if (ui->mode == UI_PLAY) {
		t.word = ui_speed_word(ui);
		t.style = STYLE_GOOD;
	}
	snprintf(t.text, sizeof(t.text), "%s of %s%s", now, end, ui->is_live ? " live" : "");
	return t;
}

static void format_events(const struct ui *ui, char *buf, size_t sz)
{
	char at[FMT_SZ], all[FMT_SZ];

	fmt_count(all, sizeof(all), trace_event_cnt(ui->trace));
	fmt_count(at, sizeof(at), ui_event(ui));
	if (ui->mode == UI_FOLLOW)
		snprintf(buf, sz, "%s events", all);
	else
		snprintf(buf, sz, "%s of %s ev", at, all);
}

/* "3 R 1 Y 5 B": the letters are those of the state column. */
static void format_states(const struct ui *ui, char *buf, size_t sz)
{
	const struct model *m = ui_model(ui);

	snprintf(buf, sz, "%zu R %zu Y %zu B", model_state_cnt(m, THREAD_RUNNING),
		 model_state_cnt(m, THREAD_READY), model_state_cnt(m, THREAD_BLOCKED));
}

/* Right to left, each only if the title keeps some room: the loss is the last to go. */
void head_draw_title(const struct ui *ui, struct canvas *c)
{
	struct clock_text clock = clock_of(ui);
	__u64 lost = model_lost(trace_tail(ui->trace), 0);
	char lost_text[FMT_SZ + 8], events[2 * FMT_SZ + 16], states[96], number[FMT_SZ];
	int col = c->cols, title_min = 12;
	struct {
		const char *text;
		unsigned style;
	} parts[] = {
		{ lost_text, lost ? STYLE_ALARM : STYLE_BAR },
		{ clock.text, STYLE_BAR },
		{ clock.word, clock.style },
		{ events, STYLE_BAR },
		{ states, STYLE_BAR },
	};

	snprintf(lost_text, sizeof(lost_text), lost ? " %s LOST " : " %s lost ",
		 fmt_count(number, sizeof(number), lost));
	format_events(ui, events, sizeof(events));
	format_states(ui, states, sizeof(states));
	canvas_blank(c, 0, 0, -1, STYLE_BAR);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int width = text_width(parts[i].text);
		int gap = i == 0 ? 0 : i == 2 ? 1 : 2;

		if (col - gap - width < (i <= 2 ? 0 : title_min + 10))
			break;
		col -= gap + width;
		canvas_puts(c, 0, col, parts[i].style, parts[i].text);
	}
	if (col > 9 + title_min)
		canvas_puts(c, 0, 1, STYLE_BAR_KEY, "ctrace");
	canvas_field(c, 0, col > 9 + title_min ? 8 : 1, col - (col > 9 + title_min ? 9 : 2),
		     STYLE_BAR, ui->title);
}

void head_draw_tabs(const struct ui *ui, struct canvas *c)
{
	int col = 3;

	canvas_hline(c, 0, 0, -1, STYLE_RULE, GLYPH_HLINE);
	for (size_t i = 0; i < VIEW_CNT; i++) {
		bool is_shown = i == ui->view;

		col = canvas_printf(c, 0, col, is_shown ? STYLE_CURSOR : STYLE_DIM,
				    is_shown ? "[%s]" : " %s ", ui->views[i].ops->name);
	}
}

static void draw_keys(struct canvas *c)
{
	const struct key_info *key;
	int col = 1;

	canvas_blank(c, 0, 0, -1, STYLE_BAR);
	for (size_t i = 0; (key = keymap_at(i)); i++) {
		char first[16];

		if (!key->bar[0])
			continue;
		/* The first way to press it, up to the blank. */
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(key->shown + 1, " ") + 1,
			 key->shown);
		if (col + text_width(first) + text_width(key->bar) + 1 >= c->cols)
			break;
		col = canvas_puts(c, 0, col, STYLE_BAR_KEY, first) + 1;
		col = canvas_puts(c, 0, col, STYLE_BAR, key->bar) + 2;
	}
}

/* The end of what is typed stays visible when it is longer than the row. */
static void draw_prompt(const struct ui *ui, struct canvas *c)
{
	const char *label = ui_prompt_label(ui->prompt);
	int col = canvas_puts(c, 0, 1, STYLE_PROMPT, label);
	const char *text = ui->text;

	canvas_blank(c, 0, 0, 1, STYLE_PROMPT);
	while (*text && col + text_width(text) >= c->cols) {
		do {
			text++;
		} while (((unsigned char)*text & 0xc0) == 0x80);
	}
	col = canvas_puts(c, 0, col, STYLE_PROMPT, text);
	canvas_blank(c, 0, col, -1, STYLE_PROMPT);
	canvas_set_cursor(c, 0, col);
}

void head_draw_bar(const struct ui *ui, struct canvas *c)
{
	if (ui->prompt != PROMPT_NONE) {
		draw_prompt(ui, c);
	} else if (ui->message[0]) {
		canvas_blank(c, 0, 0, -1, STYLE_BOLD);
		canvas_field(c, 0, 1, c->cols - 1, STYLE_BOLD, ui->message);
	} else {
		draw_keys(c);
	}
}
