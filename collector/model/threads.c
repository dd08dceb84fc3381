/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of threads: found by tid, bounded in the ended ones it remembers. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "model/model_private.h"

enum { PROC_PID_INIT_INO = 0xEFFFFFFC }; /* include/linux/proc_ns.h */

struct thread *model_peek_thread(const struct model *m, __u32 tid)
{
	uint32_t idx;

	return tid && map_get(&m->by_tid, tid, &idx) ? &m->threads.items[idx] : NULL;
}

static bool has_number(const struct thread *t)
{
	return t->ns_id && t->ns_id != (__u32)PROC_PID_INIT_INO;
}

static __u64 number_key(__u32 ns_id, __u32 ns_tid)
{
	return (__u64)ns_id << 32 | ns_tid;
}

void model_number_thread(struct model *m, const struct thread *t)
{
	if (has_number(t))
		map_put(&m->by_number, number_key(t->ns_id, t->ns_tid), t->tid);
}

static const struct thread *find_in_namespace(const struct model *m, __u32 ns_id, __u32 ns_tid)
{
	const struct thread *t;
	uint32_t tid;

	if (!map_get(&m->by_number, number_key(ns_id, ns_tid), &tid))
		return NULL;
	t = model_peek_thread(m, tid);
	return t && t->ns_id == ns_id && t->ns_tid == ns_tid ? t : NULL;
}

/* In memory that processes share, somebody of another namespace may have left his number. */
static bool is_number_elsewhere(const struct model *m, const struct thread *t, __u32 number)
{
	if (!map_cnt(&m->by_number))
		return false;
	vec_for_each(other, &m->threads)
		if (other->ns_tid == number && other->ns_id != t->ns_id && thread_is_alive(other) &&
		    !(other->flags & THREAD_FOREIGN))
			return true;
	return false;
}

const struct thread *model_find_number(const struct model *m, const struct thread *t, __u32 tid)
{
	if (!tid || ((t->flags & THREAD_NAMELESS) && map_cnt(&m->by_number)) ||
	    (wait_is_shared(&t->wait) && t->wait.reason != WAIT_JOIN &&
	     is_number_elsewhere(m, t, tid)))
		return NULL;
	return has_number(t) ? find_in_namespace(m, t->ns_id, tid) : model_peek_thread(m, tid);
}

/* Count t among the living of its process, or no more: by is 1 or -1. */
static void count(struct map *m, __u32 pid, int by)
{
	uint32_t cnt = 0;

	map_get(m, pid, &cnt);
	if (cnt + by)
		map_put(m, pid, cnt + by);
	else
		map_remove(m, pid);
}

void model_count_living(struct model *m, const struct thread *t, int by)
{
	if (!thread_is_alive(t) || (t->flags & THREAD_FOREIGN))
		return;
	count(&m->living_of, t->pid, by);
	if (t->flags & THREAD_SHARES_MEMORY)
		count(&m->sharers_of, t->ppid, by);
}

size_t model_living_cnt(const struct model *m, __u32 pid)
{
	uint32_t cnt = 0;

	map_get(&m->living_of, pid, &cnt);
	return cnt;
}

struct thread *model_add_thread(struct model *m, const struct thread *t)
{
	vec_push(&m->threads, *t);
	map_put(&m->by_tid, t->tid, m->threads.cnt - 1);
	model_number_thread(m, t);
	if (!(t->flags & THREAD_FOREIGN))
		m->state_cnt[t->state]++;
	model_count_living(m, t, 1);
	return vec_last(&m->threads);
}

struct thread *model_get_thread(struct model *m, __u32 tid, __u64 ts_ns)
{
	struct thread *t = model_peek_thread(m, tid);

	if (t)
		return t;
	return model_add_thread(m, &(struct thread){
					   .tid = tid,
					   .state = THREAD_UNKNOWN,
					   .flags = THREAD_NAMELESS,
					   .name = "?",
					   .since_ns = ts_ns,
					   .created_ns = ts_ns,
				   });
}

void model_leave_cpu(struct model *m, const struct thread *t)
{
	if (t->cpu < m->cpu_tid.cnt && m->cpu_tid.items[t->cpu] == t->tid)
		m->cpu_tid.items[t->cpu] = 0;
}

static bool is_ended(enum thread_state s)
{
	return s == THREAD_ZOMBIE || s == THREAD_DEAD;
}

