/* SPDX-License-Identifier: GPL-2.0-only */
/* The model: life cycle and what may be asked of it. */
#include <string.h>
#include "base/xalloc.h"
#include "model/model_private.h"
#include "model/rescue.h"

struct model *model_new(void)
{
	return xcalloc(1, sizeof(struct model));
}

void model_free(struct model *m)
{
	if (!m)
		return;
	vec_release(&m->threads);
	map_release(&m->by_tid);
	map_release(&m->by_number);
	map_release(&m->living_of);
	map_release(&m->sharers_of);
	vec_release(&m->locks);
	map_release(&m->by_address);
	map_release(&m->first_writer_of);
	model_drop_all_found(m);
	vec_release(&m->found);
	map_release(&m->found_of);
	vec_release(&m->handlers);
	model_drop_inversions(m);
	vec_release(&m->inversions);
	vec_release(&m->pages);
	map_release(&m->page_of);
	vec_release(&m->places);
	map_release(&m->place_of);
	vec_release(&m->cpu_tid);
	free(m);
}

void model_take_memory(struct model *m, const struct model *from)
{
	m->threads = from->threads;
	m->by_tid = from->by_tid;
	m->by_number = from->by_number;
	m->living_of = from->living_of;
	m->sharers_of = from->sharers_of;
	m->locks = from->locks;
	m->by_address = from->by_address;
	m->first_writer_of = from->first_writer_of;
	m->found = from->found;
	m->found_of = from->found_of;
	m->handlers = from->handlers;
	m->inversions = from->inversions;
	m->pages = from->pages;
	m->page_of = from->page_of;
	m->places = from->places;
	m->place_of = from->place_of;
	m->cpu_tid = from->cpu_tid;
}

void model_reset(struct model *m)
{
	struct model fresh = { .later_names = m->later_names };

	model_take_memory(&fresh, m);
	vec_clear(&fresh.threads);
	map_clear(&fresh.by_tid);
	map_clear(&fresh.by_number);
	map_clear(&fresh.living_of);
	map_clear(&fresh.sharers_of);
	vec_clear(&fresh.locks);
	map_clear(&fresh.by_address);
	map_clear(&fresh.first_writer_of);
	model_drop_all_found(&fresh);
	vec_clear(&fresh.handlers);
	model_drop_inversions(&fresh);
	vec_clear(&fresh.pages);
	map_clear(&fresh.page_of);
	vec_clear(&fresh.places);
	map_clear(&fresh.place_of);
	vec_clear(&fresh.cpu_tid);
	*m = fresh;
}

void model_know_names(struct model *m, const struct lock_names *names)
{
	m->later_names = names;
}

__u64 model_now_ns(const struct model *m)
{
	return m->now_ns;
}

__u64 model_begin_ns(const struct model *m)
{
	return m->begin_ns;
}

__u64 model_event_cnt(const struct model *m)
{
	return m->event_cnt;
}

__u64 model_wait_version(const struct model *m)
{
	return m->wait_version;
}

__u64 model_wait_cnt(const struct model *m)
{
	return m->wait_cnt;
}

size_t model_thread_cnt(const struct model *m)
{
	return m->threads.cnt;
}

const struct thread *model_thread_at(const struct model *m, size_t idx)
{
	return &m->threads.items[idx];
}

const struct thread *model_find_thread(const struct model *m, __u32 tid)
{
	return model_peek_thread(m, tid);
}

size_t model_state_cnt(const struct model *m, enum thread_state s)
{
	return m->state_cnt[s];
}

size_t model_lock_cnt(const struct model *m)
{
	return m->locks.cnt;
}

const struct lock *model_lock_at(const struct model *m, size_t idx)
{
	return &m->locks.items[idx];
}

const struct lock *model_lock_waited_on(const struct model *m, const struct thread *t)
{
	return thread_is_blocked(t) ? model_lock_of_wait(m, t) : NULL;
}

const struct thread *model_waits_for(const struct model *m, const struct thread *t,
				     enum evidence *ret_evidence)
{
	const struct thread *one;
	struct rescue r;

	rescue_find(m, t, &r);
	one = rescue_only_one(m, t, &r);
	if (ret_evidence)
		*ret_evidence = one ? r.evidence : EVIDENCE_UNKNOWN;
	return one;
}

const struct thread *model_cpu_thread(const struct model *m, unsigned cpu)
{
	if (cpu >= m->cpu_tid.cnt || !m->cpu_tid.items[cpu])
		return NULL;
	return model_peek_thread(m, m->cpu_tid.items[cpu]);
}

const struct thread *model_displaced_by(const struct model *m, const struct ev_hdr *ev)
{
	__u32 tid = ev->cpu < m->cpu_tid.cnt ? m->cpu_tid.items[ev->cpu] : 0;

	/* By their numbers, for nearly always it is who leaves. */
	if ((ev->kind != EV_SWITCH && ev->kind != EV_BLOCK) || tid == ev->tid ||
	    tid == event_next_tid(ev))
		return NULL;
	return model_peek_thread(m, tid);
}

unsigned model_cpu_cnt(const struct model *m)
{
	return m->cpu_tid.cnt;
}

__u64 model_lost(const struct model *m, unsigned cause)
{
	__u64 sum = 0;

	if (cause)
		return cause < LOST_CAUSE_MAX ? m->lost[cause] : 0;
	for (unsigned i = 0; i < LOST_CAUSE_MAX; i++)
		sum += m->lost[i];
	return sum;
}

const char *model_output(const struct model *m, size_t *ret_len)
{
	*ret_len = m->output_len;
	return m->output;
}

__u64 model_output_total(const struct model *m)
{
	return m->output_total;
}

bool model_ended(const struct model *m, __u32 *ret_code)
{
	if (m->ended && ret_code)
		*ret_code = m->end_code;
	return m->ended;
}
