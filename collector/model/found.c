/* SPDX-License-Identifier: GPL-2.0-only */
/* What the inspector found out about single waits; it is forgotten when the wait is over. */
#include <stdlib.h>
#include <string.h>
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "model/model_private.h"

static struct found *find(const struct model *m, __u32 tid)
{
	uint32_t idx;

	return m->found.cnt && map_get(&m->found_of, tid, &idx) ? &m->found.items[idx] : NULL;
}

/* Where findings about the wait of tid are kept; NULL: it does not wait. */
static struct found *get(struct model *m, __u32 tid)
{
	const struct thread *t = model_peek_thread(m, tid);
	struct found *f = find(m, tid);

	if (f || !t || !thread_is_blocked(t))
		return f;
	vec_push(&m->found, (struct found){ .tid = tid });
	map_put(&m->found_of, tid, m->found.cnt - 1);
	return vec_last(&m->found);
}

static void free_set(struct wait_set *set)
{
	for (__u32 i = 0; set && i < set->cnt; i++)
		free((void *)set->fds[i].text);
	free(set);
}

static void release(struct found *f)
{
	free(f->stack);
	free_set(f->set);
	free((void *)f->holders.pids);
	free((void *)f->file.text);
}

void model_drop_found(struct model *m, __u32 tid)
{
	uint32_t idx;

	if (!m->found.cnt || !map_get(&m->found_of, tid, &idx))
		return;
	map_remove(&m->found_of, tid);
	release(&m->found.items[idx]);
	m->found.cnt--;
	if (idx == m->found.cnt)
		return;
	m->found.items[idx] = m->found.items[m->found.cnt];
	map_put(&m->found_of, m->found.items[idx].tid, idx);
}

void model_drop_all_found(struct model *m)
{
	vec_for_each(f, &m->found)
		release(f);
	vec_clear(&m->found);
	map_clear(&m->found_of);
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
	struct found *f = get(m, ev->hdr.tid);

	if (!f)
		return;
	model_waits_change(m);
	f->is_pending = ev->hdr.flags & EVF_PENDING;
	if (!ev->len)
		return;
	free(f->stack);
	f->stack = safe_lines((const char *)(ev + 1), ev->len);
	f->is_truncated = ev->hdr.flags & EVF_TRUNCATED;
	if (!(ev->hdr.flags & EVF_CHECKPOINT))
		model_take_kind(m, model_peek_thread(m, ev->hdr.tid), f->stack);
}

static bool says_the_same(const struct holders *h, const struct ev_holders *ev)
{
	return h->err == ev->err &&
	       h->is_complete == (!ev->err && (ev->hdr.flags & EVF_COMPLETE)) &&
	       h->cnt == ev->len / sizeof(__u32) &&
	       (!h->cnt || !memcmp(h->pids, ev + 1, h->cnt * sizeof(__u32)));
}

void model_keep_holders(struct model *m, const struct ev_holders *ev)
{
	struct found *f = get(m, ev->hdr.tid);
	size_t cnt = ev->len / sizeof(__u32);
	bool is_same, was_confirmed;

	if (!f)
		return;
	is_same = f->has_holders && says_the_same(&f->holders, ev);
	was_confirmed = f->holders.read_ns > m->changed_ns;
	free((void *)f->holders.pids);
	f->has_holders = true;
	f->holders = (struct holders){
		.err = ev->err,
		.is_complete = !ev->err && (ev->hdr.flags & EVF_COMPLETE),
		.read_ns = ev->read_ns ? ev->read_ns : ev->hdr.ts_ns,
		.cnt = cnt,
		.pids = cnt ? xmemdup(ev + 1, cnt * sizeof(__u32)) : NULL,
	};
	if (!is_same)
		model_waits_change(m);
	else if (!was_confirmed)
		model_wait_is_confirmed(m);
}

static char *safe_copy(const void *text, size_t len)
{
	char *ret = xmalloc(len + 1);

	ret[0] = '\0';
	safe_text(ret, len + 1, text, len);
	return ret;
}

/* One that does not follow the one before is of a set whose begin was lost. */
void model_keep_setfd(struct model *m, const struct ev_setfd *ev)
{
	struct found *f = get(m, ev->hdr.tid);
	struct wait_set *set;

	if (!f)
		return;
	if (!ev->idx) {
		free_set(f->set);
		f->set = xcalloc(1, sizeof(*f->set));
	}
	set = f->set;
	if (!set || ev->idx != set->cnt || ev->idx >= ev->cnt || set->cnt == SETFD_MAX)
		return;
	set->total = ev->cnt;
	set->fds[set->cnt] = (struct set_fd){
		.fd = ev->fd,
		.is_for_room = ev->access == PROBE_WRITE,
		.is_complete = ev->hdr.flags & EVF_COMPLETE,
		.pid_cnt = ev->pid_cnt,
		.text = safe_copy(ev + 1, ev->len),
	};
	memcpy(set->fds[set->cnt++].pids, ev->pids, sizeof(ev->pids));
}

void model_keep_file(struct model *m, const struct ev_file *ev)
{
	struct found *f = get(m, ev->hdr.tid);
	char *text = NULL;

	if (!f)
		return;
	free((void *)f->file.text);
	if (ev->len)
		text = safe_copy(ev + 1, ev->len);
	if (text && !strncmp(text, WAIT_FIFO_WORD " ", sizeof(WAIT_FIFO_WORD)))
		wait_becomes_fifo(&model_peek_thread(m, ev->hdr.tid)->wait);
	f->has_file = true;
	f->file = (struct wait_file){
		.err = ev->err,
		.text = text,
		.until_ns = ev->until_ns,
	};
}

void model_keep_page(struct model *m, const struct ev_lockpage *ev)
{
	struct found *f = get(m, ev->hdr.tid);

	if (!f)
		return;
	f->page = *ev;
	f->has_page = true;
	model_waits_change(m);
}

const char *model_stack(const struct model *m, const struct thread *t, bool *ret_truncated)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	if (!f || !f->stack)
		return NULL;
	if (ret_truncated)
		*ret_truncated = f->is_truncated;
	return f->stack;
}

bool model_stack_is_pending(const struct model *m, const struct thread *t)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	return f && f->is_pending;
}

const struct holders *model_holders(const struct model *m, const struct thread *t)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	return f && f->has_holders ? &f->holders : NULL;
}

const struct wait_file *model_wait_file(const struct model *m, const struct thread *t)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	return f && f->has_file ? &f->file : NULL;
}

const struct wait_set *model_wait_set(const struct model *m, const struct thread *t)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	return f ? f->set : NULL;
}

const struct ev_lockpage *model_found_page(const struct model *m, const struct thread *t)
{
	const struct found *f = thread_is_blocked(t) ? find(m, t->tid) : NULL;

	return f && f->has_page ? &f->page : NULL;
}

enum lock_memory model_lock_memory(const struct model *m, const struct thread *t)
{
	const struct ev_lockpage *page = model_found_page(m, t);

	if (!page)
		return MEMORY_UNKNOWN;
	return page->hdr.flags & EVF_PRIVATE ? MEMORY_PRIVATE : MEMORY_SHARED;
}
