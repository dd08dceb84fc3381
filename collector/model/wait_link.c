/* SPDX-License-Identifier: GPL-2.0-only */
/* One wait, as far as others have to do with it. */
#include "model/wait_link.h"

#include <string.h>

#include "model/rescue.h"

enum { NAME_SHOWN_MAX = 48 }; /* bytes of a path; of a longer one the end tells more */

static bool is_on_channel(const struct wait *w)
{
	return w->reason == WAIT_PIPE || w->reason == WAIT_SOCKET || w->reason == WAIT_FLOCK ||
	       wait_is_eventfd(w);
}

static bool lives(const struct thread *t)
{
	return thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

static void add_end(struct wait_link *l, const struct thread *t, __u32 pid, bool is_process)
{
	if (l->end_cnt == WAIT_END_MAX)
		l->has_more = true;
	else
		l->ends[l->end_cnt++] = (struct wait_end){ t, pid, is_process };
}

/* The other threads of its own process: each by itself, for t is none of them. */
static void add_own_process(const struct model *m, const struct thread *t, struct wait_link *l)
{
	if (model_living_cnt(m, t->pid) > WAIT_END_MAX + 1) {
		l->has_more = true;
		return;
	}
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *other = model_thread_at(m, i);

		if (other != t && other->pid == t->pid && lives(other))
			add_end(l, other, other->pid, false);
	}
}

/* One that has ended since is nobody who could. */
static void add_process(const struct model *m, __u32 pid, struct wait_link *l)
{
	const struct thread *main = model_find_process(m, pid);
	const struct thread *known = main ? main : model_find_thread(m, pid);

	if (main || !known || (known->flags & THREAD_FOREIGN))
		add_end(l, main, pid, true);
}

static void find_some(const struct model *m, const struct thread *t, struct wait_link *l)
{
	const struct holders *h = model_holders(m, t);

	if (!h)
		return;
	l->has_more = !h->is_complete;
	for (size_t i = 0; i < h->cnt; i++)
		if (h->pids[i] == t->pid)
			add_own_process(m, t, l);
		else
			add_process(m, h->pids[i], l);
	l->kind = l->end_cnt ? WAIT_ENDS_SOME : WAIT_ENDS_UNKNOWN;
	l->evidence = EVIDENCE_READ;
	l->is_confirmed = true;
}

static void find_learned(const struct model *m, const struct thread *t, struct wait_link *l)
{
	const struct thread *who = model_learned(m, t, &l->waker);

	if (!who)
		return;
	l->wakers = model_wakers(m, t);
	l->kind = WAIT_ENDS_LEARNED;
	l->evidence = EVIDENCE_LEARNED;
	add_end(l, who, who->pid, false);
}

static void find_one(const struct model *m, const struct thread *t, struct wait_link *l)
{
	const struct thread *one;
	struct rescue r;

	rescue_find(m, t, &r);
	one = rescue_only_one(m, t, &r);
	if (!one || (one->flags & THREAD_FOREIGN))
		return;
	l->kind = WAIT_ENDS_ONE;
	l->evidence = r.evidence;
	l->is_confirmed = rescue_is_confirmed(&r);
	l->read_ns = r.confirm_ns;
	add_end(l, one, one->pid, r.by == RESCUERS_HOLDERS && thread_is_main(one));
}

static const char *text_of(const struct model *m, const struct thread *t)
{
	const struct wait_file *f = model_wait_file(m, t);

	return f ? f->text : NULL;
}

/*
 * Two sockets that are the ends of one connection on this machine, as in "unix socket 4711 > 4712
 * @name, peer pid 812" (inspect/file_words.c). The numbers of Unix sockets are those of one on the
 * machine; addresses with ports are those of one connection in each network.
 */
struct connection {
	const char *kind, *own, *far, *name; /* not terminated */
	int kind_len, own_len, far_len, name_len;
};

static bool connection_parse(const char *text, struct connection *ret)
{
	static const char *const kinds[] = { "unix socket ", "tcp " };
	static const char arrow[] = " > ", peers[] = ", peer pid ";
	const char *at, *end = text ? strstr(text, peers) : NULL;

	for (size_t i = 0; end && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ret->kind = text;
		ret->kind_len = (int)strlen(kinds[i]);
		if (strncmp(text, kinds[i], ret->kind_len) != 0)
			continue;
		ret->own = text + ret->kind_len;
		at = strstr(ret->own, arrow);
		if (!at || at > end || memchr(ret->own, ' ', at - ret->own))
			return false;
		ret->own_len = (int)(at - ret->own);
		ret->far = at + sizeof(arrow) - 1;
		ret->name = memchr(ret->far, ' ', end - ret->far);
		ret->name = ret->name ? ret->name : end;
		ret->far_len = (int)(ret->name - ret->far);
		ret->name_len = (int)(end - ret->name);
		return true;
	}
	return false;
}

static bool connection_is_second_end(const struct connection *c)
{
	int len = c->own_len < c->far_len ? c->own_len : c->far_len;
	int order = memcmp(c->own, c->far, len);

	return order ? order > 0 : c->own_len > c->far_len;
}

