/* SPDX-License-Identifier: GPL-2.0-only */
#include "inspect/lock_holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "inspect/process_status.h"
#include "inspect/user_memory.h"

enum { PROC_PID_INIT_INO = 0xEFFFFFFC }; /* include/linux/proc_ns.h */

/* The words need not have been of a lock to the model, which does not know the owner they show. */
static __u32 owner_in_words(const struct thread *t)
{
	struct wait w = t->wait;

	if (user_memory_read(t->tid, w.args[0], w.words, sizeof(w.words)))
		return 0;
	w.flags = (w.flags | EVF_WORDS) & ~WAIT_WORDLESS;
	wait_decode(&w);
	return w.reason == t->wait.reason ? wait_owner_tid(&w) : 0;
}

/* The process of thread tid, or 0. */
static __u32 process_of(__u32 tid)
{
	char pid[16];

	return process_status_read(tid, "Tgid", pid, sizeof(pid)) ? 0 : strtoul(pid, NULL, 10);
}

/* In another PID namespace threads have other numbers, which a word may hold as well. */
static bool is_numbered_as_here(__u32 pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/ns/pid", pid);
	return !stat(path, &st) && st.st_ino == (ino_t)(__u32)PROC_PID_INIT_INO;
}

__u32 lock_holder_find(const struct model *m, const struct thread *t,
		       const struct far_ends *mappers)
{
	bool has_owner = t->wait.reason == WAIT_MUTEX || t->wait.reason == WAIT_RWLOCK;
	__u32 tid = has_owner ? owner_in_words(t) : 0, pid = tid ? process_of(tid) : 0;
	const struct thread *owner = model_find_thread(m, tid);
	bool is_mapper = false;

	if (!pid || (owner && !(owner->flags & THREAD_FOREIGN)))
		return 0;
	for (size_t i = 0; i < mappers->cnt; i++) {
		if (!is_numbered_as_here(mappers->pids[i]))
			return 0;
		is_mapper |= mappers->pids[i] == pid;
	}
	return is_mapper ? pid : 0;
}
