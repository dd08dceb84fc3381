/* SPDX-License-Identifier: GPL-2.0-only */
/* The report as text. */
#include <string.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "export/report_parts.h"
#include "model/syscall.h"

enum { LOCK_ROW_MAX = 20 };

/* Safe UTF-8 to @width columns, as long as every character takes one. */
static void add_padded(struct strbuf *ret, const char *text, int width)
{
	strbuf_adds(ret, text);
	for (; *text; text++)
		width -= (*text & 0xc0) != 0x80;
	while (width-- > 0)
		strbuf_addch(ret, ' ');
}

static void add_safe(struct strbuf *ret, const char *raw)
{
	size_t sz = strlen(raw) + 1;
	char *text = xmalloc(sz);

	safe_text(text, sz, raw, sz);
	strbuf_adds(ret, text);
	free(text);
}

static void add_duration(struct strbuf *ret, __u64 ns)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf), ns));
}

static void add_duration_column(struct strbuf *ret, __u64 ns)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, " %8s", fmt_duration(buf, sizeof(buf), ns));
}

/* "phil-1 (4712)" */
static void add_thread(struct strbuf *ret, const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	strbuf_addf(ret, "%s (%u)", t && t->name[0] ? t->name : "?", tid);
}

/* "since 00:00.481, for 11.9 s" */
static void add_since(struct strbuf *ret, const struct report_input *in, __u64 since_ns)
{
	__u64 begin_ns = model_begin_ns(in->model);
	char buf[FMT_SZ];

	strbuf_addf(ret, "since %s, for ",
		    fmt_clock(buf, sizeof(buf), since_ns > begin_ns ? since_ns - begin_ns : 0));
	add_duration(ret, in->now_ns > since_ns ? in->now_ns - since_ns : 0);
}

static void add_evidence(struct strbuf *ret, const struct report_input *in, enum evidence evidence,
			 __u64 confirm_ns)
{
	static const char *const words[] = {
		[EVIDENCE_UNKNOWN] = "how is not known",
		[EVIDENCE_LEARNED] = "learned from who woke it before",
		[EVIDENCE_READ] = "read from memory",
		[EVIDENCE_OBSERVED] = "observed",
	};

	strbuf_adds(ret, words[evidence <= EVIDENCE_OBSERVED ? evidence : EVIDENCE_UNKNOWN]);
	if (!confirm_ns)
		return;
	strbuf_adds(ret, ", again ");
	add_duration(ret, in->now_ns > confirm_ns ? in->now_ns - confirm_ns : 0);
	strbuf_adds(ret, " ago");
}

/* ", in read()", ", in system call 451" */
static void add_syscall(struct strbuf *ret, const struct wait *w)
{
	const char *name = syscall_name(w->nr, w->flags & EVF_COMPAT);

	if (name)
		strbuf_addf(ret, ", in %s()", name);
	else if (w->nr >= 0)
		strbuf_addf(ret, ", in system call %d", w->nr);
	if (wait_is_timed(w))
		strbuf_adds(ret, " with a time-out");
}

static void add_end(struct strbuf *ret, const struct model *m)
{
	__u32 code;

	if (!model_ended(m, &code))
		strbuf_adds(ret, "was still running");
	else if (code & 0x7f)
		strbuf_addf(ret, "killed by signal %u (%s)", code & 0x7f, strsignal(code & 0x7f));
	else
		strbuf_addf(ret, "ended with status %u", code >> 8 & 0xff);
}

static void add_losses(struct strbuf *ret, const struct report_input *in)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, "lost      %s\n", fmt_count(buf, sizeof(buf), report_lost_total(in)));
#define ADD_LOSS(name, id, word, help)                 \
	if (report_lost(in, id))                       \
		strbuf_addf(ret, "          %s: %s\n", \
			    fmt_count(buf, sizeof(buf), report_lost(in, id)), help);
	REPORT_LOSSES(ADD_LOSS)
#undef ADD_LOSS
	if (in->is_truncated)
		strbuf_adds(ret, "          the file was not closed: there may have been more\n");
}

static void add_command(struct strbuf *ret, const char *const *command)
{
	strbuf_adds(ret, "program  ");
	for (; command && *command; command++) {
		strbuf_addch(ret, ' ');
		add_safe(ret, *command);
	}
	strbuf_adds(ret, command ? "\n" : " not known\n");
}

static void add_head(struct strbuf *ret, const struct report_input *in)
{
	char buf[FMT_SZ];

	report_sentence(in, ret);
	strbuf_adds(ret, "\n\n");
	add_command(ret, in->command);
	strbuf_adds(ret, "end       ");
	add_end(ret, report_last(in));
	strbuf_adds(ret, "\nkernel    ");
	add_safe(ret, in->kernel ? in->kernel : "not known");
	strbuf_adds(ret, "\nobserved  ");
	add_duration(ret, report_duration_ns(in));
	strbuf_addf(ret, ", %s events\n",
		    fmt_count(buf, sizeof(buf), model_event_cnt(report_last(in))));
	add_losses(ret, in);
	if (in->last)
		strbuf_addf(ret, "state     as it was at %s\n",
			    fmt_clock(buf, sizeof(buf), in->now_ns - model_begin_ns(in->model)));
}