/* The same from both ends. */
static void connection_add(const struct connection *c, struct strbuf *ret)
{
	bool is_second = connection_is_second_end(c);

	strbuf_add(ret, c->kind, c->kind_len);
	strbuf_add(ret, is_second ? c->far : c->own, is_second ? c->far_len : c->own_len);
	strbuf_adds(ret, " <> ");
	strbuf_add(ret, is_second ? c->own : c->far, is_second ? c->own_len : c->far_len);
}

static bool is_at_second_end(const struct model *m, const struct thread *t)
{
	struct connection c;

	return connection_parse(text_of(m, t), &c) && connection_is_second_end(&c);
}

void wait_link_find(const struct model *m, const struct thread *t, struct wait_link *ret)
{
	bool is_channel = is_on_channel(&t->wait);

	*ret = (struct wait_link){ .thread = t };
	if (t->wait.reason != WAIT_JOIN)
		ret->lock = model_lock_waited_on(m, t);
	find_one(m, t, ret);
	if (!ret->kind && is_channel)
		find_some(m, t, ret);
	if (!ret->kind)
		find_learned(m, t, ret);
	ret->has_channel = is_channel && ret->kind;
	ret->is_second_end = ret->has_channel && is_at_second_end(m, t);
}

bool wait_link_is_alone(const struct wait_link *l)
{
	return !l->lock && !l->kind;
}

/* --- names ----------------------------------------------------------------------- */

/* Up to what is of one end of it alone, or of who has it (inspect/file_words.c, inspect/ends.c). */
static size_t name_length(const char *text)
{
	static const char *const tails[] = {
		" (read end)", " (write end)", ", peer pid ", ", locked", "; process ",
	};
	size_t len = strlen(text);

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		const char *at = strstr(text, tails[i]);

		if (at && (size_t)(at - text) < len)
			len = at - text;
	}
	return len;
}

static void add_end_of(const char *text, size_t len, struct strbuf *ret)
{
	if (len > NAME_SHOWN_MAX) {
		text += len - (NAME_SHOWN_MAX - 3);
		len = NAME_SHOWN_MAX - 3;
		for (; len && ((unsigned char)*text & 0xc0) == 0x80;
		     len--) /* within a UTF-8 sign */
			text++;
		strbuf_adds(ret, "...");
	}
	strbuf_add(ret, text, len);
}

/* Is there no other such thing with the same words? Else its number in the process tells. */
static bool name_is_unique(const char *text)
{
	return !strncmp(text, "pipe:[", 6) || strchr(text, '/') || strchr(text, '>');
}

void wait_link_add_channel(const struct model *m, const struct wait_link *l, struct strbuf *ret)
{
	const struct wait *w = &l->thread->wait;
	const char *text = text_of(m, l->thread);
	struct connection c;

	if (connection_parse(text, &c)) {
		connection_add(&c, ret);
		strbuf_add(ret, c.name, c.name_len);
		return;
	}
	if (w->reason == WAIT_FLOCK || !text)
		strbuf_adds(ret, wait_is_eventfd(w) ? "eventfd" : wait_reason_word(w->reason));
	if (w->reason == WAIT_FLOCK && text)
		strbuf_addch(ret, ' ');
	if (text)
		add_end_of(text, name_length(text), ret);
	if ((!text || !name_is_unique(text)) && wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
}

static void add_holders(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct holders *h = model_holders(m, t);

	for (size_t i = 0; h && i < h->cnt; i++)
		strbuf_addf(ret, " %u", h->pids[i]);
}

/*
 * The number of a pipe is that of one pipe on the machine. A path may mean something else to
 * another process, so only where the same ones have the other end it is taken for the same.
 */
void wait_link_add_identity(const struct model *m, const struct wait_link *l, struct strbuf *ret)
{
	const struct thread *t = l->thread;
	const char *text = text_of(m, t);
	bool is_path = text && (t->wait.reason == WAIT_FLOCK || !strncmp(text, "FIFO ", 5));
	bool is_pipe = text && !strncmp(text, "pipe:[", 6);
	struct connection c;

	if (l->lock) {
		strbuf_addf(ret, "0x%llx of %u", (unsigned long long)l->lock->address,
			    l->lock->pid);
		return;
	}
	if (connection_parse(text, &c)) {
		connection_add(&c, ret);
		return;
	}
	if (text)
		strbuf_add(ret, text, name_length(text));
	if (is_path)
		add_holders(m, t, ret);
	else if (!is_pipe)
		strbuf_addf(ret, " fd %d of %u", wait_fd(&t->wait), t->pid);
}

void wait_link_add_relation(const struct wait_link *l, bool is_one_of_some, struct strbuf *ret)
{
	const struct wait *w = &l->thread->wait;
	bool is_written = wait_is_eventfd(w) || w->reason == WAIT_PIPE;

	if (is_one_of_some)
		strbuf_adds(ret, is_written ? "could be " : "perhaps ");
	if (wait_is_eventfd(w))
		strbuf_adds(ret, "written by");
	else
		strbuf_adds(ret, w->reason == WAIT_SOCKET ? "its peer is" : wait_relation(w));
}
