/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A name holds from the begin of the program on, for another one had other locks there. One that
 * came from a waiter's variables holds for that wait alone: before, the memory may have been
 * something else.
 */
#include "model/lock_names.h"

#include <stdlib.h>
#include <string.h>
#include "base/xalloc.h"
#include "model/model_private.h"

static void take_begin(struct lock_names *n, __u32 pid, __u64 ns)
{
	uint32_t idx;

	if (map_get(&n->begin_of, pid, &idx)) {
		n->begin_ns.items[idx] = ns;
		return;
	}
	map_put(&n->begin_of, pid, n->begin_ns.cnt);
	vec_push(&n->begin_ns, ns);
}

static void take_name(struct lock_names *n, const struct lock *l, const char *text)
{
	__u64 key = model_lock_key(l->pid, l->address);
	struct later_name name = {};
	uint32_t idx;

	if (map_get(&n->name_of, key, &idx)) {
		struct later_name *before = &n->names.items[idx];

		if (strcmp(before->text, text) != 0)
			before->text[0] = '\0';
		return;
	}
	if (map_get(&n->begin_of, l->pid, &idx))
		name.from_ns = n->begin_ns.items[idx];
	name.text = xstrdup(text);
	map_put(&n->name_of, key, n->names.cnt);
	vec_push(&n->names, name);
}

void lock_names_take(struct lock_names *n, const struct model *m, const struct ev_hdr *ev)
{
	const struct lock *l;

	switch (ev->kind) {
	case EV_THREAD:
		if (((const struct ev_thread *)ev)->pid != ev->tid)
			return;
		take_begin(n, ev->tid, ev->ts_ns);
		return;
	case EV_EXEC:
		take_begin(n, ev->tid, ev->ts_ns);
		return;
	case EV_LOCKNAME:
		l = model_find_lock(m, ev->tid, ((const struct ev_lockname *)ev)->address);
		if (l && l->name[0] && !l->name_is_borrowed)
			take_name(n, l, l->name);
		return;
	}
}

void lock_names_release(struct lock_names *n)
{
	vec_for_each(name, &n->names)
		free(name->text);
	vec_release(&n->names);
	vec_release(&n->begin_ns);
	map_release(&n->name_of);
	map_release(&n->begin_of);
}

const char *lock_names_find(const struct lock_names *n, const struct lock *l, __u64 now_ns)
{
	const struct later_name *name;
	uint32_t idx;

	if (!map_get(&n->name_of, model_lock_key(l->pid, l->address), &idx))
		return NULL;
	name = &n->names.items[idx];
	return name->text[0] && now_ns >= name->from_ns ? name->text : NULL;
}
