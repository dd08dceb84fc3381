/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of descriptors, from the memory of the process and from /proc. */
#include "inspect/fd_list.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include "base/io.h"
#include "inspect/user_memory.h"
#include "model/syscall.h"

enum {
	BITS_PER_WORD = 64,
	SELECT_WORD_MAX = 16, /* FD_SETSIZE */
	EPOLL_TEXT_SZ = 16384,
};

static void add(struct fd_list *l, const struct fd_item *item)
{
	if (l->cnt == FD_LIST_MAX)
		l->is_complete = false;
	else
		l->items[l->cnt++] = *item;
}

static __u32 access_of(__u32 events)
{
	__u32 access = events & (POLLOUT | POLLWRNORM | POLLWRBAND) ? PROBE_WRITE : 0;

	/* Without any it is told of errors and the end, which a reader is, too. */
	return events & (POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND | POLLRDHUP) || !access
		       ? access | PROBE_READ
		       : access;
}

static int read_poll(const struct thread *t, struct fd_list *ret)
{
	struct pollfd fds[FD_LIST_MAX];
	size_t cnt = t->wait.args[1];
	int err;

	ret->is_complete = cnt <= FD_LIST_MAX;
	cnt = ret->is_complete ? cnt : FD_LIST_MAX;
	err = cnt ? user_memory_read(t->tid, t->wait.args[0], fds, cnt * sizeof(fds[0])) : 0;
	for (size_t i = 0; !err && i < cnt; i++)
		if (fds[i].fd >= 0)
			add(ret, &(struct fd_item){ .fd = fds[i].fd,
						    .access = access_of(fds[i].events) });
	return err;
}

static bool is_in(const __u64 *words, __u32 fd)
{
	return words[fd / BITS_PER_WORD] >> fd % BITS_PER_WORD & 1;
}

static int read_select(const struct thread *t, struct fd_list *ret)
{
	enum { IN, OUT, EXCEPT, SET_CNT };
	__u64 sets[SET_CNT][SELECT_WORD_MAX] = {};
	__u32 cnt = t->wait.args[0];
	int err = 0;

	ret->is_complete = cnt <= SELECT_WORD_MAX * BITS_PER_WORD;
	cnt = ret->is_complete ? cnt : SELECT_WORD_MAX * BITS_PER_WORD;
	for (int s = IN; s < SET_CNT && !err && cnt; s++)
		if (t->wait.args[1 + s])
			err = user_memory_read(t->tid, t->wait.args[1 + s], sets[s],
					       (cnt + BITS_PER_WORD - 1) / BITS_PER_WORD *
						       sizeof(sets[s][0]));
	for (__u32 fd = 0; fd < cnt && !err; fd++) {
		__u32 access = (is_in(sets[IN], fd) || is_in(sets[EXCEPT], fd) ? PROBE_READ : 0) |
			       (is_in(sets[OUT], fd) ? PROBE_WRITE : 0);

		if (access)
			add(ret, &(struct fd_item){ .fd = fd, .access = access });
	}
	return err;
}

void fd_list_parse_epoll(const char *text, struct fd_list *ret)
{
	unsigned fd, events, dev;
	unsigned long long ino;

	ret->is_set = true;
	ret->is_complete = true;
	while ((text = strstr(text, "tfd:"))) {
		int got = sscanf(text, "tfd: %u events: %x data: %*x pos:%*d ino:%llx sdev:%x", &fd,
				 &events, &ino, &dev);

		text += strlen("tfd:");
		if (got != 4)
			ret->is_complete = false;
		else
			add(ret, &(struct fd_item){ .fd = fd,
						    .access = access_of(events),
						    .ino = ino,
						    .dev = dev });
	}
}

static int read_epoll(const struct thread *t, struct fd_list *ret)
{
	char path[48], text[EPOLL_TEXT_SZ];
	size_t len;
	int err;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", t->pid, (__s32)t->wait.args[0]);
	err = read_file(path, text, sizeof(text), &len);
	if (!err)
		fd_list_parse_epoll(text, ret);
	return err;
}

int fd_list_read(const struct thread *t, struct fd_list *ret)
{
	*ret = (struct fd_list){ .is_set = true };
	switch (t->wait.class) {
	case SYSCALL_POLL:
	case SYSCALL_PPOLL:
		return read_poll(t, ret);
	case SYSCALL_SELECT:
		return read_select(t, ret);
	case SYSCALL_EPOLL:
	case SYSCALL_EPOLL2:
		return read_epoll(t, ret);
	}
	*ret = (struct fd_list){ .is_complete = true };
	if (wait_fd(&t->wait) < 0)
		return -EBADF;
	add(ret, &(struct fd_item){
			 .fd = wait_fd(&t->wait),
			 .access = wait_is_write(&t->wait) ? PROBE_WRITE : PROBE_READ,
		 });
	return 0;
}
