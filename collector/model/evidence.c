/* SPDX-License-Identifier: GPL-2.0-only */
/* What the inspector found out: how locks are called, and where waiting threads are. */
#include <stdlib.h>
#include <string.h>
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "model/model_private.h"

static bool somebody_else_waits(const struct model *m, const struct lock *l, const struct thread *t)
{
	vec_for_each(other, &m->threads)
		if (other != t && thread_is_blocked(other) && model_lock_of_wait(m, other) == l)
			return true;
	return false;
}

/*
 * A name that came from a waiter's variables holds while somebody waits. Afterwards the
 * memory may have become something else; it keeps its name until the next one waits there.
 */
void model_check_lock_name(struct model *m, struct lock *l, const struct thread *t)
{
	if (l->name_is_borrowed && !somebody_else_waits(m, l, t)) {
		l->name[0] = '\0';
		l->name_is_borrowed = false;
	}
}

/* Another program, or another process with the same number: other locks. */
void model_forget_lock_names(struct model *m, __u32 pid)
{
	vec_for_each(l, &m->locks) {
		if (l->pid == pid) {
			l->name[0] = '\0';
			l->name_is_borrowed = false;
		}
	}
}

void model_name_lock(struct model *m, const struct ev_lockname *ev)
{
	struct lock *l = model_peek_lock(m, ev->hdr.tid, ev->address);

	if (!l)
		return;
	safe_text(l->name, sizeof(l->name), ev + 1, ev->len);
	l->name_is_borrowed = ev->hdr.flags & EVF_BORROWED;
	m->wait_version++;
}

/* One line after the other, for the newlines between them are to stay. */
static char *safe_lines(const char *text, size_t len)
{
	char *ret = xcalloc(1, len + 1);
	size_t at = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		if (at)
			ret[at++] = '\n';
		at += safe_text(ret + at, line + 1, text, line);
		line += end != NULL;
		text += line;
		len -= line;
	}
	return ret;
}

void model_keep_stack(struct model *m, const struct ev_stack *ev)
{
	const struct thread *t = model_peek_thread(m, ev->hdr.tid);
	struct stack s = {
		.tid = ev->hdr.tid,
		.is_truncated = ev->hdr.flags & EVF_TRUNCATED,
	};

	if (!t || !thread_is_blocked(t))
		return;
	model_drop_stack(m, s.tid);
	s.text = safe_lines((const char *)(ev + 1), ev->len);
	vec_push(&m->stacks, s);
	map_put(&m->stack_of, s.tid, m->stacks.cnt - 1);
}

void model_drop_stack(struct model *m, __u32 tid)
{
	uint32_t idx;

	if (!m->stacks.cnt || !map_get(&m->stack_of, tid, &idx))
		return;
	map_remove(&m->stack_of, tid);
	free(m->stacks.items[idx].text);
	m->stacks.cnt--;
	if (idx == m->stacks.cnt)
		return;
	m->stacks.items[idx] = m->stacks.items[m->stacks.cnt];
	map_put(&m->stack_of, m->stacks.items[idx].tid, idx);
}

void model_drop_stacks(struct model *m)
{
	vec_for_each(s, &m->stacks)
		free(s->text);
	vec_clear(&m->stacks);
	map_clear(&m->stack_of);
}

const char *model_lock_name(const struct model *m, const struct lock *l)
{
	(void)m; /* a name is found through the model it belongs to, wherever it is kept */
	return l->name[0] ? l->name : NULL;
}

const char *model_stack(const struct model *m, const struct thread *t, bool *ret_truncated)
{
	uint32_t idx;

	if (!thread_is_blocked(t) || !map_get(&m->stack_of, t->tid, &idx))
		return NULL;
	if (ret_truncated)
		*ret_truncated = m->stacks.items[idx].is_truncated;
	return m->stacks.items[idx].text;
}
