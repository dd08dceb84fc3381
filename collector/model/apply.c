/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of the fold: what each kind of event does to the model.
 *
 * The compiler asks for a step for every kind in EVENT_KINDS (bpf/event.h).
 */
#include <errno.h>
#include <string.h>
#include "base/safe_text.h"
#include "model/model_private.h"

enum { TASK_DEAD_BIT = 0x80 /* include/linux/sched.h */ };

static void set_name(struct thread *t, const char comm[EVENT_COMM_LEN])
{
	safe_text(t->name, sizeof(t->name), comm, EVENT_COMM_LEN);
}

static void describe_thread(struct thread *t, const struct ev_thread *ev)
{
	t->pid = ev->pid;
	t->parent_tid = ev->parent_tid;
	t->ppid = ev->ppid;
	t->uid = ev->uid;
	t->start_ns = ev->start_ns;
	t->ns_tid = ev->ns_tid;
	t->ns_id = ev->ns_id;
	t->flags &= ~THREAD_NAMELESS;
	set_name(t, ev->comm);
}

static void apply_thread(struct model *m, const struct ev_thread *ev)
{
	struct thread *t = model_peek_thread(m, ev->hdr.tid);
	struct thread fresh = {
		.tid = ev->hdr.tid,
		.state = ev->hdr.flags & (EVF_MET | EVF_FOREIGN) ? THREAD_UNKNOWN : THREAD_NEW,
		.flags = (ev->hdr.flags & EVF_MET ? THREAD_MET : 0) |
			 (ev->hdr.flags & EVF_FOREIGN ? THREAD_FOREIGN : 0) |
			 (ev->hdr.flags & EVF_SHARES_MEMORY ? THREAD_SHARES_MEMORY : 0),
		.cpu = ev->hdr.cpu,
		.since_ns = ev->hdr.ts_ns,
		.created_ns = ev->hdr.ts_ns,
	};

	/* Announced again, for the first announcement may have been lost. */
	if (t && (t->start_ns == ev->start_ns || (t->flags & THREAD_NAMELESS))) {
		model_count_living(m, t, -1);
		describe_thread(t, ev);
		model_count_living(m, t, 1);
		model_number_thread(m, t);
		model_waits_change(m);
		m->wait_cnt++;
		return;
	}
	if (t)
		model_end_thread(m, t, THREAD_DEAD, ev->hdr.ts_ns);
	if (ev->pid == ev->hdr.tid) {
		model_forget_lock_names(m, ev->pid);
		model_forget_pages(m, ev->pid);
		model_forget_places(m, ev->pid);
	}
	describe_thread(&fresh, ev);
	/* Where another one runs its switch is to come. */
	if ((ev->hdr.flags & EVF_RUNS) && !model_cpu_thread(m, ev->hdr.cpu)) {
		fresh.state = THREAD_RUNNING;
		model_set_cpu(m, ev->hdr.cpu, ev->hdr.tid);
	}
	model_add_thread(m, &fresh);
}

static void apply_admit(struct model *m, const struct ev_admit *ev)
{
	struct thread *t = model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns);

	if (t->state != THREAD_NEW && t->state != THREAD_UNKNOWN)
		return;
	t->ready_cause = READY_CREATED;
	model_set_state(m, t, THREAD_READY, ev->hdr.ts_ns);
}

static void apply_exec(struct model *m, const struct ev_exec *ev)
{
	struct thread *t;

	if (ev->old_tid != ev->hdr.tid)
		model_change_tid(m, ev->old_tid, ev->hdr.tid, ev->hdr.ts_ns);
	t = model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns);
	model_count_living(m, t, -1);
	t->flags |= THREAD_EXECUTED;
	t->flags &= ~THREAD_SHARES_MEMORY;
	model_count_living(m, t, 1);
	set_name(t, ev->comm);
	model_forget_lock_names(m, ev->hdr.tid);
	model_forget_pages(m, ev->hdr.tid);
	model_forget_places(m, ev->hdr.tid);
}

static void apply_rename(struct model *m, const struct ev_rename *ev)
{
	set_name(model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns), ev->comm);
}

