/* SPDX-License-Identifier: GPL-2.0-only */
/* Which file a futex is in, and who maps it, as /proc/PID/maps has it. */
#include "inspect/lock_page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { KERNEL_MINOR_BITS = 20 }; /* MINORBITS, include/linux/kdev_t.h */

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

/* As the kernel has it inside: 20 bits of minor number. */
static __u32 kernel_dev(const struct ev_lockpage *page)
{
	return major(page->dev) << KERNEL_MINOR_BITS | minor(page->dev);
}

static bool is_in(const struct ev_lockpage *page, const struct probe_mapping *m)
{
	return m->ino == page->ino && m->dev == kernel_dev(page) && page->off >= m->off &&
	       page->off - m->off < m->len;
}

bool lock_page_add_processes(const struct ev_lockpage *page, const struct record_table *mappings,
			     struct far_ends *e)
{
	const struct probe_mapping *m = (const struct probe_mapping *)mappings->bytes;
	size_t cnt = mappings->len / sizeof(*m);
	bool is_found = false;

	for (size_t i = 0; i < cnt; i++) {
		if (!is_in(page, &m[i]))
			continue;
		far_ends_add_pid(e, m[i].pid);
		is_found |= m[i].pid == page->pid;
	}
	return is_found;
}

void lock_page_add_openers(const struct ev_lockpage *page, const struct open_files *of,
			   struct far_ends *e)
{
	const struct probe_file *f = NULL;

	while ((f = open_files_next(of, f)))
		if (f->ino == page->ino && f->dev == kernel_dev(page))
			far_ends_add_pid(e, f->pid);
}
