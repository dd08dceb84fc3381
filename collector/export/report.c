/* SPDX-License-Identifier: GPL-2.0-only */
/* What both forms of the report share: order, sums, the sentence. */
#include "export/report.h"

#include <stdlib.h>

#include "base/fmt.h"
#include "export/report_parts.h"

static int compare_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_threads(const void *a, const void *b)
{
	const struct thread *x = *(const struct thread *const *)a;
	const struct thread *y = *(const struct thread *const *)b;
	int order = compare_u64(x->created_ns, y->created_ns);

	return order ? order : compare_u64(x->tid, y->tid);
}

static int compare_waiters(const void *a, const void *b)
{
	const struct report_waiter *x = a, *y = b;
	int order = compare_u64(x->lock_idx, y->lock_idx);

	if (!order)
		order = compare_u64(x->thread->wait.since_ns, y->thread->wait.since_ns);
	return order ? order : compare_u64(x->thread->tid, y->thread->tid);
}

static int compare_locks(const void *a, const void *b)
{
	const struct report_lock *x = a, *y = b;
	int order = compare_u64(y->wait_ns, x->wait_ns);

	if (!order)
		order = compare_u64(x->lock->address, y->lock->address);
	return order ? order : compare_u64(x->lock->pid, y->lock->pid);
}

static void collect_threads(const struct model *m, struct report_parts *parts)
{
	size_t dead_cnt = 0;

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		const struct lock *l = model_lock_waited_on(m, t);

		dead_cnt += t->state == THREAD_DEAD;
		if (t->flags & THREAD_FOREIGN)
			continue;
		vec_push(&parts->threads, t);
		if (l)
			vec_push(&parts->waiters,
				 (struct report_waiter){ l - model_lock_at(m, 0), t });
	}
	parts->is_complete = dead_cnt < MODEL_DEAD_MAX;
	if (parts->threads.cnt)
		qsort(parts->threads.items, parts->threads.cnt, sizeof(parts->threads.items[0]),
		      compare_threads);
	if (parts->waiters.cnt)
		qsort(parts->waiters.items, parts->waiters.cnt, sizeof(parts->waiters.items[0]),
		      compare_waiters);
}

static void add_waits(const struct report_input *in, const struct report_parts *parts,
		      struct report_lock *l)
{
	for (size_t i = 0; i < l->waiter_cnt; i++) {
		const struct thread *t = parts->waiters.items[l->waiter_idx + i].thread;
		__u64 ns = in->now_ns > t->wait.since_ns ? in->now_ns - t->wait.since_ns : 0;

		l->wait_ns += ns;
		if (ns > l->max_wait_ns)
			l->max_wait_ns = ns;
	}
}

static void collect_locks(const struct report_input *in, struct report_parts *parts)
{
	size_t next = 0;

	for (size_t i = 0; i < model_lock_cnt(in->model); i++) {
		const struct lock *lock = model_lock_at(in->model, i);
		struct report_lock l = {
			.lock = lock,
			.wait_ns = lock->wait_ns,
			.max_wait_ns = lock->max_wait_ns,
			.waiter_idx = next,
		};

		while (next < parts->waiters.cnt && parts->waiters.items[next].lock_idx == i)
			next++;
		l.waiter_cnt = next - l.waiter_idx;
		add_waits(in, parts, &l);
		vec_push(&parts->locks, l);
	}
	if (parts->locks.cnt)
		qsort(parts->locks.items, parts->locks.cnt, sizeof(parts->locks.items[0]),
		      compare_locks);
}

void report_collect(const struct report_input *in, struct report_parts *ret)
{
	*ret = (struct report_parts){};
	collect_threads(in->model, ret);
	collect_locks(in, ret);
}

void report_parts_release(struct report_parts *parts)
{
	vec_release(&parts->threads);
	vec_release(&parts->ended);
	vec_release(&parts->locks);
	vec_release(&parts->waiters);
}

__u64 report_thread_end_ns(const struct report_input *in, const struct thread *t)
{
	return t->ended_ns ? t->ended_ns : in->now_ns;
}

const struct model *report_last(const struct report_input *in)
{
	return in->last ? in->last : in->model;
}

__u64 report_event_cnt(const struct report_input *in)
{
	/* The model counts what happened, also what no block of the file has: that is lost. */
	return in->read_cnt ? in->read_cnt : model_event_cnt(report_last(in)) - in->first_event;
}

