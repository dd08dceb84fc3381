/* SPDX-License-Identifier: GPL-2.0-only */
/* A pane of facts: a sentence, then labels with texts behind them, from top to bottom. */
#ifndef TUI_PANE_H
#define TUI_PANE_H

#include "tui/ui.h"

/* Where the pane is filled, and the text that is being made. */
struct pane {
	const struct ui *ui;
	const struct model *m;
	const struct thread *t; /* what a pane about a thread is about; else NULL */
	__u64 now_ns;
	struct canvas *c;
	int row;     /* the next that is free */
	bool is_cut; /* something did not fit below */
	struct strbuf text;
};

/* The text made so far, over the whole width; the text is empty then. */
void pane_sentence(struct pane *p, unsigned style);

/* One fact: its label, then the text made so far, wrapped behind it. Nothing without a text. */
void pane_fact(struct pane *p, const char *label);

/* Append "1.82 s" and "1.82 s ago" to the text: from at_ns to the instant that is shown. */
void pane_add_age(struct pane *p, __u64 at_ns);
void pane_add_ago(struct pane *p, __u64 at_ns);

#endif /* TUI_PANE_H */
