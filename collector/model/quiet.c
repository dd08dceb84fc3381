/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads of which nothing was heard for long. */
#include "model/quiet.h"

/* QUIET_ASK_NS, doubled several times. */
static const __u64 MOVING_MAX_NS = 800000000, WAITING_MAX_NS = 51200000000;

/* How often it was time to ask for a thread that has been quiet for so long. */
static __u64 count_asked(__u64 quiet_ns, __u64 max_ns)
{
	__u64 cnt = 0;

	for (__u64 ns = QUIET_ASK_NS; ns <= quiet_ns && ns < max_ns; ns *= 2)
		cnt++;
	return cnt + quiet_ns / max_ns;
}

static __u64 time_quiet(const struct thread *t, __u64 ns)
{
	return ns > t->since_ns ? ns - t->since_ns : 0;
}

bool quiet_is_due(const struct thread *t, __u64 from_ns, __u64 to_ns)
{
	bool is_waiting = t->state == THREAD_BLOCKED || t->state == THREAD_STOPPED;
	__u64 max_ns = is_waiting ? WAITING_MAX_NS : MOVING_MAX_NS;

	if (!thread_is_alive(t) || t->state == THREAD_UNKNOWN || (t->flags & THREAD_FOREIGN))
		return false;
	return count_asked(time_quiet(t, from_ns), max_ns) !=
	       count_asked(time_quiet(t, to_ns), max_ns);
}

static __u64 first_argument(const struct probe_registers *r)
{
	return r->is_compat ? (__u32)r->regs[PREG_RBX] : r->regs[PREG_RDI];
}

bool quiet_is_wrong(const struct thread *t, const struct probe_registers *r, __u64 asked_ns)
{
	if (!thread_is_alive(t) || t->state == THREAD_UNKNOWN || t->since_ns >= asked_ns)
		return false;
	if (r->place == PROBE_LEAVING || r->place == PROBE_ENDED)
		return r->place == PROBE_ENDED;
	if (thread_state_of_task(r->place == PROBE_ON_CPU, r->state) != t->state)
		return true;
	return thread_is_blocked(t) && !wait_is_in_call(&t->wait, r->nr, first_argument(r));
}