__u64 report_duration_ns(const struct report_input *in)
{
	__u64 begin_ns = model_begin_ns(in->model);
	__u64 end_ns = in->last ? model_now_ns(in->last) : in->now_ns;

	return begin_ns && end_ns > begin_ns ? end_ns - begin_ns : 0;
}

__u64 report_lost(const struct report_input *in, unsigned cause)
{
	__u64 known = 0;

	if (cause == (unsigned)REPORT_LOST_FILE)
		return in->file_lost;
	if (cause)
		return model_lost(report_last(in), cause);
	for (cause = 1; cause < LOST_CAUSE_MAX; cause++)
		known += model_lost(report_last(in), cause);
	return model_lost(report_last(in), 0) - known;
}

__u64 report_lost_total(const struct report_input *in)
{
	return model_lost(report_last(in), 0) + in->file_lost;
}

bool report_is_limited(const struct report_input *in)
{
	return in->limit != REPORT_NO_LIMIT && in->verdict->kind != VERDICT_DEADLOCK &&
	       in->verdict->kind != VERDICT_STALL;
}

bool report_has_cycle(const struct report_input *in)
{
	return in->verdict->kind == VERDICT_DEADLOCK || in->verdict->kind == VERDICT_STALL;
}

struct report_edge report_edge(const struct report_input *in, size_t idx)
{
	const struct verdict *v = in->verdict;
	const struct verdict_edge *e = &v->cycle[idx];
	struct report_edge ret = {
		.edge = e,
		.thread = model_find_thread(in->model, e->tid),
		.evidence = e->evidence,
		.held_by = e->held_by,
	};

	if (ret.thread && thread_is_blocked(ret.thread) && ret.thread->wait.since_ns == e->since_ns)
		ret.wait = &ret.thread->wait;
	return ret;
}

const char *report_lock_name(const struct report_input *in, const struct thread *t)
{
	const struct lock *l = model_lock_waited_on(in->model, t);

	return l ? model_lock_name(in->model, l) : NULL;
}

const char *report_kind_word(const struct report_input *in)
{
	switch (report_is_limited(in) ? in->limit : REPORT_NO_LIMIT) {
	case REPORT_HANG:
		return "hang";
	case REPORT_TIMEOUT:
		return "timeout";
	case REPORT_UNSURE:
		return verdict_kind_word(VERDICT_UNSURE);
	case REPORT_NO_LIMIT:
		break;
	}
	return verdict_kind_word(in->verdict->kind);
}

/* " (mutex 2, join 1)": what those that are blocked wait for */
static void add_reasons(const struct model *m, struct strbuf *ret)
{
	size_t cnt[WAIT_REASON_CNT] = {};
	const char *sep = " (";

	for (size_t i = 0; i < model_thread_cnt(m); i++)
		if (thread_is_blocked(model_thread_at(m, i)))
			cnt[model_thread_at(m, i)->wait.reason]++;
	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++) {
		if (!cnt[r])
			continue;
		strbuf_addf(ret, "%s%s %zu", sep, wait_reason_word(r), cnt[r]);
		sep = ", ";
	}
	strbuf_addch(ret, ')');
}

/* ": 2 Running, 3 Blocked (mutex 2, join 1)" */
static void add_counts(const struct model *m, struct strbuf *ret)
{
	const char *sep = ": ";

	for (enum thread_state s = 0; s < THREAD_ZOMBIE; s++) {
		size_t cnt = model_state_cnt(m, s);

		if (!cnt)
			continue;
		strbuf_addf(ret, "%s%zu %s", sep, cnt, thread_state_word(s));
		if (s == THREAD_BLOCKED)
			add_reasons(m, ret);
		sep = ", ";
	}
}

void report_sentence(const struct report_input *in, struct strbuf *ret)
{
	char buf[FMT_SZ];

	if (!report_is_limited(in)) {
		verdict_sentence(in->verdict, in->model, in->now_ns, ret);
		return;
	}
	if (in->limit == REPORT_UNSURE)
		strbuf_addf(ret, "UNSURE: %s lost events may hide a deadlock",
			    fmt_count(buf, sizeof(buf), report_lost_total(in)));
	else
		strbuf_addf(ret,
			    in->limit == REPORT_HANG ? "HANG: no thread has run for %s"
						     : "TIME-OUT after %s",
			    fmt_duration(buf, sizeof(buf), in->limit_ns));
	add_counts(in->model, ret);
	if (in->limit != REPORT_UNSURE)
		verdict_add_signals(in->verdict, in->model, ret);
}
