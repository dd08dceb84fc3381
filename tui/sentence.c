/* SPDX-License-Identifier: GPL-2.0-only */
/* One function for each kind of event that has words of its own. */
#include "tui/sentence.h"

#include <string.h>
#include "base/fmt.h"
#include "base/safe_text.h"
#include "model/inversion.h"
#include "tui/describe.h"
#include "tui/state_words.h"

enum { TASK_DEAD_BIT = 0x80 }; /* include/linux/sched.h */
enum { QUOTE_MAX = 120 };      /* bytes of a tail that are quoted */

/* name: what the program calls the lock, or NULL: then its address tells it from others. */
static void add_named_wait(const struct wait *w, const char *name, struct strbuf *ret)
{
	const char *word = wait_reason_word(w->reason);
	const char *call = wait_call(w);

	strbuf_adds(ret, word);
	if (name)
		strbuf_addf(ret, " %s", name);
	else if (wait_is_futex(w) && w->reason != WAIT_JOIN)
		strbuf_addf(ret, " 0x%llx", (unsigned long long)wait_lock_address(w));
	else if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
	if (call && !wait_is_futex(w) && strcmp(call, word) != 0)
		strbuf_addf(ret, " (%s)", call);
	if (wait_is_timed(w) && w->reason != WAIT_SLEEP)
		strbuf_adds(ret, ", with time-out");
}

void add_wait_words(const struct wait *w, struct strbuf *ret)
{
	add_named_wait(w, NULL, ret);
}

static const char *lock_name(const struct model *m, __u32 tid, __u64 address)
{
	const struct thread *t = model_find_thread(m, tid);
	const struct lock *l = t ? model_find_lock(m, t->pid, address) : NULL;
	struct lock unmet = { .address = address, .pid = t ? t->pid : 0 };

	/* It may be called something though nobody has waited for it so far. */
	return model_lock_name(m, l ? l : &unmet);
}

static bool ends_line(char ch)
{
	return ch == '\n' || ch == '\r';
}

/* Quoted, with a slash between lines. */
static void add_quote(const void *bytes, size_t len, struct strbuf *ret)
{
	const char *from = bytes;
	char text[QUOTE_MAX + 1], line[QUOTE_MAX];
	size_t cut = len < QUOTE_MAX ? len : QUOTE_MAX;

	while (cut && ends_line(from[cut - 1]))
		cut--;
	strbuf_addch(ret, '"');
	for (size_t i = 0, n = 0; i <= cut; i++) {
		if (i < cut && !ends_line(from[i])) {
			line[n++] = from[i];
			continue;
		}
		safe_text(text, sizeof(text), line, n);
		strbuf_addf(ret, "%s%s", text, i < cut && n ? " / " : "");
		n = 0;
	}
	strbuf_addf(ret, "\"%s", len > QUOTE_MAX ? " ..." : "");
}

static void say_thread(const struct model *m, const struct ev_thread *ev, struct strbuf *ret)
{
	char name[EVENT_COMM_LEN];

	safe_text(name, sizeof(name), ev->comm, sizeof(ev->comm));
	if (ev->hdr.flags & EVF_FOREIGN) {
		strbuf_addf(ret, "%s (%u) is not traced, but wakes threads that are",
			    name[0] ? name : "a thread", ev->hdr.tid);
	} else if (!(ev->hdr.flags & EVF_MET) && !ev->parent_tid) {
		strbuf_addf(ret, "ctrace started %s (%u)", name, ev->hdr.tid);
	} else if (ev->hdr.flags & EVF_MET) {
		strbuf_addf(ret, "%s (%u) was there before ctrace", name, ev->hdr.tid);
	} else {
		describe_name(m, ev->parent_tid, ret);
		strbuf_addf(ret, " created %s %s (%u)",
			    ev->pid == ev->hdr.tid ? "process" : "thread", name, ev->hdr.tid);
	}
}

static void say_admit(const struct model *m, const struct ev_admit *ev, struct strbuf *ret)
{
	describe_name(m, ev->hdr.tid, ret);
	strbuf_addf(ret, " is %s for the first time", state_word(THREAD_READY));
}

static void say_exec(const struct model *m, const struct ev_exec *ev, struct strbuf *ret)
{
	describe_name(m, ev->old_tid, ret);
	strbuf_adds(ret, " executes ");
	add_quote(ev + 1, ev->len, ret);
}

