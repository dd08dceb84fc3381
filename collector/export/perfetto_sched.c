/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduling as Perfetto expects it from a kernel.
 *
 * Every switch of a CPU has to name the thread that the switch before gave it to; what is
 * not traced is the idle task here, so that this comes out.
 */
#include "base/safe_text.h"
#include "export/label.h"
#include "export/perfetto.h"

enum {
	/* include/linux/sched.h, as the trace event of sched_switch reports them (6.x) */
	TASK_INTERRUPTIBLE = 0x1,
	TASK_UNINTERRUPTIBLE = 0x2,
	TASK_STOPPED = 0x4,
	TASK_TRACED = 0x8,
	EXIT_DEAD = 0x10,
	EXIT_ZOMBIE = 0x20,
	TASK_PREEMPTED = 0x100,
	TASK_DEAD_BIT = 0x80,

	PATH_SHOWN = 200,
};

static unsigned sleep_state(const struct wait *w)
{
	if (w->prev_state & TASK_STOPPED)
		return TASK_STOPPED;
	if (w->prev_state & TASK_TRACED)
		return TASK_TRACED;
	return w->prev_state & TASK_UNINTERRUPTIBLE ? TASK_UNINTERRUPTIBLE : TASK_INTERRUPTIBLE;
}

static void take_switch(struct perfetto *p, const struct model *m, const struct ev_switch *ev)
{
	unsigned state = 0;

	if (!ev->hdr.tid && !ev->next_tid)
		return;
	if ((ev->prev_state & TASK_DEAD_BIT) && !(ev->hdr.flags & EVF_PREEMPT)) {
		const struct thread *t = model_find_thread(m, ev->hdr.tid);

		state = t && thread_is_main(t) ? EXIT_ZOMBIE : EXIT_DEAD;
	} else if (!(ev->hdr.flags & EVF_YIELD)) {
		state = TASK_PREEMPTED;
	}
	perfetto_switch(p, m, ev->hdr.cpu, ev->hdr.ts_ns, ev->hdr.tid, ev->hdr.tid ? state : 0,
			ev->next_tid);
	if (state == EXIT_DEAD)
		perfetto_free(p, m, ev->hdr.cpu, ev->hdr.ts_ns, ev->hdr.tid);
}

static void take_block(struct perfetto *p, const struct model *m, const struct ev_block *ev)
{
	struct wait w;

	wait_begin(ev, &w);
	perfetto_switch(p, m, ev->hdr.cpu, ev->hdr.ts_ns, ev->hdr.tid, sleep_state(&w),
			ev->next_tid);
}

/* What wakes nobody, for the thread runs or is ready, is told when it turns out that it did. */
static void take_wake(struct perfetto *p, const struct model *m, const struct ev_wake *ev)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	struct thread_wake wake = { .waker_tid = ev->waker_tid, .flags = ev->hdr.flags };

	if (t && t->state != THREAD_RUNNING && t->state != THREAD_READY)
		perfetto_waking(p, m, ev->hdr.cpu, ev->hdr.ts_ns, &wake, t);
}

/* It is on a run queue for the first time: put there by who created it. */
static void take_admit(struct perfetto *p, const struct model *m, const struct ev_admit *ev)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	struct thread_wake wake = { .waker_tid = t ? t->parent_tid : 0 };

	if (t && (t->state == THREAD_NEW || t->state == THREAD_UNKNOWN))
		perfetto_waking(p, m, ev->hdr.cpu, ev->hdr.ts_ns, &wake, t);
}

static void take_rename(struct perfetto *p, const struct model *m, const struct ev_rename *ev)
{
	char name[EVENT_COMM_LEN];
	size_t event, body;
	struct strbuf *sb = perfetto_event(p, ev->hdr.cpu, ev->hdr.ts_ns, ev->hdr.tid, &event);

	safe_text(name, sizeof(name), ev->comm, sizeof(ev->comm));
	body = proto_begin(sb, FTRACE_TASK_RENAME);
	proto_u64(sb, 1, ev->hdr.tid);
	proto_string(sb, 2, perfetto_name(m, ev->hdr.tid));
	proto_string(sb, 3, name);
	proto_end(sb, body);
	proto_end(sb, event);
}

