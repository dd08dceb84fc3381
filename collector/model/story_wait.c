/* SPDX-License-Identifier: GPL-2.0-only */
/* One wait of a story in words. */
#include "model/story_wait.h"

#include <string.h>

#include "base/fmt.h"
#include "model/namesakes.h"
#include "model/story.h"
#include "model/wakers.h"

enum {
	LISTED_MAX = 4,	   /* threads that are named */
	COUNTED_MAX = 500, /* whose states are counted: reports do so for each thread */
};

static bool lives(const struct thread *t)
{
	return thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

/* How many threads of process pid live, without t. */
static size_t others_cnt(const struct model *m, __u32 pid, const struct thread *t)
{
	return model_living_cnt(m, pid) - (t->pid == pid && lives(t));
}

/* Was process pid never traced? One whose threads have all ended was. */
static bool is_untraced(const struct model *m, __u32 pid)
{
	const struct thread *t = model_find_thread(m, pid);

	return !model_living_cnt(m, pid) && (!t || (t->flags & THREAD_FOREIGN));
}

const struct thread *story_next(const struct model *m, const struct thread *t, struct rescue *ret)
{
	const struct thread *one;

	rescue_find(m, t, ret);
	if (story_ends_by_itself(t))
		return NULL;
	one = rescue_only_one(m, t, ret);
	if (!one || ret->by == RESCUERS_OWNER)
		return one;
	return others_cnt(m, one->pid, one) ? NULL : one;
}

bool story_ends_by_itself(const struct thread *t)
{
	switch (t->wait.reason) {
	case WAIT_SLEEP:
	case WAIT_TIMER:
	case WAIT_DISK:
	case WAIT_PAGE_FAULT:
	case WAIT_IO_URING:
		return true;
	}
	return false;
}

bool story_owner_is_missing(const struct model *m, const struct thread *t)
{
	return (t->wait.reason == WAIT_MUTEX || t->wait.reason == WAIT_RWLOCK) &&
	       !model_lock_copied_from(m, t) && !model_lock_of_missing(m, t);
}

const char *story_missing_words(const struct model *m, const struct thread *t)
{
	return model_holder_is_gone(m, t) ? "is gone" : "its process does not have";
}

size_t story_rescuer_cnt(const struct model *m, const struct thread *t, const struct rescue *r)
{
	size_t cnt = 0;

	for (size_t i = 0; i < r->cnt; i++) {
		size_t living = others_cnt(m, r->pids[i], t);

		/* t may be all that its process has; of one that is not traced one is told. */
		cnt += living || r->pids[i] == t->pid ? living : 1;
	}
	return cnt;
}

bool story_is_elsewhere(const struct model *m, const struct rescue *r)
{
	size_t cnt = 0;

	for (size_t i = 0; i < r->cnt; i++)
		cnt += is_untraced(m, r->pids[i]);
	return cnt && cnt == r->cnt;
}

/* Does what was found out about it tell more than the word for its reason? */
static bool says_it_all(const struct wait *w)
{
	return w->reason == WAIT_OTHER || w->reason == WAIT_SIGNAL || w->reason == WAIT_IPC ||
	       w->reason == WAIT_IO_URING;
}

void story_add_help(const struct wait *w, struct strbuf *ret)
{
	const char *name = wait_call(w);
	bool is_stream = w->reason == WAIT_PIPE || w->reason == WAIT_SOCKET;

	if (is_stream && wait_is_write(w))
		strbuf_addf(ret, "room in a %s", wait_reason_word(w->reason));
	else if (is_stream && !wait_may_be_for_room(w))
		strbuf_addf(ret, "data in a %s", wait_reason_word(w->reason));
	else if (w->reason == WAIT_TERMINAL && wait_may_be_for_room(w))
		strbuf_adds(ret, "a terminal");
	else if (wait_is_eventfd(w))
		strbuf_addf(ret, "an eventfd to be %s", wait_is_write(w) ? "read" : "written");
	else if (w->reason == WAIT_OTHER && name)
		strbuf_addf(ret, "something in %s() that ctrace has no word for", name);
	else
		strbuf_adds(ret, wait_reason_help(w->reason));
}

void story_add_once(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const char *call = model_inside_once(m, t);

	if (call)
		strbuf_addf(ret, ", itself inside of %s", call);
}

/* What is waited for, up to the one who could give it. */
static void add_object(const struct model *m, const struct thread *t, const struct thread *next,
		       struct strbuf *ret)
{
	const struct wait *w = &t->wait;
	const struct lock *l = model_lock_waited_on(m, t);
	const struct wait_file *f = model_wait_file(m, t);

	if (next && (w->reason == WAIT_JOIN || w->reason == WAIT_CHILD)) {
		model_add_name(m, next->tid, ret);
		strbuf_adds(ret, " to end");
		return;
	}
	if (wait_is_futex(w) && w->reason != WAIT_JOIN) {
		strbuf_addf(ret, "%s ", wait_reason_word(w->reason));
		if (!l || !model_add_lock_name(m, l, ret))
			strbuf_addf(ret, "0x%llx", (unsigned long long)wait_lock_address(w));
		story_add_once(m, t, ret);
		if (f && f->text)
			strbuf_addf(ret, "; %s", f->text);
		return;
	}
	if (says_it_all(w) && f && f->text) {
		strbuf_adds(ret, f->text);
		if (wait_fd(w) >= 0)
			strbuf_addf(ret, ", fd %d", wait_fd(w));
		return;
	}
	story_add_help(w, ret);
	if (wait_fd(w) >= 0)
		strbuf_addf(ret, ", fd %d", wait_fd(w));
	if (f && f->text)
		strbuf_addf(ret, ", %s", f->text);
}

/* How the one who could end it comes in; NULL: the object has named it. */
static const char *link_words(const struct wait *w)
{
	switch (w->reason) {
	case WAIT_JOIN:
	case WAIT_CHILD:
		return NULL;
	case WAIT_PIPE:
		return wait_is_write(w) ? ", read by " : ", written by ";
	case WAIT_SOCKET:
		return ", at whose other end is ";
	case WAIT_MUTEX:
	case WAIT_RWLOCK:
	case WAIT_FLOCK:
		return ", held by ";
	default:
		return wait_is_futex(w) ? ", held by " : ", which could come only from ";
	}
}

static void add_one(const struct model *m, const struct thread *t, const struct thread *next,
		    struct strbuf *ret)
{
	const char *link = link_words(&t->wait);

	if (!link)
		return;
	strbuf_adds(ret, link);
	if (next == t)
		strbuf_adds(ret, "itself");
	else
		model_add_name(m, next->tid, ret);
}

static void add_thread_state(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	model_add_name(m, t->tid, ret);
	strbuf_addf(ret, " (%s", thread_state_word(t->state));
	if (thread_is_blocked(t))
		strbuf_addf(ret, ", %s", wait_reason_word(t->wait.reason));
	strbuf_addch(ret, ')');
}

/* The threads of process pid but t, as far as *shown has room; *shown counts them all. */
static void add_process(const struct model *m, const struct thread *t, __u32 pid, size_t *shown,
			struct strbuf *ret)
{
	size_t cnt = others_cnt(m, pid, t), end = *shown + cnt;

	if (!cnt && pid != t->pid) {
		if (*shown < LISTED_MAX)
			strbuf_addf(ret, "%sprocess %u (%s)", *shown ? ", " : "", pid,
				    is_untraced(m, pid) ? "not traced" : "has ended");
		++*shown;
		return;
	}
	for (size_t i = 0; i < model_thread_cnt(m) && *shown < end && *shown < LISTED_MAX; i++) {
		const struct thread *other = model_thread_at(m, i);

		if (other == t || other->pid != pid || !lives(other))
			continue;
		strbuf_adds(ret, *shown ? ", " : "");
		add_thread_state(m, other, ret);
		++*shown;
	}
	*shown = end;
}

/* "main (Blocked, join), phil-1 (Running) and 3 more" */
static void add_list(const struct model *m, const struct thread *t, const __u32 *pids, size_t cnt,
		     struct strbuf *ret)
{
	size_t shown = 0;

	for (size_t i = 0; i < cnt; i++)
		add_process(m, t, pids[i], &shown, ret);
	if (shown > LISTED_MAX)
		strbuf_addf(ret, " and %zu more", shown - LISTED_MAX);
}

/* Can all of pids, but t, only be told by how many they are: more threads than are listed? */
static bool is_crowd(const struct model *m, const struct thread *t, const __u32 *pids, size_t cnt)
{
	return cnt == 1 && pids[0] == t->pid && others_cnt(m, t->pid, t) > LISTED_MAX;
}

static void add_crowd(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	size_t cnt = others_cnt(m, t->pid, t), active = 0;

	strbuf_addf(ret, "any of the %zu other threads of its process", cnt);
	if (cnt > COUNTED_MAX)
		return;
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *other = model_thread_at(m, i);

		active += other->pid == t->pid && other != t && lives(other) &&
			  !thread_is_blocked(other);
	}
	if (active)
		strbuf_addf(ret, " (%zu of them not Blocked)", active);
	else
		strbuf_adds(ret, " (all Blocked)");
}