static void say_rename(const struct model *m, const struct ev_rename *ev, struct strbuf *ret)
{
	char name[EVENT_COMM_LEN];

	safe_text(name, sizeof(name), ev->comm, sizeof(ev->comm));
	describe_name(m, ev->hdr.tid, ret);
	strbuf_addf(ret, " is now called %s", name);
}

static void say_exit(const struct model *m, const struct ev_exit *ev, struct strbuf *ret)
{
	describe_name(m, ev->hdr.tid, ret);
	strbuf_adds(ret, " ends: ");
	describe_exit(ev->code, ret);
	if (ev->hdr.flags & EVF_GROUP)
		strbuf_adds(ret, ", the last of its process");
}

static void say_reap(const struct model *m, const struct ev_reap *ev, struct strbuf *ret)
{
	describe_name(m, ev->hdr.tid, ret);
	strbuf_adds(ret, ev->hdr.flags & EVF_UNSEEN ? " has ended: how was not seen"
						    : " is collected by its parent");
}

/* Who runs instead; after a clause about the thread that ran, or alone. */
static void add_next(const struct model *m, __u32 next_tid, bool alone, struct strbuf *ret)
{
	if (!next_tid)
		return;
	if (!alone)
		strbuf_adds(ret, "; ");
	describe_name(m, next_tid, ret);
	strbuf_adds(ret, " runs");
}

static void say_switch(const struct model *m, const struct ev_switch *ev, struct strbuf *ret)
{
	if (ev->hdr.tid) {
		describe_name(m, ev->hdr.tid, ret);
		if ((ev->prev_state & TASK_DEAD_BIT) && !(ev->hdr.flags & EVF_PREEMPT))
			strbuf_adds(ret, " is gone");
		else if (ev->hdr.flags & EVF_YIELD)
			strbuf_adds(ret, " yields");
		else
			strbuf_adds(ret, " is preempted");
	}
	add_next(m, ev->next_tid, !ev->hdr.tid, ret);
	if (!ev->hdr.tid && !ev->next_tid)
		strbuf_addf(ret, "CPU %u changes between threads that are not traced", ev->hdr.cpu);
}

/* The model takes a lock whose owner is no thread it knows for some futex; so do the words. */
static void add_wait_with_owner(const struct model *m, __u32 tid, struct wait *w,
				struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, tid);
	const struct thread *owner = t ? model_find_number(m, t, wait_owner_tid(w)) : NULL;
	bool needs_owner = wait_needs_owner(w);

	if (needs_owner && !owner)
		w->reason = WAIT_FUTEX;
	add_named_wait(w, wait_is_futex(w) ? lock_name(m, tid, w->args[0]) : NULL, ret);
	if (!needs_owner || !owner)
		return;
	strbuf_adds(ret, w->reason == WAIT_JOIN ? " of " : " held by ");
	describe_name(m, owner->tid, ret);
}

static void say_block(const struct model *m, const struct ev_block *ev, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	struct wait w;

	wait_begin(ev, &w);
	if (t)
		wait_resume(&t->wait, &w);
	describe_name(m, ev->hdr.tid, ret);
	if (ev->hdr.flags & EVF_WOKEN)
		strbuf_adds(ret, " would block, but is woken already: ");
	else if (w.reason == WAIT_STOPPED || w.reason == WAIT_TRACED)
		strbuf_adds(ret, " stops: ");
	else
		strbuf_adds(ret, " blocks: ");
	add_wait_with_owner(m, ev->hdr.tid, &w, ret);
	add_next(m, ev->next_tid, false, ret);
}

static void say_met(const struct model *m, const struct ev_met *ev, struct strbuf *ret)
{
	struct wait w;

	describe_name(m, ev->hdr.tid, ret);
	if (ev->exit_state) {
		strbuf_adds(ret, " had ended when it was met");
	} else if (ev->running) {
		strbuf_adds(ret, " ran when it was met");
	} else if (!ev->state) {
		strbuf_addf(ret, " was %s when it was met", state_word(THREAD_READY));
	} else {
		wait_met(ev, &w);
		strbuf_addf(ret, " was %s when it was met: ", state_word(THREAD_BLOCKED));
		add_wait_with_owner(m, ev->hdr.tid, &w, ret);
	}
}

