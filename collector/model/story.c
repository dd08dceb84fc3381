/* SPDX-License-Identifier: GPL-2.0-only */
/* The chain of those who wait for each other, and the sentence about each. */
#include "model/story.h"

#include <string.h>

#include "base/fmt.h"
#include "model/rescue.h"
#include "model/story_wait.h"

const char *story_end_word(enum story_end e)
{
	static const char *const words[] = {
#define STORY_END_WORD(name, word, help) [STORY_##name] = (word),
		STORY_ENDS(STORY_END_WORD)
#undef STORY_END_WORD
	};

	return (size_t)e < sizeof(words) / sizeof(words[0]) ? words[e] : "?";
}

/* How a wait ends the chain. */
static enum story_end wait_end(const struct model *m, const struct thread *t,
			       const struct rescue *r)
{
	if (story_ends_by_itself(t))
		return STORY_TIME;
	switch (r->by) {
	case RESCUERS_PEERS:
		if (story_owner_is_missing(m, t))
			return STORY_UNKNOWN;
		return story_rescuer_cnt(m, t, r) ? STORY_SEVERAL : STORY_NOBODY;
	case RESCUERS_HOLDERS:
		if (story_is_elsewhere(m, r))
			return STORY_ELSEWHERE;
		return story_rescuer_cnt(m, t, r) ? STORY_SEVERAL : STORY_NOBODY;
	case RESCUERS_OWNER:
	case RESCUERS_OUTSIDE:
		break;
	}
	return STORY_UNKNOWN;
}

static enum story_end state_end(const struct thread *t)
{
	if (t->flags & THREAD_FOREIGN)
		return STORY_UNKNOWN;
	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		return STORY_RUNNING;
	case THREAD_READY:
		return STORY_READY;
	case THREAD_ZOMBIE:
	case THREAD_DEAD:
		return STORY_ENDED;
	case THREAD_NEW:
	case THREAD_STOPPED:
		return STORY_STOPPED;
	case THREAD_BLOCKED:
	case THREAD_UNKNOWN:
	case THREAD_STATE_CNT:
		break;
	}
	return STORY_UNKNOWN;
}

void story_find(const struct model *m, const struct thread *t, struct story *ret)
{
	*ret = (struct story){ .end = STORY_LONG };
	while (ret->cnt < STORY_MAX) {
		const struct thread *next;
		struct rescue r;

		ret->tids[ret->cnt++] = t->tid;
		next = thread_is_blocked(t) ? story_next(m, t, &r) : NULL;
		if (!next) {
			ret->end = thread_is_blocked(t) ? wait_end(m, t, &r) : state_end(t);
			return;
		}
		for (size_t i = 0; i < ret->cnt; i++) {
			if (ret->tids[i] != next->tid)
				continue;
			ret->end = STORY_CIRCLE;
			ret->circle_idx = i;
			return;
		}
		t = next;
	}
}

static bool name_is_unique(const struct model *m, const struct thread *t)
{
	size_t cnt = model_thread_cnt(m);

	for (size_t i = 0; i < cnt; i++) {
		const struct thread *other = model_thread_at(m, i);

		/* The names first, for most differ, and each look at a thread is a miss. */
		if (!strcmp(other->name, t->name) && other != t && other->state != THREAD_DEAD)
			return false;
	}
	return true;
}

/* Threads that nobody named have the name of their program, all of them. */
void model_add_name(const struct model *m, __u32 tid, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, tid);

	if (!t || !t->name[0])
		strbuf_addf(ret, "tid %u", tid);
	else if (name_is_unique(m, t))
		strbuf_adds(ret, t->name);
	else
		strbuf_addf(ret, "%s:%u", t->name, tid);
}

static void add_age(__u64 at_ns, __u64 now_ns, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf), now_ns > at_ns ? now_ns - at_ns : 0));
}

/* Who has the CPU that t would run on: whoever pushed it off, or somebody else by now. */
static void add_rival(const struct model *m, const struct thread *t, __u64 now_ns,
		      struct strbuf *ret)
{
	const struct thread *rival = model_cpu_thread(m, t->cpu);

	if (!rival || rival == t) {
		strbuf_addf(ret, "; CPU %u runs nobody that is traced now", t->cpu);
		return;
	}
	strbuf_addf(ret, "; CPU %u runs ", t->cpu);
	model_add_name(m, rival->tid, ret);
	strbuf_adds(ret, " now, for ");
	add_age(rival->since_ns, now_ns, ret);
}

static void add_waker(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	strbuf_adds(ret, "woken by ");
	if (t->wake.flags & (EVF_HARDIRQ | EVF_SOFTIRQ))
		strbuf_adds(ret, "an interrupt");
	else if (t->wake.at_ns && t->wake.waker_tid)
		model_add_name(m, t->wake.waker_tid, ret);
	else
		strbuf_adds(ret, "somebody who was not seen");
}

static void add_ready(const struct model *m, const struct thread *t, __u64 now_ns,
		      struct strbuf *ret)
{
	strbuf_adds(ret, " has waited ");
	add_age(t->since_ns, now_ns, ret);
	strbuf_addf(ret, " in a run queue for a CPU, last on CPU %u: ", t->cpu);
	switch ((enum ready_cause)t->ready_cause) {
	case READY_PREEMPTED:
		if (t->pushed_by)
			model_add_name(m, t->pushed_by, ret);
		else
			strbuf_adds(ret, "somebody who is not traced");
		strbuf_adds(ret, " pushed it off");
		break;
	case READY_YIELDED:
		strbuf_adds(ret, "it gave way with sched_yield");
		break;
	case READY_CREATED:
		strbuf_adds(ret, "it is new, and this is its first turn");
		break;
	case READY_WOKEN:
		add_waker(m, t, ret);
		break;
	}
	add_rival(m, t, now_ns, ret);
	strbuf_adds(ret, " (observed)");
}

