/* SPDX-License-Identifier: GPL-2.0-only */
/* What the pictures share: colours, text in XML, the frame. */
#ifndef CTRACE_EXPORT_SVG_H
#define CTRACE_EXPORT_SVG_H

#include "export/export.h"

/*
 * Of Okabe and Ito, "Color Universal Design" (2008), as on the screen. Height tells the
 * states apart, too, so that a picture survives a printer without colours.
 *
 *        state     colour     height of 14
 */
#define SVG_STATES(_)                   \
	_(RUNNING, "#009E73", 14)       \
	_(READY, "#E69F00", 9)          \
	_(BLOCKED, "#56B4E9", 4)        \
	_(STOPPED, "#CC79A7", 4)        \
	_(UNKNOWN, "url(#unknown)", 14) \
	_(NEW, "#999999", 2)            \
	_(ZOMBIE, "#BBBBBB", 2)

#define SVG_ALARM "#D55E00"

/* Append text for between tags or inside of double quotes; control characters do not occur. */
void svg_text(struct strbuf *out, const char *text);

/* The begin up to the first thing that is drawn, and a title over two lines at the top. */
void svg_begin(struct strbuf *out, int width, int height, const char *name);
void svg_title(const struct export_input *in, struct strbuf *out, const char *when,
	       const char *sentence);

/* The timeline of the window, or the graph at the moment. As export_fn. */
int svg_timeline(const struct export_input *in, struct out *out);
int svg_graph(const struct export_input *in, struct out *out);

#endif /* CTRACE_EXPORT_SVG_H */
