/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signal handlers of a process that can be run, from SigCgt and SigBlk in the status files of
 * /proc/PID (proc_pid_status(5)). A thread that waits in the kernel with a signal blocked is not
 * interrupted by it, and nobody else can unblock it there.
 */
#include "inspect/handlers.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "inspect/process_status.h"

enum { THREAD_MAX = 1024 }; /* whose masks are read; of more nothing is known to be blocked */

static int read_mask(__u32 tid, const char *name, __u64 *ret)
{
	char mask[32];
	int err = process_status_read(tid, name, mask, sizeof(mask));

	if (!err)
		*ret = strtoull(mask, NULL, 16);
	return err;
}

/* Leave in *signals those that are blocked in every thread; one look is enough for most. */
static int keep_blocked(__u32 pid, __u64 *signals)
{
	char path[32];
	struct dirent *entry;
	size_t cnt = 0;
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (*signals && !err && (entry = readdir(dir))) {
		__u64 blocked = 0;

		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		if (cnt++ < THREAD_MAX)
			err = read_mask(strtoul(entry->d_name, NULL, 10), "SigBlk", &blocked);
		*signals &= blocked;
	}
	closedir(dir);
	return err;
}

static int read_caught(__u32 pid, __u64 *ret)
{
	__u64 caught, blocked;
	int err = read_mask(pid, "SigCgt", &caught);

	blocked = caught;
	if (!err)
		err = keep_blocked(pid, &blocked);
	if (!err)
		*ret = caught & ~blocked;
	return err;
}

void handlers_read(__u32 pid, struct ev_handlers *ret)
{
	*ret = (struct ev_handlers){ .hdr = { .tid = pid, .kind = EV_HANDLERS } };
	ret->err = read_caught(pid, &ret->caught);
}
