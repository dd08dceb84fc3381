/* SPDX-License-Identifier: GPL-2.0-only */
/* What the allocator says about a piece of memory. */
#ifndef CTRACE_INSPECT_HEAP_H
#define CTRACE_INSPECT_HEAP_H

#include "inspect/memory.h"

/*
 * Is address the begin of an allocation in which an array of elements of size bytes has
 * one with index idx? Known of the allocator of glibc; false for any other.
 */
bool heap_holds_array(struct memory *m, __u64 address, __u64 size, __u64 idx);

#endif
