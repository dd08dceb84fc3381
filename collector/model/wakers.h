/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has woken waits at a place before. This is what can be said of a wait for what has no
 * owner: a semaphore, a condition variable, an eventfd, the locks of Rust, musl, Go, Python.
 *
 * It explains, and proves nothing: who has always done it need not do it again, and somebody
 * else may. So it is evidence of the rung EVIDENCE_LEARNED, and no verdict asks for it.
 */
#ifndef CTRACE_MODEL_WAKERS_H
#define CTRACE_MODEL_WAKERS_H

#include "model/model.h"

enum { WAKER_MAX = EVENT_WAKER_CNT };

struct waker {
	__u32 tid;
	__u32 cnt;	/* how often, at the least: not counting before it was dropped for others */
	__u64 start_ns; /* with the tid, its identity; 0: not traced, or not known */
};

struct wakers {
	__u32 total;		     /* wake-ups at the place, those by interrupts included */
	struct waker top[WAKER_MAX]; /* the most frequent first; cnt 0: no more */
};

/*
 * Who has woken waits where t waits now: on the same futex, or in the same system call of
 * the same process on the same descriptor. NULL when t is not Blocked, when it is known who
 * could end its wait (model_waits_for()), or when nobody but t itself did. Borrowed until the
 * next model_apply().
 */
const struct wakers *model_wakers(const struct model *m, const struct thread *t);

/* Who has woken waits on lock l; NULL when it is known who has it, or when nobody did. */
const struct wakers *model_lock_wakers(const struct model *m, const struct lock *l);

/* That thread, though it may have ended; NULL: nothing is known of it any more. */
const struct thread *model_waker_thread(const struct model *m, const struct waker *w);

/*
 * The most frequent of model_wakers() that is traced, lives, and is not t. NULL: there is none.
 * *ret_waker (may be NULL) says how often.
 */
const struct thread *model_learned(const struct model *m, const struct thread *t,
				   const struct waker **ret_waker);

#endif /* CTRACE_MODEL_WAKERS_H */
