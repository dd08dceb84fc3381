/* SPDX-License-Identifier: GPL-2.0-only */
/* Symbols of an ELF file, found by address. */
#ifndef CTRACE_INSPECT_SYMBOLS_H
#define CTRACE_INSPECT_SYMBOLS_H

#include <elfutils/libdwfl.h>
#include <linux/types.h>
#include "base/vec.h"

enum { SYMBOLS_MAX = 4 << 20 };

struct symbol {
	__u64 begin, end;
	const char *name; /* belongs to the ELF file */
	bool is_function;
	__u8 rank; /* of several at one place the lowest is taken */
};

struct symbols {
	VEC(struct symbol) items; /* by begin, then rank */
};

/* Zero-initialised is empty. Names are borrowed from mod. */
void symbols_load(struct symbols *s, Dwfl_Module *mod);
void symbols_release(struct symbols *s);

/* Of two names for one thing the one with the lower rank is the one people know. */
unsigned symbol_name_rank(const char *name);

/* The function or variable that address lies in, or NULL. */
const struct symbol *symbols_find(const struct symbols *s, __u64 address, bool is_function);

#endif
