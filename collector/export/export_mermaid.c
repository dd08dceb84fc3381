/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph at a moment for Mermaid, which Markdown pages draw. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "export/label.h"
#include "export/wait_graph.h"

/* More is refused by mermaid, with its defaults of maxEdges and maxTextSize. */
enum { EDGES_MAX = 500, TEXT_MAX = 50000 };

/*
 * Inside of double quotes. Mermaid finds directives (%%{) and Markdown in there, so of
 * ASCII only letters, digits and harmless signs stay; others are written #code;.
 */
static void add_escaped(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char ch = *text;

		if (ch >= 0x80 || isalnum(ch) || strchr(" .,:()[]-+/=", ch))
			strbuf_addch(out, ch);
		else
			strbuf_addf(out, "#%u;", ch);
	}
}

static void put_node(struct strbuf *out, const struct wait_graph *g, size_t idx)
{
	const struct wait_node *n = &g->nodes.items[idx];
	struct strbuf text = {};

	wait_node_title(g, n, &text);
	strbuf_addf(out, "  n%zu%s\"", idx, n->thread ? "([" : "[");
	add_escaped(out, strbuf_str(&text));
	strbuf_reset(&text);
	wait_node_state(g, n, &text);
	if (text.len) {
		strbuf_adds(out, "<br>");
		add_escaped(out, strbuf_str(&text));
	}
	strbuf_addf(out, "\"%s%s\n", n->thread ? "])" : "]", n->is_alarm ? ":::alarm" : "");
	strbuf_release(&text);
}

static void put_edge(struct strbuf *out, const struct wait_graph *g, const struct wait_edge *e)
{
	struct strbuf text = {};

	wait_edge_label(g, e, &text);
	strbuf_addf(out, "  n%zu %s|\"", e->from, wait_edge_is_dashed(e) ? "-.->" : "-->");
	add_escaped(out, strbuf_str(&text));
	strbuf_addf(out, "\"| n%zu\n", e->to);
	strbuf_release(&text);
}

static void put_title(const struct export_input *in, struct strbuf *out, const struct wait_graph *g)
{
	struct strbuf text = {};
	char buf[FMT_SZ];

	wait_graph_title(g, &text);
	strbuf_adds(out, "  title[\"");
	add_escaped(out, in->source);
	strbuf_addf(out, " at %s<br>", fmt_clock(buf, sizeof(buf), export_clock_ns(in, g->now_ns)));
	add_escaped(out, strbuf_str(&text));
	strbuf_adds(out, "\"]:::title\n");
	strbuf_release(&text);
}

static void put_graph(const struct export_input *in, struct strbuf *out, const struct wait_graph *g)
{
	strbuf_adds(out, "flowchart LR\n");
	put_title(in, out, g);
	for (size_t i = 0; i < g->nodes.cnt; i++)
		put_node(out, g, i);
	vec_for_each(e, &g->edges)
		put_edge(out, g, e);
	strbuf_adds(out, "  classDef title fill:none,stroke:none\n"
			 "  classDef alarm stroke:#D55E00,stroke-width:3px\n");
	for (size_t i = 0; i < g->edges.cnt; i++)
		if (g->edges.items[i].is_alarm)
			strbuf_addf(out, "  linkStyle %zu stroke:#D55E00,stroke-width:3px\n", i);
}

int export_mermaid(const struct export_input *in, struct out *out)
{
	struct strbuf text = {};
	struct wait_graph g;
	int err = 0;

	wait_graph_build(cursor_model(in->at), cursor_now_ns(in->at), &g);
	if (g.edges.cnt <= EDGES_MAX)
		put_graph(in, &text, &g);
	if (g.edges.cnt > EDGES_MAX || text.len > TEXT_MAX) {
		log_err("mermaid draws %d edges and %d characters at most, and here are %zu edges; "
			"use --format=dot",
			EDGES_MAX, TEXT_MAX, g.edges.cnt);
		err = -EMSGSIZE;
	} else {
		strbuf_add(&out->buf, text.data, text.len);
	}
	strbuf_release(&text);
	wait_graph_release(&g);
	return err ? err : out_commit(out);
}
