/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph as a picture.
 *
 * Whoever waits, waits for one thing, and a lock is held by one thread at most: the graph
 * is rings, and trees that hang off them or off somebody who does not wait. Only what has several
 * at its other end has more lines, and the first of these counts. A ring is
 * drawn as two rows, read clockwise; the trees grow upwards from its upper row and
 * downwards from its lower one. A large one without trees has more rows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "export/label.h"
#include "export/svg.h"
#include "export/graph_picture.h"

enum {
	NODE_MAX = 256, /* more is no picture for a slide */
	NODE_W_MIN = 150,
	TITLE_MAX = 48, /* characters; */
	CHAR_W = 6,	/* so wide each, */
	TITLE_PAD = 24, /* and so much room beside them */
	NODE_H = 40,
	GAP = 110, /* to the neighbour, with words on the line to it */
	CELL_H = 86,
	SHIFT = 30,
	AROUND = 30, /* so far from its left side a large ring is closed */
	MARGIN = 20,
	HEAD_H = 56,
	WRAP_W = 1200, /* components beyond begin a new shelf */
	ROWS_MIN = 16, /* rings of more nodes have more than two rows */
	NONE = -1,
};

struct place {
	int next;  /* the node it points to; NONE */
	int ring;  /* position in its ring, clockwise; NONE: it is in a tree */
	int depth; /* steps to the ring or the root */
	bool is_below;
	bool is_placed;
	bool closes; /* the last of a large ring: its line leads around to the first */
	int x, y;    /* of its centre */
};

struct drawing {
	const struct graph_picture *picture;
	struct place *places;
	int node_cnt;
	int node_w, cell_w; /* of all nodes, without and with the gap */
	int x, y, shelf_h;  /* where the next component goes */
	int width, height;
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
static void measure_nodes(struct drawing *d)
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
	d->cell_w = d->node_w + GAP;
}

static void link_nodes(struct drawing *d)
{
	for (int i = 0; i < d->node_cnt; i++)
		d->places[i] = (struct place){ .next = NONE, .ring = NONE };
	for (size_t i = 0; i < d->picture->graph.edges.cnt; i++) {
		const struct wait_edge *e = &d->picture->graph.edges.items[i];

		if (d->places[e->from].next != NONE)
			continue; /* a line across the picture */
		d->places[e->from].next = e->to;
	}
}

/* The node where the way from @i ends: one of the ring, or the root. */
static int find_end(const struct drawing *d, int i)
{
	int step = 0;

	while (d->places[i].next != NONE && step++ <= d->node_cnt)
		i = d->places[i].next;
	return i;
}

/* Number the ring that @first is in; its size. A root is a ring of one, without an edge. */
static int number_ring(struct drawing *d, int first)
{
	int cnt = 0, i = first;

	do {
		d->places[i].ring = cnt++;
		i = d->places[i].next;
	} while (i != NONE && i != first);
	return cnt;
}

/* Columns that the tree on @root takes: one for each leaf. */
static int tree_width(const struct drawing *d, int root)
{
	int width = 0;

	for (int i = 0; i < d->node_cnt; i++)
		if (d->places[i].next == root && d->places[i].ring == NONE)
			width += tree_width(d, i);
	return width ? width : 1;
}

static int tree_depth(const struct drawing *d, int root)
{
	int depth = 0;

	for (int i = 0; i < d->node_cnt; i++) {
		if (d->places[i].next == root && d->places[i].ring == NONE) {
			int below = 1 + tree_depth(d, i);

			depth = below > depth ? below : depth;
		}
	}
	return depth;
}

/* Put the tree into @cells columns from @x on, its root at row @y; @dir: -1 grows upwards. */
static void place_tree(struct drawing *d, int root, int x, int y, int cells, int dir)
{
	struct place *p = &d->places[root];

	p->x = x + cells * d->cell_w / 2;
	p->y = y;
	p->is_below = dir > 0;
	p->is_placed = true;
	for (int i = 0; i < d->node_cnt; i++) {
		int width;

		if (d->places[i].next != root || d->places[i].ring != NONE)
			continue;
		width = tree_width(d, i);
		place_tree(d, i, x, y + dir * CELL_H, width, dir);
		x += width * d->cell_w;
	}
}

/* The node of the ring of @first that has number @ring. */
static int ring_node(const struct drawing *d, int first, int ring)
{
	while (ring--)
		first = d->places[first].next;
	return first;
}

