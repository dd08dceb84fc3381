/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts: which closed set of waits is a deadlock, which a stall, and what proves it.
 *
 * In a closed set nobody is left who could end a wait. When the waits that have one single
 * rescuer form a cycle in it, it is a deadlock. The set is a suspicion until whatever was
 * read from memory or /proc has been read again after the last of the waits began.
 */
#include "model/verdict.h"

#include <stdlib.h>
#include "base/map.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "model/closed_set.h"
#include "model/handlers.h"
#include "model/inversion.h"
#include "model/rescue.h"

const char *verdict_kind_word(enum verdict_kind k)
{
	static const char *const words[] = {
#define KIND_WORD(name, id, word) [id] = (word),
		VERDICT_KINDS(KIND_WORD)
#undef KIND_WORD
	};

	return (unsigned)k < sizeof(words) / sizeof(words[0]) ? words[k] : "?";
}

bool verdict_edge_is_confirmed(const struct verdict *v, const struct verdict_edge *e)
{
	return (!e->needs_word && !e->needs_holders) || e->confirm_ns > v->at_ns;
}

static struct verdict_edge edge_of(const struct model *m, const struct thread *t)
{
	const struct thread *next;
	struct rescue r;

	rescue_find(m, t, &r);
	next = rescue_only_one(m, t, &r);
	return (struct verdict_edge){
		.tid = t->tid,
		.held_by = next ? next->tid : 0,
		.reason = t->wait.reason,
		.evidence = r.evidence,
		.needs_word = r.needs_confirm && r.by != RESCUERS_HOLDERS,
		.needs_holders = r.needs_confirm && r.by == RESCUERS_HOLDERS,
		.address = wait_is_futex(&t->wait) && t->wait.reason != WAIT_JOIN
				   ? wait_lock_address(&t->wait)
				   : 0,
		.since_ns = t->wait.since_ns,
		.confirm_ns = r.confirm_ns,
	};
}

__u64 verdict_edge_confirm_ns(const struct model *m, const struct verdict_edge *e)
{
	const struct thread *t = model_find_thread(m, e->tid);
	struct verdict_edge now;

	if (!e->confirm_ns || !t || !thread_is_blocked(t) || t->wait.since_ns != e->since_ns)
		return e->confirm_ns;
	now = edge_of(m, t);
	return now.held_by == e->held_by && now.confirm_ns > e->confirm_ns ? now.confirm_ns
									   : e->confirm_ns;
}

static bool has_thread(const struct closed_set *set, __u32 tid)
{
	for (size_t i = 0; i < set->cnt; i++)
		if (set->threads[i]->tid == tid)
			return true;
	return false;
}

/* Whom t waits for, if it is one thread alone that still waits itself; or NULL. */
static const struct thread *next_of(const struct model *m, const struct thread *t)
{
	const struct thread *next;
	struct rescue r;

	rescue_find(m, t, &r);
	next = rescue_only_one(m, t, &r);
	return next && thread_is_blocked(next) ? next : NULL;
}

/*
 * A thread on a cycle within the set, or NULL. From each thread it goes on to one other at
 * most, so walking cnt steps ends on a cycle, or at a thread that has several rescuers.
 */
static const struct thread *find_cycle(const struct model *m, const struct closed_set *set)
{
	for (size_t first = 0; first < set->cnt && first < VERDICT_CYCLE_MAX; first++) {
		const struct thread *t = set->threads[first];

		for (size_t i = 0; t && i < set->cnt; i++)
			t = next_of(m, t);
		if (t && has_thread(set, t->tid))
			return t;
	}
	return NULL;
}

static void collect_cycle(const struct model *m, const struct thread *first, struct verdict *v)
{
	const struct thread *t = first;

	do {
		v->cycle[v->cycle_cnt++] = edge_of(m, t);
		t = next_of(m, t);
	} while (t != first && v->cycle_cnt < VERDICT_CYCLE_MAX);
}

/* Does whoever waits along from t wait for last in the end? */
static bool leads_to(const struct model *m, const struct thread *t, const struct thread *last)
{
	for (int i = 0; t && t != last && i < VERDICT_CYCLE_MAX; i++)
		t = next_of(m, t);
	return t == last;
}

/* Would it be a cycle, whoever of the threads that could be a reader is the one? */
static bool waits_for_its_waiters(const struct model *m, const struct thread *t)
{
	const struct thread *readers[VERDICT_CYCLE_MAX];
	size_t cnt = rescue_readers(m, t, readers, VERDICT_CYCLE_MAX);

	for (size_t i = 0; i < cnt; i++)
		if (!leads_to(m, readers[i], t))
			return false;
	return cnt;
}

