/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says of a process in one line. */
#ifndef CAPTURE_STAT_LINE_H
#define CAPTURE_STAT_LINE_H

#include <linux/types.h>

struct stat_line {
	char state;
	__u32 ppid;
	__u32 pgrp;
	unsigned flags; /* task_struct::flags */
	int thread_cnt;
};

/* From /proc/PID/stat (proc_pid_stat(5)). 0 or -errno. */
int stat_line_read(__u32 pid, struct stat_line *ret);

#endif
