/* SPDX-License-Identifier: GPL-2.0-only */
/* The quiet threads, asked for where they are. */
#include "cmd/doubt.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "model/quiet.h"

/* What part of the time it may take, with somebody to ask for, and to find that there is nobody. */
enum { ASK_PART = 20, SEEK_PART = 500 };

/* The next whose time it is; the round is over when all were looked at. */
static size_t find_due(struct doubt *d, const struct model *m, __u32 *ret)
{
	size_t cnt = 0;

	for (; d->next_idx < model_thread_cnt(m) && cnt < PROBE_WANTED_MAX; d->next_idx++) {
		const struct thread *t = model_thread_at(m, d->next_idx);

		if (quiet_is_due(t, d->from_ns, d->to_ns))
			ret[cnt++] = t->tid;
	}
	return cnt;
}

/* Who of them is elsewhere than all events say, those included that came while it was asked. */
static size_t find_wrong(struct doubt *d, struct pump *p, __u32 *tids, size_t cnt)
{
	__u64 asked_ns = clock_now_ns();
	int found = probe_read_registers(p->probe, tids, cnt, d->found);
	size_t wrong = 0;

	if (found <= 0 || pump_run(p) < 0)
		return 0;
	for (int i = 0; i < found; i++) {
		const struct thread *t = model_find_thread(trace_tail(p->trace), d->found[i].tid);

		if (t && quiet_is_wrong(t, &d->found[i], asked_ns))
			tids[wrong++] = t->tid;
	}
	return wrong;
}

/* False: nobody is to be asked for. */
static bool ask(struct doubt *d, struct pump *p)
{
	__u32 tids[PROBE_WANTED_MAX];
	size_t cnt = find_due(d, trace_tail(p->trace), tids);

	if (!d->found)
		d->found = xcalloc(PROBE_WANTED_MAX, sizeof(*d->found));
	if (!cnt)
		return false;
	cnt = find_wrong(d, p, tids, cnt);
	if (cnt && probe_meet_again(p->probe, tids, cnt) > 0)
		pump_run(p);
	return true;
}

void doubt_step(struct doubt *d, struct pump *p)
{
	__u64 begin_ns = clock_now_ns();
	unsigned part;

	if (begin_ns < d->due_ns)
		return;
	if (!d->next_idx)
		d->to_ns = begin_ns;
	part = ask(d, p) ? ASK_PART : SEEK_PART;
	d->due_ns = begin_ns + part * (clock_now_ns() - begin_ns);
	if (d->next_idx < model_thread_cnt(trace_tail(p->trace)))
		return;
	d->next_idx = 0;
	d->from_ns = d->to_ns;
	if (d->due_ns < begin_ns + QUIET_ASK_NS)
		d->due_ns = begin_ns + QUIET_ASK_NS;
}

void doubt_release(struct doubt *d)
{
	free(d->found);
}
