/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream or its like that connects waits for one thing alone: room in the queue of those that
 * were not accepted yet (unix_stream_connect(), net/unix/af_unix.c).
 */
#include "inspect/connect_words.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "inspect/user_memory.h"

enum {
	STATE_LISTEN = 10, /* include/net/tcp_states.h */
	NAMED_MAX = 4,
};

/* As bind(2) keeps it: a path up to its NUL and that, else all bytes. */
struct name {
	char bytes[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	size_t len;
};

static bool read_name(const struct thread *t, struct name *ret)
{
	size_t head = offsetof(struct sockaddr_un, sun_path), len = t->wait.args[2];
	struct sockaddr_un un = {};

	if (len <= head || len > sizeof(un) ||
	    user_memory_read(t->tid, t->wait.args[1], &un, len) || un.sun_family != AF_UNIX)
		return false;
	*ret = (struct name){ .len = len - head };
	memcpy(ret->bytes, un.sun_path, ret->len);
	if (ret->bytes[0])
		ret->len = strlen(ret->bytes) + 1;
	return true;
}

/* Of a long name the begin is known. */
static bool is_at(const struct probe_file *f, const struct name *n)
{
	const struct probe_socket *s = file_is_socket(f) ? file_socket(f) : NULL;
	size_t len = n->len < sizeof(s->name) ? n->len : sizeof(s->name);

	return s && s->family == AF_UNIX && s->state == STATE_LISTEN && s->net &&
	       s->name_len == n->len && !memcmp(s->name, n->bytes, len);
}

static void add_listeners(const struct open_files *of, const struct name *n, struct far_ends *e,
			  struct strbuf *ret)
{
	const struct probe_file *g = NULL;

	while ((g = open_files_next(of, g)))
		if (is_at(g, n))
			far_ends_add_pid(e, g->pid);
	for (size_t i = 0; i < e->cnt && i < NAMED_MAX; i++)
		strbuf_addf(ret, "%s%u", i ? ", " : "; there listens pid ", e->pids[i]);
	if (e->cnt > NAMED_MAX)
		strbuf_addf(ret, " and %zu more", e->cnt - NAMED_MAX);
}

void connect_words_add(const struct open_files *of, const struct thread *t,
		       const struct probe_file *f, struct far_ends *e, struct strbuf *ret)
{
	struct name n;

	/* The same name may be another socket's elsewhere: in another directory, or namespace. */
	e->is_complete = false;
	if (!file_is_socket(f) || file_socket(f)->family != AF_UNIX ||
	    file_socket(f)->type == SOCK_DGRAM || !read_name(t, &n))
		return;
	strbuf_adds(ret, n.bytes[0] ? " to " : " to @");
	strbuf_adds(ret, n.bytes + !n.bytes[0]);
	strbuf_adds(ret, ", whose queue is full");
	add_listeners(of, &n, e, ret);
}
