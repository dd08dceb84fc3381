/* SPDX-License-Identifier: GPL-2.0-only */
/* The title line, the tabs and the key bar. */
#include "tui/head.h"

#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "tui/state_words.h"
#include "tui/ui_private.h"

static void format_events(const struct ui *ui, char *buf, size_t sz)
{
	char at[FMT_SZ], all[FMT_SZ];

	fmt_count(all, sizeof(all), trace_event_cnt(ui->trace));
	fmt_count(at, sizeof(at), ui_event(ui));
	if (ui->mode == UI_FOLLOW)
		snprintf(buf, sz, "%s events", all);
	else
		snprintf(buf, sz, "%s of %s events", at, all);
}

/* "3 R 1 Y 5 B": the letters are those of the state column; Linux has one for two. */
static void format_states(const struct ui *ui, char *buf, size_t sz)
{
	const struct model *m = ui_model(ui);

	size_t running = model_state_cnt(m, THREAD_RUNNING);
	size_t ready = model_state_cnt(m, THREAD_READY);
	size_t blocked = model_state_cnt(m, THREAD_BLOCKED);
	char r = state_letter(THREAD_RUNNING), y = state_letter(THREAD_READY);
	char b = state_letter(THREAD_BLOCKED);

	if (r == y)
		snprintf(buf, sz, "%zu %c %zu %c", running + ready, r, blocked, b);
	else
		snprintf(buf, sz, "%zu %c %zu %c %zu %c", running, r, ready, y, blocked, b);
}

/* A field at the right of the title line. */
struct field {
	char text[96];
	unsigned style;
	int gap;	/* blanks behind it */
	int title_cols; /* it gives way when the title had less than that */
};

enum { FIELD_CNT = 6, NAME_COLS = 9 /* " ctrace  " */, TITLE_COLS_MIN = 15 };
enum { REC_COLS_MIN = 72 };
enum { TAB_COL = 3, TAB_GAP = 2 };

/* What the screen does, as a badge, and the time beside it. */
static void clock_fields(const struct ui *ui, struct field *clock, struct field *badge)
{
	char now[FMT_SZ], end[FMT_SZ];
	__u64 begin_ns = ui_begin_ns(ui);
	const char *word = ui_predict_is_on(ui) ? "PREDICT" : "PAUSED";

	fmt_clock(now, sizeof(now), ui_now_ns(ui) - begin_ns);
	fmt_clock(end, sizeof(end), ui_end_ns(ui) - begin_ns);
	badge->style = ui->mode == UI_PAUSED ? STYLE_CURSOR : STYLE_GOOD;
	if (ui->mode == UI_FOLLOW)
		word = ui->is_live ? "LIVE" : "END";
	else if (ui->mode == UI_PLAY)
		word = ui_speed_word(ui);
	snprintf(badge->text, sizeof(badge->text), " %s%s ",
		 ui->mode == UI_PLAY && ui->plays_back ? "BACK " : "", word);
	if (ui->mode == UI_FOLLOW)
		snprintf(clock->text, sizeof(clock->text), "%s", now);
	else /* at rest one steps by microseconds */
		snprintf(clock->text, sizeof(clock->text), "%s%03u of %s", now,
			 (unsigned)((ui_now_ns(ui) - begin_ns) / 1000 % 1000), end);
}

/* "REC 1.2 MiB 12.4 s", or without numbers where there is no room for them. */
static void recording_field(const struct ui *ui, int cols, struct field *ret)
{
	const struct ui_recording *rec = &ui->recording;
	__u64 end_ns = ui_end_ns(ui);
	char sz[FMT_SZ], span[FMT_SZ], lost[FMT_SZ];

	if (!rec->is_on && !rec->is_ending)
		return;
	*ret = (struct field){ .style = rec->lost_cnt ? STYLE_ALARM : STYLE_CURSOR, .gap = 1 };
	fmt_size(sz, sizeof(sz), rec->sz);
	fmt_count(lost, sizeof(lost), rec->lost_cnt);
	fmt_duration(span, sizeof(span), end_ns > rec->begin_ns ? end_ns - rec->begin_ns : 0);
	if (cols < REC_COLS_MIN)
		snprintf(ret->text, sizeof(ret->text), rec->lost_cnt ? " REC LOST " : " REC ");
	else if (rec->lost_cnt)
		snprintf(ret->text, sizeof(ret->text), " REC %s, %s LOST ", sz, lost);
	else if (rec->is_ending)
		snprintf(ret->text, sizeof(ret->text), " REC ends, %s ", sz);
	else
		snprintf(ret->text, sizeof(ret->text), " REC %s %s ", sz, span);
}