/* Nobody was proved to be all who could: whom is there, if anybody is known? */
static void add_outside(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct holders *h = model_holders(m, t);
	struct rescue known = { .pids = h ? h->pids : NULL, .cnt = h ? h->cnt : 0 };

	if (story_rescuer_cnt(m, t, &known)) {
		strbuf_adds(ret, "; it could come from ");
		if (is_crowd(m, t, h->pids, h->cnt))
			add_crowd(m, t, ret);
		else
			add_list(m, t, h->pids, h->cnt, ret);
		strbuf_adds(ret, ", or from others that are not known");
	} else {
		strbuf_adds(ret, "; who could end this wait is not known");
	}
}

/* Whoever locked it has another one of the same name, at the same address. */
static void add_copied(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct thread *other = model_lock_copied_from(m, t);

	strbuf_adds(ret, "; it was locked by ");
	model_add_name(m, other->tid, ret);
	strbuf_addf(ret, " of process %u when fork copied it", other->pid);
	if (model_find_thread(m, t->pid)->parent_tid) /* else it may be who called fork */
		strbuf_adds(ret, ", and nobody has the copy");
}

static void add_several(const struct model *m, const struct thread *t, const struct rescue *r,
			struct strbuf *ret)
{
	size_t cnt = story_rescuer_cnt(m, t, r);

