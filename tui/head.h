/* SPDX-License-Identifier: GPL-2.0-only */
/* What surrounds every view: title line, verdict, tabs, key bar. */
#ifndef TUI_HEAD_H
#define TUI_HEAD_H

#include "tui/ui.h"

/* Title, clock, counts, losses: one row. */
void head_draw_title(const struct ui *ui, struct canvas *c);

/* The verdict takes as many rows as it needs, at most max_rows. */
int head_verdict_rows(const struct ui *ui, int cols, int max_rows);
void head_draw_verdict(const struct ui *ui, struct canvas *c);

/*
 * What the event did that happened last, in words: as many rows whatever it says, so
 * that a step moves nothing else. 0: the end is shown, where nobody could follow.
 */
int head_narration_rows(const struct ui *ui, int rows, int cols);
void head_draw_narration(const struct ui *ui, struct canvas *c);

/* The note of the marker that is shown, with its question: as many rows as it needs. */
int head_note_rows(const struct ui *ui, int rows, int cols);
void head_draw_note(const struct ui *ui, struct canvas *c);

/* The names of the views, the one that is shown marked: one row. */
void head_draw_tabs(const struct ui *ui, struct canvas *c);

/* The bottom row: keys, or the message, or the prompt. */
void head_draw_bar(const struct ui *ui, struct canvas *c);

#endif /* TUI_HEAD_H */