static void add_edge(struct strbuf *ret, const struct report_input *in, size_t idx)
{
	const struct verdict *v = in->verdict;
	const struct verdict_edge *e = &v->cycle[idx];

	strbuf_adds(ret, "  ");
	add_thread(ret, in->model, e->tid);
	strbuf_addf(ret, " waits for %s", wait_reason_word(e->reason));
	if (e->address)
		strbuf_addf(ret, " 0x%llx", e->address);
	strbuf_addch(ret, ' ');
	add_since(ret, in, e->since_ns);
	strbuf_adds(ret, e->address ? "\n    held by " : "\n    of ");
	add_thread(ret, in->model, v->cycle[(idx + 1) % v->cycle_cnt].tid);
	strbuf_adds(ret, ": ");
	add_evidence(ret, in, e->evidence, e->confirm_ns);
	strbuf_addch(ret, '\n');
}

static void add_cycle(struct strbuf *ret, const struct report_input *in)
{
	if (!report_has_cycle(in) || !in->verdict->cycle_cnt)
		return;
	strbuf_addf(ret, "\nCycle of %zu\n", in->verdict->cycle_cnt);
	for (size_t i = 0; i < in->verdict->cycle_cnt; i++)
		add_edge(ret, in, i);
}

/* "waits for mutex 0x5581a0 held by phil-1 (4712), in futex(), since 00:00.481, for 11.9 s" */
static void add_wait(struct strbuf *ret, const struct report_input *in, const struct thread *t)
{
	const struct wait *w = &t->wait;
	const struct thread *owner = model_waits_for(in->model, t, NULL);

	strbuf_addf(ret, "          waits for %s", wait_reason_word(w->reason));
	if (wait_is_futex(w) && w->reason != WAIT_JOIN)
		strbuf_addf(ret, " 0x%llx", w->args[0]);
	if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
	if (owner) {
		strbuf_adds(ret, w->reason == WAIT_JOIN ? " of " : " held by ");
		add_thread(ret, in->model, owner->tid);
	}
	add_syscall(ret, w);
	strbuf_adds(ret, ", ");
	add_since(ret, in, w->since_ns);
	strbuf_addch(ret, '\n');
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
		add_duration(ret, ns);
		sep = ", ";
	}
	sep = *sep == ',' ? "; " : "          ";
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		__u64 ns = thread_state_ns(t, others[i], in->now_ns);

		if (!ns)
			continue;
		strbuf_addf(ret, "%s%s ", sep, thread_state_word(others[i]));
		add_duration(ret, ns);
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

static void add_threads(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts)
{
	strbuf_addf(ret, "\nThreads\n%7s %7s %-16s%-8s %8s %8s %8s %8s\n", "TID", "PID", "NAME",
		    "STATE", "LIFETIME", "RUNNING", "READY", "BLOCKED");
	vec_for_each (t, &parts->threads)
		add_thread_row(ret, in, *t);
	if (!parts->is_complete)
		strbuf_addf(ret, "  of the threads that had ended only the last %d are listed\n",
			    MODEL_DEAD_MAX);
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
		add_thread(ret, in->model, l->lock->owner_tid);
	else
		strbuf_adds(ret, l->waiter_cnt ? "not known" : "-");
	strbuf_addch(ret, '\n');
	for (size_t i = 0; i < l->waiter_cnt; i++) {
		strbuf_adds(ret, i ? ", " : "    waiting: ");
		add_thread(ret, in->model, parts->waiters.items[l->waiter_idx + i].thread->tid);
	}
	strbuf_adds(ret, l->waiter_cnt ? "\n" : "");
}

static void add_locks(struct strbuf *ret, const struct report_input *in,
		      const struct report_parts *parts)
{
	size_t cnt = 0;

	if (!parts->locks.cnt)
		return;
	strbuf_addf(ret, "\nLocks\n  %-18s %-9s %8s %8s %8s  %s\n", "ADDRESS", "KIND", "WAITS",
		    "WAITED", "LONGEST", "HELD BY");
	vec_for_each (l, &parts->locks)
		if (l->waiter_cnt || cnt++ < LOCK_ROW_MAX)
			add_lock_row(ret, in, parts, l);
	if (cnt > LOCK_ROW_MAX)
		strbuf_addf(ret, "  and %zu on which less time was lost; --json has all\n",
			    cnt - LOCK_ROW_MAX);
}

void report_text(const struct report_input *in, struct strbuf *ret)
{
	struct report_parts parts;

	report_collect(in, &parts);
	add_head(ret, in);
	add_cycle(ret, in);
	add_threads(ret, in, &parts);
	add_locks(ret, in, &parts);
	report_parts_release(&parts);
}
