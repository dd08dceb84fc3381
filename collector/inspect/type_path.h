/* SPDX-License-Identifier: GPL-2.0-only */
/* Which part of a variable is meant: from its type and an offset to ".fork[1]". */
#ifndef CTRACE_INSPECT_TYPE_PATH_H
#define CTRACE_INSPECT_TYPE_PATH_H

#include <elfutils/libdw.h>
#include <linux/types.h>
#include <stdbool.h>
#include "base/strbuf.h"

/*
 * Append the path from something of a type to what lies at offset in it, such as
 * ".account[1].mu". It ends at a lock of a library. False when nothing lies there; what
 * was appended is then of no use.
 */
bool type_add_path(Dwarf_Die *type, __u64 offset, struct strbuf *ret);

/*
 * Call fn for the pointers in a type, as far as they are worth a look: path and offset of
 * each, and its own type. fn returns false to end this. False when it did.
 */
typedef bool (*type_pointer_fn)(void *arg, const char *path, __u64 offset, Dwarf_Die *pointer);
bool type_each_pointer(Dwarf_Die *type, type_pointer_fn fn, void *arg);

#endif
