/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom a verdict is about: of a large set more threads than it has room for. */
#ifndef CTRACE_MODEL_ALARMED_H
#define CTRACE_MODEL_ALARMED_H

#include "model/verdict.h"

/*
 * By index in the model, whether a thread is of the cycle of a deadlock, or of a stall; to be
 * freed. v is the verdict of m.
 */
bool *alarmed_threads(const struct model *m, const struct verdict *v);

#endif /* CTRACE_MODEL_ALARMED_H */
