/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of a lock beside its name. */
#include "model/namesakes.h"

#include <string.h>

static void tell_apart(struct namesake *n, __u64 address, __u32 pid)
{
	n->by_address |= address != n->address;
	n->by_process |= pid != n->pid;
}

/* The entry of a name; NULL: there is none, and *ret_key is where it would be. */
static struct namesake *find(const struct namesakes *n, const char *name, uint64_t *ret_key)
{
	uint32_t idx;

	for (*ret_key = map_text_key(name); map_get(&n->by_name, *ret_key, &idx); ++*ret_key)
		if (!strcmp(n->names.items[idx].name, name))
			return &n->names.items[idx];
	return NULL;
}

void namesakes_take(struct namesakes *n, const char *name, __u64 address, __u32 pid)
{
	uint64_t key;
	struct namesake *known = find(n, name, &key);

	if (known) {
		tell_apart(known, address, pid);
		return;
	}
	map_put(&n->by_name, key, n->names.cnt);
	vec_push(&n->names, (struct namesake){ .name = name, .address = address, .pid = pid });
}

void namesakes_find(struct namesakes *n, const struct model *m)
{
	vec_clear(&n->names);
	map_clear(&n->by_name);
	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *l = model_lock_at(m, i);
		const char *name = model_lock_name(m, l);

		if (name)
			namesakes_take(n, name, l->address, l->pid);
	}
}

void namesakes_release(struct namesakes *n)
{
	vec_release(&n->names);
	map_release(&n->by_name);
}

static void add_place(const struct namesake *n, __u64 address, __u32 pid, struct strbuf *ret)
{
	if (n->by_address || n->by_process)
		strbuf_addf(ret, " at 0x%llx", (unsigned long long)address);
	if (n->by_process)
		strbuf_addf(ret, " of %u", pid);
}

void namesakes_add_name(const struct namesakes *n, const char *name, __u64 address, __u32 pid,
			struct strbuf *ret)
{
	uint64_t key;
	const struct namesake *known = find(n, name, &key);

	strbuf_adds(ret, name);
	if (known)
		add_place(known, address, pid, ret);
}

bool model_add_lock_name(const struct model *m, const struct lock *l, struct strbuf *ret)
{
	const char *name = model_lock_name(m, l);
	struct namesake same = { .name = name, .address = l->address, .pid = l->pid };

	if (!name)
		return false;
	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *other = model_lock_at(m, i);
		const char *called = model_lock_name(m, other);

		if (called && !strcmp(called, name))
			tell_apart(&same, other->address, other->pid);
	}
	strbuf_adds(ret, name);
	add_place(&same, l->address, l->pid, ret);
	return true;
}
