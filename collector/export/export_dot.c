/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait-for graph at a moment for Graphviz: `dot -Tsvg`. */
#include "base/fmt.h"
#include "export/label.h"
#include "export/graph_picture.h"

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

static void put_node(struct strbuf *out, const struct graph_picture *p, size_t idx)
{
	const struct wait_node *n = &p->graph.nodes.items[idx];
	struct strbuf text = {};

	graph_picture_add_title(p, n, &text);
	strbuf_addf(out, "\tn%zu [shape=%s, label=\"", idx,
		    graph_picture_is_round(n) ? "ellipse" : "box");
	add_escaped(out, strbuf_str(&text));
	strbuf_reset(&text);
	graph_picture_add_state(p, n, &text);
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

static void put_edge(struct strbuf *out, const struct graph_picture *p, const struct wait_edge *e)
{
	struct strbuf text = {};

	graph_picture_add_label(p, e, &text);
	strbuf_addf(out, "\tn%d -> n%d [label=\"", e->from, e->to);
	add_escaped(out, strbuf_str(&text));
	strbuf_addch(out, '"');
	if (wait_edge_is_dashed(e))
		strbuf_adds(out, e->kind == WAIT_EDGE_ANY ? ", style=dotted" : ", style=dashed");
	if (e->is_alarm)
		strbuf_addf(out, ", color=\"%s\", penwidth=2", alarm_color);
	strbuf_adds(out, "];\n");
	strbuf_release(&text);
}

static void put_title(const struct export_input *in, struct strbuf *out,
		      const struct graph_picture *p)
{
	struct strbuf text = {};
	char buf[FMT_SZ];

	graph_picture_add_sentence(p, &text);
	strbuf_adds(out, "\tlabel=\"");
	add_escaped(out, in->source);
	strbuf_addf(out, " at %s\\n", fmt_clock(buf, sizeof(buf), export_clock_ns(in, p->now_ns)));
	add_escaped(out, strbuf_str(&text));
	strbuf_adds(out, "\";\n");
	strbuf_release(&text);
}

int export_dot(const struct export_input *in, struct out *out)
{
	struct graph_picture p;

	graph_picture_take(in, &p);
	strbuf_adds(&out->buf, "digraph waits {\n\tlabelloc=t;\n\trankdir=LR;\n"
			       "\tnode [fontname=\"sans-serif\"];\n"
			       "\tedge [fontname=\"sans-serif\", fontsize=10];\n");
	put_title(in, &out->buf, &p);
	for (size_t i = 0; i < p.graph.nodes.cnt && !out_commit(out); i++)
		put_node(&out->buf, &p, i);
	vec_for_each(e, &p.graph.edges) {
		put_edge(&out->buf, &p, e);
		if (out_commit(out))
			break;
	}
	strbuf_adds(&out->buf, "}\n");
	graph_picture_release(&p);
	return out_commit(out);
}
