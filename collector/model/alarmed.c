/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A verdict tells VERDICT_CYCLE_MAX threads of a set. No edge leaves the set, so whoever could end
 * the wait of one of them is another of them, and is found from there.
 */
#include "model/alarmed.h"

#include "base/map.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "model/rescue.h"

struct search {
	const struct model *m;
	bool *is_found; /* by thread */
	VEC(size_t) open;
	struct map pids; /* of processes whose threads are all in it */
};

static void add(struct search *s, const struct thread *t)
{
	size_t idx = t - model_thread_at(s->m, 0);

	if (s->is_found[idx] || !thread_is_blocked(t) || (t->flags & THREAD_FOREIGN))
		return;
	s->is_found[idx] = true;
	vec_push(&s->open, idx);
}

/* Of a deadlock the cycle alone counts: from each goes one edge. */
static void add_rescuers(struct search *s, const struct thread *t, bool is_cycle)
{
	const struct thread *one;
	struct rescue r;

	rescue_find(s->m, t, &r);
	one = rescue_only_one(s->m, t, &r);
	if (one)
		add(s, one);
	for (size_t i = 0; !one && !is_cycle && i < r.cnt; i++)
		map_put(&s->pids, r.pids[i], 0);
}

static void add_processes(struct search *s)
{
	for (size_t i = 0; i < model_thread_cnt(s->m); i++)
		if (map_get(&s->pids, model_thread_at(s->m, i)->pid, NULL))
			add(s, model_thread_at(s->m, i));
}

/* Each round finds the threads of processes that the one before has come to. */
static void add_all(struct search *s, bool is_cycle)
{
	while (s->open.cnt) {
		size_t pid_cnt = map_cnt(&s->pids);

		while (s->open.cnt)
			add_rescuers(s, model_thread_at(s->m, s->open.items[--s->open.cnt]),
				     is_cycle);
		if (map_cnt(&s->pids) > pid_cnt)
			add_processes(s);
	}
}

bool *alarmed_threads(const struct model *m, const struct verdict *v)
{
	struct search s = { .m = m };
	bool is_cycle = v->kind == VERDICT_DEADLOCK;

	s.is_found = xcalloc(model_thread_cnt(m) + 1, sizeof(*s.is_found));
	if (!is_cycle && v->kind != VERDICT_STALL)
		return s.is_found;
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t)
			add(&s, t);
	}
	if (v->cycle_cnt == VERDICT_CYCLE_MAX)
		add_all(&s, is_cycle);
	vec_release(&s.open);
	map_release(&s.pids);
	return s.is_found;
}
