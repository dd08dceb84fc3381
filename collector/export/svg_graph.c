/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph as a picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "export/label.h"
#include "export/svg.h"
#include "export/svg_place.h"

enum {
	NODE_W_MIN = 150,
	TITLE_MAX = 48, /* characters; */
	CHAR_W = 6,	/* so wide each, */
	TITLE_PAD = 24, /* and so much room beside them */
	SHIFT = 30,	/* of lines that would be on each other */
};

/* Is it a byte within a character of UTF-8? */
static bool is_inside(char ch)
{
	return ((unsigned char)ch & 0xc0) == 0x80;
}

static int utf8_length(const char *text)
{
	int cnt = 0;

	for (; *text; text++)
		cnt += !is_inside(*text);
	return cnt;
}

/* As wide as the longest title wants it, within limits. */
static void measure_nodes(struct svg_drawing *d)
{
	int longest = 0;

	for (int i = 0; i < d->node_cnt; i++) {
		struct strbuf title = {};
		int len;

		graph_picture_add_title(d->picture, &d->picture->graph.nodes.items[i], &title);
		len = utf8_length(strbuf_str(&title));
		longest = len > longest ? len : longest;
		strbuf_release(&title);
	}
	longest = longest < TITLE_MAX ? longest : TITLE_MAX;
	d->node_w = longest * CHAR_W + TITLE_PAD;
	d->node_w = d->node_w > NODE_W_MIN ? d->node_w : NODE_W_MIN;
}

/* A name that is too long for the widest node without its middle: the ends tell names apart. */
static void put_title(struct strbuf *out, const char *title)
{
	struct strbuf text = {};
	size_t len = strlen(title), head = TITLE_MAX / 3, tail;

	if (utf8_length(title) > TITLE_MAX) {
		tail = len - (TITLE_MAX - head - 3);
		while (head && is_inside(title[head]))
			head--;
		while (tail < len && is_inside(title[tail]))
			tail++;
		strbuf_add(&text, title, head);
		strbuf_adds(&text, "...");
		title += tail;
	}
	strbuf_adds(&text, title);
	svg_text(out, strbuf_str(&text));
	strbuf_release(&text);
}

static void put_node(struct strbuf *out, const struct svg_drawing *d, int i)
{
	const struct wait_node *n = &d->picture->graph.nodes.items[i];
	const struct svg_place *p = &d->places[i];
	struct strbuf title = {}, state = {};

	graph_picture_add_title(d->picture, n, &title);
	graph_picture_add_state(d->picture, n, &state);
	strbuf_addf(out,
		    "<rect class=\"node%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\""
		    " rx=\"%d\"/>\n<text class=\"middle\" x=\"%d\" y=\"%d\">",
		    n->is_alarm ? " bad" : "", p->x - d->node_w / 2, p->y - SVG_NODE_H / 2,
		    d->node_w, SVG_NODE_H, graph_picture_is_round(n) ? SVG_NODE_H / 2 : 0, p->x,
		    p->y + (state.len ? -2 : 4));
	put_title(out, strbuf_str(&title));
	strbuf_addf(out, "</text>\n<text class=\"middle\" x=\"%d\" y=\"%d\">", p->x, p->y + 12);
	svg_text(out, strbuf_str(&state));
	strbuf_adds(out, "</text>\n");
	strbuf_release(&title);
	strbuf_release(&state);
}

struct line {
	int x1, y1, x2, y2;
	bool is_around; /* it closes a ring at its left side, and is no straight one */
};

/* Where the line leaves or enters a node, on the side that faces the other one. */
static void anchor(const struct svg_drawing *d, const struct svg_place *p,
		   const struct svg_place *other, int shift, int *ret_x, int *ret_y)
{
	*ret_x = p->x;
	*ret_y = p->y;
	if (p->y == other->y) {
		*ret_x += other->x > p->x ? d->node_w / 2 : -d->node_w / 2;
		*ret_y += shift;
	} else {
		*ret_x += shift;
		*ret_y += other->y > p->y ? SVG_NODE_H / 2 : -SVG_NODE_H / 2;
	}
}