	if (wait_is_for_readers(&t->wait) && wait_reader_cnt(&t->wait)) {
		strbuf_addf(ret, "; %u readers had it when it was last read, it is not known which",
			    wait_reader_cnt(&t->wait));
	} else if (r->by == RESCUERS_PEERS && model_lock_copied_from(m, t)) {
		add_copied(m, t, ret);
	} else if (model_lock_of_missing(m, t)) {
		strbuf_addf(ret, "; it is held by thread %u, which %s", model_lock_of_missing(m, t),
			    story_missing_words(m, t));
	} else if (r->by == RESCUERS_PEERS && story_owner_is_missing(m, t)) {
		strbuf_adds(ret, "; who holds it is not known");
	} else if (!cnt && r->by == RESCUERS_PEERS) {
		strbuf_adds(ret, "; no other thread of its process is left to wake it");
	} else if (!cnt) {
		strbuf_adds(ret, "; nobody is left who could end this wait");
	} else if (is_crowd(m, t, r->pids, r->cnt)) {
		strbuf_adds(ret, "; ");
		add_crowd(m, t, ret);
		strbuf_adds(ret, " could end this wait");
	} else {
		strbuf_addf(ret,
			    "; %s could end this wait: ", cnt == 1 ? "only one" : "any of these");
		add_list(m, t, r->pids, r->cnt, ret);
	}
}

