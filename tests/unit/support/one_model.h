/* SPDX-License-Identifier: GPL-2.0-only */
/* One model for the tests of a file, and a process of three threads in it. */
#ifndef CTRACE_TESTS_ONE_MODEL_H
#define CTRACE_TESTS_ONE_MODEL_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include "tests/unit/support/builders.h"

static struct model *m;

/* It must be taken. */
static inline void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

/* Process 1: main, which is 1, and two that it has created, 2 and 3. */
static inline void begin_with_threads(const char *second, const char *third)
{
	build_begin();
	m = model_new();
	apply(build_thread(1, 1, 0, "main"));
	apply(build_thread(2, 1, 1, second));
	apply(build_thread(3, 1, 1, third));
}

static inline void teardown(void)
{
	model_free(m);
}

#endif /* CTRACE_TESTS_ONE_MODEL_H */
