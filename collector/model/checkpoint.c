/* SPDX-License-Identifier: GPL-2.0-only */
/* The model folded back into events, and restored from them. */
#include <string.h>
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "model/model_private.h"

_Static_assert((int)THREAD_STATE_CNT <= (int)EVENT_STATE_MAX,
	       "a checkpoint has no room for a state");
_Static_assert((int)WAIT_REASON_CNT <= (int)EVENT_REASON_MAX,
	       "a checkpoint has no room for a reason");

static void emit_model(const struct model *m, model_emit_fn emit, void *arg)
{
	struct ev_ck_model *ev = xcalloc(1, sizeof(*ev) + m->output_len);

	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.kind = EV_CK_MODEL;
	ev->thread_cnt = m->threads.cnt;
	ev->lock_cnt = m->locks.cnt;
	ev->event_cnt = m->event_cnt;
	memcpy(ev->lost, m->lost, sizeof(m->lost));
	ev->begin_ns = m->begin_ns;
	ev->output_total = m->output_total;
	ev->cpu_cnt = m->cpu_tid.cnt;
	ev->end_code = m->end_code;
	ev->ended = m->ended;
	ev->len = m->output_len;
	memcpy(ev + 1, m->output, m->output_len);
	emit(arg, &ev->hdr, sizeof(*ev) + m->output_len);
	free(ev);
}

