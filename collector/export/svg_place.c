/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whoever waits, waits for one thing, and a lock is held by one thread at most: the graph
 * is rings, and trees that hang off them or off somebody who does not wait. Only what has several
 * at its other end has more lines, and the first of these counts. A ring is
 * drawn as two rows, read clockwise; the trees grow upwards from its upper row and
 * downwards from its lower one. A large one without trees has more rows.
 */
#include "export/svg_place.h"

enum {
	CELL_H = 86, /* with the space to the next row */
	HEAD_H = 56,
	WRAP_W = 1200, /* components beyond begin a new shelf */
	ROWS_MIN = 16, /* rings of more nodes have more than two rows */
};

static void link_nodes(struct svg_drawing *d)
{
	for (int i = 0; i < d->node_cnt; i++)
		d->places[i] = (struct svg_place){ .next = SVG_NONE, .ring = SVG_NONE };
	for (size_t i = 0; i < d->picture->graph.edges.cnt; i++) {
		const struct wait_edge *e = &d->picture->graph.edges.items[i];

		if (d->places[e->from].next != SVG_NONE)
			continue; /* a line across the picture */
		d->places[e->from].next = e->to;
	}
}

/* The node where the way from @i ends: one of the ring, or the root. */
static int find_end(const struct svg_drawing *d, int i)
{
	int step = 0;

	while (d->places[i].next != SVG_NONE && step++ <= d->node_cnt)
		i = d->places[i].next;
	return i;
}

/* Number the ring that @first is in; its size. A root is a ring of one, without an edge. */
static int number_ring(struct svg_drawing *d, int first)
{
	int cnt = 0, i = first;

	do {
		d->places[i].ring = cnt++;
		i = d->places[i].next;
	} while (i != SVG_NONE && i != first);
	return cnt;
}

/* Columns that the tree on @root takes: one for each leaf. */
static int tree_width(const struct svg_drawing *d, int root)
{
	int width = 0;

	for (int i = 0; i < d->node_cnt; i++)
		if (d->places[i].next == root && d->places[i].ring == SVG_NONE)
			width += tree_width(d, i);
	return width ? width : 1;
}

static int tree_depth(const struct svg_drawing *d, int root)
{
	int depth = 0;

	for (int i = 0; i < d->node_cnt; i++) {
		if (d->places[i].next == root && d->places[i].ring == SVG_NONE) {
			int below = 1 + tree_depth(d, i);

			depth = below > depth ? below : depth;
		}
	}
	return depth;
}

/* Put the tree into @cells columns from @x on, its root at row @y; @dir: -1 grows upwards. */
static void place_tree(struct svg_drawing *d, int root, int x, int y, int cells, int dir)
{
	struct svg_place *p = &d->places[root];

	p->x = x + cells * d->cell_w / 2;
	p->y = y;
	p->is_below = dir > 0;
	p->is_placed = true;
	for (int i = 0; i < d->node_cnt; i++) {
		int width;

		if (d->places[i].next != root || d->places[i].ring != SVG_NONE)
			continue;
		width = tree_width(d, i);
		place_tree(d, i, x, y + dir * CELL_H, width, dir);
		x += width * d->cell_w;
	}
}

/* The node of the ring of @first that has number @ring. */
static int ring_node(const struct svg_drawing *d, int first, int ring)
{
	while (ring--)
		first = d->places[first].next;
	return first;
}

/* A ring of @cnt from @first on: column c has one of the upper row, and one below it. */
static void place_component(struct svg_drawing *d, int first, int cnt)
{
	int cols = (cnt + 1) / 2, up = 0, down = 0, width = 0, widths[SVG_NODE_MAX], y;

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
	if (d->x > SVG_MARGIN && d->x + width * d->cell_w > WRAP_W) {
		d->x = SVG_MARGIN;
		d->y += d->shelf_h;
		d->shelf_h = 0;
	}
	y = d->y + up * CELL_H + SVG_NODE_H / 2;
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

/* The one node of the ring that others hang off, any if there is none; SVG_NONE: there are more. */
static int only_tree_of(const struct svg_drawing *d, int first, int cnt)
{
	int found = SVG_NONE, node = first;

	for (int i = 0; i < cnt; i++, node = d->places[node].next) {
		if (!tree_depth(d, node))
			continue;
		if (found != SVG_NONE)
			return SVG_NONE;
		found = node;
	}
	return found == SVG_NONE ? first : found;
}

static void begin_shelf(struct svg_drawing *d)
{
	if (d->x > SVG_MARGIN) {
		d->y += d->shelf_h;
		d->shelf_h = 0;
	}
	d->x = SVG_MARGIN;
}

/*
 * Rows that are read to the right and to the left by turns, an even number of them, about as wide
 * as a slide is; the line from the last node to the first goes around. The tree on the first, if
 * there is one, is above all.
 */
static void place_large_ring(struct svg_drawing *d, int first, int cnt)
{
	int rows = 2, cols, node = first, left, top, tree = tree_width(d, first);

	while ((cnt + rows - 1) / rows * d->cell_w * 9 > rows * CELL_H * 16)
		rows += 2;
	cols = (cnt + rows - 1) / rows;
	/* The last row is read to the left, or is one node: nobody is left of the last. */
	while ((cnt + cols - 1) / cols % 2 && cnt % cols != 1)
		cols++;
	rows = (cnt + cols - 1) / cols;
	begin_shelf(d);
	left = d->x + SVG_AROUND + (tree - 1) * d->cell_w / 2;
	top = d->y + tree_depth(d, first) * CELL_H + SVG_NODE_H / 2;
	place_tree(d, first, left - (tree - 1) * d->cell_w / 2, top, tree, -1);
	for (int i = 0; i < cnt; i++, node = d->places[node].next) {
		int row = i / cols, col = row % 2 ? cols - 1 - i % cols : i % cols;
		struct svg_place *p = &d->places[node];

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

void svg_place_all(struct svg_drawing *d)
{
	d->cell_w = d->node_w + SVG_GAP;
	link_nodes(d);
	d->x = SVG_MARGIN;
	d->y = HEAD_H;
	d->width = WRAP_W;
	d->height = HEAD_H;
	for (int i = 0; i < d->node_cnt; i++) {
		int end, cnt, tree;

		if (d->places[i].is_placed)
			continue;
		end = find_end(d, i);
		cnt = number_ring(d, end);
		tree = cnt > ROWS_MIN ? only_tree_of(d, end, cnt) : SVG_NONE;
		if (tree != SVG_NONE)
			place_large_ring(d, tree, cnt);
		else
			place_component(d, end, cnt);
	}
}
