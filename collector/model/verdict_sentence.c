/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdict in one sentence, the same on the screen, in reports and in JSON. */
#include <string.h>
#include "base/fmt.h"
#include "model/inversion.h"
#include "model/rescue.h"
#include "model/namesakes.h"
#include "model/story.h"
#include "model/story_wait.h"
#include "model/verdict_words.h"

void verdict_add_lock(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);
	const struct lock *l = t ? model_lock_waited_on(m, t) : NULL;

	if (!l || !model_add_lock_name(m, l, ret))
		strbuf_addf(ret, "%s 0x%llx", wait_reason_word(e->reason),
			    (unsigned long long)e->address);
}

void verdict_add_stream(const struct model *m, const struct verdict_edge *e, bool has_end,
			struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);
	bool is_write = t && wait_is_write(&t->wait);

	strbuf_addf(ret, "%s in a %s", is_write ? "room" : "data", wait_reason_word(e->reason));
	if (has_end)
		strbuf_adds(ret, is_write ? " read by " : " written by ");
}

static void add_event(const struct thread *t, struct strbuf *ret)
{
	if (t && t->wait.reason == WAIT_OTHER)
		story_add_help(&t->wait, ret);
	else if (t)
		strbuf_adds(ret, wait_reason_word(t->wait.reason));
	strbuf_adds(ret, t && wait_is_eventfd(&t->wait) ? " by " : ", which could come from ");
}

/* "fork[1] held by ", and its like: the name of who could end it follows. */
static void add_wait(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	if (e->address) {
		verdict_add_lock(m, e, ret);
		strbuf_adds(ret, " held by ");
		return;
	}
	switch (e->reason) {
	case WAIT_JOIN:
	case WAIT_CHILD:
		strbuf_adds(ret, "the end of ");
		break;
	case WAIT_PIPE:
	case WAIT_SOCKET:
		verdict_add_stream(m, e, true, ret);
		break;
	case WAIT_FLOCK:
		strbuf_adds(ret, "a file lock held by ");
		break;
	default:
		add_event(model_find_thread(m, e->tid), ret);
	}
}

static void add_duration(const char *word, const struct verdict *v, __u64 now_ns,
			 struct strbuf *ret)
{
	__u64 ns = now_ns > v->at_ns ? now_ns - v->at_ns : 0;
	char buf[32];

	strbuf_addf(ret, "%s for %s: ", word, fmt_duration(buf, sizeof(buf), ns));
}

/* A thread alone: it holds the lock itself, or has both ends of the pipe. */
static void add_self(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	model_add_name(m, e->tid, ret);
	strbuf_adds(ret, " waits for ");
	if (e->address) {
		verdict_add_lock(m, e, ret);
		strbuf_adds(ret, ", which it holds itself");
	} else {
		add_wait(m, e, ret);
		strbuf_adds(ret, "nobody but itself");
	}
}

/* "writer waits for rwlock[0] held by 2 readers": the word says how many, not who. */
static bool add_readers(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);
	__u32 cnt = t && !e->held_by ? wait_reader_cnt(&t->wait) : 0;

	if (!cnt)
		return false;
	model_add_name(m, e->tid, ret);
	strbuf_adds(ret, " waits for ");
	add_wait(m, e, ret);
	strbuf_addf(ret, "%u reader%s", cnt, cnt == 1 ? "" : "s");
	return true;
}

enum { SIGNAL_CNT = 64, SIGNALS_NAMED = 2 };

/* "SIGINT", "SIGINT or SIGTERM", "SIGHUP, SIGINT or 3 more signals" */
static void add_signals(__u64 signals, struct strbuf *ret)
{
	int cnt = __builtin_popcountll(signals), told = 0;

	for (int n = 1; n <= SIGNAL_CNT && told < SIGNALS_NAMED; n++) {
		const char *name = sigabbrev_np(n);

		if (!(signals >> (n - 1) & 1))
			continue;
		if (told++)
			strbuf_adds(ret, cnt > SIGNALS_NAMED ? ", " : " or ");
		if (name)
			strbuf_addf(ret, "SIG%s", name);
		else
			strbuf_addf(ret, "signal %d", n);
	}
	if (told < cnt)
		strbuf_addf(ret, " or %d more signal%s", cnt - told, cnt - told == 1 ? "" : "s");
}

/* A handler may end the program, or jump out of the wait, where it does not break the cycle. */
static void add_way_out(const struct verdict *v, struct strbuf *ret)
{
	strbuf_adds(ret, v->is_for_readers ? ", and nothing outside" : "; nothing outside");
	if (v->signals) {
		strbuf_adds(ret, " but a handler of ");
		add_signals(v->signals, ret);
	}
	strbuf_adds(ret, " can break it.");
}

