/* SPDX-License-Identifier: GPL-2.0-only */
/* The report as JSON, schema ctrace.report/1. */
#include <string.h>

#include "export/inversion_json.h"
#include "export/json.h"
#include "export/label.h"
#include "export/report_parts.h"
#include "model/story.h"
#include "model/wakers.h"

/* What is known of one thing at a time: 0 where it is not known. */
static void json_tid(struct json *j, const char *key, __u32 tid)
{
	if (tid)
		json_u64(j, key, tid);
	else
		json_null(j, key);
}

/* From start_ns; before it, what was met and had begun earlier. */
static void json_instant(struct json *j, const char *key, const struct model *m, __u64 ns)
{
	if (ns)
		json_i64(j, key, (__s64)(ns - model_begin_ns(m)));
	else
		json_null(j, key);
}

/* The words of the screen begin with a capital. */
static void json_lower(struct json *j, const char *key, const char *word)
{
	char lower[EXPORT_WORD_SZ];

	json_string(j, key, label_lower(word, lower));
}

static void write_command(struct json *j, const struct report_input *in)
{
	if (!in->command) {
		json_null(j, "command");
		return;
	}
	json_array_begin(j, "command");
	for (const char *const *arg = in->command; *arg; arg++)
		json_string(j, NULL, *arg);
	json_array_end(j);
}

static void write_lost(struct json *j, const struct report_input *in)
{
	json_object_begin(j, "lost");
	json_u64(j, "total", report_lost_total(in));
#define WRITE_LOSS(name, id, word, help) json_u64(j, word, report_lost(in, id));
	REPORT_LOSSES(WRITE_LOSS)
#undef WRITE_LOSS
	json_object_end(j);
}

static void write_exit(struct json *j, const struct model *m)
{
	__u32 code;
	bool has_ended = model_ended(m, &code);

	json_object_begin(j, "exit");
	if (has_ended && !(code & 0x7f))
		json_u64(j, "status", code >> 8 & 0xff);
	else
		json_null(j, "status");
	if (has_ended && (code & 0x7f))
		json_u64(j, "signal", code & 0x7f);
	else
		json_null(j, "signal");
	json_object_end(j);
}

/* What the descriptor is, how long until time ends the wait, and who else could. */
static void write_file(struct json *j, const struct report_input *in, const struct thread *t)
{
	const struct wait_file *f = t ? model_wait_file(in->model, t) : NULL;
	const struct holders *h = t ? model_holders(in->model, t) : NULL;

	json_string(j, "file", f ? f->text : NULL);
	if (f && f->until_ns > in->now_ns)
		json_u64(j, "left_ns", f->until_ns - in->now_ns);
	else
		json_null(j, "left_ns");
	if (h) {
		json_array_begin(j, "holders");
		for (size_t i = 0; i < h->cnt; i++)
			json_u64(j, NULL, h->pids[i]);
		json_array_end(j);
		json_bool(j, "holders_complete", h->is_complete);
	} else {
		json_null(j, "holders");
		json_null(j, "holders_complete");
	}
}

/*
 * Opens the object, for what else there is to say. @t: who waits now, or NULL when the wait
 * is over and only the edge tells of it.
 */
static void begin_waits_for(struct json *j, const struct report_input *in, __u8 reason,
			    __u64 address, const struct thread *t)
{
	const struct wait *w = t ? &t->wait : NULL;
	int fd = w ? wait_fd(w) : -1;

	json_object_begin(j, "waits_for");
	json_string(j, "kind", wait_reason_word(reason));
	if (address)
		json_address(j, "address", address);
	else
		json_null(j, "address");
	json_string(j, "name", t ? report_lock_name(in, t) : NULL);
	json_string(j, "syscall", w ? wait_call(w) : NULL);
	if (fd >= 0)
		json_u64(j, "fd", fd);
	else
		json_null(j, "fd");
	if (w)
		json_bool(j, "timed", wait_is_timed(w));
	else
		json_null(j, "timed");
	write_file(j, in, t);
}

/* One string per function, innermost first. */
static void write_stack(struct json *j, const struct report_input *in, const struct thread *t)
{
	bool is_truncated = false;
	const char *at = t ? model_stack(in->model, t, &is_truncated) : NULL;

	if (at) {
		json_array_begin(j, "stack");
		for (size_t len; *at; at += len + (at[len] == '\n')) {
			len = strcspn(at, "\n");
			json_string_n(j, NULL, at, len);
		}
		json_array_end(j);
	} else {
		json_null(j, "stack");
	}
	json_bool(j, "stack_truncated", is_truncated);
}