/* It still runs to its last switch; only then is it a zombie, or gone. */
static void apply_exit(struct model *m, const struct ev_exit *ev)
{
	struct thread *t = model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns);

	t->exit_code = ev->code;
	t->flags |= THREAD_EXITS;
	if (ev->hdr.flags & EVF_GROUP)
		t->flags |= THREAD_GROUP_ENDED;
}

static enum thread_state state_met(const struct thread *t, const struct ev_met *ev)
{
	if (ev->exit_state)
		return thread_is_main(t) ? THREAD_ZOMBIE : THREAD_DEAD;
	return thread_state_of_task(ev->running, ev->state);
}

/*
 * It is believed of a thread of which nothing is known. An event that came before it in the ring
 * may be newer than what it saw; but when that is long past, and the thread stands elsewhere, then
 * a switch or a wake-up was not reported.
 */
static bool met_is_believed(const struct thread *t, const struct ev_met *ev)
{
	enum thread_state state = state_met(t, ev);

	if (t->state == THREAD_UNKNOWN)
		return true;
	if (!thread_is_alive(t) || ev->hdr.ts_ns < t->since_ns + MODEL_QUIET_NS)
		return false;
	return state != t->state ||
	       (thread_is_blocked(t) && !wait_is_in_call(&t->wait, ev->nr, ev->args[0]));
}

/* False: where another one runs it was switched to since; that event is to come. */
static bool make_room(struct model *m, const struct ev_met *ev)
{
	const struct thread *other = model_cpu_thread(m, ev->hdr.cpu);

	if (!other || other->tid == ev->hdr.tid)
		return true;
	if (ev->hdr.ts_ns < other->since_ns + MODEL_QUIET_NS)
		return false;
	model_set_state(m, model_peek_thread(m, other->tid), THREAD_UNKNOWN, ev->hdr.ts_ns);
	return true;
}

static void apply_met(struct model *m, const struct ev_met *ev)
{
	struct thread *t = model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns);
	enum thread_state state = state_met(t, ev);
	struct wait before = t->wait;

	if (!met_is_believed(t, ev))
		return;
	if (thread_is_blocked(t))
		model_wait_ends(m, t, NULL, ev->hdr.ts_ns);
	t->ready_cause = t->state == THREAD_RUNNING ? READY_PREEMPTED : READY_WOKEN;
	t->pushed_by = 0;
	model_set_state(m, t, THREAD_UNKNOWN, ev->hdr.ts_ns);
	t->cpu = ev->hdr.cpu;
	if (ev->exit_state) {
		model_end_thread(m, t, state, ev->hdr.ts_ns);
		return;
	}
	if (state == THREAD_RUNNING && !make_room(m, ev))
		return;
	model_set_state(m, t, state, ev->hdr.ts_ns);
	if (state == THREAD_RUNNING) {
		model_set_cpu(m, ev->hdr.cpu, t->tid);
	} else if (state == THREAD_STOPPED) {
		wait_met(ev, &t->wait);
	} else if (state == THREAD_BLOCKED) {
		wait_met(ev, &t->wait);
		wait_resume(&before, &t->wait);
		model_wait_begins(m, t);
	}
}

static void apply_reap(struct model *m, const struct ev_reap *ev)
{
	struct thread *t = model_peek_thread(m, ev->hdr.tid);

	if (t)
		model_end_thread(m, t, THREAD_DEAD, ev->hdr.ts_ns);
}

/* Whom the model takes to be on the CPU is not who leaves it: how it left was not seen. */
static void displace(struct model *m, const struct ev_hdr *ev)
{
	const struct thread *t = model_displaced_by(m, ev);

	if (t)
		model_set_state(m, model_peek_thread(m, t->tid), THREAD_UNKNOWN, ev->ts_ns);
}

static void run(struct model *m, struct thread *t, const struct ev_hdr *hdr)
{
	/* Blocked yet running: its WAKE is missing, but that it runs is observed. */
	if (t->state == THREAD_BLOCKED)
		model_wait_ends(m, t, NULL, hdr->ts_ns);
	if (t->cpu != hdr->cpu && t->state_ns[THREAD_RUNNING])
		t->migrate_cnt++;
	model_set_state(m, t, THREAD_RUNNING, hdr->ts_ns);
	t->cpu = hdr->cpu;
}