/* From the right to the left. The loss, the clock and the recording never give way. */
static void fill_fields(const struct ui *ui, int cols, struct field fields[FIELD_CNT])
{
	__u64 lost = model_lost(trace_tail(ui->trace), 0);
	int title_cols = text_width(ui->title);
	char number[FMT_SZ];

	fields[0] = (struct field){ .style = lost ? STYLE_ALARM : STYLE_BAR };
	snprintf(fields[0].text, sizeof(fields[0].text), lost ? " %s LOST " : " %s lost ",
		 fmt_count(number, sizeof(number), lost));
	fields[1] = (struct field){ .style = STYLE_BAR, .gap = 1 };
	fields[2] = (struct field){ .gap = 1 };
	clock_fields(ui, &fields[1], &fields[2]);
	fields[3] = (struct field){};
	recording_field(ui, cols, &fields[3]);
	fields[4] = (struct field){ .style = STYLE_BAR, .gap = 2, .title_cols = TITLE_COLS_MIN };
	format_events(ui, fields[4].text, sizeof(fields[4].text));
	fields[5] = (struct field){ .style = STYLE_BAR,
				    .gap = 2,
				    .title_cols = title_cols + NAME_COLS };
	format_states(ui, fields[5].text, sizeof(fields[5].text));
}

/* Without the directories of the program where they would push its name off the line. */
static const char *short_title(const char *title, int cols)
{
	const char *slash = memrchr(title, '/', strcspn(title, " "));

	return slash && slash - title > 1 && text_width(title) > cols ? slash + 1 : title;
}

void head_draw_title(const struct ui *ui, struct canvas *c)
{
	struct field fields[FIELD_CNT];
	int col = c->cols, from = 1;

	fill_fields(ui, c->cols, fields);
	canvas_blank(c, 0, 0, -1, STYLE_BAR);
	for (int i = 0; i < FIELD_CNT; i++) {
		int width = text_width(fields[i].text) + fields[i].gap;

		if (col - width < fields[i].title_cols)
			break;
		col -= width;
		canvas_puts(c, 0, col, fields[i].style, fields[i].text);
	}
	if (col >= NAME_COLS + TITLE_COLS_MIN)
		from = canvas_puts(c, 0, 1, STYLE_BAR_KEY, "ctrace") + 1;
	col -= from + 1;
	canvas_field(c, 0, from, col, STYLE_BAR, short_title(ui->title, col));
}

/* The first tab, so that the one that is shown is in sight however narrow it is. */
static size_t first_tab(const struct ui *ui, int cols)
{
	size_t first = ui->view;

	for (int width = 0; first > 0; first--) {
		width += text_width(ui->views[first].ops->name) + TAB_GAP;
		if (width + text_width(ui->views[first - 1].ops->name) + TAB_GAP > cols)
			break;
	}
	return first;
}

void head_draw_tabs(const struct ui *ui, struct canvas *c)
{
	int col = TAB_COL;

	canvas_hline(c, 0, 0, -1, STYLE_RULE, GLYPH_HLINE);
	for (size_t i = first_tab(ui, c->cols - TAB_COL); i < VIEW_CNT; i++) {
		bool is_shown = i == ui->view;

		col = canvas_printf(c, 0, col, is_shown ? STYLE_CURSOR : STYLE_DIM,
				    is_shown ? "[%s]" : " %s ", ui->views[i].ops->name);
	}
}

/* What the key does now: a view that is paused plays on, and a recording has no present. */
static const char *key_label(const struct ui *ui, const struct key_info *key)
{
	if (key->action == ACT_PAUSE && ui->mode == UI_PAUSED)
		return "play";
	if (key->action == ACT_LAST && ui->mode != UI_FOLLOW)
		return "last";
	return key->bar;
}

static void draw_keys(const struct ui *ui, struct canvas *c)
{
	const struct key_info *key;
	int col = 1;

	canvas_blank(c, 0, 0, -1, STYLE_BAR);
	for (size_t i = 0; (key = keymap_at(i)); i++) {
		const char *label = key_label(ui, key);
		char first[16];

		if (!key->bar[0])
			continue;
		/* The first way to press it, up to the blank. */
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(key->shown + 1, " ") + 1,
			 key->shown);
		if (col + text_width(first) + text_width(label) + 1 >= c->cols)
			break;
		col = canvas_puts(c, 0, col, STYLE_BAR_KEY, first) + 1;
		col = canvas_puts(c, 0, col, STYLE_BAR, label) + 2;
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
	if (!ui->text[0])
		canvas_puts(c, 0, col + 1, STYLE_DIM, ui_prompt_hint(ui->prompt));
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
		draw_keys(ui, c);
	}
}
