/* SPDX-License-Identifier: GPL-2.0-only */
/* After a loss: whom no event has told of since is met again, or found to be gone. */
#include "cmd/resync.h"

#include "base/clock.h"
#include "cmd/ending.h"

enum {
	PAUSE_NS = 20000000, /* before the first round; each time twice as long */
	ROUND_MAX = 8,	     /* the last one is five seconds after the loss */
	COST_PART = 20,	     /* looking takes at most this part of the time */
};

static bool is_unknown(const struct thread *t)
{
	return t->state == THREAD_UNKNOWN && !(t->flags & THREAD_FOREIGN);
}

static size_t count_unknown(const struct model *m)
{
	size_t cnt = 0;

	for (size_t i = 0; i < model_thread_cnt(m); i++)
		cnt += is_unknown(model_thread_at(m, i));
	return cnt;
}

/* The next ones, all the way round; ret_idx[i] is where to go on behind ret[i]. */
static size_t find_unknown(const struct model *m, size_t first, __u32 *ret, size_t *ret_idx)
{
	size_t cnt = 0, total = model_thread_cnt(m);

	for (size_t i = 0; i < total && cnt < PROBE_WANTED_MAX; i++) {
		size_t idx = (first + i) % total;

		if (!is_unknown(model_thread_at(m, idx)))
			continue;
		ret_idx[cnt] = idx + 1;
		ret[cnt++] = model_thread_at(m, idx)->tid;
	}
	return cnt;
}

/* Who was gone at the last look and has had no event since will not have one. */
static void tell_gone(struct resync *r, struct pump *p)
{
	vec_for_each(tid, &r->gone) {
		const struct thread *t = model_find_thread(trace_tail(p->trace), *tid);

		if (t && is_unknown(t) && ending_is_gone(t))
			ending_tell_of(p, *tid);
	}
	r->gone.cnt = 0;
}

static void remember_gone(struct resync *r, const struct model *m, const __u32 *tids, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		const struct thread *t = model_find_thread(m, tids[i]);

		if (t && is_unknown(t) && ending_is_gone(t))
			vec_push(&r->gone, tids[i]);
	}
}

static void look(struct resync *r, struct pump *p)
{
	__u32 tids[PROBE_WANTED_MAX];
	size_t behind[PROBE_WANTED_MAX], cnt;
	int met;

	tell_gone(r, p);
	if (!r->left_cnt)
		r->left_cnt = count_unknown(trace_tail(p->trace));
	cnt = find_unknown(trace_tail(p->trace), r->next_idx, tids, behind);
	met = probe_meet_again(p->probe, tids, cnt);
	if (met > 0)
		r->next_idx = behind[met - 1];
	r->left_cnt = met > 0 && (size_t)met < r->left_cnt ? r->left_cnt - met : 0;
	pump_run(p);
	remember_gone(r, trace_tail(p->trace), tids, met > 0 ? met : 0);
}

static __u64 later(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

static __u64 lost_by_probes(const struct model *m)
{
	return model_lost(m, LOST_RING_FULL) + model_lost(m, LOST_STORAGE);
}

/* While more is lost all the time, looking goes on, too: not everybody has events all the time. */
static void notice_loss(struct resync *r, const struct model *m, __u64 now_ns)
{
	__u64 cnt = lost_by_probes(m), soon_ns = later(now_ns + PAUSE_NS, r->rest_ns);

	if (cnt == r->lost_cnt)
		return;
	r->lost_cnt = cnt;
	r->rounds = 0;
	if (!r->due_ns || r->due_ns > soon_ns)
		r->due_ns = soon_ns;
}

void resync_step(struct resync *r, struct pump *p)
{
	const struct model *m = trace_tail(p->trace);
	__u64 begin_ns = clock_now_ns();

	notice_loss(r, m, begin_ns);
	if (!r->due_ns || begin_ns < r->due_ns)
		return;
	look(r, p);
	r->rest_ns = begin_ns + COST_PART * (clock_now_ns() - begin_ns);
	r->rounds += !r->left_cnt;
	if (r->rounds == ROUND_MAX || !count_unknown(m))
		r->due_ns = 0;
	else if (r->left_cnt) /* the rest of the round follows soon */
		r->due_ns = r->rest_ns;
	else
		r->due_ns = later(begin_ns + ((__u64)PAUSE_NS << r->rounds), r->rest_ns);
}

void resync_release(struct resync *r)
{
	vec_release(&r->gone);
}
