/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words that processes share: one lock, though each maps it at an address of its own.
 *
 * Such a lock is counted as that of the process and address that was met first. What is not
 * known to be shared is told apart by process, so that equal addresses never make one lock
 * of two.
 */
#include "model/model_private.h"

const struct lock_page *model_page(const struct model *m, __u32 pid, __u64 address)
{
	uint32_t idx;

	if (!m->pages.cnt || !map_get(&m->page_of, model_lock_key(pid, address), &idx))
		return NULL;
	return &m->pages.items[idx];
}

/* Another process that maps the same word. */
static const struct lock_page *find_alias(const struct model *m, const struct ev_lockpage *ev)
{
	vec_for_each(p, &m->pages)
		if (p->dev == ev->dev && p->ino == ev->ino && p->off == ev->off)
			return p;
	return NULL;
}

static const struct lock_page *add_page(struct model *m, const struct ev_lockpage *ev)
{
	const struct lock_page *alias = find_alias(m, ev);
	struct lock_page p = {
		.pid = ev->pid,
		.address = ev->address,
		.lock_pid = ev->pid,
		.lock_address = ev->address,
		.dev = ev->dev,
		.ino = ev->ino,
		.off = ev->off,
	};

	if (m->pages.cnt == MODEL_PAGE_MAX)
		return NULL;
	if (ev->lock_pid) {
		p.lock_pid = ev->lock_pid;
		p.lock_address = ev->lock_address;
	} else if (alias) {
		p.lock_pid = alias->lock_pid;
		p.lock_address = alias->lock_address;
	}
	vec_push(&m->pages, p);
	map_put(&m->page_of, model_lock_key(p.pid, p.address), m->pages.cnt - 1);
	return vec_last(&m->pages);
}

static void drop_page(struct model *m, size_t idx)
{
	struct lock_page *p = m->pages.items;

	map_remove(&m->page_of, model_lock_key(p[idx].pid, p[idx].address));
	if (idx != --m->pages.cnt) {
		p[idx] = p[m->pages.cnt];
		map_put(&m->page_of, model_lock_key(p[idx].pid, p[idx].address), idx);
	}
}

/* Another program, or another process with the same number. */
void model_forget_pages(struct model *m, __u32 pid)
{
	for (size_t i = m->pages.cnt; i-- > 0;)
		if (m->pages.items[i].pid == pid)
			drop_page(m, i);
}

/* What is mapped there now, when it was something else before. */
static const struct lock_page *get_page(struct model *m, const struct ev_lockpage *ev)
{
	const struct lock_page *p = model_page(m, ev->pid, ev->address);

	if (p && p->dev == ev->dev && p->ino == ev->ino && p->off == ev->off)
		return p;
	if (p)
		drop_page(m, p - m->pages.items);
	return ev->hdr.flags & EVF_PRIVATE ? NULL : add_page(m, ev);
}

/* Where the lock is whose word t waits on: see wait_lock_address(). */
static struct ev_lockpage page_of_lock(const struct thread *t, const struct ev_lockpage *ev)
{
	struct ev_lockpage ret = *ev;
	__u64 behind = t ? t->wait.args[0] - wait_lock_address(&t->wait) : 0;

	ret.address -= behind;
	ret.off -= behind;
	return ret;
}

void model_take_page(struct model *m, const struct ev_lockpage *ev)
{
	struct ev_lockpage of_lock;
	struct thread *t = model_peek_thread(m, ev->hdr.tid);
	const struct lock_page *p;

	if (ev->hdr.tid && (!t || !thread_is_blocked(t) || t->pid != ev->pid ||
			    !wait_is_shared(&t->wait) || t->wait.args[0] != ev->address))
		return;
	if (t)
		model_keep_page(m, ev);
	if (t && (ev->hdr.flags & EVF_CHECKPOINT)) /* the table comes by itself */
		return;
	of_lock = page_of_lock(t, ev);
	p = get_page(m, &of_lock);
	if (t && p)
		model_lock_is_at(m, t, p->lock_pid, p->lock_address);
}