static void take_exec(struct perfetto *p, const struct ev_exec *ev)
{
	char path[PATH_SHOWN];
	size_t event, body;
	struct strbuf *sb = perfetto_event(p, ev->hdr.cpu, ev->hdr.ts_ns, ev->hdr.tid, &event);

	safe_text(path, sizeof(path), ev + 1, ev->len);
	body = proto_begin(sb, FTRACE_SCHED_PROCESS_EXEC);
	proto_string(sb, 1, path);
	proto_u64(sb, 2, ev->hdr.tid);
	proto_u64(sb, 3, ev->old_tid);
	proto_end(sb, body);
	proto_end(sb, event);
}

void perfetto_sched_event(struct perfetto *p, const struct model *before, const struct ev_hdr *ev)
{
	switch (ev->kind) {
	case EV_SWITCH:
		take_switch(p, before, (const struct ev_switch *)ev);
		break;
	case EV_BLOCK:
		take_block(p, before, (const struct ev_block *)ev);
		break;
	case EV_WAKE:
		take_wake(p, before, (const struct ev_wake *)ev);
		break;
	case EV_ADMIT:
		take_admit(p, before, (const struct ev_admit *)ev);
		break;
	case EV_RENAME:
		take_rename(p, before, (const struct ev_rename *)ev);
		break;
	case EV_EXEC:
		take_exec(p, (const struct ev_exec *)ev);
		break;
	case EV_REAP:
		perfetto_free(p, before, ev->cpu, ev->ts_ns, ev->tid);
		break;
	}
}

static void put_reason(struct perfetto *p, const struct model *m, const struct thread *t,
		       unsigned cpu, __u64 ts_ns)
{
	const struct lock *l = model_lock_waited_on(m, t);
	const struct thread *owner = model_waits_for(m, t, NULL);
	struct strbuf words = {}, *sb;
	size_t event, body;
	__u32 iid;

	label_wait(&t->wait, l ? model_lock_name(m, l) : NULL, &words);
	if (owner)
		strbuf_addf(&words, "%s%s %s (%u)", t->wait.reason == WAIT_JOIN ? " " : ", ",
			    wait_relation(&t->wait), owner->name, owner->tid);
	iid = perfetto_reason(p, strbuf_str(&words));
	sb = perfetto_event(p, cpu, ts_ns, t->tid, &event);
	body = proto_begin(sb, FTRACE_SCHED_BLOCKED_REASON);
	proto_u64(sb, 1, t->tid);
	proto_u64(sb, 2, iid);
	proto_u64(sb, 3, t->wait.reason == WAIT_DISK);
	proto_end(sb, body);
	proto_end(sb, event);
	strbuf_release(&words);
}

void perfetto_blocked(struct perfetto *p, const struct model *m, const struct thread *t,
		      unsigned cpu, __u64 ts_ns)
{
	/* A wake-up was under way: Perfetto sees the sleep, and its end at once. */
	if (t->state == THREAD_READY)
		perfetto_waking(p, m, cpu, ts_ns, &t->wake, t);
	else if (thread_is_blocked(t))
		put_reason(p, m, t, cpu, ts_ns);
}

/*
 * Perfetto knows a blocked thread from a switch only: one that was met is switched in and
 * out, in no time at all, where nobody runs.
 */
void perfetto_state(struct perfetto *p, const struct model *m, const struct thread *t, __u64 ts_ns)
{
	const struct thread *rival = model_cpu_thread(m, t->cpu);
	__u32 rival_tid = rival && rival != t ? rival->tid : 0;
	struct thread_wake nobody = {};

	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		perfetto_switch(p, m, t->cpu, ts_ns, 0, 0, t->tid);
		break;
	case THREAD_READY:
		perfetto_waking(p, m, t->cpu, ts_ns, &nobody, t);
		break;
	case THREAD_BLOCKED:
	case THREAD_STOPPED:
		perfetto_switch(p, m, t->cpu, ts_ns, rival_tid, 0, t->tid);
		perfetto_switch(p, m, t->cpu, ts_ns, t->tid, sleep_state(&t->wait), rival_tid);
		if (thread_is_blocked(t))
			put_reason(p, m, t, t->cpu, ts_ns);
		break;
	default:
		break;
	}
}
