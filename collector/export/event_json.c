/* SPDX-License-Identifier: GPL-2.0-only */
/* One function for each kind of event that has fields of its own. */
#include "export/event_json.h"

#include <string.h>

#include "base/safe_text.h"
#include "export/inversion_json.h"
#include "model/syscall.h"

enum { TASK_DEAD_BIT = 0x80 }; /* include/linux/sched.h */

void event_json_tid(struct json *j, const char *key, __u32 tid)
{
	if (tid)
		json_u64(j, key, tid);
	else
		json_null(j, key);
}

static void put_thread_ref(struct json *j, const struct model *m, const char *tid_key,
			   const char *name_key, __u32 tid)
{
	event_json_tid(j, tid_key, tid);
	json_string(j, name_key, label_name(m, tid));
}

static void put_comm(struct json *j, const char *key, const char comm[EVENT_COMM_LEN])
{
	char name[EVENT_COMM_LEN];

	safe_text(name, sizeof(name), comm, EVENT_COMM_LEN);
	json_string(j, key, name);
}

/* As wait4(2) gives it. */
static void put_exit(struct json *j, __u32 code)
{
	if (code & 0x7f)
		json_null(j, "status");
	else
		json_u64(j, "status", code >> 8 & 0xff);
	if (code & 0x7f)
		json_u64(j, "signal", code & 0x7f);
	else
		json_null(j, "signal");
}

/* What t waits for, as the model understands it: null when it does not. */
static void put_wait(struct json *j, const struct model *m, const struct thread *t)
{
	const struct wait *w = &t->wait;
	const struct thread *owner;
	enum evidence evidence;
	const struct lock *l;

	if (!thread_is_blocked(t)) {
		json_null(j, "waits_for");
		return;
	}
	owner = model_waits_for(m, t, &evidence);
	l = model_lock_waited_on(m, t);
	json_object_begin(j, "waits_for");
	json_string(j, "kind", wait_reason_word(w->reason));
	json_string(j, "syscall", wait_call(w));
	if (label_address(w))
		json_address(j, "address", label_address(w));
	else
		json_null(j, "address");
	json_string(j, "name", l ? model_lock_name(m, l) : NULL);
	if (wait_fd(w) >= 0)
		json_u64(j, "fd", wait_fd(w));
	else
		json_null(j, "fd");
	json_bool(j, "timed", wait_is_timed(w));
	put_thread_ref(j, m, "held_by", "holder", owner ? owner->tid : 0);
	json_string(j, "evidence", evidence_word(evidence));
	json_object_end(j);
}

static void put_wait_of(struct json *j, const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	if (t)
		put_wait(j, m, t);
	else
		json_null(j, "waits_for");
}

static void put_thread(struct json *j, const struct model *m, const struct ev_thread *ev)
{
	(void)m;
	json_u64(j, "pid", ev->pid);
	json_u64(j, "ppid", ev->ppid);
	event_json_tid(j, "created_by", ev->parent_tid);
	json_u64(j, "uid", ev->uid);
	json_bool(j, "met", ev->hdr.flags & EVF_MET);
	json_bool(j, "foreign", ev->hdr.flags & EVF_FOREIGN);
	json_bool(j, "running", ev->hdr.flags & EVF_RUNS);
}

static void put_exec(struct json *j, const struct model *m, const struct ev_exec *ev)
{
	(void)m;
	json_string_n(j, "path", ev + 1, ev->len);
	event_json_tid(j, "old_tid", ev->old_tid);
	put_comm(j, "new_name", ev->comm);
}

static void put_rename(struct json *j, const struct model *m, const struct ev_rename *ev)
{
	(void)m;
	put_comm(j, "new_name", ev->comm);
}

static void put_exit_event(struct json *j, const struct model *m, const struct ev_exit *ev)
{
	(void)m;
	put_exit(j, ev->code);
	json_bool(j, "last", ev->hdr.flags & EVF_GROUP);
}

