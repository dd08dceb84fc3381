/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Closed sets: threads that wait for each other alone, so that nobody is left to end it.
 *
 * A wait is hopeless when everybody who could end it is hopeless. The hopeless threads fall
 * into the strongly connected components of the wait-for graph; those that no edge leaves
 * are the closed sets, and the others only wait behind them. (Knots: R. C. Holt, "Some
 * deadlock properties of computer systems", ACM Computing Surveys 4(3), 1972.)
 */
#ifndef CTRACE_MODEL_CLOSED_SET_H
#define CTRACE_MODEL_CLOSED_SET_H

#include "base/vec.h"
#include "model/model.h"

struct closed_set {
	const struct thread **threads; /* cnt of them, in the order of the model's table */
	size_t cnt;
};

struct closed_sets {
	VEC(struct closed_set) sets;
	const struct thread **threads; /* of all sets, one after the other; owned */
};

/* Find all closed sets. The threads are borrowed from the model. */
void closed_sets_find(const struct model *m, struct closed_sets *ret);
void closed_sets_release(struct closed_sets *s);

#endif /* CTRACE_MODEL_CLOSED_SET_H */
