/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of /proc/PID/status (proc_pid_status(5)). */
#ifndef CTRACE_INSPECT_PROCESS_STATUS_H
#define CTRACE_INSPECT_PROCESS_STATUS_H

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>

/*
 * What stands behind "name:" for thread or process pid, as text, cut to sz bytes with the NUL.
 * 0 or -errno: it is gone; -EPROTO: there is no such line.
 */
int process_status_read(__u32 pid, const char *name, char *ret, size_t sz);

/* The same from an open file. */
int process_status_parse(FILE *f, const char *name, char *ret, size_t sz);

#endif