/* Two that point at each other have their lines beside each other. */
static struct line line_of(const struct svg_drawing *d, const struct wait_edge *e)
{
	const struct svg_place *from = &d->places[e->from], *to = &d->places[e->to];
	int shift = to->next == e->from ? SHIFT : 0;
	struct line l = { .is_around = from->closes && from->next == e->to };

	if (l.is_around) {
		l.x1 = from->x - d->node_w / 2;
		l.x2 = to->x - d->node_w / 2;
		l.y1 = from->y;
		l.y2 = to->y;
		return l;
	}
	if (from->y > to->y || (from->y == to->y && from->x > to->x))
		shift = -shift;
	anchor(d, from, to, shift, &l.x1, &l.y1);
	anchor(d, to, from, shift, &l.x2, &l.y2);
	return l;
}

static void put_line(struct strbuf *out, const struct svg_drawing *d, const struct wait_edge *e)
{
	struct line l = line_of(d, e);

	strbuf_addf(out, "<path class=\"edge%s%s\" data-from=\"%d\" data-to=\"%d\" d=\"M%d %d",
		    e->kind == WAIT_EDGE_ANY ? " dotted"
		    : wait_edge_is_dashed(e) ? " dashed"
					     : "",
		    e->is_alarm ? " bad" : "", e->from, e->to, l.x1, l.y1);
	if (l.is_around)
		strbuf_addf(out, "H%dV%d", l.x2 - SVG_AROUND, l.y2);
	strbuf_addf(out, "L%d %d\"/>\n", l.x2, l.y2);
}

/* Of a line across the words are where fewer others are: not in the middle. */
static void put_label(struct strbuf *out, const struct svg_drawing *d, const struct wait_edge *e)
{
	struct line l = line_of(d, e);
	bool is_across = l.x1 != l.x2 && l.y1 != l.y2;
	int x = is_across ? (3 * l.x1 + l.x2) / 4 : (l.x1 + l.x2) / 2;
	int y = is_across ? (3 * l.y1 + l.y2) / 4 : (l.y1 + l.y2) / 2;
	struct strbuf label = {};

	if (l.is_around) {
		x = l.x1 - SVG_GAP / 2;
		y = l.y1;
	}
	graph_picture_add_label(d->picture, e, &label);
	strbuf_addf(out, "<text class=\"halo middle\" x=\"%d\" y=\"%d\">", x,
		    y + (l.y1 == l.y2 || l.is_around ? -6 : 4));
	svg_text(out, strbuf_str(&label));
	strbuf_adds(out, "</text>\n");
	strbuf_release(&label);
}

static void put_all(const struct export_input *in, struct strbuf *out, const struct svg_drawing *d)
{
	struct strbuf title = {};
	char buf[FMT_SZ], when[FMT_SZ + 4] = "at ";

	strcat(when, fmt_clock(buf, sizeof(buf), export_clock_ns(in, d->picture->now_ns)));
	graph_picture_add_sentence(d->picture, &title);
	svg_begin(out, d->width + SVG_MARGIN, d->height + SVG_MARGIN, in->source);
	svg_title(in, out, when, strbuf_str(&title));
	vec_for_each(e, &d->picture->graph.edges)
		put_line(out, d, e);
	vec_for_each(e, &d->picture->graph.edges)
		put_label(out, d, e);
	for (int i = 0; i < d->node_cnt; i++)
		put_node(out, d, i);
	strbuf_adds(out, "</svg>\n");
	strbuf_release(&title);
}

int svg_graph(const struct export_input *in, struct out *out)
{
	struct graph_picture picture;
	struct svg_drawing d = { .picture = &picture };
	int err = 0;

	graph_picture_take(in, &picture);
	if (picture.graph.nodes.cnt > SVG_NODE_MAX) {
		log_err("%zu threads and locks are too many for one picture (%d); "
			"use --format=dot",
			picture.graph.nodes.cnt, SVG_NODE_MAX);
		err = -EMSGSIZE;
	} else {
		d.node_cnt = picture.graph.nodes.cnt;
		d.places = xcalloc(d.node_cnt, sizeof(*d.places));
		measure_nodes(&d);
		svg_place_all(&d);
		put_all(in, &out->buf, &d);
		free(d.places);
	}
	graph_picture_release(&picture);
	return err ? err : out_commit(out);
}
