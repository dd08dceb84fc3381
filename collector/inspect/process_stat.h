/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process that is not traced is called and does. */
#ifndef CTRACE_INSPECT_PROCESS_STAT_H
#define CTRACE_INSPECT_PROCESS_STAT_H

#include <linux/types.h>
#include <stdbool.h>

struct process_stat {
	char name[64];	   /* unsafe */
	const char *state; /* of its main thread: "sleeping" */
};

/* From /proc/PID/stat (proc_pid_stat(5)); false: it is not there. */
bool process_stat_read(__u32 pid, struct process_stat *ret);

/* The same from that text. */
bool process_stat_parse(const char *text, struct process_stat *ret);

#endif
