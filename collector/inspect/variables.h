/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables with a fixed address: globals, statics, statics of functions. */
#ifndef CTRACE_INSPECT_VARIABLES_H
#define CTRACE_INSPECT_VARIABLES_H

#include "base/strbuf.h"
#include "inspect/object.h"

/* How deep was searched: the variables of functions are many more, and asked for less. */
enum variables_level {
	VARIABLES_NONE,
	VARIABLES_OF_UNITS,
	VARIABLES_OF_FUNCTIONS,
	VARIABLES_ALL = VARIABLES_OF_FUNCTIONS,
};

/* Those of units, at least, to o->variables. */
void variables_load(struct object *o);

/* The variable that address is in, or NULL: none is known. Borrowed until the next call. */
const struct object_variable *variables_find(struct object *o, __u64 address);

/* How the program calls it: with its namespace or class, if it has one. */
void variable_add_name(const struct object_variable *v, struct strbuf *ret);

#endif
