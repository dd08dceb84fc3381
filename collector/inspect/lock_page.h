/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the word of a futex is that processes could share, and which processes have it mapped.
 *
 * As the kernel tells such futexes apart (kernel/futex/core.c, get_futex_key()): in private
 * memory by the address space and the address, else by the inode and the offset in it.
 */
#ifndef CTRACE_INSPECT_LOCK_PAGE_H
#define CTRACE_INSPECT_LOCK_PAGE_H

#include "inspect/far_ends.h"
#include "inspect/maps.h"

/* What is at address? False when that cannot be told: no such mapping, or one of neither kind. */
bool lock_page_of(const struct maps *maps, __u64 address, struct ev_lockpage *ret);

/* Read the maps of process pid for it. 0 or -errno. */
int lock_page_read(__u32 pid, __u64 address, struct ev_lockpage *ret);

/*
 * Add the processes that have the word mapped, of those in the table of mappings (struct
 * probe_mapping), which may come to nobody: false when even pid, which has it, is not among them.
 */
bool lock_page_add_processes(const struct ev_lockpage *page, const struct record_table *mappings,
			     struct far_ends *e);

/* Add those that have the file of it open, and could map it. */
void lock_page_add_openers(const struct ev_lockpage *page, const struct open_files *of,
			   struct far_ends *e);

#endif
