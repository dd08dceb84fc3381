/* SPDX-License-Identifier: GPL-2.0-only */
#include "inspect/lock_page.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool lock_page_of(const struct maps *maps, __u64 address, struct ev_lockpage *ret)
{
	const struct region *r = maps_find(maps, address);

	if (!r)
		return false;
	ret->address = address;
	/* One that is not written to may have its page in the file still. */
	if (!r->is_shared) {
		ret->hdr.flags = EVF_PRIVATE;
		return r->is_writable;
	}
	ret->dev = r->dev;
	ret->ino = r->ino;
	ret->off = address - r->begin + r->off;
	return r->ino != 0;
}

static int read_maps(__u32 pid, struct maps *ret)
{
	char path[32];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = maps_read(ret, fd);
	close(fd);
	return err;
}

int lock_page_read(__u32 pid, __u64 address, struct ev_lockpage *ret)
{
	struct maps maps = {};
	int err = read_maps(pid, &maps);

	ret->pid = pid;
	if (!err && !lock_page_of(&maps, address, ret))
		err = -ENOENT;
	maps_release(&maps);
	return err;
}

static bool maps_word(const struct maps *maps, const struct ev_lockpage *page)
{
	vec_for_each(r, &maps->regions)
		if (r->is_shared && r->ino == page->ino && r->dev == page->dev &&
		    page->off >= r->off && page->off - r->off < r->end - r->begin)
			return true;
	return false;
}

static void add_process(const struct ev_lockpage *page, __u32 pid, struct far_ends *e)
{
	struct maps maps = {};
	int err = read_maps(pid, &maps);

	if (!err && maps_word(&maps, page))
		far_ends_add_pid(e, pid);
	/* It has ended meanwhile, then it does not count. */
	if (err && err != -ENOENT && err != -ESRCH)
		e->is_complete = false;
	maps_release(&maps);
}

void lock_page_add_processes(const struct ev_lockpage *page, struct far_ends *e)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir) {
		e->is_complete = false;
		return;
	}
	while ((entry = readdir(dir))) {
		unsigned long pid = strtoul(entry->d_name, NULL, 10);

		if (pid)
			add_process(page, pid, e);
	}
	closedir(dir);
}
