/* SPDX-License-Identifier: GPL-2.0-only */
/* The path is read from the memory of who opens, and looked up where that one would. */
#include "inspect/fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "inspect/user_memory.h"

enum {
	PAGE_SZ = 4096,
	TRY_MAX = 4, /* look-ups that a rename somewhere can disturb */
};

/* A string that ends in the page it begins in, or in the next. */
static int read_path(__u32 tid, __u64 address, char ret[PATH_MAX])
{
	size_t first = PAGE_SZ - address % PAGE_SZ;
	int err = user_memory_read(tid, address, ret, first);

	if (!err && !memchr(ret, '\0', first) && first < PATH_MAX)
		err = user_memory_read(tid, address + first, ret + first, PATH_MAX - first);
	if (err)
		return err;
	return memchr(ret, '\0', PATH_MAX) ? 0 : -ENAMETOOLONG;
}

/* Where the path begins for t: its root, its directory, or one that it has open. */
static int open_place(const struct thread *t, const char *path)
{
	int dir = wait_open_dir(&t->wait), fd;
	char place[64];

	if (*path == '/')
		snprintf(place, sizeof(place), "/proc/%u/root", t->tid);
	else if (dir == AT_FDCWD)
		snprintf(place, sizeof(place), "/proc/%u/cwd", t->tid);
	else
		snprintf(place, sizeof(place), "/proc/%u/fd/%d", t->tid, dir);
	fd = open(place, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * The file that the path leads to, from what the kernel has at hand (RESOLVE_CACHED, Linux 5.12),
 * as it has of a FIFO that is being opened. Where the file system does not answer, who waits for
 * it is what we look at, and one that asked it would wait as well.
 */
static int open_cached(int place, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_CACHED | (*path == '/' ? RESOLVE_IN_ROOT : 0),
	};
	int fd = -1;

	for (int i = 0; i < TRY_MAX && fd < 0; i++) {
		fd = syscall(SYS_openat2, place, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : fd;
}

/* 1, 0 or -errno. */
static int is_fifo(int place, const char *path)
{
	int fd = open_cached(place, path), err = 0;
	struct statx st;

	if (fd < 0)
		return fd;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st))
		err = -errno;
	close(fd);
	return err ? err : S_ISFIFO(st.stx_mode);
}

int fifo_add_words(const struct thread *t, struct strbuf *ret)
{
	char path[PATH_MAX];
	int place, is = 0, err = read_path(t->tid, wait_open_path(&t->wait), path);

	if (err)
		return err;
	/* Who waits for a FIFO can be interrupted. */
	place = t->wait.reason == WAIT_DISK ? -EBUSY : open_place(t, path);
	if (place >= 0) {
		is = is_fifo(place, path);
		close(place);
	}
	if (is > 0)
		strbuf_addf(ret, WAIT_FIFO_WORD " %s, which nobody has opened to %s", path,
			    wait_is_write(&t->wait) ? "read" : "write");
	else
		strbuf_addf(ret, "the opening of %s", path);
	return 0;
}