static void switch_in(struct model *m, __u32 tid, const struct ev_hdr *hdr)
{
	if (tid)
		run(m, model_get_thread(m, tid, hdr->ts_ns), hdr);
	model_set_cpu(m, hdr->cpu, tid);
}

static struct thread *switch_out(struct model *m, const struct ev_hdr *hdr)
{
	struct thread *t = model_get_thread(m, hdr->tid, hdr->ts_ns);

	t->switch_cnt++;
	model_leave_cpu(m, t);
	t->cpu = hdr->cpu;
	return t;
}

static void apply_switch(struct model *m, const struct ev_switch *ev)
{
	struct thread *t;

	displace(m, &ev->hdr);
	t = ev->hdr.tid ? switch_out(m, &ev->hdr) : NULL;
	if (t && (ev->prev_state & TASK_DEAD_BIT) && !(ev->hdr.flags & EVF_PREEMPT)) {
		model_end_thread(m, t, thread_is_main(t) ? THREAD_ZOMBIE : THREAD_DEAD,
				 ev->hdr.ts_ns);
	} else if (t) {
		t->ready_cause = ev->hdr.flags & EVF_YIELD ? READY_YIELDED : READY_PREEMPTED;
		t->preempt_cnt += t->ready_cause == READY_PREEMPTED;
		t->pushed_by = ev->next_tid;
		model_set_state(m, t, THREAD_READY, ev->hdr.ts_ns);
	}
	switch_in(m, ev->next_tid, &ev->hdr);
}

static void apply_block(struct model *m, const struct ev_block *ev)
{
	struct wait before;
	struct thread *t;

	displace(m, &ev->hdr);
	t = switch_out(m, &ev->hdr);
	before = t->wait;
	wait_begin(ev, &t->wait);
	wait_resume(&before, &t->wait);
	if (ev->hdr.flags & EVF_WOKEN) {
		t->ready_cause = READY_WOKEN;
		model_set_state(m, t, THREAD_READY, ev->hdr.ts_ns);
	} else if (thread_state_of_task(false, ev->prev_state) == THREAD_STOPPED) {
		model_set_state(m, t, THREAD_STOPPED, ev->hdr.ts_ns);
	} else {
		model_set_state(m, t, THREAD_BLOCKED, ev->hdr.ts_ns);
		model_wait_begins(m, t);
	}
	switch_in(m, ev->next_tid, &ev->hdr);
}

static void apply_wake(struct model *m, const struct ev_wake *ev)
{
	struct thread *t = model_get_thread(m, ev->hdr.tid, ev->hdr.ts_ns);

	t->wake = (struct thread_wake){
		.at_ns = ev->hdr.ts_ns,
		.waker_tid = ev->waker_tid,
		.nr = ev->nr,
		.flags = ev->hdr.flags,
	};
	/* While it runs or is ready the wake-up changes nothing; EVF_WOKEN tells if it did. */
	if (t->state != THREAD_BLOCKED && t->state != THREAD_STOPPED)
		return;
	t->wake_cnt++;
	if (t->state == THREAD_BLOCKED) {
		model_count_waker(m, t, ev);
		model_wait_ends(m, t, ev, ev->hdr.ts_ns);
	}
	t->ready_cause = READY_WOKEN;
	model_set_state(m, t, THREAD_READY, ev->hdr.ts_ns);
}

/* After a hole nothing is known of any living thread until its next event. */
static void apply_lost(struct model *m, const struct ev_lost *ev)
{
	m->lost[ev->cause < LOST_CAUSE_MAX ? ev->cause : 0] += ev->cnt;
	vec_for_each(t, &m->threads)
		if (thread_is_alive(t) && !(t->flags & THREAD_FOREIGN))
			model_set_state(m, t, THREAD_UNKNOWN, ev->hdr.ts_ns);
	model_forget_owners(m);
	map_clear(&m->first_writer_of);
	model_waits_change(m);
}

static void apply_lockword(struct model *m, const struct ev_lockword *ev)
{
	model_lock_read(m, ev);
}

static void apply_lockname(struct model *m, const struct ev_lockname *ev)
{
	model_name_lock(m, ev);
}

static void apply_stack(struct model *m, const struct ev_stack *ev)
{
	model_keep_stack(m, ev);
}

static void apply_inversion(struct model *m, const struct ev_inversion *ev)
{
	model_keep_inversion(m, ev);
}

