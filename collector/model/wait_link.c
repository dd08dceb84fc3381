/* SPDX-License-Identifier: GPL-2.0-only */
/* One wait, as far as others have to do with it. */
#include "model/wait_link.h"

#include <string.h>

#include "model/rescue.h"

enum { NAME_SHOWN_MAX = 48 }; /* bytes of a path; of a longer one the end tells more */

static const char *const channel_words[] = {
	[CHANNEL_NONE] = "",	       [CHANNEL_PIPE] = "pipe",	  [CHANNEL_SOCKET] = "socket",
	[CHANNEL_EVENTFD] = "eventfd", [CHANNEL_FLOCK] = "flock",
};

static enum wait_channel channel_of_wait(const struct wait *w)
{
	switch (w->reason) {
	case WAIT_PIPE:
		return CHANNEL_PIPE;
	case WAIT_SOCKET:
		return CHANNEL_SOCKET;
	case WAIT_FLOCK:
		return CHANNEL_FLOCK;
	default:
		return wait_is_eventfd(w) ? CHANNEL_EVENTFD : CHANNEL_NONE;
	}
}

/* By its words (inspect/file_words.c). */
static enum wait_channel channel_of_text(const char *text)
{
	static const struct {
		const char *begin;
		enum wait_channel channel;
	} kinds[] = {
		{ "pipe:[", CHANNEL_PIPE },	{ "FIFO ", CHANNEL_PIPE },
		{ "eventfd", CHANNEL_EVENTFD }, { "unix socket", CHANNEL_SOCKET },
		{ "tcp ", CHANNEL_SOCKET },	{ "udp ", CHANNEL_SOCKET },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(text, kinds[i].begin, strlen(kinds[i].begin)))
			return kinds[i].channel;
	return CHANNEL_NONE;
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

static bool is_at_second_end(const char *text)
{
	struct connection c;

	return connection_parse(text, &c) && connection_is_second_end(&c);
}

/* Of a wait for one thing. */
static void find_whole(const struct model *m, const struct thread *t, struct wait_link *ret)
{
	const struct wait_file *f = model_wait_file(m, t);

	*ret = (struct wait_link){
		.thread = t,
		.channel = channel_of_wait(&t->wait),
		.is_for_room = wait_is_write(&t->wait),
		.fd = wait_fd(&t->wait),
		.text = f ? f->text : NULL,
	};
	if (t->wait.reason != WAIT_JOIN)
		ret->lock = model_lock_waited_on(m, t);
	find_one(m, t, ret);
	if (!ret->kind && ret->channel)
		find_some(m, t, ret);
	if (!ret->kind)
		find_learned(m, t, ret);
	ret->has_channel = ret->channel && ret->kind;
	ret->is_second_end = ret->has_channel && is_at_second_end(ret->text);
}

/* Who could make one of the set ready: that is how it is, though others may end the wait. */
static void find_fd_ends(const struct model *m, const struct set_fd *fd, struct wait_link *l)
{
	__u32 own = l->thread->pid;
	bool is_own = false;

	l->has_more = !fd->is_complete || fd->pid_cnt > SETFD_PID_MAX;
	for (__u32 i = 0; i < fd->pid_cnt && i < SETFD_PID_MAX; i++) {
		is_own |= fd->pids[i] == own;
		if (fd->pids[i] == own)
			add_own_process(m, l->thread, l);
		else
			add_process(m, fd->pids[i], l);
	}
	if (l->end_cnt)
		l->kind = l->end_cnt > 1 || l->has_more || is_own ? WAIT_ENDS_SOME : WAIT_ENDS_ONE;
	l->evidence = EVIDENCE_READ;
	l->is_confirmed = true;
}

/* False: it is no channel, or nobody is known at its other end. */
static bool find_fd(const struct model *m, const struct thread *t, const struct set_fd *fd,
		    __u32 any_of, struct wait_link *ret)
{
	*ret = (struct wait_link){
		.thread = t,
		.channel = channel_of_text(fd->text),
		.is_for_room = fd->is_for_room,
		.fd = (__s32)fd->fd,
		.text = fd->text,
		.any_of = any_of,
	};
	find_fd_ends(m, fd, ret);
	ret->has_channel = ret->channel && ret->kind;
	ret->is_second_end = ret->has_channel && is_at_second_end(ret->text);
	return ret->has_channel;
}

/*
 * A set of one is that one, and if its other end alone could end the wait, whole says so. Of others
 * that one thread alone could end it is more than what they are.
 */
static size_t find_set(const struct model *m, const struct thread *t, const struct wait_link *whole,
		       struct wait_link ret[WAIT_LINK_MAX])
{
	const struct wait_set *set = model_wait_set(m, t);
	bool is_one = whole->kind == WAIT_ENDS_ONE;
	size_t cnt = 0;