/* How to see what those do that are not traced: "; try -p 4711,812" */
static void add_advice(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct holders *h = model_holders(m, t);
	size_t cnt = 0;

	for (size_t i = 0; h && i < h->cnt && cnt < LISTED_MAX; i++) {
		if (!is_untraced(m, h->pids[i]))
			continue;
		if (!cnt++)
			strbuf_addf(ret, "; try -p %u", t->pid);
		strbuf_addf(ret, ",%u", h->pids[i]);
	}
}

/* Who has ended waits here before: it explains, and proves nothing. */
static void add_learned(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct waker *waker;
	const struct thread *by = model_learned(m, t, &waker);

	if (!by)
		return;
	strbuf_adds(ret, "; learned: ");
	model_add_name(m, by->tid, ret);
	strbuf_addf(ret, " ended %u of %u waits here before", waker->cnt,
		    model_wakers(m, t)->total);
}

static bool is_unclear(const struct model *m, const struct thread *t, const struct thread *next,
		       const struct rescue *r)
{
	return !next && !story_ends_by_itself(t) &&
	       (r->by == RESCUERS_OUTSIDE || r->by == RESCUERS_OWNER ||
		(r->by == RESCUERS_PEERS && story_owner_is_missing(m, t)));
}

/* Of what was found, how; else of the wait as it was seen. */
static void add_evidence(const struct model *m, const struct thread *t, const struct thread *next,
			 const struct rescue *r, __u64 now_ns, struct strbuf *ret)
{
	bool is_found = next || r->by == RESCUERS_HOLDERS || model_lock_copied_from(m, t);
	bool is_read = !next && model_lock_of_missing(m, t);
	char buf[FMT_SZ];

	if (is_unclear(m, t, next, r))
		strbuf_adds(ret, " (the wait is observed");
	else
		strbuf_addf(ret, " (%s",
			    is_found && !is_read
				    ? rescue_evidence(r)
				    : evidence_phrase(is_read ? EVIDENCE_READ : EVIDENCE_OBSERVED,
						      false));
	if (is_found && r->needs_confirm && r->confirm_ns)
		strbuf_addf(ret, ", again %s ago",
			    fmt_duration(buf, sizeof(buf),
					 now_ns > r->confirm_ns ? now_ns - r->confirm_ns : 0));
	strbuf_addch(ret, ')');
}

static void add_time_left(const struct model *m, const struct thread *t, __u64 now_ns,
			  struct strbuf *ret)
{
	const struct wait_file *f = model_wait_file(m, t);
	char buf[FMT_SZ];

	if (f && f->until_ns > now_ns)
		strbuf_addf(ret, ", %s left", fmt_duration(buf, sizeof(buf), f->until_ns - now_ns));
	else if (wait_is_timed(&t->wait) && t->wait.reason != WAIT_SLEEP)
		strbuf_adds(ret, ", with a time-out");
}

void story_add_wait(const struct model *m, const struct thread *t, __u64 now_ns, struct strbuf *ret)
{
	const struct wait *w = &t->wait;
	const struct thread *next;
	struct rescue r;
	bool is_group;
	char buf[FMT_SZ];

	next = story_next(m, t, &r);
	is_group = r.by == RESCUERS_PEERS || r.by == RESCUERS_HOLDERS;
	strbuf_addf(
		ret, " has waited %s for ",
		fmt_duration(buf, sizeof(buf), now_ns > w->since_ns ? now_ns - w->since_ns : 0));
	add_object(m, t, next, ret);
	if (next)
		add_one(m, t, next, ret);
	add_time_left(m, t, now_ns, ret);
	if (!next && !story_ends_by_itself(t) && is_group)
		add_several(m, t, &r, ret);
	else if (!next && !story_ends_by_itself(t))
		add_outside(m, t, ret);
	add_evidence(m, t, next, &r, now_ns, ret);
	if (!next)
		add_learned(m, t, ret);
	if (!next && !story_ends_by_itself(t))
		add_advice(m, t, ret);
}
