/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the nodes of the wait-for graph are in a picture. */
#ifndef CTRACE_EXPORT_SVG_PLACE_H
#define CTRACE_EXPORT_SVG_PLACE_H

#include "export/graph_picture.h"

enum {
	SVG_NODE_MAX = 256, /* more is no picture for a slide */
	SVG_NODE_H = 40,
	SVG_GAP = 110, /* to the neighbour, with words on the line to it */
	SVG_MARGIN = 20,
	SVG_AROUND = 30, /* room at the left of a large ring, for the line that closes it */
	SVG_NONE = -1,
};

/* In pixels. */
struct svg_place {
	int next;  /* the node it points to; SVG_NONE */
	int ring;  /* position in its ring, clockwise; SVG_NONE: it is in a tree */
	int depth; /* steps to the ring or the root */
	bool is_below;
	bool is_placed;
	bool closes; /* the last of a large ring: its line leads around to the first */
	int x, y;    /* of its centre */
};

struct svg_drawing {
	const struct graph_picture *picture;
	struct svg_place *places;
	int node_cnt;
	int node_w, cell_w; /* of all nodes, without and with the gap */
	int x, y, shelf_h;  /* where the next component goes */
	int width, height;
};

/*
 * Place all nodes: picture, places, node_cnt and node_w are set, node_cnt is SVG_NODE_MAX at most.
 */
void svg_place_all(struct svg_drawing *d);

#endif /* CTRACE_EXPORT_SVG_PLACE_H */
