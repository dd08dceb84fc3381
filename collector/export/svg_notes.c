/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notes, losses and the verdict of a timeline. The text of a note stands below its line; where
 * one has no room there, all have a number, and their texts are a list below the picture.
 */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "export/svg_picture.h"

enum {
	MARK_GAP = 8, /* pixels */
	LETTER_W = 7,
	NUMBER_GAP = 18, /* two notes nearer to each other have one line and one number */
	NUMBER_H = 12,	 /* of the row of numbers */
	LIST_H = 16,	 /* of a line of the list */
	LISTED_MAX = 40,
	LISTED_CHARS = 150,
};

static __u64 mark_x(const struct picture *p, __u64 at_ns)
{
	return PLOT_X * CENTI + picture_x(p, at_ns);
}

static __u64 bottom_of(const struct picture *p)
{
	return PLOT_Y + p->row_cnt * LANE_H;
}

/* told: what stands below the line, or NULL: its text is only there for who points at it. */
static void put_mark(struct picture *p, __u64 at_ns, const char *class, const char *text,
		     const char *told)
{
	struct strbuf *out = &p->out->buf;
	__u64 x = mark_x(p, at_ns), bottom = bottom_of(p);
	int low = class[0] == 'd' && p->listed_cnt ? NUMBER_H : 0; /* below the numbers */

	strbuf_addf(out, "<g><title>");
	svg_text(out, text);
	strbuf_addf(out, "</title><line class=\"%s\"", class);
	svg_centi(out, "x1", x);
	strbuf_addf(out, " y1=\"%d\"", PLOT_Y);
	svg_centi(out, "x2", x);
	strbuf_addf(out, " y2=\"%llu\"/>", bottom + 4 + low);
	if (told) {
		strbuf_addf(out, "<text class=\"%s halo end\"", class[0] == 'd' ? "alarm" : "");
		svg_centi(out, "x", x + 4 * CENTI);
		strbuf_addf(out, " y=\"%llu\">", bottom + 14 + low);
		svg_text(out, told);
		strbuf_adds(out, "</text>");
	}
	strbuf_adds(out, "</g>\n");
}

/* How far to the left of its mark a text reaches. */
static __u64 text_width(const char *text)
{
	return strlen(text) * LETTER_W * CENTI;
}

/* Where the line of the verdict is, if it is to be drawn; else 0. */
static __u64 alarm_place(const struct picture *p)
{
	const struct verdict *v = &p->in->found->verdict;

	if ((v->kind != VERDICT_DEADLOCK && v->kind != VERDICT_STALL) ||
	    v->at_ns < p->in->from_ns || v->at_ns > p->in->to_ns)
		return 0;
	return mark_x(p, v->at_ns);
}

/* Is there room for the text of a mark at x? free_x: to the right of the text before. */
static bool has_room(const struct picture *p, const char *text, __u64 x, __u64 free_x)
{
	const char *alarm = verdict_kind_word(p->in->found->verdict.kind);
	__u64 alarm_x = alarm_place(p), gap = MARK_GAP * CENTI;

	return x >= free_x + text_width(text) &&
	       (!alarm_x || x + gap + text_width(alarm) <= alarm_x ||
		x >= alarm_x + gap + text_width(text));
}

void svg_measure_notes(struct picture *p)
{
	__u64 line_x = 0, text_x = 0; /* where the next may be */
	bool fit = true;
	size_t cnt = 0;

	vec_for_each(mark, &p->lanes.marks) {
		__u64 x = mark_x(p, mark->at_ns);

		if (!mark->text)
			continue;
		cnt++;
		fit = fit && x >= line_x && has_room(p, mark->text, x, text_x);
		line_x = text_x = x + MARK_GAP * CENTI;
	}
	p->listed_cnt = fit ? 0 : cnt;
}

int svg_foot_height(const struct picture *p)
{
	size_t lines = p->listed_cnt < LISTED_MAX ? p->listed_cnt : LISTED_MAX + 1;

	return FOOT_H + (p->listed_cnt ? NUMBER_H + LIST_H / 2 + lines * LIST_H : 0);
}

/* Losses, and notes where they do not stand on each other's feet. */
static void put_texts(struct picture *p)
{
	__u64 line_x = 0, text_x = 0;
	char lost[64];

	vec_for_each(mark, &p->lanes.marks) {
		__u64 x = mark_x(p, mark->at_ns);
		const char *text = mark->text ? mark->text : lost;
		bool is_told;

		if (x < line_x || (mark->text && p->listed_cnt))
			continue;
		line_x = x + MARK_GAP * CENTI;
		snprintf(lost, sizeof(lost), "%llu lost", mark->lost_cnt);
		is_told = !p->listed_cnt && has_room(p, text, x, text_x);
		put_mark(p, mark->at_ns, "mark", text, is_told ? text : NULL);
		if (is_told)
			text_x = line_x;
	}
}

/* A line of the list: number, time, text, cut between characters. */
static void put_listed(struct picture *p, size_t line, const char *number,
		       const struct lane_mark *mark)
{
	__u64 y = bottom_of(p) + FOOT_H + NUMBER_H + 6 + line * LIST_H;
	struct strbuf *out = &p->out->buf, cut = {};
	size_t len = 0, cnt = 0;
	char when[FMT_SZ];

	while (mark->text[len] && (cnt < LISTED_CHARS || (mark->text[len] & 0xc0) == 0x80))
		cnt += (mark->text[len++] & 0xc0) != 0x80;
	strbuf_add(&cut, mark->text, len);
	fmt_clock(when, sizeof(when), export_clock_ns(p->in, mark->at_ns));
	strbuf_addf(out, "<text class=\"end\" x=\"30\" y=\"%llu\">%s</text>\n", y, number);
	strbuf_addf(out, "<text x=\"40\" y=\"%llu\">%s</text>\n", y, when);
	strbuf_addf(out, "<text x=\"%d\" y=\"%llu\">", PLOT_X, y);
	svg_text(out, strbuf_str(&cut));
	strbuf_addf(out, "%s</text>\n", mark->text[len] ? " ..." : "");
	strbuf_release(&cut);
}

/* Of notes that are nearly at one place the first has the line and the number. */
static void put_numbers(struct picture *p)
{
	size_t number = 0, line = 0;
	__u64 free_x = 0;
	char text[16];

	vec_for_each(mark, &p->lanes.marks) {
		__u64 x = mark_x(p, mark->at_ns);

		if (!mark->text)
			continue;
		if (x >= free_x) {
			snprintf(text, sizeof(text), "%zu", ++number);
			put_mark(p, mark->at_ns, "mark", mark->text, text);
			free_x = x + NUMBER_GAP * CENTI;
		}
		if (line < LISTED_MAX)
			put_listed(p, line, text, mark);
		line++;
	}
	if (line > LISTED_MAX)
		strbuf_addf(&p->out->buf, "<text x=\"40\" y=\"%llu\">and %zu more notes</text>\n",
			    bottom_of(p) + FOOT_H + NUMBER_H + 6 + LISTED_MAX * LIST_H,
			    line - LISTED_MAX);
}

void svg_put_notes(struct picture *p)
{
	const struct verdict *v = &p->in->found->verdict;

	put_texts(p);
	if (p->listed_cnt)
		put_numbers(p);
	if (alarm_place(p))
		put_mark(p, v->at_ns, "deadlock", verdict_kind_word(v->kind),
			 verdict_kind_word(v->kind));
}
