/* SPDX-License-Identifier: GPL-2.0-only */
/* Do the threads of a closed set wait, and could a signal handler wake them? */
#include "inspect/proof.h"

#include "inspect/handlers.h"

/* The threads of process pid that v names. */
static size_t threads_of(const struct model *m, const struct verdict *v, __u32 pid, __u32 *ret)
{
	size_t cnt = 0;

	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t && t->pid == pid)
			ret[cnt++] = t->tid;
	}
	return cnt;
}

static bool all_wait(const struct model *m, const struct verdict *v, __u32 pid,
		     const struct looks_calls *calls)
{
	struct probe_registers regs[VERDICT_CYCLE_MAX];
	__u32 tids[VERDICT_CYCLE_MAX];
	size_t cnt = threads_of(m, v, pid, tids);
	int found;

	if (!cnt)
		return true;
	found = calls->read_registers(calls->arg, tids, cnt, regs);
	for (int i = 0; i < found; i++)
		if (!regs[i].state)
			return false;
	return found >= 0 && (size_t)found == cnt;
}

void proof_step(const struct model *m, const struct verdict *v, __u64 now_ns,
		const struct looks_calls *calls)
{
	struct ev_handlers ev;

	if (now_ns < v->at_ns + PROOF_WAIT_NS)
		return;
	for (size_t i = 0; i < v->ask_cnt; i++) {
		if (!all_wait(m, v, v->ask_pids[i], calls))
			continue;
		handlers_read(v->ask_pids[i], &ev);
		calls->emit(calls->arg, &ev.hdr);
	}
}
