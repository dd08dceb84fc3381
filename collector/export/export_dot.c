/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph at a moment for Graphviz: `dot -Tsvg`. */
#include "base/fmt.h"
#include "export/label.h"
#include "export/wait_graph.h"

static const char alarm_color[] = "#D55E00"; /* Okabe-Ito vermillion, as on the screen */

/* Inside of double quotes; Graphviz reads entities there, too. */
static void add_escaped(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_addch(out, '\\');
		strbuf_addch(out, *text);
		if (*text == '&')
			strbuf_adds(out, "amp;");
	}
}

static void put_node(struct strbuf *out, const struct wait_graph *g, size_t idx)
{
	const struct wait_node *n = &g->nodes.items[idx];
	struct strbuf text = {};

	wait_node_title(g, n, &text);
	strbuf_addf(out, "\tn%zu [shape=%s, label=\"", idx, n->thread ? "ellipse" : "box");
	add_escaped(out, strbuf_str(&text));
	strbuf_reset(&text);
	wait_node_state(g, n, &text);
	if (text.len) {
		strbuf_adds(out, "\\n");
		add_escaped(out, strbuf_str(&text));
	}
	strbuf_addch(out, '"');
	if (n->is_alarm)
		strbuf_addf(out, ", color=\"%s\", penwidth=2", alarm_color);
	strbuf_adds(out, "];\n");
	strbuf_release(&text);
}

static void put_edge(struct strbuf *out, const struct wait_graph *g, const struct wait_edge *e)
{
	struct strbuf text = {};

	wait_edge_label(g, e, &text);
	strbuf_addf(out, "\tn%zu -> n%zu [label=\"", e->from, e->to);
	add_escaped(out, strbuf_str(&text));
	strbuf_addch(out, '"');
	if (wait_edge_is_dashed(e))
		strbuf_adds(out, ", style=dashed");
	if (e->is_alarm)
		strbuf_addf(out, ", color=\"%s\", penwidth=2", alarm_color);
	strbuf_adds(out, "];\n");
	strbuf_release(&text);
}

static void put_title(const struct export_input *in, struct strbuf *out, const struct wait_graph *g)
{
	struct strbuf text = {};
	char buf[FMT_SZ];

	wait_graph_title(g, &text);
	strbuf_adds(out, "\tlabel=\"");
	add_escaped(out, in->source);
	strbuf_addf(out, " at %s\\n", fmt_clock(buf, sizeof(buf), export_clock_ns(in, g->now_ns)));
	add_escaped(out, strbuf_str(&text));
	strbuf_adds(out, "\";\n");
	strbuf_release(&text);
}

int export_dot(const struct export_input *in, struct out *out)
{
	struct wait_graph g;

	wait_graph_build(cursor_model(in->at), cursor_now_ns(in->at), &g);
	strbuf_adds(&out->buf, "digraph waits {\n\tlabelloc=t;\n\trankdir=LR;\n"
			       "\tnode [fontname=\"sans-serif\"];\n"
			       "\tedge [fontname=\"sans-serif\", fontsize=10];\n");
	put_title(in, &out->buf, &g);
	for (size_t i = 0; i < g.nodes.cnt && !out_commit(out); i++)
		put_node(&out->buf, &g, i);
	vec_for_each(e, &g.edges) {
		put_edge(&out->buf, &g, e);
		if (out_commit(out))
			break;
	}
	strbuf_adds(&out->buf, "}\n");
	wait_graph_release(&g);
	return out_commit(out);
}
