/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables for spreadsheets: threads, locks, waits.
 *
 * Instants count from the begin of the recording; what is not known is an empty field. A
 * thread that ends has its row then, so memory does not grow with their number.
 */
#include <stdio.h>

#include "export/csv.h"
#include "export/label.h"
#include "export/report_parts.h"
#include "model/syscall.h"

struct csv {
	const struct export_input *in;
	struct strbuf *out;
};

/* Begin of a wait that was met is before that of the recording. */
static void put_instant(const struct csv *c, __u64 ns)
{
	csv_i64(c->out, (__s64)(ns - export_begin_ns(c->in)));
}

static void put_instant_or_empty(const struct csv *c, __u64 ns)
{
	if (ns)
		put_instant(c, ns);
	else
		csv_text(c->out, NULL);
}

static void put_thread_ref(const struct csv *c, const struct model *m, __u32 tid)
{
	csv_u64_or_empty(c->out, tid, tid);
	csv_text(c->out, tid ? label_name(m, tid) : NULL);
}

/* --- threads ------------------------------------------------------------------- */

static void put_thread_head(struct strbuf *out)
{
	strbuf_adds(out, "tid,pid,ppid,name,state,running_ns,ready_ns,blocked_ns,stopped_ns,"
			 "new_ns,unknown_ns,switches,preemptions,wakeups,migrations,"
			 "created_ns,ended_ns,exit_status,exit_signal");
	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++)
		strbuf_addf(out, ",blocked_%s_ns", wait_reason_word(r));
	csv_end(out);
}

static void put_times(const struct csv *c, const struct thread *t, __u64 now_ns)
{
	static const enum thread_state states[] = {
		THREAD_RUNNING, THREAD_READY, THREAD_BLOCKED,
		THREAD_STOPPED, THREAD_NEW,   THREAD_UNKNOWN,
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		csv_u64(c->out, thread_state_ns(t, states[i], now_ns));
}

static void put_end(const struct csv *c, const struct thread *t, __u64 ended_ns)
{
	bool has_ended = ended_ns, is_killed = t->exit_code & 0x7f;

	put_instant_or_empty(c, ended_ns);
	csv_u64_or_empty(c->out, has_ended && !is_killed, t->exit_code >> 8 & 0xff);
	csv_u64_or_empty(c->out, has_ended && is_killed, t->exit_code & 0x7f);
}

/* @t as it was in the stay that ends at @now_ns; @has_ended: then it was Dead. */
static void put_thread(const struct csv *c, const struct thread *t, __u64 now_ns, bool has_ended)
{
	bool is_known = !(t->flags & THREAD_NAMELESS);
	char word[EXPORT_WORD_SZ];

	csv_u64(c->out, t->tid);
	csv_u64_or_empty(c->out, t->pid, t->pid);
	csv_u64_or_empty(c->out, is_known, t->ppid);
	csv_text(c->out, is_known ? t->name : NULL);
	csv_text(c->out, label_lower(thread_state_word(has_ended ? THREAD_DEAD : t->state), word));
	put_times(c, t, now_ns);
	csv_u64(c->out, t->switch_cnt);
	csv_u64(c->out, t->preempt_cnt);
	csv_u64(c->out, t->wake_cnt);
	csv_u64(c->out, t->migrate_cnt);
	put_instant(c, t->created_ns);
	put_end(c, t, has_ended && !t->ended_ns ? now_ns : t->ended_ns);
	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++)
		csv_u64(c->out, thread_reason_ns(t, r, now_ns));
	csv_end(c->out);
}

static void thread_stay(void *arg, const struct stay *s)
{
	const struct thread *t = s->thread, *now = model_find_thread(s->model, t->tid);

	/* The event that ends it counts; when another one has its tid, it came before. */
	if (s->has_ended && now && now->start_ns == t->start_ns)
		t = now;
	if (s->has_ended || s->is_open)
		put_thread(arg, t, s->end_ns, s->has_ended);
}

/* --- waits --------------------------------------------------------------------- */

static void put_wait_head(struct strbuf *out)
{
	strbuf_adds(out, "tid,pid,name,begin_ns,end_ns,duration_ns,reason,syscall,address,lock,fd,"
			 "timed,held_by_tid,held_by,evidence,woken_by_tid,woken_by,woken_from,"
			 "learned_tid,learned,learned_count,learned_of");
	csv_end(out);
}

/* Where the waker was: its system call, an interrupt, or the kernel without either. */
static void put_woken_from(const struct csv *c, const struct ev_wake *wake)
{
	const char *irq = label_irq(wake->hdr.flags);
	const char *syscall = syscall_name(wake->nr, wake->hdr.flags & EVF_COMPAT);
	char other[32];

	snprintf(other, sizeof(other), "syscall %d", wake->nr);
	if (irq)
		csv_text(c->out, *irq == 'h' ? "hard interrupt" : "soft interrupt");
	else if (syscall)
		csv_text(c->out, syscall);
	else
		csv_text(c->out, wake->nr >= 0 ? other : "kernel");
}

