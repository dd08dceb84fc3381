/* SPDX-License-Identifier: GPL-2.0-only */
/* The timeline while it is drawn, for svg_timeline.c and svg_frame.c alone. */
#ifndef CTRACE_EXPORT_SVG_PICTURE_H
#define CTRACE_EXPORT_SVG_PICTURE_H

#include "export/lanes.h"
#include "export/svg.h"

enum {
	PICTURE_W = 1200,
	PLOT_X = 170,
	PLOT_W = 1000, /* columns */
	PLOT_Y = 62,
	LANE_H = 22,
	BAR_H = 14, /* of SVG_STATES */
	FOOT_H = 48,
	ARROW_MAX = 2000,
	CENTI = 100, /* positions are counted in hundredths of a pixel */
};

/* Time of the short stays of one column of one lane. */
struct pixels {
	__u64 ns[THREAD_STATE_CNT];
};

struct row {
	struct pixels *columns; /* PLOT_W of them, or NULL: there are no short stays */
	__u64 arrow_x;		/* of the last arrow to it, in centipixels */
	bool has_arrow;
};

struct picture {
	const struct export_input *in;
	struct out *out;
	struct lanes lanes;
	size_t row_cnt;
	struct row *rows;
	struct strbuf arrows;
	size_t arrow_cnt;
	size_t listed_cnt; /* notes that are told below the picture; 0: all fit into it */
};

/* The length of the window, never 0. */
static inline __u64 picture_span_ns(const struct picture *p)
{
	return p->in->to_ns > p->in->from_ns ? p->in->to_ns - p->in->from_ns : 1;
}

/* Centipixels from the left edge of the plot. */
static inline __u64 picture_x(const struct picture *p, __u64 ns)
{
	return (unsigned __int128)(ns - p->in->from_ns) * (PLOT_W * CENTI) / picture_span_ns(p);
}

/* The top of the bars of a row. */
static inline __u64 picture_y(size_t row)
{
	return PLOT_Y + row * LANE_H + (LANE_H - BAR_H) / 2;
}

/* Append name="123.45": a decimal point in every locale. */
void svg_centi(struct strbuf *out, const char *name, __u64 centi);

/* Notes, losses and the verdict, as lines; and the list of notes, if they do not fit. */
void svg_measure_notes(struct picture *p);
void svg_put_notes(struct picture *p);
int svg_foot_height(const struct picture *p);

/* What is behind the bars, and what is before them. */
void svg_put_frame(struct picture *p);
void svg_put_marks(struct picture *p);

#endif /* CTRACE_EXPORT_SVG_PICTURE_H */
