/* SPDX-License-Identifier: GPL-2.0-only */
/* One system call for each piece, if that is sure to come back. */
#include "inspect/user_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "inspect/slow_memory.h"

enum { PAGE_SZ = 4096, PAGE_MAX = 32 };

/*
 * Are all its pages in memory? What has to be fetched first can keep us for ever: from a file
 * system whose server is gone, or when somebody else was to fill it (userfaultfd). A kernel that
 * does not know says yes (move_pages(2) without CONFIG_NUMA).
 */
static bool is_in_memory(__u32 tid, __u64 address, size_t len)
{
	__u64 first = address / PAGE_SZ, last = (address + len - 1) / PAGE_SZ;
	size_t cnt = last - first + 1;
	void *pages[PAGE_MAX];
	int nodes[PAGE_MAX];

	if (cnt > PAGE_MAX)
		return false;
	for (size_t i = 0; i < cnt; i++)
		pages[i] = (void *)((first + i) * PAGE_SZ);
	if (syscall(SYS_move_pages, tid, cnt, pages, NULL, nodes, 0) < 0)
		return true;
	for (size_t i = 0; i < cnt; i++)
		if (nodes[i] < 0)
			return false;
	return true;
}

static struct {
	user_memory_fn read;
	void *arg;
} detour;

void user_memory_set_detour(user_memory_fn fn, void *arg)
{
	detour.read = fn;
	detour.arg = arg;
}

/* Asked when it is opened (kernel, fs/proc/task_mmu.c), as move_pages(2) is. */
static bool can_see_maps(__u32 tid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/maps", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Page by page, for the next one may not be there. */
static ssize_t read_by_detour(__u32 tid, __u64 address, void *buf, size_t len)
{
	size_t done = 0;
	int err = 0;

	while (!err && done < len) {
		size_t part = USER_MEMORY_PIECE - (address + done) % USER_MEMORY_PIECE;

		if (part > len - done)
			part = len - done;
		err = detour.read(detour.arg, tid, address + done, (char *)buf + done, part);
		done += err ? 0 : part;
	}
	return done ? (ssize_t)done : err;
}

ssize_t user_memory_read_some(__u32 tid, __u64 address, void *buf, size_t len)
{
	struct iovec local = { .iov_base = buf, .iov_len = len };
	struct iovec remote = { .iov_base = (void *)address, .iov_len = len };
	ssize_t got;

	if (!len || address > UINT64_MAX - len)
		return -EFAULT;
	if (!is_in_memory(tid, address, len))
		return slow_memory_read(tid, address, buf, len);
	got = process_vm_readv(tid, &local, 1, &remote, 1, 0);
	if (got < 0 && errno == EPERM)
		return detour.read && can_see_maps(tid) ? read_by_detour(tid, address, buf, len)
							: -EPERM;
	return got < 0 ? -errno : got;
}

int user_memory_read(__u32 tid, __u64 address, void *buf, size_t len)
{
	ssize_t got = user_memory_read_some(tid, address, buf, len);

	if (got < 0)
		return got;
	return (size_t)got == len ? 0 : -EFAULT;
}
