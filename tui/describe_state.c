/* SPDX-License-Identifier: GPL-2.0-only */
/* One sentence about a thread: why it runs or does not run. */
#include "base/fmt.h"
#include "model/story.h"
#include "tui/describe.h"
#include "tui/state_words.h"

static void describe_ready(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct thread *rival = model_cpu_thread(m, t->cpu);

	switch ((enum ready_cause)t->ready_cause) {
	case READY_PREEMPTED:
		strbuf_addf(ret, "taken off CPU %u against its will", t->cpu);
		break;
	case READY_YIELDED:
		strbuf_addf(ret, "gave up CPU %u with sched_yield", t->cpu);
		break;
	case READY_CREATED:
		strbuf_adds(ret, "new, waits for its first turn");
		break;
	case READY_WOKEN:
		strbuf_adds(ret, "woken ");
		describe_wake(m, &t->wake, ret);
		strbuf_adds(ret, ", waits for a CPU");
		break;
	}
	if (rival && rival->tid != t->tid) {
		strbuf_addf(ret, "; CPU %u runs ", t->cpu);
		describe_name(m, rival->tid, ret);
	}
}

static void describe_end(const struct thread *t, struct strbuf *ret)
{
	describe_exit(t->exit_code, ret);
	if (t->state == THREAD_ZOMBIE)
		strbuf_adds(ret, "; its parent was not seen to collect it");
}

void describe_state(const struct model *m, const struct thread *t, __u64 now_ns, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_addf(
		ret, "%s for %s: ", state_word_of(t),
		fmt_duration(buf, sizeof(buf), now_ns > t->since_ns ? now_ns - t->since_ns : 0));
	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		strbuf_addf(ret, "on CPU %u", t->cpu);
		break;
	case THREAD_READY:
		describe_ready(m, t, ret);
		break;
	case THREAD_BLOCKED:
		strbuf_adds(ret, "waits for ");
		describe_wait(m, t, ret);
		describe_time_left(m, t, now_ns, ret);
		describe_learned(m, t, ret);
		break;
	case THREAD_ZOMBIE:
	case THREAD_DEAD:
		describe_end(t, ret);
		break;
	case THREAD_STOPPED:
		strbuf_adds(ret, story_stop_help(t));
		break;
	case THREAD_NEW:
	case THREAD_UNKNOWN:
	case THREAD_STATE_CNT:
		strbuf_adds(ret, thread_state_help(t->state));
		break;
	}
}

void describe_stack(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	bool is_truncated = false;
	const char *p = model_stack(m, t, &is_truncated);

	for (; p && *p; p++) {
		if (*p != '\n')
			strbuf_addch(ret, *p);
		else if (p[1])
			strbuf_adds(ret, " < ");
	}
	if (is_truncated)
		strbuf_adds(ret, " < ...");
}
