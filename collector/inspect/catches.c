/* SPDX-License-Identifier: GPL-2.0-only */
/* Which locks the probes are to catch a waiter of. */
#include "inspect/catches.h"

#include <string.h>

enum { SCAN_MAX = 256 }; /* locks that are considered in one go */

static uint32_t to_ms(__u64 ns)
{
	return ns / 1000000;
}

/* That they do not grow for ever is enough. */
static void prune(struct catches *c, size_t lock_cnt)
{
	if (map_cnt(&c->due) > 4 * lock_cnt + 4096)
		map_clear(&c->due);
	if (map_cnt(&c->wait_cnt) > 4 * lock_cnt + 4096)
		map_clear(&c->wait_cnt);
}

static void wait_until(struct catches *c, __u64 key, __u64 ns)
{
	map_put(&c->due, key, to_ms(ns));
}

static bool is_due(const struct catches *c, __u64 key, __u64 now_ns)
{
	uint32_t due_ms;

	return !map_get(&c->due, key, &due_ms) || (int32_t)(to_ms(now_ns) - due_ms) >= 0;
}

void catches_told(struct catches *c, __u32 pid, __u64 address, bool has_name, __u64 now_ns)
{
	wait_until(c, model_lock_key(pid, address),
		   now_ns + (has_name ? CATCHES_AGAIN_NS : CATCHES_NAMELESS_NS));
}

bool catches_may_tell(const struct model *m, __u32 pid, __u64 address, const char *text, size_t len)
{
	const struct lock *l = model_find_lock(m, pid, address);

	if (!l || (l->name[0] && !l->name_is_borrowed))
		return false;
	if (len >= sizeof(l->name))
		len = sizeof(l->name) - 1;
	return model_lock_name_is_over(m, l) ||
	       (strlen(l->name) == len && !memcmp(l->name, text, len));
}

static bool is_wanted(const struct probe_catch *slots, const struct lock *l)
{
	for (size_t i = 0; i < PROBE_CATCH_MAX; i++)
		if (slots[i].state != PROBE_CATCH_FREE && slots[i].pid == l->pid &&
		    slots[i].address == l->address)
			return true;
	return false;
}

/* Has somebody begun to wait for it since it was last considered? */
static bool is_busy(struct catches *c, const struct lock *l, __u64 key)
{
	uint32_t before_cnt = l->wait_cnt;

	map_get(&c->wait_cnt, key, &before_cnt);
	map_put(&c->wait_cnt, key, l->wait_cnt);
	return l->wait_cnt != before_cnt;
}

static bool may_want(struct catches *c, const struct short_waits *s, const struct model *m,
		     const struct probe_catch *slots, const struct lock *l, __u64 now_ns)
{
	__u64 key = model_lock_key(l->pid, l->address);

	if (l->name[0] && !l->name_is_borrowed)
		return false;
	return is_busy(c, l, key) && is_due(c, key, now_ns) && short_waits_is_told(s, l) &&
	       !is_wanted(slots, l) && short_waits_find_process(m, l);
}

static const struct lock *choose(struct catches *c, const struct short_waits *s,
				 const struct model *m, const struct probe_catch *slots,
				 size_t *left, __u64 now_ns)
{
	size_t cnt = model_lock_cnt(m);

	for (; *left; --*left) {
		const struct lock *l = model_lock_at(m, c->next++ % cnt);

		if (may_want(c, s, m, slots, l, now_ns))
			return l;
	}
	return NULL;
}

static void give_up(struct catches *c, struct probe_catch *slot, __u64 now_ns)
{
	__u32 wanted = PROBE_CATCH_WANTED;

	if (__atomic_compare_exchange_n(&slot->state, &wanted, PROBE_CATCH_FREE, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		wait_until(c, model_lock_key(slot->pid, slot->address), now_ns + CATCHES_AGAIN_NS);
}

static void want(struct probe_catch *slot, const struct lock *l)
{
	slot->pid = l->pid;
	slot->address = l->address;
	__atomic_store_n(&slot->state, PROBE_CATCH_WANTED, __ATOMIC_RELEASE);
}

static bool is_over(const struct catches *c, const struct probe_catch *slots, size_t i,
		    __u64 now_ns)
{
	return __atomic_load_n(&slots[i].state, __ATOMIC_ACQUIRE) == PROBE_CATCH_WANTED &&
	       now_ns > c->since_ns[i] + CATCHES_PATIENCE_NS;
}

bool catches_want(struct catches *c, const struct short_waits *s, const struct model *m,
		  struct probe_catch *slots, __u64 now_ns)
{
	size_t cnt = model_lock_cnt(m), left = cnt < SCAN_MAX ? cnt : SCAN_MAX;
	bool is_any = false;

	prune(c, cnt);
	for (size_t i = 0; i < PROBE_CATCH_MAX; i++) {
		const struct lock *l = NULL;

		if (is_over(c, slots, i, now_ns))
			give_up(c, &slots[i], now_ns);
		if (__atomic_load_n(&slots[i].state, __ATOMIC_ACQUIRE) == PROBE_CATCH_FREE)
			l = choose(c, s, m, slots, &left, now_ns);
		if (l) {
			c->since_ns[i] = now_ns;
			want(&slots[i], l);
		}
		is_any |= __atomic_load_n(&slots[i].state, __ATOMIC_RELAXED) == PROBE_CATCH_WANTED;
	}
	return is_any;
}

void catches_release(struct catches *c)
{
	map_release(&c->due);
	map_release(&c->wait_cnt);
}
