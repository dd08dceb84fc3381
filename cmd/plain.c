/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line per state change: time, tid, name, state, and what it waits for.
 *
 * Columns never move: seconds since the begin, tid, thread, state, detail.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/headless.h"
#include "cmd/plain.h"
#include "model/wakers.h"
#include "trace/cursor.h"
#include "tui/state_words.h"

struct plain {
	struct cursor *cursor;
	struct strbuf line;
	struct strbuf out;	/* whole lines that are not written yet */
	int err;		/* -errno: they could not be written */
	enum verdict_kind kind; /* the last verdict that was said */
};

static void flush_lines(struct plain *p)
{
	if (!p->err)
		p->err = write_all(STDOUT_FILENO, strbuf_str(&p->out), p->out.len);
	strbuf_reset(&p->out);
}

/* Only whole lines, as many as a pipe takes at once: the program may write there, too. */
static void put_line(struct plain *p)
{
	strbuf_addch(&p->line, '\n');
	if (p->out.len + p->line.len > PIPE_BUF)
		flush_lines(p);
	strbuf_add(&p->out, p->line.data, p->line.len);
}

/* Who ended waits there before; of several the most frequent. */
static void add_learned(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct waker *waker;
	const struct thread *by = model_learned(m, t, &waker);

	if (by)
		strbuf_addf(ret, " woken before by %s (%u, %s, %u of %u)", by->name, by->tid,
			    evidence_word(EVIDENCE_LEARNED), waker->cnt, model_wakers(m, t)->total);
}

static void add_wait(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	enum evidence evidence;
	const struct thread *owner = model_waits_for(m, t, &evidence);
	const char *call = wait_call(&t->wait);
	const struct lock *lock = model_lock_waited_on(m, t);
	int fd = wait_fd(&t->wait);

	strbuf_adds(ret, wait_reason_word(t->wait.reason));
	if (t->wait.reason == WAIT_OTHER && call)
		strbuf_addf(ret, " (%s)", call);
	if (wait_is_futex(&t->wait))
		strbuf_addf(ret, " 0x%llx", (unsigned long long)wait_lock_address(&t->wait));
	else if (fd >= 0)
		strbuf_addf(ret, " fd %d", fd);
	if (lock && model_lock_name(m, lock)) /* known from a wait before */
		strbuf_addf(ret, " (%s)", model_lock_name(m, lock));
	if (owner && t->wait.reason == WAIT_JOIN)
		strbuf_addf(ret, " of %s (%u)", owner->name, owner->tid);
	else if (owner)
		strbuf_addf(ret, " %s %s (%u, %s)", wait_relation(&t->wait), owner->name,
			    owner->tid, evidence_word(evidence));
	else
		add_learned(m, t, ret);
}

static void add_detail(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	if (t->state == THREAD_BLOCKED)
		add_wait(m, t, ret);
	else if (t->state == THREAD_READY)
		strbuf_adds(ret, ready_cause_word(t->ready_cause));
	else if (t->state == THREAD_RUNNING)
		strbuf_addf(ret, "CPU %u", t->cpu);
}

static void print_thread(struct plain *p, const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	if (!t || (t->flags & THREAD_FOREIGN))
		return;
	strbuf_reset(&p->line);
	strbuf_addf(&p->line, "%13.6f %7u %-15s %-*s ", (model_now_ns(m) - model_begin_ns(m)) / 1e9,
		    t->tid, t->name, state_words_cols() + 1, state_word_of(t));
	add_detail(m, t, &p->line);
	put_line(p);
}

enum { CHANGED_MAX = 3 }; /* threads that one event can change, but for a loss */

struct state {
	__u32 tid;
	int state; /* -1: not known to the model */
	int cpu;   /* where it runs, -1: it does not */
};

static struct state state_of(const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	return (struct state){
		.tid = tid,
		.state = t ? t->state : -1,
		.cpu = t && t->state == THREAD_RUNNING ? t->cpu : -1,
	};
}

/* It may also be seen to run elsewhere, when how it came there was lost. */
static bool has_changed(const struct model *m, const struct state *before)
{
	struct state now = state_of(m, before->tid);

	return now.state != before->state || now.cpu != before->cpu;
}

static void print_loss(struct plain *p, const struct model *m, const struct ev_lost *ev)
{
	strbuf_reset(&p->line);
	strbuf_addf(
		&p->line,
		"%13.6f %7s %-15s %-*s %llu events: every state is unknown until its next event",
		(model_now_ns(m) - model_begin_ns(m)) / 1e9, "-", "-", state_words_cols() + 1,
		"Lost", ev->cnt);
	put_line(p);
}

static void print_event(struct plain *p, const struct ev_hdr *ev)
{
	const struct model *m = cursor_model(p->cursor);
	const struct thread *displaced = model_displaced_by(m, ev);
	const struct state before[CHANGED_MAX] = {
		state_of(m, displaced ? displaced->tid : 0),
		state_of(m, ev->tid),
		state_of(m, event_next_tid(ev)),
	};

	cursor_next(p->cursor);
	for (size_t i = 0; i < CHANGED_MAX; i++)
		if (before[i].tid && has_changed(m, &before[i]))
			print_thread(p, m, before[i].tid);
	if (ev->kind == EV_LOST)
		print_loss(p, m, (const struct ev_lost *)ev);
}

static void say_verdict(struct plain *p, const struct session *s)
{
	if (s->verdict.kind == p->kind || !session_is_named(s))
		return;
	p->kind = s->verdict.kind;
	if (p->kind != VERDICT_DEADLOCK && p->kind != VERDICT_STALL && p->kind != VERDICT_POTENTIAL)
		return;
	strbuf_reset(&p->line);
	verdict_sentence(&s->verdict, trace_tail(s->trace), trace_end_ns(s->trace), &p->line);
	fprintf(stderr, "ctrace: %s\n", strbuf_str(&p->line));
}

static bool print_new(void *arg, struct session *s)
{
	struct plain *p = arg;
	const struct ev_hdr *ev;

	while ((ev = cursor_peek(p->cursor)))
		print_event(p, ev);
	say_verdict(p, s);
	flush_lines(p);
	return !p->err;
}

int plain_run(const struct options *opts, const struct launch_inherited *inherited)
{
	struct plain p = {};
	struct session s;
	enum headless_end end;
	int status = session_start(opts, inherited, false, 0, 0, &s);

	if (status) {
		session_release(&s);
		return status;
	}
	p.cursor = cursor_new(s.trace);
	end = headless_run(&s, print_new, &p, 0, &status);
	if (p.err) {
		log_err("cannot write: %s", strerror(-p.err));
		end = HEADLESS_FAILED;
		status = EXIT_CTRACE_FAILED;
	}
	cursor_free(p.cursor);
	strbuf_release(&p.line);
	strbuf_release(&p.out);
	headless_summary(&s);
	if (!status && headless_end_has_status(end))
		headless_exit_like(&s);
	session_release(&s);
	return status;
}