static void apply_output(struct model *m, const struct ev_output *ev)
{
	const char *bytes = (const char *)(ev + 1);
	size_t len = ev->len, keep;

	m->output_total += len;
	if (len > MODEL_OUTPUT_MAX) {
		bytes += len - MODEL_OUTPUT_MAX;
		len = MODEL_OUTPUT_MAX;
	}
	keep = m->output_len < MODEL_OUTPUT_MAX - len ? m->output_len : MODEL_OUTPUT_MAX - len;
	memmove(m->output, m->output + m->output_len - keep, keep);
	memcpy(m->output + keep, bytes, len);
	m->output_len = keep + len;
}

static void apply_note(struct model *m, const struct ev_note *ev)
{
	(void)m; /* A marker is for the reader of the trace; it changes no state. */
	(void)ev;
}

static void apply_handlers(struct model *m, const struct ev_handlers *ev)
{
	model_take_handlers(m, ev);
}

static void apply_holders(struct model *m, const struct ev_holders *ev)
{
	model_keep_holders(m, ev);
}

static void apply_file(struct model *m, const struct ev_file *ev)
{
	model_keep_file(m, ev);
}

static void apply_setfd(struct model *m, const struct ev_setfd *ev)
{
	model_keep_setfd(m, ev);
}

static void apply_lockpage(struct model *m, const struct ev_lockpage *ev)
{
	model_take_page(m, ev);
}

static void apply_end(struct model *m, const struct ev_end *ev)
{
	m->ended = true;
	m->end_code = ev->code;
}

static void apply_ck_model(struct model *m, const struct ev_ck_model *ev)
{
	m->event_cnt = ev->event_cnt;
	memcpy(m->lost, ev->lost, sizeof(m->lost));
	m->begin_ns = ev->begin_ns;
	m->ended = ev->ended;
	m->end_code = ev->end_code;
	m->changed_ns = m->now_ns;
	m->output_len = ev->len < MODEL_OUTPUT_MAX ? ev->len : MODEL_OUTPUT_MAX;
	m->output_total = ev->output_total;
	memcpy(m->output, ev + 1, m->output_len);
	if (ev->cpu_cnt)
		model_set_cpu(m, ev->cpu_cnt - 1, 0);
}

static void apply_ck_thread(struct model *m, const struct ev_ck_thread *ev)
{
	model_restore_thread(m, ev);
}

static void apply_ck_lock(struct model *m, const struct ev_ck_lock *ev)
{
	model_restore_lock(m, ev);
}

static void apply_ck_place(struct model *m, const struct ev_ck_place *ev)
{
	model_restore_place(m, ev);
}

static void apply_kind(struct model *m, const struct ev_hdr *ev)
{
	switch (ev->kind) {
#define APPLY_KIND(name, id, type, tail, help)                 \
	case id:                                               \
		apply_##type(m, (const struct ev_##type *)ev); \
		break;
		EVENT_KINDS(APPLY_KIND)
#undef APPLY_KIND
	}
}

/* Is it told again, at the begin of a block? */
static bool is_told_again(const struct ev_hdr *ev)
{
	return event_kind_is_checkpoint(ev->kind) || (ev->flags & EVF_CHECKPOINT);
}

/* A thread has a number; of a damaged file it may be 0, which stands for nobody everywhere else. */
static bool is_of_nobody(const struct ev_hdr *ev)
{
	if (ev->tid)
		return false;
	switch (ev->kind) {
	case EV_THREAD:
	case EV_ADMIT:
	case EV_EXEC:
	case EV_RENAME:
	case EV_EXIT:
	case EV_BLOCK:
	case EV_WAKE:
	case EV_MET:
	case EV_CK_THREAD:
		return true;
	default:
		return false;
	}
}

int model_apply(struct model *m, const struct ev_hdr *ev)
{
	if (event_tail_len(ev) > EVENT_TAIL_MAX || m->threads.cnt >= MODEL_THREAD_MAX)
		return -EPROTO;
	if (!is_told_again(ev)) {
		m->event_cnt++;
		if (!m->begin_ns)
			m->begin_ns = ev->ts_ns;
	}
	m->now_ns = ev->ts_ns;
	if (!is_of_nobody(ev))
		apply_kind(m, ev);
	return 0;
}