/* A ring of @cnt from @first on: column c has one of the upper row, and one below it. */
static void place_component(struct drawing *d, int first, int cnt)
{
	int cols = (cnt + 1) / 2, up = 0, down = 0, width = 0, widths[NODE_MAX], y;

	for (int col = 0; col < cols; col++) {
		int upper = ring_node(d, first, col), lower = cnt - 1 - col;
		int deep = tree_depth(d, upper);

		widths[col] = tree_width(d, upper);
		up = deep > up ? deep : up;
		if (lower >= cols) {
			lower = ring_node(d, first, lower);
			deep = 1 + tree_depth(d, lower);
			down = deep > down ? deep : down;
			if (tree_width(d, lower) > widths[col])
				widths[col] = tree_width(d, lower);
		}
		width += widths[col];
	}
	if (d->x > MARGIN && d->x + width * d->cell_w > WRAP_W) {
		d->x = MARGIN;
		d->y += d->shelf_h;
		d->shelf_h = 0;
	}
	y = d->y + up * CELL_H + NODE_H / 2;
	for (int col = 0; col < cols; col++) {
		place_tree(d, ring_node(d, first, col), d->x, y, widths[col], -1);
		if (cnt - 1 - col >= cols)
			place_tree(d, ring_node(d, first, cnt - 1 - col), d->x, y + CELL_H,
				   widths[col], 1);
		d->x += widths[col] * d->cell_w;
	}
	if ((up + down + 1) * CELL_H > d->shelf_h)
		d->shelf_h = (up + down + 1) * CELL_H;
	d->width = d->x > d->width ? d->x : d->width;
	d->height = d->y + d->shelf_h;
}

/* The one node of the ring that others hang off, any if there is none; NONE: there are more. */
static int only_tree_of(const struct drawing *d, int first, int cnt)
{
	int found = NONE, node = first;

	for (int i = 0; i < cnt; i++, node = d->places[node].next) {
		if (!tree_depth(d, node))
			continue;
		if (found != NONE)
			return NONE;
		found = node;
	}
	return found == NONE ? first : found;
}

static void begin_shelf(struct drawing *d)
{
	if (d->x > MARGIN) {
		d->y += d->shelf_h;
		d->shelf_h = 0;
	}
	d->x = MARGIN;
}

/*
 * Rows that are read to the right and to the left by turns, an even number of them, about as wide
 * as a slide is; the line from the last node to the first goes around. The tree on the first, if
 * there is one, is above all.
 */
static void place_large_ring(struct drawing *d, int first, int cnt)
{
	int rows = 2, cols, node = first, left, top, tree = tree_width(d, first);

	while ((cnt + rows - 1) / rows * d->cell_w * 9 > rows * CELL_H * 16)
		rows += 2;
	cols = (cnt + rows - 1) / rows;
	begin_shelf(d);
	left = d->x + AROUND + (tree - 1) * d->cell_w / 2;
	top = d->y + tree_depth(d, first) * CELL_H + NODE_H / 2;
	place_tree(d, first, left - (tree - 1) * d->cell_w / 2, top, tree, -1);
	for (int i = 0; i < cnt; i++, node = d->places[node].next) {
		int row = i / cols, col = row % 2 ? cols - 1 - i % cols : i % cols;
		struct place *p = &d->places[node];

		p->x = left + col * d->cell_w + d->cell_w / 2;
		p->y = top + row * CELL_H;
		p->is_placed = true;
		p->closes = i == cnt - 1;
	}
	d->x = left + (tree > cols ? tree : cols) * d->cell_w;
	d->width = d->x > d->width ? d->x : d->width;
	d->shelf_h = top - d->y + rows * CELL_H;
	d->height = d->y + d->shelf_h;
	begin_shelf(d);
}

static void place_all(struct drawing *d)
{
	d->x = MARGIN;
	d->y = HEAD_H;
	d->width = WRAP_W;
	d->height = HEAD_H;
	for (int i = 0; i < d->node_cnt; i++) {
		int end, cnt, tree;

		if (d->places[i].is_placed)
			continue;
		end = find_end(d, i);
		cnt = number_ring(d, end);
		tree = cnt > ROWS_MIN ? only_tree_of(d, end, cnt) : NONE;
		if (tree != NONE)
			place_large_ring(d, tree, cnt);
		else
			place_component(d, end, cnt);
	}
}

/* --- drawing ----------------------------------------------------------------- */

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

