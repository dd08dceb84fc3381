/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written at the boxes and arrows of the state diagram. */
#include "tui/diagram_words.h"

#include <stdio.h>

#include "base/fmt.h"
#include "tui/describe.h"

/* How often threads were in a state, the present stays included. */
static __u64 stay_cnt(const struct thread *t, enum thread_state s)
{
	__u64 runs = (__u64)t->switch_cnt + (t->state == THREAD_RUNNING);

	switch (s) {
	case THREAD_RUNNING:
		return runs;
	case THREAD_READY: /* before each run there is one */
		return runs + (t->state == THREAD_READY);
	case THREAD_BLOCKED:
		return (__u64)t->wake_cnt + (t->state == THREAD_BLOCKED);
	default:
		return thread_state_ns(t, s, t->since_ns) || t->state == s;
	}
}

void diagram_mean(const struct model *m, enum thread_state s, __u64 now_ns, char *buf, size_t sz)
{
	__u64 ns = 0, cnt = 0;
	char number[FMT_SZ];

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (t->flags & THREAD_FOREIGN)
			continue;
		ns += thread_state_ns(t, s, now_ns);
		cnt += stay_cnt(t, s);
	}
	buf[0] = '\0';
	if (cnt && ns)
		snprintf(buf, sz, " mean %s", fmt_duration(number, sizeof(number), ns / cnt));
}

static void add_block_label(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct lock *l = model_lock_waited_on(m, t);
	const char *name = l ? model_lock_name(m, l) : NULL;

	describe_name(m, t->tid, ret);
	strbuf_adds(ret, " blocks: ");
	if (name)
		strbuf_addf(ret, "%s %s", wait_reason_word(t->wait.reason), name);
	else
		describe_wait_short(m, t, 0, ret);
}

/* Who ran when an interrupt came has nothing to do with it. */
static void add_waker(const struct model *m, const struct thread_wake *w, struct strbuf *ret)
{
	if (w->flags & (EVF_HARDIRQ | EVF_SOFTIRQ)) {
		strbuf_adds(ret, " by an interrupt");
	} else if (w->waker_tid) {
		strbuf_adds(ret, " by ");
		describe_name(m, w->waker_tid, ret);
	} else {
		strbuf_adds(ret, " by the kernel");
	}
}

void diagram_label(const struct model *m, const struct transition *x, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, x->tid);

	if (x->arrow == ARROW_BLOCK && t) {
		add_block_label(m, t, ret);
		return;
	}
	if (x->arrow == ARROW_PREEMPT || x->arrow == ARROW_YIELD || x->arrow == ARROW_WAKE ||
	    x->arrow == ARROW_REAP)
		strbuf_addf(ret, "%s ", arrow_word(x->arrow));
	describe_name(m, x->tid, ret);
	if (x->arrow == ARROW_WAKE && t)
		add_waker(m, &t->wake, ret);
}