	if (!set || (is_one && set->total != 1))
		return 0;
	for (__u32 i = 0; i < set->cnt; i++)
		cnt += find_fd(m, t, &set->fds[i], set->total == 1 ? 0 : set->total, &ret[cnt]);
	if (cnt && set->total == 1 && !is_one)
		ret->kind = WAIT_ENDS_SOME;
	if (cnt && is_one) {
		ret->kind = WAIT_ENDS_ONE;
		ret->ends[0] = whole->ends[0];
		ret->end_cnt = 1;
		ret->is_confirmed = whole->is_confirmed;
		ret->read_ns = whole->read_ns;
	}
	return cnt;
}

size_t wait_links_find(const struct model *m, const struct thread *t,
		       struct wait_link ret[WAIT_LINK_MAX])
{
	struct wait_link whole;
	size_t cnt;

	find_whole(m, t, &whole);
	cnt = find_set(m, t, &whole, ret);
	if (cnt)
		return cnt;
	ret[0] = whole;
	return 1;
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

/* The number of a pipe, or of an eventfd, is that of one on the machine. */
static bool name_is_numbered(const char *text)
{
	return !strncmp(text, "pipe:[", 6) || !strncmp(text, "eventfd:[", 9);
}

/* Is there no other such thing with the same words? Else its number in the process tells. */
static bool name_is_unique(const char *text)
{
	return name_is_numbered(text) || strchr(text, '/') || strchr(text, '>');
}

void wait_link_add_channel(const struct wait_link *l, struct strbuf *ret)
{
	struct connection c;

	if (connection_parse(l->text, &c)) {
		connection_add(&c, ret);
		strbuf_add(ret, c.name, c.name_len);
		return;
	}
	if (l->channel == CHANNEL_FLOCK || !l->text)
		strbuf_adds(ret, channel_words[l->channel]);
	if (l->channel == CHANNEL_FLOCK && l->text)
		strbuf_addch(ret, ' ');
	if (l->text)
		add_end_of(l->text, name_length(l->text), ret);
	if ((!l->text || !name_is_unique(l->text)) && l->fd >= 0)
		strbuf_addf(ret, " fd %d", l->fd);
}

static void add_holders(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct holders *h = model_holders(m, t);

	for (size_t i = 0; h && i < h->cnt; i++)
		strbuf_addf(ret, " %u", h->pids[i]);
}

/*
 * A path may mean something else to another process, so only where the same ones have the other
 * end it is taken for the same.
 */
void wait_link_add_identity(const struct model *m, const struct wait_link *l, struct strbuf *ret)
{
	const char *text = l->text;
	bool is_path = text && (l->channel == CHANNEL_FLOCK || !strncmp(text, "FIFO ", 5));
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
		add_holders(m, l->thread, ret);
	else if (!text || !name_is_numbered(text))
		strbuf_addf(ret, " fd %d of %u", l->fd, l->thread->pid);
}

const char *wait_link_purpose(const struct wait_link *l)
{
	if (l->channel != CHANNEL_PIPE && l->channel != CHANNEL_SOCKET)
		return "";
	return l->is_for_room ? " for room" : " for data";
}

static const char *relation(const struct wait_link *l)
{
	switch ((enum wait_channel)l->channel) {
	case CHANNEL_PIPE:
		return l->is_for_room ? "read by" : "written by";
	case CHANNEL_EVENTFD:
		return "written by";
	case CHANNEL_SOCKET:
		return "its peer is";
	case CHANNEL_NONE:
	case CHANNEL_FLOCK:
		break;
	}
	return wait_relation(&l->thread->wait);
}

void wait_link_add_relation(const struct wait_link *l, bool is_one_of_some, struct strbuf *ret)
{
	bool is_written = l->channel == CHANNEL_PIPE || l->channel == CHANNEL_EVENTFD;

	if (is_one_of_some)
		strbuf_adds(ret, is_written ? "could be " : "perhaps ");
	strbuf_adds(ret, relation(l));
}
