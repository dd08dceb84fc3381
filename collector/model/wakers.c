/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of places where threads wait, and of who has woken them there.
 *
 * A place is a futex word, or a descriptor or object in a system call of a process. That a
 * descriptor was closed, and its number used again, is not seen; a file of another type is
 * told from the one before.
 */
#include <stdlib.h>
#include <string.h>
#include "base/select.h"
#include "base/xalloc.h"
#include "model/model_private.h"
#include "model/syscall.h"

/* A condition variable of glibc has two words, which it uses in turn (g_signals). */
enum { CONDVAR_MASK = 7, NR_FUTEX = -1 };

/* Time, the kernel or one thread that is known ends the others. */
static bool has_wakers(const struct wait *w)
{
	switch ((enum wait_reason)w->reason) {
	case WAIT_JOIN:
	case WAIT_TERMINAL:
	case WAIT_DISK:
	case WAIT_PAGE_FAULT:
	case WAIT_SLEEP:
	case WAIT_TIMER:
	case WAIT_CHILD:
	case WAIT_STOPPED:
	case WAIT_TRACED:
		return false;
	default:
		return w->nr >= 0;
	}
}

static struct place place_of(const struct model *m, const struct thread *t)
{
	const struct wait *w = &t->wait;
	const struct lock *l = model_lock_of_wait(m, t);
	struct place p = { .pid = t->pid, .nr = w->nr, .arg = w->args[0], .fd_mode = w->fd_mode };

	if (!wait_is_futex(w))
		return p;
	p.nr = NR_FUTEX;
	if (l) {
		p.pid = l->pid;
		p.arg = l->address;
	}
	if (w->reason == WAIT_CONDVAR)
		p.arg &= ~(__u64)CONDVAR_MASK;
	return p;
}

static __u64 place_key(const struct place *p)
{
	return map_hash(model_lock_key(p->pid, p->arg) + ((__u64)p->nr << 32) + p->fd_mode);
}

static struct place *find_place(const struct model *m, const struct place *wanted)
{
	uint32_t idx;

	if (!map_get(&m->place_of, place_key(wanted), &idx))
		return NULL;
	return &m->places.items[idx];
}

/* Keep those used after since_ns that are not of process pid. */
static void keep_places(struct model *m, __u64 since_ns, __u32 pid)
{
	size_t kept = 0;

	map_clear(&m->place_of);
	for (size_t i = 0; i < m->places.cnt; i++) {
		struct place p = m->places.items[i];

		if (p.last_ns <= since_ns || p.pid == pid)
			continue;
		map_put(&m->place_of, place_key(&p), kept);
		m->places.items[kept++] = p;
	}
	m->places.cnt = kept;
}

/* The half where nobody was woken for the longest time. */
static void forget_older_half(struct model *m)
{
	uint64_t *times = xcalloc(m->places.cnt, sizeof(*times));
	__u64 middle;

	for (size_t i = 0; i < m->places.cnt; i++)
		times[i] = m->places.items[i].last_ns;
	middle = select_nth(times, m->places.cnt, m->places.cnt / 2);
	free(times);
	keep_places(m, middle, 0);
}

/* Another program, or another process with the same number. */
void model_forget_places(struct model *m, __u32 pid)
{
	vec_for_each(p, &m->places) {
		if (p->pid == pid) {
			keep_places(m, 0, pid);
			return;
		}
	}
}

static void add_place(struct model *m, const struct place *p)
{
	if (m->places.cnt >= MODEL_PLACE_MAX)
		forget_older_half(m);
	vec_push(&m->places, *p);
	map_put(&m->place_of, place_key(p), m->places.cnt - 1);
}

const struct thread *model_waker_thread(const struct model *m, const struct waker *w)
{
	const struct thread *t = model_peek_thread(m, w->tid);

	return t && t->start_ns == w->start_ns && !(t->flags & THREAD_NAMELESS) ? t : NULL;
}

