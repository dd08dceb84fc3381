/* SPDX-License-Identifier: GPL-2.0-only */
/* What the inspector found out: how locks are called. */
#include "base/safe_text.h"
#include "model/lock_names.h"
#include "model/model_private.h"

static bool somebody_else_waits(const struct model *m, const struct lock *l, const struct thread *t)
{
	vec_for_each(other, &m->threads)
		if (other != t && thread_is_blocked(other) && model_lock_of_wait(m, other) == l)
			return true;
	return false;
}

static void forget_name(struct lock *l)
{
	l->name[0] = '\0';
	l->name_is_borrowed = false;
	l->name_until_ns = 0;
}

/*
 * A name that came from a waiter's variables holds while somebody waits, or for as long as was
 * told with it. Afterwards the memory may have become something else; it keeps its name until the
 * next one waits there.
 */
void model_check_lock_name(struct model *m, struct lock *l, const struct thread *t)
{
	if (l->name_is_borrowed && m->now_ns >= l->name_until_ns && !somebody_else_waits(m, l, t))
		forget_name(l);
}

bool model_lock_name_is_over(const struct model *m, const struct lock *l)
{
	return !l->name[0] || (l->name_until_ns && m->now_ns >= l->name_until_ns);
}

/* Another program, or another process with the same number: other locks. */
void model_forget_lock_names(struct model *m, __u32 pid)
{
	vec_for_each(l, &m->locks) {
		if (l->pid == pid) {
			forget_name(l);
			l->is_wordless = false;
		}
	}
}

static void name_lock(const struct model *m, struct lock *l, const struct ev_lockname *ev)
{
	safe_text(l->name, sizeof(l->name), ev + 1, ev->len);
	l->name_is_borrowed = ev->hdr.flags & EVF_BORROWED;
	l->name_until_ns = ev->holds_ns ? m->now_ns + ev->holds_ns : 0;
}

/* Older traces name a lock that processes share without a process. */
void model_name_lock(struct model *m, const struct ev_lockname *ev)
{
	struct lock *one = model_peek_lock(m, ev->hdr.tid, ev->address);

	if (one)
		name_lock(m, one, ev);
	if (!one && !ev->hdr.tid)
		vec_for_each(l, &m->locks)
			if (l->address == ev->address)
				name_lock(m, l, ev);
	model_waits_change(m);
}

const char *model_lock_name(const struct model *m, const struct lock *l)
{
	if (!l->name[0] && m->later_names)
		return lock_names_find(m->later_names, l, m->now_ns);
	return l->name[0] ? l->name : NULL;
}
