/* SPDX-License-Identifier: GPL-2.0-only */
/* What is around the bars of a timeline: title, axis, names, marks, legend. */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "export/svg_picture.h"

void svg_centi(struct strbuf *out, const char *name, __u64 centi)
{
	strbuf_addf(out, " %s=\"%llu.%02llu\"", name, centi / CENTI, centi % CENTI);
}

static void put_lane_names(struct picture *p)
{
	struct strbuf *out = &p->out->buf;

	for (size_t row = 0; row < p->row_cnt; row++) {
		const struct lane *l = &p->lanes.items.items[row];

		strbuf_addf(out,
			    "<line class=\"grid\" x1=\"10\" y1=\"%zu\" x2=\"%d\" y2=\"%zu\"/>\n"
			    "<text x=\"%d\" y=\"%llu\">",
			    PLOT_Y + (row + 1) * LANE_H, PLOT_X + PLOT_W,
			    PLOT_Y + (row + 1) * LANE_H, l->is_main ? 10 : 20,
			    picture_y(row) + BAR_H - 3);
		svg_text(out, l->name);
		strbuf_addf(out, "</text>\n<text class=\"end\" x=\"%d\" y=\"%llu\">%u</text>\n",
			    PLOT_X - 8, picture_y(row) + BAR_H - 3, l->tid);
	}
}

/* The step of the axis: 1, 2 or 5 times a power of ten, at most ten of them. */
static __u64 axis_step(__u64 span)
{
	__u64 step = 1;

	while (span / step > 10) {
		if (span / (step * 2) <= 10)
			return step * 2;
		if (span / (step * 5) <= 10)
			return step * 5;
		step *= 10;
	}
	return step;
}

/* In the unit that suits the window, with the decimals that the step needs. */
static void add_axis_label(struct strbuf *out, __u64 ns, __u64 end_ns, __u64 step)
{
	static const struct {
		__u64 ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	int unit = 0, decimals = 0;
	__u64 part;

	while (unit < 3 && end_ns < 2 * units[unit].ns)
		unit++;
	for (part = units[unit].ns; step % part && part > 1; part /= 10)
		decimals++;
	strbuf_addf(out, "%llu", ns / units[unit].ns);
	if (decimals)
		strbuf_addf(out, ".%0*llu", decimals, ns % units[unit].ns / part);
	strbuf_addf(out, " %s", units[unit].name);
}

static void put_axis(struct picture *p)
{
	__u64 begin_ns = export_begin_ns(p->in), step = axis_step(picture_span_ns(p));
	__u64 bottom = PLOT_Y + p->row_cnt * LANE_H;
	__u64 first = (p->in->from_ns - begin_ns + step - 1) / step * step;

	for (__u64 ns = first; ns <= p->in->to_ns - begin_ns; ns += step) {
		__u64 x = PLOT_X * CENTI + picture_x(p, begin_ns + ns);

		strbuf_adds(&p->out->buf, "<line class=\"grid\"");
		svg_centi(&p->out->buf, "x1", x);
		strbuf_addf(&p->out->buf, " y1=\"%d\"", PLOT_Y - 4);
		svg_centi(&p->out->buf, "x2", x);
		strbuf_addf(&p->out->buf, " y2=\"%llu\"/>\n<text class=\"middle\"", bottom);
		svg_centi(&p->out->buf, "x", x);
		strbuf_addf(&p->out->buf, " y=\"%d\">", PLOT_Y - 8);
		add_axis_label(&p->out->buf, ns, p->in->to_ns - begin_ns, step);
		strbuf_adds(&p->out->buf, "</text>\n");
	}
}

static void put_legend(struct picture *p)
{
	struct strbuf *out = &p->out->buf;
	int x = PLOT_X, y = PLOT_Y + p->row_cnt * LANE_H + FOOT_H - 14 + (p->listed_cnt ? 12 : 0);

#define LEGEND(name, color, height)                                             \
	strbuf_addf(out,                                                        \
		    "<rect class=\"" #name "\" x=\"%d\" y=\"%d\" width=\"24\" " \
		    "height=\"%d\"/><text x=\"%d\" y=\"%d\">%s</text>\n",       \
		    x, y - 11 + (BAR_H - height) / 2, height, x + 29, y,        \
		    thread_state_word(THREAD_##name));                          \
	x += 100;
	SVG_STATES(LEGEND)
#undef LEGEND
	strbuf_addf(out,
		    "<line class=\"wake\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
		    "<text x=\"%d\" y=\"%d\">wakes%s</text>\n",
		    x + 8, y - 12, x + 8, y, x + 20, y,
		    p->arrow_cnt > ARROW_MAX ? ": too many to draw" : "");
	if (p->lanes.items.cnt > p->row_cnt)
		strbuf_addf(out,
			    "<text class=\"alarm\" x=\"10\" y=\"%d\">%zu%s more threads</text>\n",
			    y, p->lanes.items.cnt - p->row_cnt, p->lanes.has_more ? "+" : "");
}

static void put_head(struct picture *p)
{
	char from[FMT_SZ], to[FMT_SZ], when[2 * FMT_SZ + 8];
	struct strbuf sentence = {};
	struct cursor *at = cursor_new(p->in->trace);

	cursor_seek_event(at, p->in->found->event);
	verdict_sentence(&p->in->found->verdict, cursor_model(at), cursor_now_ns(at), &sentence);
	fmt_clock(from, sizeof(from), export_clock_ns(p->in, p->in->from_ns));
	fmt_clock(to, sizeof(to), export_clock_ns(p->in, p->in->to_ns));
	snprintf(when, sizeof(when), "%s to %s", from, to);
	svg_begin(&p->out->buf, PICTURE_W, PLOT_Y + p->row_cnt * LANE_H + svg_foot_height(p),
		  p->in->source);
	svg_title(p->in, &p->out->buf, when, strbuf_str(&sentence));
	strbuf_release(&sentence);
	cursor_free(at);
}

void svg_put_frame(struct picture *p)
{
	svg_measure_notes(p);
	put_head(p);
	put_axis(p);
	put_lane_names(p);
}

void svg_put_marks(struct picture *p)
{
	svg_put_notes(p);
	put_legend(p);
	strbuf_adds(&p->out->buf, "</svg>\n");
}
