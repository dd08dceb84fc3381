/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of the sentence of a verdict (verdict_sentence.c). */
#ifndef CTRACE_MODEL_VERDICT_WORDS_H
#define CTRACE_MODEL_VERDICT_WORDS_H

#include "model/verdict.h"

/* "table.fork[1]", with its address where another lock is called so, too; else kind and address. */
void verdict_add_lock(const struct model *m, const struct verdict_edge *e, struct strbuf *ret);

/* "data in a pipe written by ": what follows is who has the other end. */
void verdict_add_stream(const struct model *m, const struct verdict_edge *e, bool has_end,
			struct strbuf *ret);

/*
 * "left and right wait for barrier phase, main for the end of left": the threads of v and what
 * each waits for, those together that wait alike.
 */
void stall_add_waits(const struct verdict *v, const struct model *m, struct strbuf *ret);

#endif /* CTRACE_MODEL_VERDICT_WORDS_H */
