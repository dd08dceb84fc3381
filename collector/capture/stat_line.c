/* SPDX-License-Identifier: GPL-2.0-only */
/* Of /proc/PID/stat, what comes behind the name, which may hold anything. */
#include "capture/stat_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/io.h"

int stat_line_read(__u32 pid, struct stat_line *ret)
{
	char path[32], text[1024];
	const char *behind;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	err = read_file(path, text, sizeof(text), &len);
	if (err)
		return err;
	behind = strrchr(text, ')');
	if (!behind ||
	    sscanf(behind,
		   ") %c %u %u %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
		   "%*d %d",
		   &ret->state, &ret->ppid, &ret->pgrp, &ret->flags, &ret->thread_cnt) != 5)
		return -EPROTO;
	return 0;
}