static void put_node(struct strbuf *out, const struct drawing *d, int i)
{
	const struct wait_node *n = &d->picture->graph.nodes.items[i];
	const struct place *p = &d->places[i];
	struct strbuf title = {}, state = {};

	graph_picture_add_title(d->picture, n, &title);
	graph_picture_add_state(d->picture, n, &state);
	strbuf_addf(out,
		    "<rect class=\"node%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\""
		    " rx=\"%d\"/>\n<text class=\"middle\" x=\"%d\" y=\"%d\">",
		    n->is_alarm ? " bad" : "", p->x - d->node_w / 2, p->y - NODE_H / 2, d->node_w,
		    NODE_H, graph_picture_is_round(n) ? NODE_H / 2 : 0, p->x,
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
static void anchor(const struct drawing *d, const struct place *p, const struct place *other,
		   int shift, int *ret_x, int *ret_y)
{
	*ret_x = p->x;
	*ret_y = p->y;
	if (p->y == other->y) {
		*ret_x += other->x > p->x ? d->node_w / 2 : -d->node_w / 2;
		*ret_y += shift;
	} else {
		*ret_x += shift;
		*ret_y += other->y > p->y ? NODE_H / 2 : -NODE_H / 2;
	}
}

/* Two that point at each other have their lines beside each other. */
static struct line line_of(const struct drawing *d, const struct wait_edge *e)
{
	const struct place *from = &d->places[e->from], *to = &d->places[e->to];
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

static void put_line(struct strbuf *out, const struct drawing *d, const struct wait_edge *e)
{
	struct line l = line_of(d, e);

	strbuf_addf(out, "<path class=\"edge%s%s\" data-from=\"%d\" data-to=\"%d\" d=\"M%d %d",
		    e->kind == WAIT_EDGE_ANY ? " dotted"
		    : wait_edge_is_dashed(e) ? " dashed"
					     : "",
		    e->is_alarm ? " bad" : "", e->from, e->to, l.x1, l.y1);
	if (l.is_around)
		strbuf_addf(out, "H%dV%d", l.x2 - AROUND, l.y2);
	strbuf_addf(out, "L%d %d\"/>\n", l.x2, l.y2);
}

/* Of a line across the words are where fewer others are: not in the middle. */
static void put_label(struct strbuf *out, const struct drawing *d, const struct wait_edge *e)
{
	struct line l = line_of(d, e);
	bool is_across = l.x1 != l.x2 && l.y1 != l.y2;
	int x = is_across ? (3 * l.x1 + l.x2) / 4 : (l.x1 + l.x2) / 2;
	int y = is_across ? (3 * l.y1 + l.y2) / 4 : (l.y1 + l.y2) / 2;
	struct strbuf label = {};

	if (l.is_around) {
		x = l.x1 - GAP / 2;
		y = l.y1;
	}
	graph_picture_add_label(d->picture, e, &label);
	strbuf_addf(out, "<text class=\"halo middle\" x=\"%d\" y=\"%d\">", x,
		    y + (l.y1 == l.y2 || l.is_around ? -6 : 4));
	svg_text(out, strbuf_str(&label));
	strbuf_adds(out, "</text>\n");
	strbuf_release(&label);
}

static void put_all(const struct export_input *in, struct strbuf *out, const struct drawing *d)
{
	struct strbuf title = {};
	char buf[FMT_SZ], when[FMT_SZ + 4] = "at ";

	strcat(when, fmt_clock(buf, sizeof(buf), export_clock_ns(in, d->picture->now_ns)));
	graph_picture_add_sentence(d->picture, &title);
	svg_begin(out, d->width + MARGIN, d->height + MARGIN, in->source);
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
	struct drawing d = { .picture = &picture };
	int err = 0;

	graph_picture_take(in, &picture);
	if (picture.graph.nodes.cnt > NODE_MAX) {
		log_err("%zu threads and locks are too many for one picture (%d); "
			"use --format=dot",
			picture.graph.nodes.cnt, NODE_MAX);
		err = -EMSGSIZE;
	} else {
		d.node_cnt = picture.graph.nodes.cnt;
		d.places = xcalloc(d.node_cnt, sizeof(*d.places));
		measure_nodes(&d);
		link_nodes(&d);
		place_all(&d);
		put_all(in, &out->buf, &d);
		free(d.places);
	}
	graph_picture_release(&picture);
	return err ? err : out_commit(out);
}