static void add_running(const struct model *m, const struct thread *t, __u64 now_ns,
			struct strbuf *ret)
{
	__u64 begin_ns = model_begin_ns(m);
	char buf[FMT_SZ];

	strbuf_addf(ret, " runs on CPU %u since ", t->cpu);
	strbuf_adds(ret, fmt_clock(buf, sizeof(buf),
				   t->since_ns > begin_ns ? t->since_ns - begin_ns : 0));
	strbuf_adds(ret, ", for ");
	add_age(t->since_ns, now_ns, ret);
	strbuf_adds(ret, " (observed)");
}

static void add_ended(const struct thread *t, __u64 now_ns, struct strbuf *ret)
{
	strbuf_adds(ret, " ended ");
	add_age(t->ended_ns, now_ns, ret);
	if (t->exit_code & 0x7f)
		strbuf_addf(ret, " ago, killed by signal %u", t->exit_code & 0x7f);
	else
		strbuf_addf(ret, " ago with status %u", t->exit_code >> 8 & 0xff);
	strbuf_adds(ret, ", and will do nothing any more");
	if (t->state == THREAD_ZOMBIE)
		strbuf_adds(ret, "; its parent was not seen to collect it");
	strbuf_adds(ret, " (observed)");
}

const char *story_stop_help(const struct thread *t)
{
	switch (t->wait.reason) {
	case WAIT_STOPPED:
		if (wait_is_frozen(&t->wait))
			return "its control group is frozen, as that of a paused container is";
		return "a signal stopped it, and SIGCONT lets it go on";
	case WAIT_TRACED:
		return "its debugger or tracer holds it";
	}
	return thread_state_help(THREAD_STOPPED);
}

/* One that was met so has been so since it last ran. */
static void add_stopped(const struct thread *t, __u64 now_ns, struct strbuf *ret)
{
	__u64 since_ns = t->wait.since_ns && t->wait.since_ns < t->since_ns ? t->wait.since_ns
									    : t->since_ns;

	strbuf_adds(ret, " has been Stopped for ");
	add_age(since_ns, now_ns, ret);
	strbuf_addf(ret, ": %s (observed)", story_stop_help(t));
}

static void add_state(const struct model *m, const struct thread *t, __u64 now_ns,
		      struct strbuf *ret)
{
	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		add_running(m, t, now_ns, ret);
		break;
	case THREAD_READY:
		add_ready(m, t, now_ns, ret);
		break;
	case THREAD_ZOMBIE:
	case THREAD_DEAD:
		add_ended(t, now_ns, ret);
		break;
	case THREAD_STOPPED:
		add_stopped(t, now_ns, ret);
		break;
	case THREAD_NEW:
		strbuf_addf(ret, " has been %s for ", thread_state_word(t->state));
		add_age(t->since_ns, now_ns, ret);
		strbuf_addf(ret, ": %s (observed)", thread_state_help(t->state));
		break;
	case THREAD_BLOCKED:
	case THREAD_UNKNOWN:
	case THREAD_STATE_CNT:
		strbuf_adds(ret, " is Unknown: ");
		strbuf_adds(ret, t->flags & THREAD_FOREIGN ? "it is not traced"
							   : thread_state_help(THREAD_UNKNOWN));
		break;
	}
}

/* Who is in the circle, and whether it can be trusted to stay closed. */
static void add_circle(const struct model *m, const struct story *s, struct strbuf *ret)
{
	bool is_timed = false, is_confirmed = true;
	__u64 closed_ns = 0;

	for (size_t i = s->circle_idx; i < s->cnt; i++) {
		const struct thread *t = model_find_thread(m, s->tids[i]);

		if (t->wait.since_ns > closed_ns)
			closed_ns = t->wait.since_ns;
	}
	for (size_t i = s->circle_idx; i < s->cnt; i++) {
		const struct thread *t = model_find_thread(m, s->tids[i]);
		struct rescue r;

		rescue_find(m, t, &r);
		is_timed |= wait_is_timed(&t->wait);
		is_confirmed &= !r.needs_confirm || r.confirm_ns >= closed_ns;
	}
	strbuf_adds(ret, s->circle_idx ? ": a circle is closed, and " : ": the circle is closed");
	if (s->circle_idx) {
		model_add_name(m, s->tids[0], ret);
		strbuf_adds(ret, " waits outside of it");
	}
	if (is_timed)
		strbuf_adds(ret, ", but a time-out can open it");
	else if (!is_confirmed)
		strbuf_adds(ret, ", if what was read still holds: it was not read again yet");
}

void story_sentence(const struct model *m, const struct story *s, size_t idx, __u64 now_ns,
		    struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, s->tids[idx]);
	bool is_last = idx + 1 == s->cnt;

	model_add_name(m, s->tids[idx], ret);
	if (!t) /* its number was given to another one, who has given it up in execve(2) */
		strbuf_adds(ret, " has ended");
	else if (thread_is_blocked(t))
		story_add_wait(m, t, now_ns, ret);
	else
		add_state(m, t, now_ns, ret);
	if (is_last && s->end == STORY_CIRCLE)
		add_circle(m, s, ret);
	else if (is_last && s->end == STORY_LONG)
		strbuf_adds(ret, "; and the chain goes on");
	strbuf_addch(ret, '.');
}
