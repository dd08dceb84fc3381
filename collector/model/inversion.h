/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock-order inversions that did not strike: potential deadlocks, found with --order. */
#ifndef CTRACE_MODEL_INVERSION_H
#define CTRACE_MODEL_INVERSION_H

#include "base/strbuf.h"
#include "model/model.h"

enum {
	INVERSION_MAX = 64, /* that are remembered: the first */
	INVERSION_STEP_MAX = 8,
};

/* A thread took a lock and then another, which the next step begins with. Safe text. */
struct inversion_step {
	__u32 tid;
	const char *name;    /* of the thread, as it was called then */
	const char *held;    /* as the program calls it, or kind and address */
	const char *held_at; /* the functions that took it: "work a.c:10 < main a.c:20"; "" */
	const char *wanted;
	const char *wanted_at;
};

struct inversion {
	__u64 found_ns;
	__u32 pid;
	size_t step_cnt;
	struct inversion_step steps[INVERSION_STEP_MAX];
	char *text; /* what the steps point into */
	size_t text_sz;
};

size_t model_inversion_cnt(const struct model *m);
const struct inversion *model_inversion_at(const struct model *m, size_t idx);

/* Of an event alone; to be given to inversion_release(). */
void inversion_decode(const struct ev_inversion *ev, struct inversion *ret);
void inversion_copy(const struct inversion *inv, struct inversion *ret); /* to be released, too */
void inversion_release(struct inversion *inv);

/*
 * Append "one took A then B at a.c:10, two took B then A at a.c:20": a place is that of the
 * function of the program itself that took the second lock.
 */
void inversion_sentence(const struct inversion *inv, struct strbuf *ret);

/* The tail of an INVERSION event, from steps; a place that does not fit is cut. */
void inversion_encode(const struct inversion_step *steps, size_t cnt, struct strbuf *ret);

#endif /* CTRACE_MODEL_INVERSION_H */
