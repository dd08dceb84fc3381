/* SPDX-License-Identifier: GPL-2.0-only */
/* The last steps of a program that has ended. */
#include "base/vec.h"
#include "cmd/ending.h"

static bool is_one_of(__u32 pid, const __u32 *pids, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static bool is_living(const struct thread *t)
{
	return thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

bool ending_awaits_any(const struct model *m, const __u32 *pids, size_t cnt)
{
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (is_living(t) && ((t->flags & THREAD_EXITS) || is_one_of(t->pid, pids, cnt)))
			return true;
	}
	return false;
}

/* A process is collected when it has no thread any more. */
static bool is_collected(const struct model *m, __u32 pid)
{
	const struct thread *main = model_find_thread(m, pid);

	return main && main->pid == pid && main->state == THREAD_DEAD;
}

void ending_tell_unseen(struct pump *p, const __u32 *pids, size_t cnt)
{
	const struct model *m = trace_tail(p->trace);
	VEC(__u32) gone = {};

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (is_living(t) && (is_one_of(t->pid, pids, cnt) || is_collected(m, t->pid)))
			vec_push(&gone, t->tid);
	}
	vec_for_each(tid, &gone) {
		struct ev_reap ev = {
			.hdr = { .tid = *tid, .kind = EV_REAP, .flags = EVF_UNSEEN },
		};

		pump_append(p, &ev.hdr);
	}
	vec_release(&gone);
}
