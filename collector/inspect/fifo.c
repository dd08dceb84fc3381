/* SPDX-License-Identifier: GPL-2.0-only */
/* The path is read from the memory of who opens, and looked up where that one would. */
#include "inspect/fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "inspect/user_memory.h"

enum { PAGE_SZ = 4096 };

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
static void add_place(const struct thread *t, const char *path, struct strbuf *ret)
{
	int dir = wait_open_dir(&t->wait);

	if (*path == '/')
		strbuf_addf(ret, "/proc/%u/root%s", t->tid, path);
	else if (dir == AT_FDCWD)
		strbuf_addf(ret, "/proc/%u/cwd/%s", t->tid, path);
	else
		strbuf_addf(ret, "/proc/%u/fd/%d/%s", t->tid, dir, path);
}

int fifo_add_words(const struct thread *t, struct strbuf *ret)
{
	struct strbuf place = {};
	char path[PATH_MAX];
	struct stat st;
	int err = read_path(t->tid, wait_open_path(&t->wait), path);

	if (err)
		return err;
	add_place(t, path, &place);
	if (stat(strbuf_str(&place), &st))
		err = -errno;
	else if (S_ISFIFO(st.st_mode))
		strbuf_addf(ret, WAIT_FIFO_WORD " %s, which nobody has opened to %s", path,
			    wait_is_write(&t->wait) ? "read" : "write");
	strbuf_release(&place);
	return err;
}
