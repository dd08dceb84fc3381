/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other ends of pipes, sockets and eventfds.
 *
 * Too many are better than too few: one that could help after all makes a false alarm of a
 * true one, but nobody is warned wrongly.
 */
#include "inspect/far_ends.h"

#include <string.h>
#include <sys/socket.h>

enum { OPEN_MAX = 64 }; /* open files at the other end of one pipe that are counted */

void far_ends_add_pid(struct far_ends *e, __u32 pid)
{
	for (size_t i = 0; i < e->cnt; i++)
		if (e->pids[i] == pid)
			return;
	if (e->cnt < FAR_ENDS_MAX)
		e->pids[e->cnt++] = pid;
	else
		e->is_complete = false;
}

void far_ends_add_sharers(struct far_ends *e, const struct open_files *of,
			  const struct probe_file *f, __u32 alone_pid)
{
	const struct probe_file *g = NULL;

	while ((g = open_files_next(of, g)))
		if (g->file == f->file && g->pid != alone_pid)
			far_ends_add_pid(e, g->pid);
}

/* Open files that were seen, each once however many descriptors it has. */
struct opened {
	__u64 files[OPEN_MAX];
	size_t cnt;
};

static void opened_add(struct opened *o, __u64 file)
{
	for (size_t i = 0; i < o->cnt && i < OPEN_MAX; i++)
		if (o->files[i] == file)
			return;
	if (o->cnt < OPEN_MAX)
		o->files[o->cnt] = file;
	o->cnt++;
}

/* The pipe counts its ends; one that is on its way in a socket, say, nobody has. */
static void add_pipe(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		     __u32 access)
{
	__u32 want = access & PROBE_READ ? PROBE_WRITE : PROBE_READ;
	const struct probe_file *g = NULL;
	struct opened o = {};

	while ((g = open_files_next(of, g))) {
		if (!file_is_pipe(g) || g->ino != f->ino || g->dev != f->dev || !(g->access & want))
			continue;
		far_ends_add_pid(e, g->pid);
		opened_add(&o, g->file);
		e->is_complete &= !open_files_is_sent(of, g);
	}
	e->is_complete &= !f->is_named && o.cnt == (want == PROBE_WRITE ? f->writers : f->readers);
}

/* An IPv4 address as the IPv6 address that stands for it (RFC 4291, 2.5.5.2). */
static void map_address(const struct probe_socket *s, const __u8 from[16], __u8 to[16])
{
	memcpy(to, from, 16);
	if (s->family != AF_INET)
		return;
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, from, 4);
}

static bool is_address_of(const struct probe_socket *a, const __u8 x[16],
			  const struct probe_socket *b, const __u8 y[16])
{
	__u8 mapped_x[16], mapped_y[16];

	map_address(a, x, mapped_x);
	map_address(b, y, mapped_y);
	return !memcmp(mapped_x, mapped_y, sizeof(mapped_x));
}

static bool is_inet(const struct probe_socket *s)
{
	return s->family == AF_INET || s->family == AF_INET6;
}

bool sockets_are_peers(const struct probe_socket *a, const struct probe_socket *b)
{
	if (a->family == AF_UNIX)
		return a->peer && a->peer == b->sock;
	return is_inet(a) && is_inet(b) && a->type == SOCK_STREAM && b->type == SOCK_STREAM &&
	       a->protocol == b->protocol && a->net == b->net && a->peer_port &&
	       a->port == b->peer_port && a->peer_port == b->port &&
	       is_address_of(a, a->address, b, b->peer_address) &&
	       is_address_of(a, a->peer_address, b, b->address);
}

/* Could somebody but the peer send to it? Datagrams come from whoever knows the name. */
static bool is_connection(const struct probe_socket *s)
{
	return s->type != SOCK_DGRAM || (s->family == AF_UNIX && !s->net);
}

static void add_socket(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		       __u32 access, __u32 alone_pid)
{
	const struct probe_socket *s = file_socket(f);
	const struct probe_file *g = NULL;
	bool is_found = false;

	while ((g = open_files_next(of, g))) {
		if (!file_is_socket(g) || !sockets_are_peers(s, file_socket(g)))
			continue;
		far_ends_add_pid(e, g->pid);
		e->is_complete &= !open_files_is_sent(of, g);
		is_found = true;
	}
	/* Who has this end, too, can shut it down. */
	far_ends_add_sharers(e, of, f, alone_pid);
	e->is_complete &= is_found && is_connection(s) && of->is_all && !(s->is_timed & access);
}

/* A write that waits in an io_uring, for a time-out before it say, is seen nowhere. */
static bool may_come_from_ring(const struct far_ends *e, const struct open_files *of)
{
	for (size_t i = 0; i < e->cnt; i++)
		if (open_files_has_ring(of, e->pids[i]))
			return true;
	return false;
}

void far_ends_add(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		  __u32 access, __u32 alone_pid)
{
	if (file_is_pipe(f)) {
		add_pipe(e, of, f, access);
	} else if (file_is_socket(f)) {
		add_socket(e, of, f, access, alone_pid);
	} else if (FD_MODE_KIND(f->fd_mode) == FILE_EVENTFD) {
		far_ends_add_sharers(e, of, f, 0);
		/* More than one: the kernel will write it, after asynchronous I/O perhaps. */
		e->is_complete &= of->is_all && f->writers == 1 && !open_files_is_sent(of, f);
	} else {
		e->is_complete = false;
	}
	e->is_complete &= !may_come_from_ring(e, of);
}

void far_ends_merge(struct far_ends *e, const struct far_ends *other)
{
	for (size_t i = 0; i < other->cnt; i++)
		far_ends_add_pid(e, other->pids[i]);
	e->is_complete &= other->is_complete;
}
