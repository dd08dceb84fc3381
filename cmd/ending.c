/* SPDX-License-Identifier: GPL-2.0-only */
/* The last steps of a program that has ended. */
#include "cmd/ending.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/vec.h"

static bool is_living(const struct thread *t)
{
	return thread_is_alive(t) && t->pid && !(t->flags & THREAD_FOREIGN);
}

/* The kernel knows the number no more. Not /proc is asked: it may hide what others run. */
bool ending_is_gone(const struct thread *t)
{
	return syscall(SYS_tgkill, t->pid, t->tid, 0) < 0 && errno == ESRCH;
}

bool ending_awaits_any(const struct model *m)
{
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (is_living(t) && ((t->flags & THREAD_EXITS) || ending_is_gone(t)))
			return true;
	}
	return false;
}

void ending_tell_of(struct pump *p, __u32 tid)
{
	struct ev_reap ev = {
		.hdr = { .tid = tid, .kind = EV_REAP, .flags = EVF_UNSEEN },
	};

	pump_append(p, &ev.hdr);
}

void ending_tell_unseen(struct pump *p)
{
	const struct model *m = trace_tail(p->trace);
	VEC(__u32) gone = {};

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (is_living(t) && ending_is_gone(t))
			vec_push(&gone, t->tid);
	}
	vec_for_each(tid, &gone)
		ending_tell_of(p, *tid);
	vec_release(&gone);
}