static void emit_thread(const struct model *m, const struct thread *t, model_emit_fn emit,
			void *arg)
{
	struct ev_ck_thread ev = {
		.hdr = { .ts_ns = m->now_ns, .tid = t->tid, .kind = EV_CK_THREAD, .cpu = t->cpu },
		.pid = t->pid,
		.parent_tid = t->parent_tid,
		.ppid = t->ppid,
		.uid = t->uid,
		.start_ns = t->start_ns,
		.state = t->state | t->ready_cause << 8,
		.flags = t->flags,
		.since_ns = t->since_ns,
		.created_ns = t->created_ns,
		.ended_ns = t->ended_ns,
		.exit_code = t->exit_code,
		.switch_cnt = t->switch_cnt,
		.preempt_cnt = t->preempt_cnt,
		.wake_cnt = t->wake_cnt,
		.migrate_cnt = t->migrate_cnt,
		.waker_tid = t->wake.waker_tid,
		.waker_nr = t->wake.nr,
		.waker_flags = t->wake.flags,
		.waker_ns = t->wake.at_ns,
		.wait_flags = t->wait.flags,
		.wait_prev_state = t->wait.prev_state,
		.wait_nr = t->wait.nr,
		.wait_fd_mode = t->wait.fd_mode,
		.pushed_by = t->pushed_by,
		.wait_reason = t->wait.reason,
		.wait_readers = t->wait.readers,
		.wait_since_ns = t->wait.since_ns,
		.wait_read_ns = t->wait.read_ns,
		.wait_confirm_ns = t->wait.confirm_ns,
		.ns_tid = t->ns_tid,
		.ns_id = t->ns_id,
	};

	memcpy(ev.comm, t->name, sizeof(ev.comm));
	memcpy(ev.state_ns, t->state_ns, sizeof(t->state_ns));
	memcpy(ev.reason_ns, t->reason_ns, sizeof(t->reason_ns));
	memcpy(ev.wait_words, t->wait.words, sizeof(ev.wait_words));
	memcpy(ev.wait_args, t->wait.args, sizeof(ev.wait_args));
	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_lock(const struct model *m, const struct lock *l, model_emit_fn emit, void *arg)
{
	struct ev_ck_lock ev = {
		.hdr = { .ts_ns = m->now_ns, .tid = l->pid, .kind = EV_CK_LOCK },
		.address = l->address,
		.kind = l->kind | l->is_shared << 8 | l->is_wordless << 9,
		.owner_tid = l->owner_tid,
		.evidence = l->evidence,
		.wait_cnt = l->wait_cnt,
		.handoff_cnt = l->handoff_cnt,
		.waker_tid = l->waker_tid,
		.read_ns = l->read_ns,
		.wait_ns = l->wait_ns,
		.max_wait_ns = l->max_wait_ns,
		.max_wait_tid = l->max_wait_tid,
		.hold_cnt = l->hold_cnt,
		.owner_since_ns = l->owner_since_ns,
		.hold_ns = l->hold_ns,
		.max_hold_ns = l->max_hold_ns,
		.confirm_ns = l->confirm_ns,
		.told_tid = l->told_tid,
	};

	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_lock_name(const struct model *m, const struct lock *l, model_emit_fn emit,
			   void *arg)
{
	struct {
		struct ev_lockname ev;
		char name[LOCK_NAME_MAX];
	} out = {
		.ev.hdr = { .ts_ns = m->now_ns,
			    .tid = l->pid,
			    .kind = EV_LOCKNAME,
			    .flags = EVF_CHECKPOINT | (l->name_is_borrowed ? EVF_BORROWED : 0) },
		.ev.address = l->address,
		.ev.len = strlen(l->name),
		.ev.holds_ns = l->name_until_ns > m->now_ns ? l->name_until_ns - m->now_ns : 0,
	};

	memcpy(out.name, l->name, out.ev.len);
	emit(arg, &out.ev.hdr, sizeof(out.ev) + out.ev.len);
}

static void emit_stack(const struct model *m, const struct thread *t, model_emit_fn emit, void *arg)
{
	bool truncated = false, pending = model_stack_is_pending(m, t);
	const char *text = model_stack(m, t, &truncated);
	size_t len = text ? strlen(text) : 0;
	struct ev_stack *ev;

	if (!text && !pending)
		return;
	ev = xcalloc(1, sizeof(*ev) + len);
	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.tid = t->tid;
	ev->hdr.kind = EV_STACK;
	ev->hdr.flags = EVF_CHECKPOINT | (truncated ? EVF_TRUNCATED : 0) |
			(pending ? EVF_PENDING : 0);
	ev->len = len;
	if (len)
		memcpy(ev + 1, text, len);
	emit(arg, &ev->hdr, sizeof(*ev) + len);
	free(ev);
}

static void emit_holders(const struct model *m, const struct thread *t, model_emit_fn emit,
			 void *arg)
{
	const struct holders *h = model_holders(m, t);
	size_t len = h ? h->cnt * sizeof(__u32) : 0;
	struct ev_holders *ev;

	if (!h)
		return;
	ev = xcalloc(1, sizeof(*ev) + len);
	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.tid = t->tid;
	ev->hdr.kind = EV_HOLDERS;
	ev->hdr.flags = EVF_CHECKPOINT | (h->is_complete ? EVF_COMPLETE : 0);
	ev->err = h->err;
	ev->len = len;
	ev->read_ns = h->read_ns;
	if (len)
		memcpy(ev + 1, h->pids, len);
	emit(arg, &ev->hdr, sizeof(*ev) + len);
	free(ev);
}

static void emit_file(const struct model *m, const struct thread *t, model_emit_fn emit, void *arg)
{
	const struct wait_file *f = model_wait_file(m, t);
	size_t len = f && f->text ? strlen(f->text) : 0;
	struct ev_file *ev;

	if (!f)
		return;
	ev = xcalloc(1, sizeof(*ev) + len);
	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.tid = t->tid;
	ev->hdr.kind = EV_FILE;
	ev->hdr.flags = EVF_CHECKPOINT;
	ev->err = f->err;
	ev->len = len;
	ev->until_ns = f->until_ns;
	if (len)
		memcpy(ev + 1, f->text, len);
	emit(arg, &ev->hdr, sizeof(*ev) + len);
	free(ev);
}

static void emit_setfd(const struct model *m, const struct thread *t, __u32 idx, model_emit_fn emit,
		       void *arg)
{
	const struct wait_set *set = model_wait_set(m, t);
	const struct set_fd *fd = &set->fds[idx];
	size_t len = strlen(fd->text);
	struct ev_setfd *ev = xcalloc(1, sizeof(*ev) + len);

	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.tid = t->tid;
	ev->hdr.kind = EV_SETFD;
	ev->hdr.flags = EVF_CHECKPOINT | (fd->is_complete ? EVF_COMPLETE : 0);
	ev->idx = idx;
	ev->cnt = set->total;
	ev->fd = fd->fd;
	ev->access = fd->is_for_room ? PROBE_WRITE : PROBE_READ;
	ev->pid_cnt = fd->pid_cnt;
	ev->len = len;
	memcpy(ev->pids, fd->pids, sizeof(ev->pids));
	if (len)
		memcpy(ev + 1, fd->text, len);
	emit(arg, &ev->hdr, sizeof(*ev) + len);
	free(ev);
}

/* Of one that is empty nothing is to be told. */
static void emit_set(const struct model *m, const struct thread *t, model_emit_fn emit, void *arg)
{
	const struct wait_set *set = model_wait_set(m, t);

	for (__u32 i = 0; set && i < set->cnt; i++)
		emit_setfd(m, t, i, emit, arg);
}

/* The entry of the table; what the waits know of it follows. */
static void emit_page(const struct model *m, const struct lock_page *p, model_emit_fn emit,
		      void *arg)
{
	struct ev_lockpage ev = {
		.hdr = { .ts_ns = m->now_ns, .kind = EV_LOCKPAGE, .flags = EVF_CHECKPOINT },
		.pid = p->pid,
		.lock_pid = p->lock_pid,
		.address = p->address,
		.lock_address = p->lock_address,
		.dev = p->dev,
		.ino = p->ino,
		.off = p->off,
	};

	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_found_page(const struct model *m, const struct thread *t, model_emit_fn emit,
			    void *arg)
{
	const struct ev_lockpage *page = model_found_page(m, t);
	struct ev_lockpage ev;

	if (!page)
		return;
	ev = *page;
	ev.hdr.ts_ns = m->now_ns;
	ev.hdr.flags |= EVF_CHECKPOINT;
	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_place(const struct model *m, const struct place *p, model_emit_fn emit, void *arg)
{
	struct ev_ck_place ev = {
		.hdr = { .ts_ns = m->now_ns, .tid = p->pid, .kind = EV_CK_PLACE },
		.nr = p->nr,
		.fd_mode = p->fd_mode,
		.arg = p->arg,
		.last_ns = p->last_ns,
		.total = p->wakers.total,
	};

	for (size_t i = 0; i < WAKER_MAX; i++) {
		ev.tid[i] = p->wakers.top[i].tid;
		ev.cnt[i] = p->wakers.top[i].cnt;
		ev.start_ns[i] = p->wakers.top[i].start_ns;
	}
	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_handlers(const struct model *m, const struct handlers *h, model_emit_fn emit,
			  void *arg)
{
	struct ev_handlers ev = {
		.hdr = { .ts_ns = m->now_ns,
			 .tid = h->pid,
			 .kind = EV_HANDLERS,
			 .flags = EVF_CHECKPOINT },
		.err = h->err,
		.caught = h->caught,
		.read_ns = h->read_ns,
	};

	emit(arg, &ev.hdr, sizeof(ev));
}

static void emit_inversion(const struct model *m, const struct inversion *inv, model_emit_fn emit,
			   void *arg)
{
	struct strbuf text = {};
	struct ev_inversion *ev;

	inversion_encode(inv->steps, inv->step_cnt, &text);
	ev = xcalloc(1, sizeof(*ev) + text.len);
	ev->hdr.ts_ns = m->now_ns;
	ev->hdr.tid = inv->pid;
	ev->hdr.kind = EV_INVERSION;
	ev->hdr.flags = EVF_CHECKPOINT;
	ev->len = text.len;
	ev->found_ns = inv->found_ns;
	memcpy(ev + 1, strbuf_str(&text), text.len);
	emit(arg, &ev->hdr, sizeof(*ev) + text.len);
	strbuf_release(&text);
	free(ev);
}

static int compare_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

/* Older first, so that of two threads with one tid the living one is restored last. */
static int compare_threads(const void *a, const void *b)
{
	const struct thread *x = *(const struct thread *const *)a;
	const struct thread *y = *(const struct thread *const *)b;
	int order = compare_u64(x->created_ns, y->created_ns);

	return order ? order : compare_u64(x->tid, y->tid);
}

static int compare_locks(const void *a, const void *b)
{
	const struct lock *x = *(const struct lock *const *)a;
	const struct lock *y = *(const struct lock *const *)b;
	int order = compare_u64(x->pid, y->pid);

	return order ? order : compare_u64(x->address, y->address);
}

/*
 * Sorted, because the tables are not: two models that went different ways to the
 * same state give the same bytes.
 */
void model_checkpoint(const struct model *m, model_emit_fn emit, void *arg)
{
	VEC(const struct thread *) threads = {};
	VEC(const struct lock *) locks = {};

	vec_for_each(t, &m->threads)
		vec_push(&threads, t);
	vec_for_each(l, &m->locks)
		vec_push(&locks, l);
	if (threads.cnt)
		qsort(threads.items, threads.cnt, sizeof(threads.items[0]), compare_threads);
	if (locks.cnt)
		qsort(locks.items, locks.cnt, sizeof(locks.items[0]), compare_locks);

	emit_model(m, emit, arg);
	vec_for_each(t, &threads)
		emit_thread(m, *t, emit, arg);
	vec_for_each(l, &locks)
		emit_lock(m, *l, emit, arg);
	vec_for_each(l, &locks)
		if ((*l)->name[0])
			emit_lock_name(m, *l, emit, arg);
	vec_for_each(t, &threads)
		emit_stack(m, *t, emit, arg);
	vec_for_each(t, &threads)
		emit_holders(m, *t, emit, arg);
	vec_for_each(t, &threads)
		emit_file(m, *t, emit, arg);
	vec_for_each(t, &threads)
		emit_set(m, *t, emit, arg);
	vec_for_each(p, &m->pages)
		emit_page(m, p, emit, arg);
	vec_for_each(t, &threads)
		emit_found_page(m, *t, emit, arg);
	vec_for_each(p, &m->places)
		emit_place(m, p, emit, arg);
	vec_for_each(h, &m->handlers)
		emit_handlers(m, h, emit, arg);
	vec_for_each(inv, &m->inversions)
		emit_inversion(m, inv, emit, arg);
	vec_release(&threads);
	vec_release(&locks);
}

static void restore_wait(struct wait *w, const struct ev_ck_thread *ev)
{
	*w = (struct wait){
		.since_ns = ev->wait_since_ns,
		.prev_state = ev->wait_prev_state,
		.fd_mode = ev->wait_fd_mode,
		.nr = ev->wait_nr,
		.flags = ev->wait_flags,
		.reason = ev->wait_reason < WAIT_REASON_CNT ? ev->wait_reason : WAIT_OTHER,
		.readers = ev->wait_readers,
		.read_ns = ev->wait_read_ns,
		.confirm_ns = ev->wait_confirm_ns,
	};
	memcpy(w->words, ev->wait_words, sizeof(w->words));
	memcpy(w->args, ev->wait_args, sizeof(w->args));
	wait_classify(w);
}

void model_restore_thread(struct model *m, const struct ev_ck_thread *ev)
{
	unsigned state = ev->state & 0xff;
	struct thread t = {
		.tid = ev->hdr.tid,
		.pid = ev->pid,
		.parent_tid = ev->parent_tid,
		.ppid = ev->ppid,
		.uid = ev->uid,
		.ns_tid = ev->ns_tid,
		.ns_id = ev->ns_id,
		.cpu = ev->hdr.cpu,
		.flags = ev->flags,
		.state = state < THREAD_STATE_CNT ? state : THREAD_UNKNOWN,
		.ready_cause = ev->state >> 8,
		.start_ns = ev->start_ns,
		.since_ns = ev->since_ns,
		.created_ns = ev->created_ns,
		.ended_ns = ev->ended_ns,
		.exit_code = ev->exit_code,
		.switch_cnt = ev->switch_cnt,
		.preempt_cnt = ev->preempt_cnt,
		.wake_cnt = ev->wake_cnt,
		.migrate_cnt = ev->migrate_cnt,
		.pushed_by = ev->pushed_by,
		.wake = { ev->waker_ns, ev->waker_tid, ev->waker_nr, ev->waker_flags },
	};

	safe_text(t.name, sizeof(t.name), ev->comm, sizeof(ev->comm));
	restore_wait(&t.wait, ev);
	memcpy(t.state_ns, ev->state_ns, sizeof(t.state_ns));
	memcpy(t.reason_ns, ev->reason_ns, sizeof(t.reason_ns));
	model_note_writer(m, model_add_thread(m, &t));
	if (t.state == THREAD_DEAD)
		m->dead_cnt++;
	else if (t.state == THREAD_RUNNING)
		model_set_cpu(m, t.cpu, t.tid);
}

void model_restore_lock(struct model *m, const struct ev_ck_lock *ev)
{
	__u8 kind = ev->kind;

	if (m->locks.cnt >= MODEL_LOCK_MAX + MODEL_THREAD_MAX)
		return; /* no model had so many: a damaged file */
	model_add_lock(m, &(struct lock){
				  .address = ev->address,
				  .pid = ev->hdr.tid,
				  .kind = kind < WAIT_REASON_CNT ? kind : WAIT_FUTEX,
				  .is_shared = ev->kind >> 8 & 1,
				  .is_wordless = ev->kind >> 9 & 1,
				  .evidence = ev->evidence,
				  .owner_tid = ev->owner_tid,
				  .read_ns = ev->read_ns,
				  .confirm_ns = ev->confirm_ns,
				  .told_tid = ev->told_tid,
				  .wait_cnt = ev->wait_cnt,
				  .handoff_cnt = ev->handoff_cnt,
				  .waker_tid = ev->waker_tid,
				  .wait_ns = ev->wait_ns,
				  .max_wait_ns = ev->max_wait_ns,
				  .max_wait_tid = ev->max_wait_tid,
				  .owner_since_ns = ev->owner_since_ns,
				  .hold_ns = ev->hold_ns,
				  .max_hold_ns = ev->max_hold_ns,
				  .hold_cnt = ev->hold_cnt,
			  });
}