static const struct thread *find_waiter_for_readers(const struct model *m,
						    const struct closed_set *set)
{
	for (size_t i = 0; i < set->cnt; i++)
		if (waits_for_its_waiters(m, set->threads[i]))
			return set->threads[i];
	return NULL;
}

static void collect_readers(const struct model *m, const struct thread *writer, struct verdict *v)
{
	const struct thread *readers[VERDICT_CYCLE_MAX];
	size_t cnt = rescue_readers(m, writer, readers, VERDICT_CYCLE_MAX);

	v->is_for_readers = true;
	v->cycle[v->cycle_cnt++] = edge_of(m, writer);
	for (size_t i = 0; i < cnt; i++)
		if (readers[i] != writer)
			v->cycle[v->cycle_cnt++] = edge_of(m, readers[i]);
}

static int compare_tids(const void *a, const void *b)
{
	const struct verdict_edge *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void collect_all(const struct model *m, const struct closed_set *set, struct verdict *v)
{
	for (size_t i = 0; i < set->cnt && v->cycle_cnt < VERDICT_CYCLE_MAX; i++)
		v->cycle[v->cycle_cnt++] = edge_of(m, set->threads[i]);
	qsort(v->cycle, v->cycle_cnt, sizeof(v->cycle[0]), compare_tids);
}

static void ask_for(struct verdict *v, __u32 pid)
{
	for (size_t i = 0; i < v->ask_cnt; i++)
		if (v->ask_pids[i] == pid)
			return;
	if (v->ask_cnt < VERDICT_ASK_MAX)
		v->ask_pids[v->ask_cnt++] = pid;
}

static void need_no_handler(const struct model *m, __u32 pid, __u64 signals, struct verdict *v)
{
	v->signals |= model_handled(m, pid, HANDLERS_ANY, v->at_ns);
	switch (model_handlers(m, pid, signals, v->at_ns)) {
	case HANDLERS_UNREAD:
		ask_for(v, pid);
		v->confirmed = false;
		break;
	case HANDLERS_SOME:
		v->is_for_signals = true;
		break;
	case HANDLERS_NONE:
		break;
	}
}

static bool is_for_data(const struct thread *t, const struct rescue *r)
{
	return r->by == RESCUERS_HOLDERS && t->wait.reason != WAIT_CHILD &&
	       t->wait.reason != WAIT_FLOCK && !wait_is_write(&t->wait);
}

/* Whose handlers could wake t: those of its own process, */
static __u64 own_signals(const struct thread *t, const struct rescue *r)
{
	if (wait_is_futex(&t->wait))
		return HANDLERS_ANY;
	for (size_t i = 0; is_for_data(t, r) && i < r->cnt; i++)
		if (r->pids[i] == t->pid)
			return HANDLERS_ANY;
	return HANDLERS_OWN;
}

/* and of another one. */
static __u64 other_signals(const struct thread *t, const struct rescue *r)
{
	if (wait_is_futex(&t->wait))
		return HANDLERS_ANY;
	return is_for_data(t, r) ? HANDLERS_TELL : HANDLERS_OWN;
}

/* That of a lock does not depend on it, but who is told of it should know. */
static void note_handlers(const struct model *m, __u32 pid, struct verdict *v)
{
	if (model_handlers(m, pid, HANDLERS_ANY, v->at_ns) == HANDLERS_UNREAD)
		ask_for(v, pid);
	v->signals |= model_handled(m, pid, HANDLERS_ANY, v->at_ns);
}

/* Is it proven that nothing ends the wait of t? The owner of a lock owes it, handler or not. */
static void prove(const struct model *m, const struct thread *t, struct verdict *v)
{
	struct verdict_edge e = edge_of(m, t);
	struct rescue r;

	rescue_find(m, t, &r);
	v->confirmed &= verdict_edge_is_confirmed(v, &e) && !r.is_doubted;
	if (r.by == RESCUERS_OWNER || model_holder_is_gone(m, t)) {
		note_handlers(m, t->pid, v);
		return;
	}
	need_no_handler(m, t->pid, own_signals(t, &r), v);
	for (size_t i = 0; i < r.cnt; i++)
		if (r.pids[i] != t->pid && model_find_process(m, r.pids[i]))
			need_no_handler(m, r.pids[i], other_signals(t, &r), v);
}

static __u64 later(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* When the last thread of each process ended, of those that are remembered; for all sets. */
struct ends {
	struct map of; /* pid -> index */
	VEC(__u64) ns;
	bool are_known;
};

static void find_ends(const struct model *m, struct ends *ret)
{
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		uint32_t idx;

		if (!t->ended_ns)
			continue;
		if (!map_get(&ret->of, t->pid, &idx)) {
			idx = ret->ns.cnt;
			map_put(&ret->of, t->pid, idx);
			vec_push(&ret->ns, 0);
		}
		ret->ns.items[idx] = later(ret->ns.items[idx], t->ended_ns);
	}
	ret->are_known = true;
}

static __u64 last_end_ns(const struct model *m, __u32 pid, struct ends *ends)
{
	uint32_t idx;

	if (!ends->are_known)
		find_ends(m, ends);
	return map_get(&ends->of, pid, &idx) ? ends->ns.items[idx] : 0;
}

/* Since when has nobody else been able to end the wait of t? */
static __u64 alone_ns(const struct model *m, const struct thread *t, struct ends *ends)
{
	struct rescue r;
	__u64 ns = 0;

	rescue_find(m, t, &r);
	if (r.by == RESCUERS_OWNER)
		return r.owner->ended_ns;
	for (size_t i = 0; i < r.cnt; i++)
		ns = later(ns, last_end_ns(m, r.pids[i], ends));
	return ns;
}

/* The set closed when the last of its waits began, or the last who could have helped ended. */
static __u64 closed_ns(const struct model *m, const struct closed_set *set, struct ends *ends)
{
	__u64 ns = 0;

	for (size_t i = 0; i < set->cnt; i++) {
		ns = later(ns, set->threads[i]->wait.since_ns);
		ns = later(ns, alone_ns(m, set->threads[i], ends));
	}
	return ns;
}

static void judge_set(const struct model *m, const struct closed_set *set, struct ends *ends,
		      struct verdict *v)
{
	const struct thread *first = find_cycle(m, set);
	const struct thread *writer = first ? NULL : find_waiter_for_readers(m, set);

	*v = (struct verdict){ .closed_cnt = set->cnt, .confirmed = true };
	v->at_ns = closed_ns(m, set, ends);
	for (size_t i = 0; i < set->cnt; i++)
		prove(m, set->threads[i], v);
	v->is_for_signals &= v->confirmed;
	v->confirmed &= !v->is_for_signals;
	v->suspect = first || writer ? VERDICT_DEADLOCK : VERDICT_STALL;
	if (first)
		collect_cycle(m, first, v);
	else if (writer)
		collect_readers(m, writer, v);
	else
		collect_all(m, set, v);
}

static bool is_better(const struct verdict *v, const struct verdict *than)
{
	if (v->confirmed != than->confirmed)
		return v->confirmed;
	if (v->suspect != than->suspect)
		return v->suspect == VERDICT_DEADLOCK;
	return v->at_ns < than->at_ns;
}

static enum verdict_kind kind_of_states(const struct model *m)
{
	size_t active = model_state_cnt(m, THREAD_RUNNING) + model_state_cnt(m, THREAD_READY) +
			model_state_cnt(m, THREAD_NEW);
	size_t waiting = model_state_cnt(m, THREAD_BLOCKED) + model_state_cnt(m, THREAD_STOPPED);

	if (model_ended(m, NULL) && !active && !waiting)
		return VERDICT_ENDED;
	if (model_state_cnt(m, THREAD_UNKNOWN))
		return VERDICT_UNSURE;
	if (active || !model_thread_cnt(m))
		return VERDICT_RUNNING;
	return waiting ? VERDICT_WAITING : VERDICT_ENDED;
}

void verdict_find(const struct model *m, struct verdict *ret)
{
	struct closed_sets found;
	struct ends ends = {};
	bool has_any = false;

	*ret = (struct verdict){};
	closed_sets_find(m, &found);
	vec_for_each(set, &found.sets) {
		struct verdict v;

		judge_set(m, set, &ends, &v);
		if (!has_any || is_better(&v, ret))
			*ret = v;
		has_any = true;
	}
	closed_sets_release(&found);
	map_release(&ends.of);
	vec_release(&ends.ns);
	ret->kind = ret->confirmed ? ret->suspect : kind_of_states(m);
	if (!ret->confirmed && ret->kind != VERDICT_UNSURE && model_inversion_cnt(m))
		ret->kind = VERDICT_POTENTIAL;
}

/* Where only a handled signal could wake somebody, it was read again: that is another reason. */
bool verdict_is_unconfirmed_cycle(const struct verdict *v)
{
	return v->suspect == VERDICT_DEADLOCK && !v->confirmed && !v->is_for_signals;
}

bool verdict_has_thread(const struct verdict *v, __u32 tid)
{
	for (size_t i = 0; i < v->cycle_cnt; i++)
		if (v->cycle[i].tid == tid)
			return true;
	return false;
}
