/* SPDX-License-Identifier: GPL-2.0-only */
/* Events in plain words: "phil-2 blocks: mutex 0x5581a0 held by phil-3; phil-1 runs". */
#ifndef TUI_SENTENCE_H
#define TUI_SENTENCE_H

#include "base/strbuf.h"
#include "model/model.h"

/*
 * Append what happened. before is the model without ev applied: it knows the names
 * and who waited where. One line of safe text without an end mark, whatever a tail holds.
 */
void event_sentence(const struct model *before, const struct ev_hdr *ev, struct strbuf *ret);

/* Append what is waited for, without who holds it: "mutex 0x5581a0", "pipe fd 3 (read)". */
void add_wait_words(const struct wait *w, struct strbuf *ret);

#endif /* TUI_SENTENCE_H */
