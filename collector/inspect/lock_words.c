/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock words, read again from user memory. */
#include "inspect/lock_words.h"

#include <string.h>

#include "inspect/user_memory.h"

enum { SCAN_MAX = 1024 }; /* threads that are considered in one go */

/* Tells one wait of a thread from the next (microseconds of its begin, modulo 2^32). */
static __u32 wait_mark(const struct wait *w)
{
	return w->since_ns >> 10;
}

static bool has_failed(const struct lock_words *lw, const struct thread *t)
{
	uint32_t mark;

	return map_get(&lw->failed, t->tid, &mark) && mark == wait_mark(&t->wait);
}

static void read_wait(struct lock_words *lw, const struct thread *t, lock_words_fn fn, void *arg)
{
	struct ev_lockword ev = {
		.hdr = { .tid = t->tid, .kind = EV_LOCKWORD },
		.address = t->wait.args[0],
	};

	ev.err = user_memory_read(t->tid, ev.address, ev.words, sizeof(ev.words));
	if (!ev.err && wait_is_for_readers(&t->wait))
		ev.err = user_memory_read(t->tid, ev.address - WAIT_READERS_OFF, &ev.readers,
					  sizeof(ev.readers));
	if (ev.err) {
		memset(ev.words, 0, sizeof(ev.words));
		map_put(&lw->failed, t->tid, wait_mark(&t->wait));
	}
	fn(arg, &ev.hdr);
}

/* The longer it has held still, the less often it needs a look. */
static __u64 again_after_ns(__u64 age_ns)
{
	__u64 pause_ns = age_ns / 4;

	if (pause_ns < LOCK_WORDS_AGAIN_NS)
		return LOCK_WORDS_AGAIN_NS;
	return pause_ns < LOCK_WORDS_AGAIN_MAX_NS ? pause_ns : LOCK_WORDS_AGAIN_MAX_NS;
}

/* One reading does for all who wait for a mutex. */
static bool wait_is_due(const struct lock_words *lw, const struct model *m, const struct thread *t,
			__u64 now_ns)
{
	const struct wait *w = &t->wait;
	__u64 due_ns = w->since_ns + LOCK_WORDS_WAIT_NS, confirmed_ns;

	if (!thread_is_blocked(t) || (w->flags & WAIT_WORDLESS) ||
	    (w->reason != WAIT_MUTEX && w->reason != WAIT_RWLOCK && w->reason != WAIT_JOIN))
		return false;
	confirmed_ns = model_confirmed_ns(m, t);
	if (confirmed_ns)
		due_ns = confirmed_ns + again_after_ns(confirmed_ns - w->since_ns);
	return now_ns > due_ns && !has_failed(lw, t);
}

static size_t read_cycle(struct lock_words *lw, const struct model *m, const struct verdict *v,
			 lock_words_fn fn, void *arg)
{
	size_t cnt = 0;

	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t && v->cycle[i].needs_word && !verdict_edge_is_confirmed(v, &v->cycle[i]) &&
		    !has_failed(lw, t)) {
			read_wait(lw, t, fn, arg);
			cnt++;
		}
	}
	return cnt;
}

size_t lock_words_read(struct lock_words *lw, const struct model *m, const struct verdict *v,
		       __u64 now_ns, lock_words_fn fn, void *arg)
{
	size_t cnt = 0;

	if (!v->confirmed && now_ns > v->at_ns + LOCK_WORDS_WAIT_NS)
		cnt = read_cycle(lw, m, v, fn, arg);
	/* There may be fewer of them after each reading. */
	for (size_t i = 0; i < model_thread_cnt(m) && i < SCAN_MAX && cnt < LOCK_WORDS_BATCH; i++) {
		const struct thread *t = model_thread_at(m, lw->next++ % model_thread_cnt(m));

		if (wait_is_due(lw, m, t, now_ns)) {
			read_wait(lw, t, fn, arg);
			cnt++;
		}
	}
	return cnt;
}

void lock_words_release(struct lock_words *lw)
{
	map_release(&lw->failed);
}