static void say_wake(const struct model *m, const struct ev_wake *ev, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	struct thread_wake wake = {
		.waker_tid = ev->waker_tid,
		.nr = ev->nr,
		.flags = ev->hdr.flags,
	};

	describe_name(m, ev->hdr.tid, ret);
	if (t && (t->state == THREAD_RUNNING || t->state == THREAD_READY))
		strbuf_addf(ret, ", %s still,", state_word_of(t));
	strbuf_adds(ret, " is woken ");
	describe_wake(m, &wake, ret);
}

static void say_lost(const struct model *m, const struct ev_lost *ev, struct strbuf *ret)
{
	static const char *const causes[LOST_CAUSE_MAX] = {
		[LOST_RING_FULL] = ": the ring buffer was full",
		[LOST_STORAGE] = ": no memory to follow a thread",
		[LOST_HISTORY] = ": the history could not keep them",
	};
	char buf[FMT_SZ];

	(void)m; /* nobody in particular */
	strbuf_addf(ret, "%s event%s LOST", fmt_count(buf, sizeof(buf), ev->cnt),
		    ev->cnt == 1 ? "" : "s");
	if (ev->cause < LOST_CAUSE_MAX && causes[ev->cause])
		strbuf_adds(ret, causes[ev->cause]);
}

static void say_lockword(const struct model *m, const struct ev_lockword *ev, struct strbuf *ret)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);
	struct wait w;

	if (ev->err || !t) {
		strbuf_addf(ret, "the lock word at 0x%llx cannot be read",
			    (unsigned long long)ev->address);
		return;
	}
	w = t->wait;
	w.flags |= EVF_WORDS;
	memcpy(w.words, ev->words, sizeof(w.words));
	describe_name(m, ev->hdr.tid, ret);
	strbuf_adds(ret, " still waits: ");
	add_wait_with_owner(m, ev->hdr.tid, &w, ret);
	strbuf_adds(ret, ", read again");
}

static void say_lockname(const struct model *m, const struct ev_lockname *ev, struct strbuf *ret)
{
	(void)m; /* the address is all that was known so far */
	strbuf_addf(ret, "the lock at 0x%llx is called ", (unsigned long long)ev->address);
	add_quote(ev + 1, ev->len, ret);
}

/* The innermost function, which is the first line. */
static void say_stack(const struct model *m, const struct ev_stack *ev, struct strbuf *ret)
{
	const char *frames = (const char *)(ev + 1);
	const char *end = memchr(frames, '\n', ev->len);

	if (!ev->len) {
		strbuf_adds(ret, ev->hdr.flags & EVF_PENDING
					 ? "ctrace looks for the functions that "
					 : "ctrace cannot find out the functions that ");
		describe_name(m, ev->hdr.tid, ret);
		strbuf_adds(ret, " waits in");
		return;
	}
	describe_name(m, ev->hdr.tid, ret);
	strbuf_adds(ret, " waits in ");
	add_quote(frames, end ? (size_t)(end - frames) : ev->len, ret);
}

static void say_holders(const struct model *m, const struct ev_holders *ev, struct strbuf *ret)
{
	const __u32 *pids = (const __u32 *)(ev + 1);
	size_t cnt = ev->len / sizeof(pids[0]);

	describe_name(m, ev->hdr.tid, ret);
	if (ev->err) {
		strbuf_adds(ret, ": who could end its wait cannot be found out");
		return;
	}
	strbuf_adds(ret, ": its wait can be ended by ");
	for (size_t i = 0; i < cnt; i++) {
		strbuf_adds(ret, i ? ", " : "");
		describe_name(m, pids[i], ret);
	}
	if (!cnt)
		strbuf_adds(ret, "nobody");
	if (!(ev->hdr.flags & EVF_COMPLETE))
		strbuf_adds(ret, ", and perhaps others");
}

static void say_file(const struct model *m, const struct ev_file *ev, struct strbuf *ret)
{
	char buf[FMT_SZ];

	describe_name(m, ev->hdr.tid, ret);
	if (ev->err)
		strbuf_adds(ret, ": what it waits on cannot be found out");
	if (ev->len) {
		strbuf_adds(ret, " waits on ");
		add_quote(ev + 1, ev->len, ret);
	}
	if (ev->until_ns > ev->hdr.ts_ns)
		strbuf_addf(ret, "%s for %s more at most", ev->len ? "," : " waits",
			    fmt_duration(buf, sizeof(buf), ev->until_ns - ev->hdr.ts_ns));
	else if (!ev->err && !ev->len)
		strbuf_adds(ret, ": its time is over");
}

