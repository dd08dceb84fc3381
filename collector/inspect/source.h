/* SPDX-License-Identifier: GPL-2.0-only */
/* From an address in the code to what stands in the source. */
#ifndef CTRACE_INSPECT_SOURCE_H
#define CTRACE_INSPECT_SOURCE_H

#include "base/strbuf.h"
#include "inspect/object.h"

/*
 * The functions the code at address is of, one per line: "eat forks.c:31"; in a run time
 * library or without debug information "pthread_mutex_lock libc.so.6"; without a name
 * "libc.so.6+0x8814a". More than one when functions were inlined, the innermost first.
 * Borrowed from o.
 */
const char *source_frames(struct object *o, __u64 address);

enum { SOURCE_SCOPE_MAX = 64 };

/*
 * The scopes around address, innermost first: blocks and inlined functions, the last is
 * the function they are in. Returns how many there are; 0: none is known.
 */
int source_scopes(struct object *o, __u64 address, Dwarf_Die ret[SOURCE_SCOPE_MAX]);

#endif
