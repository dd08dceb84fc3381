/* SPDX-License-Identifier: GPL-2.0-only */
/* From what is mapped to the file it is of. */
#ifndef CTRACE_INSPECT_MODULE_FILE_H
#define CTRACE_INSPECT_MODULE_FILE_H

#include "inspect/target.h"

/*
 * The object that m is mapped from, known already or opened now; it belongs to t->objects.
 * Sets m->bias. NULL when it cannot be told for sure: a file that was replaced has another
 * build id than what is in memory, and is not it.
 */
struct object *module_open_object(struct target *t, struct module *m);

#endif
