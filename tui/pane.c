/* SPDX-License-Identifier: GPL-2.0-only */
/* A pane of facts: a sentence, then labels with texts behind them, from top to bottom. */
#include "tui/pane.h"

#include "base/fmt.h"
#include "tui/wrap.h"

enum { LABEL_COLS = 12 };

static void draw_text(struct pane *p, struct canvas *c, unsigned style)
{
	p->is_cut |= p->row + wrap_rows(strbuf_str(&p->text), c->cols) > c->rows;
	p->row = wrap_draw(c, p->row, style, strbuf_str(&p->text));
	strbuf_reset(&p->text);
}

void pane_sentence(struct pane *p, unsigned style)
{
	struct canvas inner = canvas_sub(p->c, 0, 1, -1, p->c->cols - 1);

	draw_text(p, &inner, style);
}

void pane_fact(struct pane *p, const char *label)
{
	struct canvas value = canvas_sub(p->c, 0, LABEL_COLS, -1, -1);

	if (!p->text.len)
		return;
	canvas_puts(p->c, p->row, 1, STYLE_DIM, label);
	draw_text(p, &value, STYLE_NORMAL);
}

void pane_add_age(struct pane *p, __u64 at_ns)
{
	char buf[FMT_SZ];

	strbuf_adds(&p->text,
		    fmt_duration(buf, sizeof(buf), p->now_ns > at_ns ? p->now_ns - at_ns : 0));
}

void pane_add_ago(struct pane *p, __u64 at_ns)
{
	pane_add_age(p, at_ns);
	strbuf_adds(&p->text, " ago");
}
