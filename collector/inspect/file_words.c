/* SPDX-License-Identifier: GPL-2.0-only */
/* One phrase for each kind of file. */
#include "inspect/file_words.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "inspect/call_words.h"
#include "inspect/far_ends.h"

enum {
	STATE_ESTABLISHED = 1, /* include/net/tcp_states.h */
	STATE_LISTEN = 10,
	PEER_MAX = 4, /* processes that are named */
	FDINFO_SZ = 2048,
	WATCH_MAX = 3,	 /* of inotify that are named */
	MINOR_BITS = 20, /* include/linux/kdev_t.h */
};

const char *file_kind_word(enum file_kind kind)
{
	switch (kind) {
#define FILE_KIND_WORD(name, id, word) \
	case FILE_##name:              \
		return word;
		FILE_KINDS(FILE_KIND_WORD)
#undef FILE_KIND_WORD
	}
	return "file";
}

/* Where the link of /proc leads, or false. */
static bool read_link(const struct probe_file *f, char path[PATH_MAX])
{
	char link[48];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%u/fd/%u", f->pid, f->fd);
	len = readlink(link, path, PATH_MAX - 1);
	if (len <= 0)
		return false;
	path[len] = '\0';
	return true;
}

static void add_path(const struct probe_file *f, const char *otherwise, struct strbuf *ret)
{
	char path[PATH_MAX];

	strbuf_adds(ret, read_link(f, path) ? path : otherwise);
}

static void add_pipe(const struct probe_file *f, struct strbuf *ret)
{
	char path[PATH_MAX];

	if (read_link(f, path) && path[0] == '/')
		strbuf_addf(ret, "FIFO %s", path);
	else
		strbuf_addf(ret, "pipe:[%llu]", (unsigned long long)f->ino);
	if (f->access == PROBE_READ || f->access == PROBE_WRITE)
		strbuf_addf(ret, " (%s end)", f->access == PROBE_READ ? "read" : "write");
}

static void add_address(const struct probe_socket *s, const __u8 address[16], __u16 port,
			struct strbuf *ret)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool is_v4 = s->family == AF_INET || !memcmp(address, mapped, sizeof(mapped));
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(is_v4 ? AF_INET : AF_INET6,
		  is_v4 && s->family != AF_INET ? address + sizeof(mapped) : address, text,
		  sizeof(text));
	strbuf_addf(ret, is_v4 ? "%s:%u" : "[%s]:%u", text, port);
}

static void add_inet(const struct probe_socket *s, struct strbuf *ret)
{
	if (s->protocol == IPPROTO_TCP)
		strbuf_adds(ret, "tcp ");
	else if (s->protocol == IPPROTO_UDP)
		strbuf_adds(ret, "udp ");
	else
		strbuf_addf(ret, "socket of protocol %u ", s->protocol);
	add_address(s, s->address, s->port, ret);
	if (s->type == SOCK_STREAM && s->state == STATE_LISTEN) {
		strbuf_adds(ret, " (listening)");
	} else if (s->peer_port) {
		strbuf_adds(ret, " > ");
		add_address(s, s->peer_address, s->peer_port, ret);
	}
}

/* An abstract name begins with a NUL, and is shown as other tools do: "@name". */
static bool add_unix_name(const struct probe_socket *s, struct strbuf *ret)
{
	size_t len = s->name_len < sizeof(s->name) ? s->name_len : sizeof(s->name);
	bool is_abstract = len && !s->name[0];

	if (!is_abstract)
		len = strnlen(s->name, len);
	if (!len)
		return false;
	strbuf_adds(ret, is_abstract ? " @" : " ");
	strbuf_add(ret, s->name + is_abstract, len - is_abstract);
	if (len == sizeof(s->name) && s->name_len > len)
		strbuf_adds(ret, "...");
	return true;
}

/* The open file of the other end after g, or the first with g NULL; NULL: that was the last. */
static const struct probe_file *next_peer(const struct open_files *of, const struct probe_socket *s,
					  const struct probe_file *g)
{
	while ((g = open_files_next(of, g)))
		if (file_is_socket(g) && sockets_are_peers(s, file_socket(g)))
			return g;
	return NULL;
}

static void add_peers(const struct open_files *of, const struct probe_socket *s, struct strbuf *ret)
{
	const struct probe_file *g = NULL;
	struct far_ends peers = {};

	while ((g = next_peer(of, s, g)))
		far_ends_add_pid(&peers, g->pid);
	for (size_t i = 0; i < peers.cnt && i < PEER_MAX; i++)
		strbuf_addf(ret, "%s%u", i ? ", " : ", peer pid ", peers.pids[i]);
	if (peers.cnt > PEER_MAX)
		strbuf_addf(ret, " and %zu more", peers.cnt - PEER_MAX);
}

/*
 * The numbers of both ends, as ss(8) has them, before the name: that may look like anything. One
 * end has a name at most, that of who listened.
 */
