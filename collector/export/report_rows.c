/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the text report: threads and locks. */
#include "base/fmt.h"
#include "export/report_phrases.h"
#include "model/rescue.h"
#include "model/wakers.h"

enum {
	LOCK_ROW_MAX = 20,
	DETAIL_INDENT = 10, /* lines below a row */
	STACK_INDENT = 14,
	HOLDER_MAX = 8, /* processes that are named */
};

/* Safe UTF-8 to @width columns, as long as every character takes one. */
static void add_padded(struct strbuf *ret, const char *text, int width)
{
	strbuf_adds(ret, text);
	for (; *text; text++)
		width -= (*text & 0xc0) != 0x80;
	while (width-- > 0)
		strbuf_addch(ret, ' ');
}

static void add_duration_column(struct strbuf *ret, __u64 ns)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, " %8s", fmt_duration(buf, sizeof(buf), ns));
}

/* ", in read()", ", in system call 451" */
static void add_syscall(struct strbuf *ret, const struct wait *w)
{
	const char *name = wait_call(w);

	if (name)
		strbuf_addf(ret, ", in %s()", name);
	else if (w->nr >= 0)
		strbuf_addf(ret, ", in system call %d", w->nr);
	if (wait_is_timed(w))
		strbuf_adds(ret, " with a time-out");
}

static void add_process(struct strbuf *ret, const struct model *m, __u32 pid)
{
	if (model_find_thread(m, pid))
		phrase_add_thread(ret, m, pid);
	else
		strbuf_addf(ret, "process %u", pid);
}

/* "could be ended by producer (4712) or others": not by t, which waits itself. */
static void add_holders(struct strbuf *ret, const struct model *m, const struct thread *t,
			const struct holders *h)
{
	size_t cnt = 0;

	for (size_t i = 0; i < h->cnt; i++) {
		if (!rescue_may_come_from(m, t, h->pids[i]) || cnt++ >= HOLDER_MAX)
			continue;
		strbuf_adds(ret, cnt == 1 ? "could be ended by " : ", ");
		add_process(ret, m, h->pids[i]);
	}
	if (cnt > HOLDER_MAX)
		strbuf_addf(ret, " and %zu more", cnt - HOLDER_MAX);
	if (!cnt)
		strbuf_adds(ret, h->is_complete ? "nobody could end it"
						: "who could end it is not known");
	else if (!h->is_complete)
		strbuf_adds(ret, " or others");
}

/* "on pipe:[4711] (read end); could be ended by producer (4712) or others; 3.2 s left" */
static void add_file(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	const struct wait_file *f = model_wait_file(in->model, t);
	const struct holders *h = model_holders(in->model, t);
	bool has_text = f && f->text, has_holders = h && h->cnt;
	bool has_time = f && f->until_ns > in->now_ns;

	if (!has_text && !has_holders && !has_time)
		return;
	strbuf_addf(ret, "%*s", DETAIL_INDENT + 2, "");
	if (has_text)
		strbuf_addf(ret, "%s%s", wait_fd(&t->wait) < 0 ? "" : "on ", f->text);
	if (has_holders) {
		strbuf_adds(ret, has_text ? "; " : "");
		add_holders(ret, in->model, t, h);
	}
	if (has_time) {
		strbuf_adds(ret, has_text || has_holders ? "; " : "");
		phrase_add_duration(ret, f->until_ns - in->now_ns);
		strbuf_adds(ret, " left");
	}
	strbuf_addch(ret, '\n');
}

/* ", which is now blocked: condvar 0x5581a8" */
static void add_waker_now(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	const struct wait *w = &t->wait;

	if (t->flags & THREAD_FOREIGN) {
		strbuf_adds(ret, ", which is not traced");
		return;
	}
	if (!thread_is_alive(t)) {
		strbuf_adds(ret, ", which has ended");
		return;
	}
	strbuf_addf(ret, ", which is now %s", thread_state_word(t->state));
	if (!thread_is_blocked(t))
		return;
	strbuf_adds(ret, ": ");
	phrase_add_target(ret, w->reason, report_lock_name(in, t),
			  wait_is_futex(w) && w->reason != WAIT_JOIN ? w->args[0] : 0, wait_fd(w));
}

/* "woken here before by producer (4711), 41 of 44 times, which is now Running: learned" */
static void add_wakers(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	const struct wakers *all = model_wakers(in->model, t);

	for (size_t i = 0; all && i < WAKER_MAX && all->top[i].cnt; i++) {
		const struct waker *w = &all->top[i];
		const struct thread *who = model_waker_thread(in->model, w);

		if (w->tid == t->tid)
			continue;
		strbuf_addf(ret, "%*swoken here before by ", DETAIL_INDENT + 2, "");
		if (who)
			phrase_add_thread(ret, in->model, w->tid);
		else
			strbuf_addf(ret, "a former thread %u", w->tid);
		strbuf_addf(ret, ", %u of %u times", w->cnt, all->total);
		if (who)
			add_waker_now(ret, in, who);
		strbuf_addf(ret, " (%s)\n", evidence_word(EVIDENCE_LEARNED));
	}
}