/* Who ended it; "lasts", or "unknown" where there is no wake-up. */
static void put_waker(const struct csv *c, const struct stay *s)
{
	bool is_irq = s->wake && label_irq(s->wake->hdr.flags);

	put_thread_ref(c, s->model, s->wake && !is_irq ? s->wake->waker_tid : 0);
	if (s->wake)
		put_woken_from(c, s->wake);
	else
		csv_text(c->out, s->is_open ? "lasts" : "unknown");
}

/* Who ended waits there before this one ended; where an owner is known nobody is. */
static void put_learned(const struct csv *c, const struct stay *s)
{
	csv_u64_or_empty(c->out, s->learned_tid, s->learned_tid);
	csv_text(c->out, s->learned_tid ? s->learned_name : NULL);
	csv_u64_or_empty(c->out, s->learned_tid, s->learned_cnt);
	csv_u64_or_empty(c->out, s->learned_tid, s->learned_total);
}

static void put_waited_on(const struct csv *c, const struct stay *s)
{
	const struct wait *w = &s->thread->wait;

	csv_text(c->out, wait_reason_word(w->reason));
	csv_text(c->out, wait_call(w));
	if (label_address(w)) {
		csv_address(c->out, label_address(w));
		csv_text(c->out, s->lock_name);
	} else {
		csv_text(c->out, NULL);
		csv_text(c->out, NULL);
	}
	csv_u64_or_empty(c->out, wait_fd(w) >= 0, wait_fd(w));
	csv_text(c->out, wait_is_timed(w) ? "yes" : "no");
}

static void wait_stay(void *arg, const struct stay *s)
{
	const struct csv *c = arg;
	const struct thread *t = s->thread;
	__u64 begin_ns = t->wait.since_ns;

	if (!thread_is_blocked(t))
		return;
	csv_u64(c->out, t->tid);
	csv_u64_or_empty(c->out, t->pid, t->pid);
	csv_text(c->out, t->flags & THREAD_NAMELESS ? NULL : t->name);
	put_instant(c, begin_ns);
	put_instant_or_empty(c, s->is_open ? 0 : s->end_ns);
	csv_u64(c->out, s->end_ns > begin_ns ? s->end_ns - begin_ns : 0);
	put_waited_on(c, s);
	csv_u64_or_empty(c->out, s->owner_tid, s->owner_tid);
	csv_text(c->out, s->owner_name);
	csv_text(c->out, evidence_word(s->learned_tid ? EVIDENCE_LEARNED : s->evidence));
	put_waker(c, s);
	put_learned(c, s);
	csv_end(c->out);
}

/* --- locks --------------------------------------------------------------------- */

static void put_lock(const struct csv *c, const struct model *m, const struct report_lock *l)
{
	csv_address(c->out, l->lock->address);
	csv_text(c->out, model_lock_name(m, l->lock));
	csv_u64_or_empty(c->out, l->lock->pid, l->lock->pid);
	csv_text(c->out, wait_reason_word(l->lock->kind));
	csv_u64(c->out, l->lock->wait_cnt);
	csv_u64(c->out, l->wait_ns);
	csv_u64(c->out, l->max_wait_ns);
	csv_u64(c->out, l->lock->handoff_cnt);
	put_thread_ref(c, m, l->lock->owner_tid);
	csv_text(c->out, evidence_word(l->lock->evidence));
	csv_u64(c->out, l->waiter_cnt);
	csv_end(c->out);
}

/* They are those of the report at the end of the window, in its order. */
static int export_locks(const struct csv *c)
{
	struct cursor *cursor = cursor_new(c->in->trace);
	int err = cursor_seek_time(cursor, c->in->to_ns);
	struct report_input in = { .model = cursor_model(cursor), .now_ns = c->in->to_ns };
	struct report_parts parts;

	strbuf_adds(c->out, "address,lock,pid,kind,waits,wait_ns,max_wait_ns,handoffs,owner_tid,"
			    "owner,evidence,waiters");
	csv_end(c->out);
	report_collect(&in, &parts);
	vec_for_each(l, &parts.locks)
		put_lock(c, in.model, l);
	report_parts_release(&parts);
	cursor_free(cursor);
	return err;
}

int export_csv(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks threads = { .stay = thread_stay };
	static const struct walk_hooks waits = { .stay = wait_stay };
	struct csv c = { .in = in, .out = &out->buf };

	switch (in->table) {
	case EXPORT_TABLE_threads:
		put_thread_head(&out->buf);
		return walk(in, out, &threads, &c);
	case EXPORT_TABLE_locks:
		return export_locks(&c) ?: out_commit(out);
	case EXPORT_TABLE_waits:
		put_wait_head(&out->buf);
		return walk(in, out, &waits, &c);
	}
	return 0;
}