static void write_edge(struct json *j, const struct report_input *in, size_t idx)
{
	struct report_edge e = report_edge(in, idx);
	const struct thread *waiter = e.wait ? e.thread : NULL;

	json_object_begin(j, NULL);
	json_u64(j, "tid", e.edge->tid);
	json_string(j, "name", e.thread ? e.thread->name : NULL);
	begin_waits_for(j, in, e.edge->reason, e.edge->address, waiter);
	json_object_end(j);
	json_tid(j, "held_by", e.held_by);
	json_string(j, "evidence", evidence_word(e.evidence));
	json_instant(j, "since_ns", in->model, e.edge->since_ns);
	json_instant(j, "confirmed_ns", in->model, verdict_edge_confirm_ns(in->model, e.edge));
	write_stack(j, in, waiter);
	json_object_end(j);
}

/* Also when something worse has happened. */
static void write_inversions(struct json *j, const struct model *m)
{
	json_array_begin(j, "inversions");
	for (size_t i = 0; i < model_inversion_cnt(m); i++) {
		const struct inversion *inv = model_inversion_at(m, i);

		json_object_begin(j, NULL);
		json_u64(j, "pid", inv->pid);
		json_instant(j, "at_ns", m, inv->found_ns);
		inversion_json_steps(j, "steps", inv);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_verdict(struct json *j, const struct report_input *in)
{
	struct strbuf sentence = {};

	report_sentence(in, &sentence);
	json_object_begin(j, "verdict");
	json_string(j, "kind", report_kind_word(in));
	json_instant(j, "at_ns", in->model, report_has_cycle(in) ? in->verdict->at_ns : 0);
	json_string(j, "sentence", strbuf_str(&sentence));
	json_array_begin(j, "cycle");
	for (size_t i = 0; report_has_cycle(in) && i < in->verdict->cycle_cnt; i++)
		write_edge(j, in, i);
	json_array_end(j);
	write_inversions(j, report_last(in));
	json_object_end(j);
	strbuf_release(&sentence);
}

/* One of those who have woken waits where t waits. */
static void write_waker(struct json *j, const struct model *m, const struct waker *w)
{
	const struct thread *t = model_waker_thread(m, w);
	bool is_traced = t && !(t->flags & THREAD_FOREIGN);

	json_object_begin(j, NULL);
	json_u64(j, "tid", w->tid);
	json_string(j, "name", t ? t->name : NULL);
	json_u64(j, "count", w->cnt);
	if (is_traced)
		json_lower(j, "state", thread_state_word(t->state));
	else
		json_null(j, "state");
	json_object_end(j);
}

static void write_learned(struct json *j, const struct model *m, const struct thread *t)
{
	const struct wakers *all = model_wakers(m, t);

	if (!all) {
		json_null(j, "learned");
		return;
	}
	json_object_begin(j, "learned");
	json_u64(j, "wakeups", all->total);
	json_array_begin(j, "wakers");
	for (size_t i = 0; i < WAKER_MAX && all->top[i].cnt; i++)
		if (all->top[i].tid != t->tid)
			write_waker(j, m, &all->top[i]);
	json_array_end(j);
	json_object_end(j);
}

static void write_wait(struct json *j, const struct report_input *in, const struct thread *t)
{
	bool is_on_lock = wait_is_futex(&t->wait) && t->wait.reason != WAIT_JOIN;
	enum evidence evidence;
	const struct thread *owner;

	if (!thread_is_blocked(t)) {
		json_null(j, "waits_for");
		return;
	}
	owner = model_waits_for(in->model, t, &evidence);
	begin_waits_for(j, in, t->wait.reason, is_on_lock ? wait_lock_address(&t->wait) : 0, t);
	json_tid(j, "held_by", owner ? owner->tid : 0);
	if (model_wakers(in->model, t))
		evidence = EVIDENCE_LEARNED;
	json_string(j, "evidence", evidence_word(evidence));
	write_learned(j, in->model, t);
	json_instant(j, "since_ns", in->model, t->wait.since_ns);
	json_instant(j, "confirmed_ns", in->model, model_confirmed_ns(in->model, t));
	write_stack(j, in, t);
	json_object_end(j);
}

/* What it does, and the chain of those it waits for: the sentences of these are theirs. */
static void write_why(struct json *j, const struct report_input *in, const struct thread *t)
{
	struct strbuf sentence = {};
	struct story story;

	story_find(in->model, t, &story);
	story_sentence(in->model, &story, 0, in->now_ns, &sentence);
	json_object_begin(j, "why");
	json_string(j, "sentence", strbuf_str(&sentence));
	json_array_begin(j, "chain");
	for (size_t i = 0; i < story.cnt; i++)
		json_u64(j, NULL, story.tids[i]);
	json_array_end(j);
	json_string(j, "end", story_end_word(story.end));
	json_object_end(j);
	strbuf_release(&sentence);
}

static void write_times(struct json *j, const struct report_input *in, const struct thread *t)
{
	static const struct {
		const char *key;
		enum thread_state state;
	} times[] = {
		{ "running_ns", THREAD_RUNNING }, { "ready_ns", THREAD_READY },
		{ "blocked_ns", THREAD_BLOCKED }, { "stopped_ns", THREAD_STOPPED },
		{ "new_ns", THREAD_NEW },	  { "unknown_ns", THREAD_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		json_u64(j, times[i].key, thread_state_ns(t, times[i].state, in->now_ns));
}

static void write_reasons(struct json *j, const struct report_input *in, const struct thread *t)
{
	json_object_begin(j, "blocked");
	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++)
		json_u64(j, wait_reason_word(r), thread_reason_ns(t, r, in->now_ns));
	json_object_end(j);
}

static void write_thread(struct json *j, const struct report_input *in, const struct thread *t)
{
	bool is_known = !(t->flags & THREAD_NAMELESS);

	json_object_begin(j, NULL);
	json_u64(j, "tid", t->tid);
	json_tid(j, "pid", t->pid);
	if (is_known)
		json_u64(j, "ppid", t->ppid);
	else
		json_null(j, "ppid");
	json_string(j, "name", is_known ? t->name : NULL);
	json_lower(j, "state", thread_state_word(t->state));
	write_times(j, in, t);
	json_u64(j, "switches", t->switch_cnt);
	json_u64(j, "preemptions", t->preempt_cnt);
	json_u64(j, "wakeups", t->wake_cnt);
	json_u64(j, "migrations", t->migrate_cnt);
	write_reasons(j, in, t);
	write_wait(j, in, t);
	write_why(j, in, t);
	json_bool(j, "met", t->flags & THREAD_MET);
	json_instant(j, "created_ns", in->model, t->created_ns);
	json_instant(j, "ended_ns", in->model, t->ended_ns);
	json_object_end(j);
}

static void write_lock(struct json *j, const struct report_input *in,
		       const struct report_parts *parts, const struct report_lock *l)
{
	json_object_begin(j, NULL);
	json_address(j, "address", l->lock->address);
	json_string(j, "name", model_lock_name(in->model, l->lock));
	json_tid(j, "pid", l->lock->is_shared ? 0 : l->lock->pid);
	json_string(j, "kind", wait_reason_word(l->lock->kind));
	json_u64(j, "waits", l->lock->wait_cnt);
	json_u64(j, "wait_ns", l->wait_ns);
	json_u64(j, "max_wait_ns", l->max_wait_ns);
	json_u64(j, "handoffs", l->lock->handoff_cnt);
	json_tid(j, "owner", l->lock->owner_tid);
	json_string(j, "evidence", evidence_word(l->lock->evidence));
	json_array_begin(j, "waiters");
	for (size_t i = 0; i < l->waiter_cnt; i++)
		json_u64(j, NULL, parts->waiters.items[l->waiter_idx + i].thread->tid);
	json_array_end(j);
	json_object_end(j);
}

static void write_head(struct json *j, const struct report_input *in)
{
	json_string(j, "schema", "ctrace.report/1");
	json_string(j, "ctrace", CTRACE_VERSION);
	write_command(j, in);
	json_string(j, "kernel", in->kernel);
	json_u64(j, "start_ns", model_begin_ns(in->model));
	json_u64(j, "duration_ns", report_duration_ns(in));
	json_u64(j, "events", report_event_cnt(in));
	json_u64(j, "first_event", in->first_event);
	json_instant(j, "first_ns", in->model,
		     in->first_event ? in->first_ns : model_begin_ns(in->model));
	write_lost(j, in);
	json_bool(j, "truncated", in->is_truncated);
	write_exit(j, report_last(in));
	write_verdict(j, in);
}

void report_json(const struct report_input *in, struct strbuf *ret)
{
	struct json j = json_begin(ret, 2);
	struct report_parts parts;

	report_collect(in, &parts);
	json_object_begin(&j, NULL);
	write_head(&j, in);
	json_instant(&j, "state_ns", in->model, in->now_ns);
	json_bool(&j, "threads_complete", parts.is_complete);
	json_array_begin(&j, "threads");
	vec_for_each(t, &parts.threads)
		write_thread(&j, in, *t);
	json_array_end(&j);
	json_array_begin(&j, "locks");
	vec_for_each(l, &parts.locks)
		write_lock(&j, in, &parts, l);
	json_array_end(&j);
	json_object_end(&j);
	strbuf_addch(ret, '\n');
	report_parts_release(&parts);
}