/* That it does not matter who they are is the proof. */
static void readers_sentence(const struct verdict *v, const struct model *m, struct strbuf *ret)
{
	add_readers(m, &v->cycle[0], ret);
	for (size_t i = 1; i < v->cycle_cnt; i++) {
		strbuf_adds(ret, "; ");
		model_add_name(m, v->cycle[i].tid, ret);
		strbuf_adds(ret, " waits for ");
		add_wait(m, &v->cycle[i], ret);
		model_add_name(m, v->cycle[i].held_by, ret);
	}
	strbuf_adds(ret, "; whoever reads waits for ");
	model_add_name(m, v->cycle[0].tid, ret);
}

static void cycle_sentence(const struct verdict *v, const struct model *m, struct strbuf *ret)
{
	if (v->is_for_readers) {
		readers_sentence(v, m, ret);
		return;
	}
	if (v->cycle_cnt == 1)
		add_self(m, &v->cycle[0], ret);
	for (size_t i = 0; v->cycle_cnt > 1 && i < v->cycle_cnt; i++) {
		if (i == 0)
			model_add_name(m, v->cycle[0].tid, ret);
		strbuf_adds(ret, i ? ", which waits for " : " waits for ");
		add_wait(m, &v->cycle[i], ret);
		model_add_name(m, v->cycle[(i + 1) % v->cycle_cnt].tid, ret);
	}
}

static const char *them(const struct verdict *v)
{
	return v->closed_cnt == 1 ? "it" : "them";
}

void verdict_add_signals(const struct verdict *v, const struct model *m, struct strbuf *ret)
{
	if (!v->is_for_signals)
		return;
	strbuf_adds(ret, "; a handler of ");
	if (v->signals)
		add_signals(v->signals, ret);
	else
		strbuf_adds(ret, "signals that cannot be read");
	strbuf_addf(ret, " may wake %s: ", them(v));
	stall_add_waits(v, m, ret);
}

static void ended_sentence(const struct model *m, struct strbuf *ret)
{
	__u32 code;

	if (!model_ended(m, &code))
		strbuf_adds(ret, "ended: no thread is left");
	else if (code & 0x7f)
		strbuf_addf(ret, "ended: killed by signal %u", code & 0x7f);
	else
		strbuf_addf(ret, "ended with status %u", code >> 8 & 0xff);
}

static void states_sentence(const struct verdict *v, const struct model *m, struct strbuf *ret)
{
	if (!model_thread_cnt(m)) {
		strbuf_adds(ret, "nothing has happened yet");
		return;
	}
	if (verdict_is_unconfirmed_cycle(v)) {
		strbuf_adds(ret, "a cycle, not confirmed yet: ");
		cycle_sentence(v, m, ret);
		return;
	}
	strbuf_addf(ret, "%s: %zu Running, %zu Ready, %zu Blocked", verdict_kind_word(v->kind),
		    model_state_cnt(m, THREAD_RUNNING), model_state_cnt(m, THREAD_READY),
		    model_state_cnt(m, THREAD_BLOCKED));
	if (v->kind == VERDICT_WAITING)
		verdict_add_signals(v, m, ret);
}

static void potential_sentence(const struct model *m, struct strbuf *ret)
{
	size_t cnt = model_inversion_cnt(m);

	strbuf_adds(ret, "POTENTIAL DEADLOCK: ");
	inversion_sentence(model_inversion_at(m, 0), ret);
	strbuf_adds(ret, "; it did not strike");
	if (cnt > 1)
		strbuf_addf(ret, "; and %zu more", cnt - 1);
	strbuf_addch(ret, '.');
}

void verdict_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
		      struct strbuf *ret)
{
	switch (v->kind) {
	case VERDICT_DEADLOCK:
		add_duration("DEADLOCK", v, now_ns, ret);
		cycle_sentence(v, m, ret);
		add_way_out(v, ret);
		break;
	case VERDICT_STALL:
		add_duration("STALL", v, now_ns, ret);
		stall_add_waits(v, m, ret);
		strbuf_addf(ret, "; nobody is left to wake %s.", them(v));
		break;
	case VERDICT_POTENTIAL:
		potential_sentence(m, ret);
		break;
	case VERDICT_ENDED:
		ended_sentence(m, ret);
		break;
	case VERDICT_UNSURE:
		strbuf_addf(ret, "unsure: events were lost or came before ctrace, %zu unknown",
			    model_state_cnt(m, THREAD_UNKNOWN));
		break;
	case VERDICT_WAITING:
	case VERDICT_RUNNING:
		states_sentence(v, m, ret);
		break;
	}
}
