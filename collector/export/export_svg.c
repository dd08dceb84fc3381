/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures for slides: the timeline of a window, or the wait-for graph at a moment. */
#include <string.h>

#include "export/svg.h"

enum { SENTENCE_MAX = 170 }; /* characters that fit into the width */

/* U+FFFE and U+FFFF are UTF-8 and safe to show, but no characters of XML 1.0 (production 2). */
static bool is_no_xml(const char *text)
{
	return !strncmp(text, "\xef\xbf\xbe", 3) || !strncmp(text, "\xef\xbf\xbf", 3);
}

void svg_text(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '\xef':
			strbuf_addch(out, is_no_xml(text) ? '?' : *text);
			text += is_no_xml(text) ? 2 : 0;
			break;
		case '&':
			strbuf_adds(out, "&amp;");
			break;
		case '<':
			strbuf_adds(out, "&lt;");
			break;
		case '>':
			strbuf_adds(out, "&gt;");
			break;
		case '"':
			strbuf_adds(out, "&quot;");
			break;
		default:
			strbuf_addch(out, *text);
		}
	}
}

static void put_style(struct strbuf *out)
{
	strbuf_adds(out, "<style>\n"
			 "text { font-family: sans-serif; font-size: 11px; fill: #000 }\n"
			 ".title { font-size: 14px; font-weight: bold }\n"
			 ".alarm { fill: " SVG_ALARM "; font-weight: bold }\n"
			 ".grid { stroke: #ddd }\n"
			 ".wake { stroke: #444; stroke-width: 0.7; marker-end: url(#arrow) }\n"
			 ".mark { stroke: #666; stroke-dasharray: 4 3 }\n"
			 ".deadlock { stroke: " SVG_ALARM "; stroke-width: 2 }\n"
			 ".node { fill: #fff; stroke: #000 }\n"
			 ".edge { fill: none; stroke: #000; marker-end: url(#arrow) }\n"
			 ".dashed { stroke-dasharray: 5 3 }\n"
			 ".dotted { stroke-dasharray: 2 3 }\n"
			 ".node.bad { stroke: " SVG_ALARM "; stroke-width: 2.5 }\n"
			 ".edge.bad { stroke: " SVG_ALARM "; stroke-width: 2 }\n"
			 ".halo { paint-order: stroke; stroke: #fff; stroke-width: 3px }\n"
			 ".end { text-anchor: end }\n"
			 ".middle { text-anchor: middle }\n");
#define STATE_STYLE(name, color, height) strbuf_adds(out, "." #name " { fill: " color " }\n");
	SVG_STATES(STATE_STYLE)
#undef STATE_STYLE
	strbuf_adds(out, "</style>\n");
}

void svg_begin(struct strbuf *out, int width, int height, const char *name)
{
	strbuf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	strbuf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		    "viewBox=\"0 0 %d %d\">\n<title>",
		    width, height, width, height);
	svg_text(out, name);
	strbuf_adds(out, "</title>\n");
	put_style(out);
	strbuf_adds(out, "<defs>\n<marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
			 "markerUnits=\"userSpaceOnUse\" markerWidth=\"8\" markerHeight=\"8\" "
			 "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker>\n"
			 "<pattern id=\"unknown\" width=\"6\" height=\"6\" "
			 "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
			 "<rect width=\"6\" height=\"6\" fill=\"#eee\"/>"
			 "<rect width=\"2\" height=\"6\" fill=\"#999\"/></pattern>\n</defs>\n"
			 "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

void svg_title(const struct export_input *in, struct strbuf *out, const char *when,
	       const char *sentence)
{
	struct strbuf cut = {};
	size_t len = 0, cnt = 0;

	/* Cut between characters: what continues one begins with the bits 10. */
	while (sentence[len] && (cnt < SENTENCE_MAX || (sentence[len] & 0xc0) == 0x80))
		cnt += (sentence[len++] & 0xc0) != 0x80;
	strbuf_add(&cut, sentence, len);
	strbuf_adds(out, "<text class=\"title\" x=\"10\" y=\"20\">");
	svg_text(out, in->source);
	strbuf_addch(out, ' ');
	svg_text(out, when);
	strbuf_adds(out, "</text>\n<text x=\"10\" y=\"38\">");
	svg_text(out, strbuf_str(&cut));
	strbuf_addf(out, "%s</text>\n", sentence[len] ? " ..." : "");
	strbuf_release(&cut);
}

int export_svg(const struct export_input *in, struct out *out)
{
	return in->at ? svg_graph(in, out) : svg_timeline(in, out);
}