static void put_switch(struct json *j, const struct model *m, const struct ev_switch *ev)
{
	if (!ev->hdr.tid)
		json_null(j, "how");
	else if ((ev->prev_state & TASK_DEAD_BIT) && !(ev->hdr.flags & EVF_PREEMPT))
		json_string(j, "how", "gone");
	else
		json_string(j, "how", ev->hdr.flags & EVF_YIELD ? "yielded" : "preempted");
	put_thread_ref(j, m, "next_tid", "next_name", ev->next_tid);
}

static void put_block(struct json *j, const struct model *m, const struct ev_block *ev)
{
	put_wait_of(j, m, ev->hdr.tid);
	json_bool(j, "woken", ev->hdr.flags & EVF_WOKEN);
	put_thread_ref(j, m, "next_tid", "next_name", ev->next_tid);
}

static void put_wake(struct json *j, const struct model *m, const struct ev_wake *ev)
{
	bool is_irq = label_irq(ev->hdr.flags);

	put_thread_ref(j, m, "waker_tid", "waker_name", is_irq ? 0 : ev->waker_tid);
	json_string(j, "syscall", syscall_name(ev->nr, ev->hdr.flags & EVF_COMPAT));
	json_string(j, "irq", label_irq(ev->hdr.flags));
}

static void put_lost(struct json *j, const struct model *m, const struct ev_lost *ev)
{
	static const char *const causes[LOST_CAUSE_MAX] = {
		[LOST_RING_FULL] = "ring_full",
		[LOST_STORAGE] = "storage",
		[LOST_HISTORY] = "history",
	};
	const char *cause = ev->cause < LOST_CAUSE_MAX ? causes[ev->cause] : NULL;

	(void)m;
	json_string(j, "cause", cause ? cause : "other");
	json_u64(j, "count", ev->cnt);
}

static void put_readers(struct json *j, const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);
	__u32 cnt = t && thread_is_blocked(t) ? wait_reader_cnt(&t->wait) : 0;

	if (cnt)
		json_u64(j, "readers", cnt);
	else
		json_null(j, "readers");
}

static void put_lockword(struct json *j, const struct model *m, const struct ev_lockword *ev)
{
	if (ev->err)
		json_i64(j, "error", -(__s64)ev->err);
	else
		json_null(j, "error");
	json_address(j, "address", ev->address);
	put_readers(j, m, ev->hdr.tid);
	put_wait_of(j, m, ev->hdr.tid);
}

static void put_met(struct json *j, const struct model *m, const struct ev_met *ev)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	char word[EXPORT_WORD_SZ];

	json_string(j, "state", t ? label_lower(thread_state_word(t->state), word) : NULL);
	put_wait_of(j, m, ev->hdr.tid);
}

static void put_lockname(struct json *j, const struct model *m, const struct ev_lockname *ev)
{
	(void)m;
	json_address(j, "address", ev->address);
	json_string_n(j, "lock", ev + 1, ev->len);
	json_bool(j, "borrowed", ev->hdr.flags & EVF_BORROWED);
}

static void put_stack(struct json *j, const struct model *m, const struct ev_stack *ev)
{
	const char *at = (const char *)(ev + 1), *end = at + ev->len;

	(void)m;
	json_array_begin(j, "stack");
	while (at < end) {
		const char *eol = memchr(at, '\n', end - at);

		json_string_n(j, NULL, at, (eol ? eol : end) - at);
		at = eol ? eol + 1 : end;
	}
	json_array_end(j);
	json_bool(j, "truncated", ev->hdr.flags & EVF_TRUNCATED);
	json_bool(j, "pending", ev->hdr.flags & EVF_PENDING);
}

static void put_holders(struct json *j, const struct model *m, const struct ev_holders *ev)
{
	const __u32 *pids = (const __u32 *)(ev + 1);

	(void)m;
	if (ev->err)
		json_i64(j, "error", -(__s64)ev->err);
	else
		json_null(j, "error");
	json_array_begin(j, "pids");
	for (size_t i = 0; i < ev->len / sizeof(pids[0]); i++)
		json_u64(j, NULL, pids[i]);
	json_array_end(j);
	json_bool(j, "complete", ev->hdr.flags & EVF_COMPLETE);
}