/* "waits for mutex 0x5581a0 held by phil-1 (4712), in futex(), since 00:00.481, for 11.9 s" */
static void add_wait(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	const struct wait *w = &t->wait;
	const struct thread *owner = model_waits_for(in->model, t, NULL);
	bool is_join = w->reason == WAIT_JOIN;

	strbuf_addf(ret, "%*swaits for ", DETAIL_INDENT, "");
	phrase_add_target(ret, w->reason, report_lock_name(in, t),
			  wait_is_futex(w) && !is_join ? w->args[0] : 0, wait_fd(w));
	if (owner) {
		strbuf_addf(ret, " %s ", wait_relation(w));
		phrase_add_thread(ret, in->model, owner->tid);
	}
	add_syscall(ret, w);
	strbuf_adds(ret, ", ");
	phrase_add_since(ret, in, w->since_ns);
	strbuf_addch(ret, '\n');
	add_file(ret, in, t);
	add_wakers(ret, in, t);
	/* The stacks of a cycle are shown with it. */
	if (!report_has_cycle(in) || !verdict_has_thread(in->verdict, t->tid))
		phrase_add_stack(ret, in, t, STACK_INDENT);
}

/* Blocked by reason, and the states that have no column. */
static void add_times(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	static const enum thread_state others[] = { THREAD_STOPPED, THREAD_NEW, THREAD_UNKNOWN };
	const char *sep = "          blocked: ";

	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++) {
		__u64 ns = thread_reason_ns(t, r, in->now_ns);

		if (!ns)
			continue;
		strbuf_addf(ret, "%s%s ", sep, wait_reason_word(r));
		phrase_add_duration(ret, ns);
		sep = ", ";
	}
	sep = *sep == ',' ? "; " : "          ";
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		__u64 ns = thread_state_ns(t, others[i], in->now_ns);

		if (!ns)
			continue;
		strbuf_addf(ret, "%s%s ", sep, thread_state_word(others[i]));
		phrase_add_duration(ret, ns);
		sep = ", ";
	}
	strbuf_addf(ret, "%sswitches %u, preempted %u, woken %u\n", sep, t->switch_cnt,
		    t->preempt_cnt, t->wake_cnt);
}

static void add_thread_row(struct strbuf *ret, const struct report_input *in,
			   const struct thread *t)
{
	strbuf_addf(ret, "%7u %7u ", t->tid, t->pid);
	add_padded(ret, t->name, EVENT_COMM_LEN);
	add_padded(ret, thread_state_word(t->state), 8);
	add_duration_column(ret, report_thread_end_ns(in, t) - t->created_ns);
	add_duration_column(ret, thread_state_ns(t, THREAD_RUNNING, in->now_ns));
	add_duration_column(ret, thread_state_ns(t, THREAD_READY, in->now_ns));
	add_duration_column(ret, thread_state_ns(t, THREAD_BLOCKED, in->now_ns));
	strbuf_addch(ret, '\n');
	if (thread_is_blocked(t))
		add_wait(ret, in, t);
	add_times(ret, in, t);
}

void report_add_threads(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts)
{
	strbuf_addf(ret, "\nThreads\n%7s %7s %-16s%-8s %8s %8s %8s %8s\n", "TID", "PID", "NAME",
		    "STATE", "LIFETIME", "RUNNING", "READY", "BLOCKED");
	vec_for_each(t, &parts->threads)
		add_thread_row(ret, in, *t);
	report_add_ended(ret, in, parts);
	if (!parts->is_complete)
		strbuf_addf(ret, "  of the threads that had ended only the last %d are listed\n",
			    MODEL_DEAD_MAX);
}

/* "fork[1], waiting: phil-0 (4711), phil-3 (4714)" */
static void add_lock_detail(struct strbuf *ret, const struct report_input *in,
			    const struct report_parts *parts, const struct report_lock *l)
{
	const char *name = model_lock_name(in->model, l->lock);

	if (!name && !l->waiter_cnt)
		return;
	strbuf_addf(ret, "    %s", name ? name : "");
	for (size_t i = 0; i < l->waiter_cnt; i++) {
		if (!i)
			strbuf_adds(ret, name ? ", waiting: " : "waiting: ");
		else
			strbuf_adds(ret, ", ");
		phrase_add_thread(ret, in->model,
				  parts->waiters.items[l->waiter_idx + i].thread->tid);
	}
	strbuf_addch(ret, '\n');
}

static void add_lock_row(struct strbuf *ret, const struct report_input *in,
			 const struct report_parts *parts, const struct report_lock *l)
{
	strbuf_addf(ret, "  0x%-16llx %-9s %8u", l->lock->address, wait_reason_word(l->lock->kind),
		    l->lock->wait_cnt);
	add_duration_column(ret, l->wait_ns);
	add_duration_column(ret, l->max_wait_ns);
	strbuf_adds(ret, "  ");
	if (l->lock->owner_tid)
		phrase_add_thread(ret, in->model, l->lock->owner_tid);
	else
		strbuf_adds(ret, l->waiter_cnt ? "not known" : "-");
	strbuf_addch(ret, '\n');
	add_lock_detail(ret, in, parts, l);
}

void report_add_locks(struct strbuf *ret, const struct report_input *in,
		      const struct report_parts *parts)
{
	size_t cnt = 0;

	if (!parts->locks.cnt)
		return;
	strbuf_addf(ret, "\nLocks\n  %-18s %-9s %8s %8s %8s  %s\n", "ADDRESS", "KIND", "WAITS",
		    "WAITED", "LONGEST", "HELD BY");
	vec_for_each(l, &parts->locks)
		if (l->waiter_cnt || cnt++ < LOCK_ROW_MAX)
			add_lock_row(ret, in, parts, l);
	if (cnt > LOCK_ROW_MAX)
		strbuf_addf(ret, "  and %zu on which less time was lost; --json has all\n",
			    cnt - LOCK_ROW_MAX);
}
