/* SPDX-License-Identifier: GPL-2.0-only */
/* Which locks are worth a name: a few are considered in each turn, and each is told once. */
#include "inspect/short_waits.h"

enum { SCAN_MAX = 256 }; /* locks that are considered in one go */

#define TOLD UINT32_MAX

/*
 * Has it been known for a while, and not been asked about? A program that is over soon is not
 * worth it.
 */
static bool is_due(struct short_waits *s, const struct lock *l, __u64 now_ns)
{
	__u64 key = model_lock_key(l->pid, l->address);
	uint32_t now_ms = now_ns / 1000000 % TOLD, first_ms;

	if (map_get(&s->seen, key, &first_ms))
		return first_ms != TOLD && now_ms - first_ms >= SHORT_WAITS_AGE_NS / 1000000;
	map_put(&s->seen, key, now_ms);
	return false;
}

const struct thread *short_waits_find_process(const struct model *m, const struct lock *l)
{
	const struct thread *t = l->pid ? model_find_thread(m, l->pid) : NULL;

	return t && t->pid == l->pid && thread_is_alive(t) && !(t->flags & THREAD_FOREIGN) &&
			       !(t->wait.flags & EVF_COMPAT)
		       ? t
		       : NULL;
}

static bool is_wanted(struct short_waits *s, const struct model *m, const struct lock *l,
		      __u64 now_ns)
{
	return l->pid && !model_lock_name(m, l) && is_due(s, l, now_ns);
}

size_t short_waits_find(struct short_waits *s, const struct model *m, __u64 now_ns,
			struct nameless_locks *ret)
{
	size_t cnt = model_lock_cnt(m);

	if (map_cnt(&s->seen) > 4 * cnt + 4096) /* that it does not grow for ever is enough */
		map_clear(&s->seen);
	ret->cnt = 0;
	for (size_t i = 0; i < cnt && i < SCAN_MAX && ret->cnt < SHORT_WAITS_MAX; i++) {
		const struct lock *l = model_lock_at(m, s->next++ % cnt);
		const struct thread *t;

		if ((ret->cnt && l->pid != ret->pid) || !is_wanted(s, m, l, now_ns))
			continue;
		t = short_waits_find_process(m, l);
		if (!t)
			continue;
		ret->pid = t->pid;
		ret->uid = t->uid;
		ret->addresses[ret->cnt++] = l->address;
	}
	return ret->cnt;
}

void short_waits_forget(struct short_waits *s, const struct nameless_locks *locks)
{
	for (size_t i = 0; i < locks->cnt; i++)
		map_put(&s->seen, model_lock_key(locks->pid, locks->addresses[i]), TOLD);
}

bool short_waits_is_told(const struct short_waits *s, const struct lock *l)
{
	uint32_t first_ms;

	return map_get(&s->seen, model_lock_key(l->pid, l->address), &first_ms) && first_ms == TOLD;
}

void short_waits_release(struct short_waits *s)
{
	map_release(&s->seen);
}