static void add_unix(const struct open_files *of, const struct probe_file *f, struct strbuf *ret)
{
	const struct probe_socket *s = file_socket(f);
	bool is_listening = s->type != SOCK_DGRAM && s->state == STATE_LISTEN;
	const struct probe_file *peer = is_listening ? NULL : next_peer(of, s, NULL);

	strbuf_adds(ret, "unix socket");
	if (peer)
		strbuf_addf(ret, " %llu > %llu", (unsigned long long)f->ino,
			    (unsigned long long)peer->ino);
	if (!add_unix_name(s, ret) && peer)
		add_unix_name(file_socket(peer), ret);
	if (s->type == SOCK_DGRAM)
		strbuf_adds(ret, " (datagrams)");
	if (is_listening)
		strbuf_adds(ret, " (listening)");
	else
		add_peers(of, s, ret);
}

static void add_socket(const struct open_files *of, const struct probe_file *f, struct strbuf *ret)
{
	const struct probe_socket *s = file_socket(f);

	if (s->family == AF_UNIX) {
		add_unix(of, f, ret);
	} else if (s->family == AF_INET || s->family == AF_INET6) {
		add_inet(s, ret);
		add_peers(of, s, ret);
	} else if (s->family == AF_NETLINK) {
		strbuf_adds(ret, "netlink socket");
	} else {
		strbuf_addf(ret, "socket of family %u", s->family);
	}
}

static bool read_fdinfo(const struct probe_file *f, char *text, size_t sz)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%u", f->pid, f->fd);
	return !read_file(path, text, sz, NULL);
}

/* Its number is that of one eventfd on the machine (eventfd_show_fdinfo(), since 5.2). */
void file_words_add_eventfd(const char *fdinfo, struct strbuf *ret)
{
	const char *line = strstr(fdinfo, "\neventfd-id:");
	int id;

	strbuf_adds(ret, file_kind_word(FILE_EVENTFD));
	if (line && sscanf(line, "\neventfd-id: %d", &id) == 1 && id >= 0)
		strbuf_addf(ret, ":[%d]", id);
}

static void add_eventfd(const struct probe_file *f, struct strbuf *ret)
{
	char text[FDINFO_SZ];

	file_words_add_eventfd(read_fdinfo(f, text, sizeof(text)) ? text : "", ret);
}

/* "signalfd (SIGUSR1)" */
static void add_signalfd(const struct probe_file *f, struct strbuf *ret)
{
	char text[FDINFO_SZ];
	__u64 set;

	strbuf_adds(ret, file_kind_word(FILE_SIGNALFD));
	if (!read_fdinfo(f, text, sizeof(text)) || !call_words_parse_sigmask(text, &set))
		return;
	strbuf_adds(ret, " (");
	call_words_add_signals(set, ret);
	strbuf_addch(ret, ')');
}

/* "pidfd of process 4711" (fs/pidfs.c); it has ended when there is no number any more. */
static void add_pidfd(const struct probe_file *f, struct strbuf *ret)
{
	char text[FDINFO_SZ];
	const char *line;
	int pid;

	strbuf_adds(ret, file_kind_word(FILE_PIDFD));
	if (!read_fdinfo(f, text, sizeof(text)))
		return;
	line = strstr(text, "\nPid:");
	if (line && sscanf(line, "\nPid: %d", &pid) == 1 && pid > 0)
		strbuf_addf(ret, " of process %d", pid);
}

/* Watches are told by the inode that is watched; only who may open any file can find its path. */
void file_words_add_watches(const char *text, struct strbuf *ret)
{
	unsigned long long ino;
	unsigned dev;
	int cnt = 0;

	for (const char *at = text; (at = strstr(at, "inotify wd:")); at++) {
		if (sscanf(at, "inotify wd:%*x ino:%llx sdev:%x", &ino, &dev) != 2)
			continue;
		if (cnt++ < WATCH_MAX)
			strbuf_addf(ret, "%sinode %llu of device %u:%u", cnt > 1 ? ", " : " on ",
				    ino, dev >> MINOR_BITS, dev & ((1U << MINOR_BITS) - 1));
	}
	if (cnt > WATCH_MAX)
		strbuf_addf(ret, " and %d more", cnt - WATCH_MAX);
}

static void add_inotify(const struct probe_file *f, struct strbuf *ret)
{
	char text[8 * FDINFO_SZ];

	strbuf_adds(ret, file_kind_word(FILE_INOTIFY));
	if (read_fdinfo(f, text, sizeof(text)))
		file_words_add_watches(text, ret);
}

void file_words_add(const struct open_files *of, const struct probe_file *f, struct strbuf *ret)
{
	enum file_kind kind = FD_MODE_KIND(f->fd_mode);

	if (file_is_pipe(f))
		add_pipe(f, ret);
	else if (file_is_socket(f))
		add_socket(of, f, ret);
	else if (kind == FILE_TERMINAL || kind == FILE_DEVICE || kind == FILE_PLAIN)
		add_path(f, file_kind_word(kind), ret);
	else if (kind == FILE_EVENTFD)
		add_eventfd(f, ret);
	else if (kind == FILE_SIGNALFD)
		add_signalfd(f, ret);
	else if (kind == FILE_PIDFD)
		add_pidfd(f, ret);
	else if (kind == FILE_INOTIFY)
		add_inotify(f, ret);
	else
		strbuf_adds(ret, file_kind_word(kind));
}
