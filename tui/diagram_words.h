/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written at the boxes and arrows of the state diagram. */
#ifndef TUI_DIAGRAM_WORDS_H
#define TUI_DIAGRAM_WORDS_H

#include "tui/transition.h"

/*
 * " mean 1.2 ms": how long threads stay in s, or "" when nobody has been there. The
 * stays are counted by switches and wake-ups: where events were lost it is only near.
 */
void diagram_mean(const struct model *m, enum thread_state s, __u64 now_ns, char *buf, size_t sz);

/* Append "phil-1 blocks: mutex fork[1]", "wake phil-2 by phil-0". m: after the event. */
void diagram_label(const struct model *m, const struct transition *x, struct strbuf *ret);

#endif /* TUI_DIAGRAM_WORDS_H */
