/* SPDX-License-Identifier: GPL-2.0-only */
/* Who holds a lock that processes share, asked of /proc: the model knows but who is traced. */
#include "inspect/lock_holder.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "inspect/process_status.h"
#include "inspect/user_memory.h"

/* The words need not have been of a lock to the model, which does not know the owner they show. */
static __u32 owner_in_words(const struct thread *t, struct ev_lockword *ret)
{
	struct wait w = t->wait;

	*ret = (struct ev_lockword){
		.hdr = { .tid = t->tid, .kind = EV_LOCKWORD },
		.address = w.args[0],
		.readers = w.readers,
	};
	if (user_memory_read(t->tid, w.args[0], ret->words, sizeof(ret->words)))
		return 0;
	memcpy(w.words, ret->words, sizeof(w.words));
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

/*
 * Not asked of /proc alone, which may hide what belongs to others (hidepid, proc(5)). Who has ended
 * and was not collected yet has left its memory.
 */
static bool has_ended(__u32 tid)
{
	char state[16];

	if (kill(tid, 0) < 0 && errno == ESRCH)
		return true;
	return !process_status_read(tid, "State", state, sizeof(state)) && strpbrk(state, "ZX");
}

/* In another PID namespace threads have other numbers, which a word may hold as well. */
static bool is_numbered_as_here(__u32 pid)
{
	char numbers[64];

	return !process_status_read(pid, "NSpid", numbers, sizeof(numbers)) &&
	       strtoul(numbers, NULL, 10) == pid && !strchr(numbers + 1, '\t');
}

/* Is the number that a word holds that of one thread, whoever of them has written it? */
static bool are_numbered_as_here(const struct far_ends *mappers)
{
	for (size_t i = 0; i < mappers->cnt; i++)
		if (!is_numbered_as_here(mappers->pids[i]))
			return false;
	return true;
}

static bool is_among(const struct far_ends *mappers, __u32 pid)
{
	for (size_t i = 0; i < mappers->cnt; i++)
		if (mappers->pids[i] == pid)
			return true;
	return false;
}

bool lock_holder_find(const struct model *m, const struct thread *t, const struct far_ends *mappers,
		      struct lock_holder *ret)
{
	bool has_owner = t->wait.reason == WAIT_MUTEX || t->wait.reason == WAIT_RWLOCK;
	__u32 tid = has_owner ? owner_in_words(t, &ret->word) : 0;
	const struct thread *owner = model_find_thread(m, tid);

	ret->pid = 0;
	if (!tid || (owner && !(owner->flags & THREAD_FOREIGN)) || !are_numbered_as_here(mappers))
		return false;
	if (mappers->is_complete && has_ended(tid)) /* and has not given it back before? */
		return owner_in_words(t, &ret->word) == tid;
	ret->pid = process_of(tid);
	return ret->pid && is_among(mappers, ret->pid);
}
