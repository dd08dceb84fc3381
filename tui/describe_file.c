/* SPDX-License-Identifier: GPL-2.0-only */
/* Waits for descriptors, children and time, in plain words. */
#include <string.h>

#include "base/fmt.h"
#include "model/rescue.h"
#include "tui/describe.h"
#include "tui/state_words.h"

enum { NAMED_MAX = 3 };

static void add_process(const struct model *m, __u32 pid, struct strbuf *ret)
{
	const struct thread *t = model_find_process(m, pid);

	if (t)
		describe_name(m, t->tid, ret);
	else
		strbuf_addf(ret, "process %u", pid);
}

/* "producer, process 812 and 3 more", "producer or others" */
static void add_processes(const struct model *m, const struct holders *h, struct strbuf *ret)
{
	for (size_t i = 0; i < h->cnt && i < NAMED_MAX; i++) {
		strbuf_adds(ret, i ? ", " : "");
		add_process(m, h->pids[i], ret);
	}
	if (h->cnt > NAMED_MAX)
		strbuf_addf(ret, " and %zu more", h->cnt - NAMED_MAX);
	if (!h->is_complete)
		strbuf_adds(ret, " or others");
}

/* How the others come in; NULL: what the descriptor is says it already. */
static const char *link_word(const struct wait *w)
{
	switch (w->reason) {
	case WAIT_PIPE:
		return wait_is_write(w) ? ", read by " : ", written by ";
	case WAIT_POLL:
	case WAIT_SELECT:
	case WAIT_EPOLL:
	case WAIT_OTHER:
		return "; it could come from ";
	default:
		return NULL;
	}
}

bool describe_file(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct wait_file *f = model_wait_file(m, t);
	const struct holders *h = model_holders(m, t);
	const struct thread *one = model_waits_for(m, t, NULL);
	const char *link = link_word(&t->wait);

	if (!f || !f->text)
		return false;
	if (wait_fd(&t->wait) >= 0 && strncmp(f->text, "epoll:", 6) != 0)
		strbuf_addf(ret, "fd %d ", wait_fd(&t->wait));
	strbuf_adds(ret, f->text);
	if (link && h && h->cnt) {
		strbuf_adds(ret, link);
		add_processes(m, h, ret);
	} else if (one && t->wait.reason != WAIT_CHILD) {
		strbuf_adds(ret, ", which is ");
		describe_name(m, one->tid, ret);
	}
	return true;
}

/* The word before the arrow: what the file is when there is none for the reason. */
static const char *short_word(const struct model *m, const struct thread *t)
{
	const struct wait_file *f = model_wait_file(m, t);

	if (t->wait.reason == WAIT_OTHER && f && f->text && !strpbrk(f->text, " /:"))
		return f->text;
	return wait_reason_word(t->wait.reason);
}

bool describe_file_short(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct holders *h = model_holders(m, t);
	bool is_child = t->wait.reason == WAIT_CHILD;

	if (wait_is_futex(&t->wait) || !h || !h->cnt)
		return false;
	strbuf_adds(ret, short_word(m, t));
	if (is_child)
		strbuf_addch(ret, ' ');
	else
		strbuf_adds(ret, wait_is_write(&t->wait) ? "->" : "<-");
	if (h->cnt > 1)
		strbuf_addf(ret, "%zu processes", h->cnt);
	else if (model_find_process(m, h->pids[0]))
		add_process(m, h->pids[0], ret);
	else
		strbuf_addf(ret, "%u", h->pids[0]);
	return true;
}

void describe_time_left(const struct model *m, const struct thread *t, __u64 now_ns,
			struct strbuf *ret)
{
	const struct wait_file *f = model_wait_file(m, t);
	char buf[FMT_SZ];

	if (f && f->until_ns > now_ns)
		strbuf_addf(ret, ", %s left", fmt_duration(buf, sizeof(buf), f->until_ns - now_ns));
}

void describe_holder(const struct model *m, __u32 pid, struct strbuf *ret)
{
	const struct thread *t = model_find_process(m, pid);

	add_process(m, pid, ret);
	if (!t) {
		strbuf_adds(ret, ", which is not traced");
		return;
	}
	strbuf_addf(ret, ": %s", state_word_of(t));
	if (!thread_is_blocked(t))
		return;
	strbuf_adds(ret, ", ");
	describe_wait_short(m, t, 40, ret);
}
