/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of the wait-for graph on a canvas: graph_draw_ring.c has those of rings,
 * graph_draw_tree.c all others, graph_words.c what is said in them.
 */
#ifndef TUI_GRAPH_DRAW_H
#define TUI_GRAPH_DRAW_H

#include "tui/graph_layout.h"
#include "tui/ui.h"

enum {
	GRAPH_ROOMY_COLS = 72, /* there is room from here on, */
	GRAPH_WIDE_COLS = 120, /* and from here on for long names, too */
};

struct graph_draw {
	const struct graph *graph;
	const struct ui *ui;
	struct canvas *c;
	__u64 now_ns;
	int lock_col;	       /* where the objects of a ring are, see graph_draw_set_column() */
	enum style ring_style; /* of the ring that is being drawn */
};

/* --- graph_words.c: append safe text --------------------------------------------- */

const struct graph_node *graph_node_at(const struct graph *g, int idx);

/* "(phil-0)", with the tid when another one has the same; "(process shop)". */
void graph_add_name(const struct graph_draw *d, int node, struct strbuf *ret);
/* "mutex fork[1]", "mutex@72a0" as in the list of threads: short, for a big screen; "pipe:[81]". */
void graph_add_object(const struct graph_draw *d, const struct graph_node *n, struct strbuf *ret);
/* How long it has waited: "11.9 s". */
void graph_add_age(const struct graph_node *n, __u64 now_ns, struct strbuf *ret);
/* "read 200 ms ago": what a wait is known from. */
void graph_add_proof(const struct graph_node *n, __u64 now_ns, struct strbuf *ret);
/* "held by", "written by" */
void graph_add_relation(const struct graph_draw *d, int node, struct strbuf *ret);
/*
 * What an edge tells: "could be written by (process shop), (worker) or others", "learned: woken
 * before by ...", "any of 3: [pipe:[81]] written by (worker)".
 */
void graph_add_hint(const struct graph_draw *d, int edge, struct strbuf *ret);
bool graph_has_time_out(const struct graph_node *n);
/* A join or a child is waited for itself; other things are held by somebody. */
bool graph_is_for_end(const struct wait *w);

/* --- graph_draw.c: parts of lines; each gives the column behind ------------------- */

int graph_draw_name(struct graph_draw *d, int row, int col, enum style style, int node);
/* "[mutex fork[1]]" */
int graph_draw_object(struct graph_draw *d, int row, int col, enum style style,
		      const struct graph_node *n);
/* "--> " */
int graph_draw_arrow(struct graph_draw *d, int row, int col, enum style style, bool is_dashed);
/* A line to the right, up to before col to; broken where it is not confirmed. */
void graph_draw_line_to(struct graph_draw *d, int row, int col, int to, enum style style,
			bool is_dashed);
/* Behind what is in the row: at the right, where there is room; whole parts between commas. */
void graph_draw_right(struct graph_draw *d, int row, int col, const char *words);
/* "11.9 s, read 200 ms ago": how long it waits, and how that is known. */
void graph_draw_proof(struct graph_draw *d, int row, int col, const struct graph_node *n);
/* What is in the verdict is red wherever it is. */
enum style graph_name_style(const struct graph_draw *d, int node, enum style otherwise);

/* --- whole lines ------------------------------------------------------------------ */

/* So far to the right that the words of all rings fit, if their objects still do; at least. */
void graph_draw_set_column(struct graph_draw *d, int least);
void graph_draw_heading(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_member(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_edge(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_flat(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_root(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_queue(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_waiter(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_crowd(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_lone(struct graph_draw *d, int row, const struct graph_line *line);
void graph_draw_hint(struct graph_draw *d, int row, const struct graph_line *line);

#endif /* TUI_GRAPH_DRAW_H */
