/* SPDX-License-Identifier: GPL-2.0-only */
/* The arrows of the textbook's diagram of thread states, and which of them an event took. */
#include "tui/transition.h"

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/state_words.h"

const char *arrow_word(enum arrow a)
{
	static const char *const words[ARROW_CNT] = {
#define ARROW_WORD(name, word, help) [ARROW_##name] = (word),
		ARROWS(ARROW_WORD)
#undef ARROW_WORD
	};

	return (unsigned)a < ARROW_CNT && words[a] ? words[a] : "";
}

static struct thread_before look_at(const struct model *m, __u32 tid)
{
	const struct thread *t = tid ? model_find_thread(m, tid) : NULL;

	if (!t)
		return (struct thread_before){ .tid = tid, .state = THREAD_UNKNOWN };
	return (struct thread_before){ .tid = tid, .state = t->state, .since_ns = t->since_ns };
}

void transition_before(const struct model *before, const struct ev_hdr *ev,
		       struct thread_before ret[TRANSITIONS_MAX])
{
	ret[0] = look_at(before, ev->tid);
	ret[1] = look_at(before, event_next_tid(ev));
}

static enum arrow arrow_to_ready(const struct thread *t)
{
	switch ((enum ready_cause)t->ready_cause) {
	case READY_WOKEN:
		return ARROW_WAKE;
	case READY_PREEMPTED:
		return ARROW_PREEMPT;
	case READY_YIELDED:
		return ARROW_YIELD;
	case READY_CREATED:
		return ARROW_ADMIT;
	}
	return ARROW_NONE;
}

/* Into the state that t is in, coming from a state. */
static enum arrow arrow_into(const struct thread *t, enum thread_state from)
{
	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		return ARROW_DISPATCH;
	case THREAD_READY:
		return arrow_to_ready(t);
	case THREAD_BLOCKED:
		return ARROW_BLOCK;
	case THREAD_ZOMBIE:
		return ARROW_EXIT;
	case THREAD_DEAD:
		return from == THREAD_ZOMBIE ? ARROW_REAP : ARROW_EXIT;
	case THREAD_NEW:
	case THREAD_STOPPED:
	case THREAD_UNKNOWN:
	case THREAD_STATE_CNT:
		break;
	}
	return ARROW_NONE;
}

/* It was Blocked, and must have run to block again: what lay between was not seen. */
static bool blocks_again(const struct thread *t, const struct ev_hdr *ev)
{
	return ev->kind == EV_BLOCK && ev->tid == t->tid && t->state == THREAD_BLOCKED;
}

size_t transition_after(const struct thread_before before[TRANSITIONS_MAX],
			const struct model *after, const struct ev_hdr *ev,
			struct transition ret[TRANSITIONS_MAX])
{
	size_t cnt = 0;

	/* What is only learned of a thread did not happen now; a loss makes all Unknown. */
	if (ev->kind == EV_MET || ev->kind == EV_LOST || ev->kind == EV_THREAD)
		return 0;
	for (size_t i = 0; i < TRANSITIONS_MAX; i++) {
		const struct thread *t = before[i].tid ? model_find_thread(after, before[i].tid)
						       : NULL;
		struct transition x = { .tid = before[i].tid, .from = before[i].state };

		if (!t || (t->state == before[i].state && !blocks_again(t, ev)))
			continue;
		x.to = t->state;
		x.arrow = arrow_into(t, before[i].state);
		if (x.from == x.to)
			x.from = THREAD_UNKNOWN;
		else if (before[i].since_ns && ev->ts_ns > before[i].since_ns)
			x.stay_ns = ev->ts_ns - before[i].since_ns;
		if (x.arrow != ARROW_NONE)
			ret[cnt++] = x;
	}
	return cnt;
}

struct transition transition_latest(const struct thread *t)
{
	enum thread_state from = thread_is_main(t) ? THREAD_ZOMBIE : THREAD_RUNNING;

	return (struct transition){
		.tid = t->tid,
		.arrow = arrow_into(t, from),
		.from = THREAD_UNKNOWN,
		.to = t->state,
	};
}

static void add_reason(const struct model *m, const struct thread *t, enum arrow arrow,
		       struct strbuf *ret)
{
	switch (arrow) {
	case ARROW_ADMIT:
		strbuf_adds(ret, "admitted");
		break;
	case ARROW_DISPATCH:
		strbuf_addf(ret, "on CPU %u", t->cpu);
		break;
	case ARROW_PREEMPT:
		strbuf_addf(ret, "preempted, CPU %u is taken away", t->cpu);
		break;
	case ARROW_YIELD:
		strbuf_addf(ret, "yields CPU %u", t->cpu);
		break;
	case ARROW_BLOCK:
		strbuf_adds(ret, "waits for ");
		describe_wait(m, t, ret);
		break;
	case ARROW_WAKE:
		strbuf_adds(ret, "woken ");
		describe_wake(m, &t->wake, ret);
		break;
	case ARROW_EXIT:
		strbuf_adds(ret, "exits, ");
		describe_exit(t->exit_code, ret);
		break;
	case ARROW_REAP:
		strbuf_adds(ret, "reaped by its parent");
		break;
	case ARROW_NONE:
	case ARROW_CNT:
		break;
	}
}

void transition_narrate(const struct model *m, const struct transition *x, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, x->tid);
	char buf[FMT_SZ];

	describe_name(m, x->tid, ret);
	strbuf_addf(ret, " -> %s", state_word(x->to));
	if (!t || x->arrow == ARROW_NONE)
		return;
	strbuf_adds(ret, ": ");
	add_reason(m, t, x->arrow, ret);
	if (x->stay_ns && x->from != THREAD_UNKNOWN)
		strbuf_addf(ret, " after %s %s", fmt_duration(buf, sizeof(buf), x->stay_ns),
			    state_word(x->from));
}