void model_set_state(struct model *m, struct thread *t, enum thread_state s, __u64 ts_ns)
{
	__u64 ns = ts_ns > t->since_ns ? ts_ns - t->since_ns : 0;

	t->state_ns[t->state] += ns;
	if (t->state == THREAD_BLOCKED) {
		t->reason_ns[t->wait.reason] += ns;
		model_drop_found(m, t->tid);
	}
	if (t->state == THREAD_RUNNING)
		model_leave_cpu(m, t);
	if (!(t->flags & THREAD_FOREIGN)) {
		m->state_cnt[t->state]--;
		m->state_cnt[s]++;
	}
	if (is_ended(s) != is_ended(t->state)) {
		model_count_living(m, t, -1);
		t->state = s;
		model_count_living(m, t, 1);
	}
	t->state = s;
	t->since_ns = ts_ns;
}

/* Take the thread at idx out; the last one of the table moves into its place. */
static void forget_thread(struct model *m, size_t idx)
{
	struct thread *t = &m->threads.items[idx];
	size_t last = m->threads.cnt - 1;
	uint32_t found;

	if (!(t->flags & THREAD_FOREIGN))
		m->state_cnt[t->state]--;
	model_count_living(m, t, -1);
	if (map_get(&m->by_tid, t->tid, &found) && found == idx)
		map_remove(&m->by_tid, t->tid);
	if (map_get(&m->by_number, number_key(t->ns_id, t->ns_tid), &found) && found == t->tid)
		map_remove(&m->by_number, number_key(t->ns_id, t->ns_tid));
	if (idx != last) {
		__u32 moved = m->threads.items[last].tid;

		if (map_get(&m->by_tid, moved, &found) && found == last)
			map_put(&m->by_tid, moved, idx);
		*t = m->threads.items[last];
	}
	m->threads.cnt--;
}

/* The thread that ended first of those that are still remembered. */
static size_t oldest_dead(const struct model *m)
{
	const struct thread *oldest = NULL;

	vec_for_each(t, &m->threads)
		if (t->state == THREAD_DEAD && (!oldest || t->ended_ns < oldest->ended_ns))
			oldest = t;
	assert(oldest);
	return oldest - m->threads.items;
}

void model_end_thread(struct model *m, struct thread *t, enum thread_state s, __u64 ts_ns)
{
	assert(is_ended(s));
	if (t->state == THREAD_DEAD)
		return;
	if (t->state == THREAD_BLOCKED)
		model_wait_ends(m, t, NULL, ts_ns);
	model_set_state(m, t, s, ts_ns);
	if (!t->ended_ns)
		t->ended_ns = ts_ns;
	model_waits_change(m);
	if (s == THREAD_DEAD && ++m->dead_cnt > MODEL_DEAD_MAX) {
		forget_thread(m, oldest_dead(m));
		m->dead_cnt--;
	}
}

/*
 * A thread that was not the main one called exec: it takes over the tid of its
 * process, and what had that tid before is gone (de_thread(), fs/exec.c).
 */
void model_change_tid(struct model *m, __u32 old_tid, __u32 tid, __u64 ts_ns)
{
	struct thread *leader = model_peek_thread(m, tid);
	__u32 ns_tid = leader ? leader->ns_tid : 0;
	struct thread *t;
	uint32_t idx = 0;

	if (leader)
		model_end_thread(m, leader, THREAD_DEAD, ts_ns);
	t = model_get_thread(m, old_tid, ts_ns);
	map_get(&m->by_tid, old_tid, &idx);
	map_remove(&m->by_tid, old_tid);
	for (size_t cpu = 0; cpu < m->cpu_tid.cnt; cpu++)
		if (m->cpu_tid.items[cpu] == old_tid)
			m->cpu_tid.items[cpu] = tid;
	t = &m->threads.items[idx];
	t->tid = tid;
	t->ns_tid = ns_tid;
	map_put(&m->by_tid, tid, idx);
	model_number_thread(m, t);
}

void model_set_cpu(struct model *m, unsigned cpu, __u32 tid)
{
	if (cpu >= MODEL_CPU_MAX)
		return;
	while (m->cpu_tid.cnt <= cpu)
		vec_push(&m->cpu_tid, 0);
	m->cpu_tid.items[cpu] = tid;
}
