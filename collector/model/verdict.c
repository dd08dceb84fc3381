/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts: cycles in the wait-for graph.
 *
 * Every blocked thread waits for at most one thread, so the graph is a set of
 * chains that end in a thread that is not blocked, or run into a cycle. A wait
 * that time will end is no edge: a cycle through it is not a deadlock.
 */
#include <stdlib.h>
#include "base/fmt.h"
#include "base/xalloc.h"
#include "model/stall.h"
#include "model/verdict.h"

const char *verdict_kind_word(enum verdict_kind k)
{
	static const char *const words[] = {
#define KIND_WORD(name, id, word) [id] = (word),
		VERDICT_KINDS(KIND_WORD)
#undef KIND_WORD
	};

	return (unsigned)k < sizeof(words) / sizeof(words[0]) ? words[k] : "?";
}

/* Whom t waits for without end, or NULL. */
static const struct thread *next_of(const struct model *m, const struct thread *t)
{
	if (!thread_is_blocked(t) || wait_is_timed(&t->wait))
		return NULL;
	return model_waits_for(m, t, NULL);
}

/*
 * A thread on the first cycle that is found, or NULL. step[i] is the number of
 * the walk that passed thread i: a walk that meets its own steps has a cycle.
 */
static const struct thread *find_cycle(const struct model *m)
{
	size_t cnt = model_thread_cnt(m);
	const struct thread *base = cnt ? model_thread_at(m, 0) : NULL;
	__u32 *step = xcalloc(cnt + 1, sizeof(*step));
	const struct thread *found = NULL;

	for (size_t i = 0; i < cnt && !found; i++) {
		const struct thread *t = model_thread_at(m, i);

		while (t && !step[t - base]) {
			step[t - base] = i + 1;
			t = next_of(m, t);
		}
		if (t && step[t - base] == i + 1)
			found = t;
	}
	free(step);
	return found;
}

static void add_edge(const struct model *m, const struct thread *t, struct verdict *v)
{
	enum evidence evidence;

	model_waits_for(m, t, &evidence);
	v->cycle[v->cycle_cnt++] = (struct verdict_edge){
		.tid = t->tid,
		.reason = t->wait.reason,
		.evidence = evidence,
		.address = t->wait.reason == WAIT_JOIN ? 0 : t->wait.args[0],
		.since_ns = t->wait.since_ns,
		.confirm_ns = t->wait.confirm_ns,
	};
	if (t->wait.since_ns > v->at_ns)
		v->at_ns = t->wait.since_ns;
}

/* A wait that was read again after the cycle had closed; a join needs none. */
static bool edge_is_confirmed(const struct verdict *v, const struct verdict_edge *e)
{
	return !e->address || e->confirm_ns > v->at_ns;
}

static void collect_cycle(const struct model *m, const struct thread *first, struct verdict *v)
{
	const struct thread *t = first;

	do {
		add_edge(m, t, v);
		t = next_of(m, t);
	} while (t != first && v->cycle_cnt < VERDICT_CYCLE_MAX);

	v->confirmed = t == first;
	for (size_t i = 0; i < v->cycle_cnt; i++)
		v->confirmed &= edge_is_confirmed(v, &v->cycle[i]);
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
	const struct thread *first = find_cycle(m);

	*ret = (struct verdict){ .kind = kind_of_states(m) };
	if (first) {
		collect_cycle(m, first, ret);
		if (ret->confirmed)
			ret->kind = VERDICT_DEADLOCK;
	} else if (stall_find(m, ret) && ret->confirmed) {
		ret->kind = VERDICT_STALL;
	}
}

bool verdict_has_thread(const struct verdict *v, __u32 tid)
{
	for (size_t i = 0; i < v->cycle_cnt; i++)
		if (v->cycle[i].tid == tid)
			return true;
	return false;
}

static void add_name(const struct model *m, __u32 tid, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, tid);

	strbuf_adds(ret, t && t->name[0] ? t->name : "?");
}

