/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to a type of DWARF. */
#ifndef CTRACE_INSPECT_TYPES_H
#define CTRACE_INSPECT_TYPES_H

#include <elfutils/libdw.h>
#include <linux/types.h>
#include <stdbool.h>

enum { DIMENSION_MAX = 4 };

/* The type that the variable, member or pointer die has; false: none. */
bool type_of(Dwarf_Die *die, Dwarf_Die *ret);

/* Bytes, or 0: not known. */
__u64 type_size(Dwarf_Die *type);

/* Is it a lock of a library, whose inside is nobody's affair? */
bool type_is_lock(Dwarf_Die *type);

/* Is it but another name for a type, or the same type with a qualifier? */
bool type_is_alias(Dwarf_Die *type);

/* The type behind such names and qualifiers. */
bool type_strip(Dwarf_Die *type, Dwarf_Die *ret);

/* A structure, class or union; type is stripped. */
bool type_is_aggregate(Dwarf_Die *type);

bool type_is_pointer(Dwarf_Die *type); /* or reference */
bool type_is_reference(Dwarf_Die *type);

/* What a pointer or reference points at; false: it is none, or points at nothing known. */
bool type_pointee(Dwarf_Die *type, Dwarf_Die *ret);

/* How many dimensions an array has, and the length of each, 0 when not known; 0: too many. */
int type_dimensions(Dwarf_Die *array, __u64 dims[DIMENSION_MAX]);

/* Offset of a member or base class in what it is part of; false: static, or not known. */
bool member_offset(Dwarf_Die *member, __u64 *ret);

/* The standard libraries of C++ name their members so that students need not know them. */
bool member_is_internal(const char *name);

#endif