static bool can_wake(const struct thread *t)
{
	return t && thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

/* Room for one more at the end of a full list: who has ended goes first, then the rarest. */
static void drop_one(const struct model *m, struct wakers *w)
{
	size_t i = WAKER_MAX - 1;

	for (size_t j = WAKER_MAX; j-- > 0;) {
		if (!can_wake(model_waker_thread(m, &w->top[j]))) {
			i = j;
			break;
		}
	}
	for (; i < WAKER_MAX - 1; i++)
		w->top[i] = w->top[i + 1];
	w->top[i] = (struct waker){};
}

static void count(const struct model *m, struct wakers *w, __u32 tid)
{
	const struct thread *t = model_peek_thread(m, tid);
	struct waker who = { .tid = tid, .start_ns = t ? t->start_ns : 0 };
	size_t i = 0;

	while (i < WAKER_MAX && w->top[i].cnt &&
	       (w->top[i].tid != tid || w->top[i].start_ns != who.start_ns))
		i++;
	if (i == WAKER_MAX)
		drop_one(m, w);
	if (i == WAKER_MAX)
		i--;
	if (!w->top[i].cnt)
		w->top[i] = who;
	who.cnt = ++w->top[i].cnt;
	who = w->top[i];
	for (; i && w->top[i - 1].cnt < who.cnt; i--)
		w->top[i] = w->top[i - 1];
	w->top[i] = who;
}

/* Did the waker mean it? A signal interrupts any wait, and mostly that goes on then. */
static bool is_waker(const struct thread *t, const struct ev_wake *by)
{
	if (!by->waker_tid || (by->hdr.flags & (EVF_HARDIRQ | EVF_SOFTIRQ)))
		return false;
	return t->wait.reason == WAIT_SIGNAL ||
	       !syscall_sends_signal(by->nr, by->hdr.flags & EVF_COMPAT);
}

void model_count_waker(struct model *m, const struct thread *t, const struct ev_wake *by)
{
	struct place *p, fresh;

	if (!has_wakers(&t->wait))
		return;
	fresh = place_of(m, t);
	p = find_place(m, &fresh);
	if (!p) {
		add_place(m, &fresh);
		p = vec_last(&m->places);
	}
	p->last_ns = by->hdr.ts_ns;
	p->wakers.total++;
	if (is_waker(t, by))
		count(m, &p->wakers, by->waker_tid);
}

const struct wakers *model_wakers(const struct model *m, const struct thread *t)
{
	const struct place *p;
	struct place wanted;

	if (!thread_is_blocked(t) || !has_wakers(&t->wait) || model_waits_for(m, t, NULL))
		return NULL;
	wanted = place_of(m, t);
	p = find_place(m, &wanted);
	if (!p || !p->wakers.top[0].cnt ||
	    (p->wakers.top[0].tid == t->tid && !p->wakers.top[1].cnt))
		return NULL;
	return &p->wakers;
}

const struct wakers *model_lock_wakers(const struct model *m, const struct lock *l)
{
	struct place wanted = { .pid = l->pid, .nr = NR_FUTEX, .arg = l->address };
	const struct place *p;

	if (l->owner_tid)
		return NULL;
	if (l->kind == WAIT_CONDVAR)
		wanted.arg &= ~(__u64)CONDVAR_MASK;
	p = find_place(m, &wanted);
	return p && p->wakers.top[0].cnt ? &p->wakers : NULL;
}

const struct thread *model_learned(const struct model *m, const struct thread *t,
				   const struct waker **ret_waker)
{
	const struct wakers *w = model_wakers(m, t);

	for (size_t i = 0; w && i < WAKER_MAX && w->top[i].cnt; i++) {
		const struct thread *who = model_waker_thread(m, &w->top[i]);

		if (!can_wake(who) || who == t)
			continue;
		if (ret_waker)
			*ret_waker = &w->top[i];
		return who;
	}
	return NULL;
}

void model_restore_place(struct model *m, const struct ev_ck_place *ev)
{
	struct place p = {
		.pid = ev->hdr.tid,
		.nr = ev->nr,
		.fd_mode = ev->fd_mode,
		.arg = ev->arg,
		.last_ns = ev->last_ns,
		.wakers.total = ev->total,
	};

	if (m->places.cnt >= MODEL_PLACE_MAX)
		return; /* no model had so many: a damaged file */
	for (size_t i = 0; i < WAKER_MAX; i++)
		p.wakers.top[i] = (struct waker){
			.tid = ev->tid[i],
			.cnt = ev->cnt[i],
			.start_ns = ev->start_ns[i],
		};
	add_place(m, &p);
}
