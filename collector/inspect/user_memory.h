/* SPDX-License-Identifier: GPL-2.0-only */
/* Small pieces of the memory of a process, for the arguments of a system call. */
#ifndef CTRACE_INSPECT_USER_MEMORY_H
#define CTRACE_INSPECT_USER_MEMORY_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * len bytes of the memory of a thread, at address. 0 or -errno: all of it or nothing; -ETIMEDOUT
 * when it has to be fetched from somewhere first and does not come (slow_memory.h). A thread that
 * waits has memory also when the main thread of its process has ended.
 */
int user_memory_read(__u32 tid, __u64 address, void *buf, size_t len);

/* As much of it as there is: the bytes read, or -errno as above. */
ssize_t user_memory_read_some(__u32 tid, __u64 address, void *buf, size_t len);

/*
 * Read in this way, which never gets more than USER_MEMORY_PIECE to read, all of it or nothing,
 * where the system denies us process_vm_readv(2), but shows what is mapped: Yama does so with
 * kernel.yama.ptrace_scope 3. Where that is hidden, too, no stack can tell what words are, and they
 * are not read either. NULL: no more. As probe_read_memory() has it.
 */
enum { USER_MEMORY_PIECE = 4096 };
typedef int (*user_memory_fn)(void *arg, __u32 tid, __u64 address, void *buf, size_t len);

void user_memory_set_detour(user_memory_fn fn, void *arg);

#endif