static void say_setfd(const struct model *m, const struct ev_setfd *ev, struct strbuf *ret)
{
	describe_name(m, ev->hdr.tid, ret);
	if (!ev->cnt) {
		strbuf_adds(ret, " waits for no descriptor");
		return;
	}
	strbuf_addf(ret, " waits for any of %u descriptors: fd %u ", ev->cnt, ev->fd);
	add_quote(ev + 1, ev->len, ret);
	for (__u32 i = 0; i < ev->pid_cnt && i < SETFD_PID_MAX; i++) {
		strbuf_adds(ret, i ? ", " : ", which could come from ");
		describe_name(m, ev->pids[i], ret);
	}
	if (ev->pid_cnt > SETFD_PID_MAX)
		strbuf_addf(ret, " and %u more", ev->pid_cnt - SETFD_PID_MAX);
}

static void say_lockpage(const struct model *m, const struct ev_lockpage *ev, struct strbuf *ret)
{
	describe_name(m, ev->hdr.tid, ret);
	strbuf_addf(ret, " waits on 0x%llx, in memory that ", (unsigned long long)ev->address);
	if (ev->hdr.flags & EVF_PRIVATE)
		strbuf_adds(ret, "no other process can map");
	else
		strbuf_addf(ret, "processes can share: inode %llu, offset %llu",
			    (unsigned long long)ev->ino, (unsigned long long)ev->off);
}

static void say_inversion(const struct model *m, const struct ev_inversion *ev, struct strbuf *ret)
{
	struct inversion inv;

	(void)m; /* it tells of itself who did it */
	inversion_decode(ev, &inv);
	strbuf_adds(ret, "a potential deadlock: ");
	inversion_sentence(&inv, ret);
	inversion_release(&inv);
}

static void say_output(const struct model *m, const struct ev_output *ev, struct strbuf *ret)
{
	(void)m; /* the terminal does not tell who wrote */
	strbuf_adds(ret, "output: ");
	add_quote(ev + 1, ev->len, ret);
}

static void say_note(const struct model *m, const struct ev_note *ev, struct strbuf *ret)
{
	(void)m; /* it comes from the user */
	strbuf_adds(ret, "marker: ");
	add_quote(ev + 1, ev->len, ret);
}

static void say_end(const struct model *m, const struct ev_end *ev, struct strbuf *ret)
{
	(void)m; /* it is about the program as a whole */
	strbuf_adds(ret, "the program ended: ");
	describe_exit(ev->code, ret);
}

/* A kind without words of its own is told as the list of kinds explains it. */
static void say_help(const struct model *m, const struct ev_hdr *ev, struct strbuf *ret)
{
	if (ev->tid) {
		describe_name(m, ev->tid, ret);
		strbuf_adds(ret, ": ");
	}
	switch (ev->kind) {
#define SAY_HELP(name, id, type, tail, help) \
	case id:                             \
		strbuf_adds(ret, help);      \
		return;
		EVENT_KINDS(SAY_HELP)
#undef SAY_HELP
	}
	strbuf_addf(ret, "an event of kind %u, which this ctrace does not know", ev->kind);
}

void event_sentence(const struct model *before, const struct ev_hdr *ev, struct strbuf *ret)
{
	switch ((enum event_kind)ev->kind) {
#define SAY(name, type)                                                \
	case EV_##name:                                                \
		say_##type(before, (const struct ev_##type *)ev, ret); \
		return
		SAY(THREAD, thread);
		SAY(ADMIT, admit);
		SAY(EXEC, exec);
		SAY(RENAME, rename);
		SAY(EXIT, exit);
		SAY(REAP, reap);
		SAY(SWITCH, switch);
		SAY(BLOCK, block);
		SAY(WAKE, wake);
		SAY(LOST, lost);
		SAY(LOCKWORD, lockword);
		SAY(INVERSION, inversion);
		SAY(OUTPUT, output);
		SAY(NOTE, note);
		SAY(END, end);
		SAY(MET, met);
		SAY(LOCKNAME, lockname);
		SAY(STACK, stack);
		SAY(HOLDERS, holders);
		SAY(FILE, file);
		SAY(LOCKPAGE, lockpage);
		SAY(SETFD, setfd);
#undef SAY
#define CASE_CHECKPOINT(name, id, type, tail, help) case EV_##name:
		CHECKPOINT_KINDS(CASE_CHECKPOINT)
#undef CASE_CHECKPOINT
	case EV_HANDLERS:
		break;
	}
	say_help(before, ev, ret);
}