static void put_file(struct json *j, const struct model *m, const struct ev_file *ev)
{
	(void)m;
	if (ev->err)
		json_i64(j, "error", -(__s64)ev->err);
	else
		json_null(j, "error");
	if (ev->len)
		json_string_n(j, "file", ev + 1, ev->len);
	else
		json_null(j, "file");
	if (ev->until_ns)
		json_u64(j, "left_ns",
			 ev->until_ns > ev->hdr.ts_ns ? ev->until_ns - ev->hdr.ts_ns : 0);
	else
		json_null(j, "left_ns");
}

static void put_setfd(struct json *j, const struct model *m, const struct ev_setfd *ev)
{
	static const char *const words[] = { "read", "read", "write", "both" };

	(void)m;
	json_u64(j, "index", ev->idx);
	json_u64(j, "count", ev->cnt);
	json_u64(j, "fd", ev->fd);
	json_string(j, "for", words[ev->access & (PROBE_READ | PROBE_WRITE)]);
	json_string_n(j, "file", ev + 1, ev->len);
	json_array_begin(j, "pids");
	for (__u32 i = 0; i < ev->pid_cnt && i < SETFD_PID_MAX; i++)
		json_u64(j, NULL, ev->pids[i]);
	json_array_end(j);
	json_u64(j, "pid_count", ev->pid_cnt);
	json_bool(j, "complete", ev->hdr.flags & EVF_COMPLETE);
}

static void put_lockpage(struct json *j, const struct model *m, const struct ev_lockpage *ev)
{
	bool is_private = ev->hdr.flags & EVF_PRIVATE;

	(void)m;
	json_u64(j, "pid", ev->pid);
	json_address(j, "address", ev->address);
	json_bool(j, "private", is_private);
	if (is_private) {
		json_null(j, "device");
		json_null(j, "inode");
		json_null(j, "offset");
		return;
	}
	json_u64(j, "device", ev->dev);
	json_u64(j, "inode", ev->ino);
	json_u64(j, "offset", ev->off);
}

static void put_inversion(struct json *j, const struct model *m, const struct ev_inversion *ev)
{
	struct inversion inv;

	(void)m;
	inversion_decode(ev, &inv);
	inversion_json_steps(j, "steps", &inv);
	inversion_release(&inv);
}

static void put_output(struct json *j, const struct model *m, const struct ev_output *ev)
{
	(void)m;
	json_string_n(j, "output", ev + 1, ev->len);
}

static void put_note(struct json *j, const struct model *m, const struct ev_note *ev)
{
	(void)m;
	json_string_n(j, "note", ev + 1, ev->len);
}

static void put_end(struct json *j, const struct model *m, const struct ev_end *ev)
{
	(void)m;
	put_exit(j, ev->code);
}

void event_json_fields(struct json *j, const struct model *after, const struct ev_hdr *ev)
{
	switch ((enum event_kind)ev->kind) {
#define PUT(name, type, fn)                                 \
	case EV_##name:                                     \
		fn(j, after, (const struct ev_##type *)ev); \
		return
		PUT(THREAD, thread, put_thread);
		PUT(EXEC, exec, put_exec);
		PUT(RENAME, rename, put_rename);
		PUT(EXIT, exit, put_exit_event);
		PUT(SWITCH, switch, put_switch);
		PUT(BLOCK, block, put_block);
		PUT(WAKE, wake, put_wake);
		PUT(LOST, lost, put_lost);
		PUT(LOCKWORD, lockword, put_lockword);
		PUT(INVERSION, inversion, put_inversion);
		PUT(OUTPUT, output, put_output);
		PUT(NOTE, note, put_note);
		PUT(END, end, put_end);
		PUT(MET, met, put_met);
		PUT(LOCKNAME, lockname, put_lockname);
		PUT(STACK, stack, put_stack);
		PUT(HOLDERS, holders, put_holders);
		PUT(FILE, file, put_file);
		PUT(LOCKPAGE, lockpage, put_lockpage);
		PUT(SETFD, setfd, put_setfd);
#undef PUT
#define CASE_CHECKPOINT(name, id, type, tail, help) case EV_##name:
		CHECKPOINT_KINDS(CASE_CHECKPOINT)
#undef CASE_CHECKPOINT
	case EV_ADMIT: /* nothing but what all have */
	case EV_REAP:
	case EV_HANDLERS:
		break;
	}
}
