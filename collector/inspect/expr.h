/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a variable is, or what it is, by its DWARF location. */
#ifndef CTRACE_INSPECT_EXPR_H
#define CTRACE_INSPECT_EXPR_H

#include "inspect/stack.h"

struct expr_place {
	bool is_memory; /* value is its address; else value is the variable itself */
	__u64 value;
};

/* In which frame of which thread; function: for the frame base, may be NULL. */
struct expr_frame {
	struct target *target;
	const struct module *module;
	const struct frame *frame;
	Dwarf_Die *function;
};

/*
 * The place of the variable die while its frame is at address of the file (frame_code()).
 * False when the compiler does not say, or says it in a way that is not understood: in
 * pieces, by what was on entry, in memory of the thread's own.
 */
bool expr_find_place(const struct expr_frame *ef, Dwarf_Die *die, __u64 address,
		     struct expr_place *ret);

#endif
