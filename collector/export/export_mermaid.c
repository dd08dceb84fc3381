/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph at a moment for Mermaid, which Markdown pages draw. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "export/label.h"
#include "export/graph_picture.h"

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

static void put_node(struct strbuf *out, const struct graph_picture *p, size_t idx)
{
	const struct wait_node *n = &p->graph.nodes.items[idx];
	struct strbuf text = {};

	graph_picture_add_title(p, n, &text);
	strbuf_addf(out, "  n%zu%s\"", idx, graph_picture_is_round(n) ? "([" : "[");
	add_escaped(out, strbuf_str(&text));
	strbuf_reset(&text);
	graph_picture_add_state(p, n, &text);
	if (text.len) {
		strbuf_adds(out, "<br>");
		add_escaped(out, strbuf_str(&text));
	}
	strbuf_addf(out, "\"%s%s\n", graph_picture_is_round(n) ? "])" : "]",
		    n->is_alarm ? ":::alarm" : "");
	strbuf_release(&text);
}

static void put_edge(struct strbuf *out, const struct graph_picture *p, const struct wait_edge *e)
{
	struct strbuf text = {};

	graph_picture_add_label(p, e, &text);
	strbuf_addf(out, "  n%d %s|\"", e->from, wait_edge_is_dashed(e) ? "-.->" : "-->");
	add_escaped(out, strbuf_str(&text));
	strbuf_addf(out, "\"| n%d\n", e->to);
	strbuf_release(&text);
}

static void put_title(const struct export_input *in, struct strbuf *out,
		      const struct graph_picture *p)
{
	struct strbuf text = {};
	char buf[FMT_SZ];

	graph_picture_add_sentence(p, &text);
	strbuf_adds(out, "  title[\"");
	add_escaped(out, in->source);
	strbuf_addf(out, " at %s<br>", fmt_clock(buf, sizeof(buf), export_clock_ns(in, p->now_ns)));
	add_escaped(out, strbuf_str(&text));
	strbuf_adds(out, "\"]:::title\n");
	strbuf_release(&text);
}

static void put_graph(const struct export_input *in, struct strbuf *out,
		      const struct graph_picture *p)
{
	strbuf_adds(out, "flowchart LR\n");
	put_title(in, out, p);
	for (size_t i = 0; i < p->graph.nodes.cnt; i++)
		put_node(out, p, i);
	vec_for_each(e, &p->graph.edges)
		put_edge(out, p, e);
	strbuf_adds(out, "  classDef title fill:none,stroke:none\n"
			 "  classDef alarm stroke:#D55E00,stroke-width:3px\n");
	for (size_t i = 0; i < p->graph.edges.cnt; i++)
		if (p->graph.edges.items[i].is_alarm)
			strbuf_addf(out, "  linkStyle %zu stroke:#D55E00,stroke-width:3px\n", i);
}

int export_mermaid(const struct export_input *in, struct out *out)
{
	struct strbuf text = {};
	struct graph_picture p;
	int err = 0;

	graph_picture_take(in, &p);
	if (p.graph.edges.cnt <= EDGES_MAX)
		put_graph(in, &text, &p);
	if (p.graph.edges.cnt > EDGES_MAX || text.len > TEXT_MAX) {
		log_err("mermaid draws %d edges and %d characters at most, and here are %zu edges; "
			"use --format=dot",
			EDGES_MAX, TEXT_MAX, p.graph.edges.cnt);
		err = -EMSGSIZE;
	} else {
		strbuf_add(&out->buf, text.data, text.len);
	}
	strbuf_release(&text);
	graph_picture_release(&p);
	return err ? err : out_commit(out);
}