/* As the program calls it, else kind and address. */
static void add_lock(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, e->tid);
	const struct lock *l = t ? model_lock_waited_on(m, t) : NULL;
	const char *name = l ? model_lock_name(m, l) : NULL;

	if (name)
		strbuf_adds(ret, name);
	else
		strbuf_addf(ret, "%s 0x%llx", wait_reason_word(e->reason),
			    (unsigned long long)e->address);
}

static void add_wait(const struct model *m, const struct verdict_edge *e, struct strbuf *ret)
{
	if (e->address) {
		add_lock(m, e, ret);
		strbuf_adds(ret, " held by ");
	} else {
		strbuf_adds(ret, "the end of ");
	}
}

static void deadlock_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
			      struct strbuf *ret)
{
	__u64 ns = now_ns > v->at_ns ? now_ns - v->at_ns : 0;
	char buf[32];

	strbuf_addf(ret, "DEADLOCK for %s: ", fmt_duration(buf, sizeof(buf), ns));
	if (v->cycle_cnt == 1) {
		add_name(m, v->cycle[0].tid, ret);
		strbuf_adds(ret, " waits for ");
		add_lock(m, &v->cycle[0], ret);
		strbuf_adds(ret, ", which it holds itself");
	}
	for (size_t i = 0; v->cycle_cnt > 1 && i < v->cycle_cnt; i++) {
		if (i == 0)
			add_name(m, v->cycle[0].tid, ret);
		strbuf_adds(ret, i ? ", which waits for " : " waits for ");
		add_wait(m, &v->cycle[i], ret);
		add_name(m, v->cycle[(i + 1) % v->cycle_cnt].tid, ret);
	}
	strbuf_adds(ret, "; nothing outside can break it.");
}

static void stall_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
			   struct strbuf *ret)
{
	__u64 ns = now_ns > v->at_ns ? now_ns - v->at_ns : 0;
	char buf[32];

	strbuf_addf(ret, "STALL for %s: ", fmt_duration(buf, sizeof(buf), ns));
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		if (i)
			strbuf_adds(ret, i + 1 == v->stall_cnt ? " and " : ", ");
		add_name(m, v->cycle[i].tid, ret);
	}
	if (v->stall_cnt > v->cycle_cnt)
		strbuf_addf(ret, " and %zu more", v->stall_cnt - v->cycle_cnt);
	strbuf_adds(ret, v->stall_cnt == 1 ? " waits" : " all wait");
	strbuf_adds(ret, " without time-out, and nobody is left to wake ");
	strbuf_adds(ret, v->stall_cnt == 1 ? "it." : "them.");
}

void verdict_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
		      struct strbuf *ret)
{
	size_t running = model_state_cnt(m, THREAD_RUNNING),
	       ready = model_state_cnt(m, THREAD_READY);
	size_t blocked = model_state_cnt(m, THREAD_BLOCKED);
	__u32 code;

	switch (v->kind) {
	case VERDICT_DEADLOCK:
		deadlock_sentence(v, m, now_ns, ret);
		return;
	case VERDICT_STALL:
		stall_sentence(v, m, now_ns, ret);
		return;
	case VERDICT_ENDED:
		if (!model_ended(m, &code))
			strbuf_adds(ret, "ended: no thread is left");
		else if (code & 0x7f)
			strbuf_addf(ret, "ended: killed by signal %u", code & 0x7f);
		else
			strbuf_addf(ret, "ended with status %u", code >> 8 & 0xff);
		return;
	case VERDICT_UNSURE:
		strbuf_addf(ret, "unsure: events were lost or came before ctrace, %zu unknown",
			    model_state_cnt(m, THREAD_UNKNOWN));
		return;
	case VERDICT_WAITING:
	case VERDICT_RUNNING:
		break;
	}
	if (!model_thread_cnt(m)) {
		strbuf_adds(ret, "nothing has happened yet");
		return;
	}
	strbuf_addf(ret, "%s: %zu Running, %zu Ready, %zu Blocked", verdict_kind_word(v->kind),
		    running, ready, blocked);
}
