/* SPDX-License-Identifier: GPL-2.0-only */
/* A pane of facts: a sentence, then labels with texts behind them, from top to bottom. */
#include "tui/pane.h"

#include "base/fmt.h"
#include "tui/wrap.h"

enum { LABEL_COLS = 12 };

void pane_sentence(struct pane *p, unsigned style)
{
	struct canvas inner = canvas_sub(p->c, 0, 1, -1, p->c->cols - 1);

	p->row = wrap_draw(&inner, p->row, style, strbuf_str(&p->text));
	strbuf_reset(&p->text);
}

void pane_fact(struct pane *p, const char *label)
{
	struct canvas value = canvas_sub(p->c, 0, LABEL_COLS, -1, -1);

	if (p->text.len && p->row < p->c->rows) {
		canvas_puts(p->c, p->row, 1, STYLE_DIM, label);
		p->row = wrap_draw(&value, p->row, STYLE_NORMAL, strbuf_str(&p->text));
	}
	strbuf_reset(&p->text);
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
