/* SPDX-License-Identifier: GPL-2.0-only */
/* Signal handlers of a process, from SigCgt in /proc/PID/status (proc_pid_status(5)). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "inspect/handlers.h"

static int read_caught(__u32 pid, __u64 *ret)
{
	char path[32], text[4096];
	const char *line;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	err = read_file(path, text, sizeof(text), &len);
	if (err)
		return err;
	line = strstr(text, "\nSigCgt:");
	if (!line)
		return -EPROTO;
	*ret = strtoull(line + strlen("\nSigCgt:"), NULL, 16);
	return 0;
}

void handlers_read(__u32 pid, struct ev_handlers *ret)
{
	*ret = (struct ev_handlers){ .hdr = { .tid = pid, .kind = EV_HANDLERS } };
	ret->err = read_caught(pid, &ret->caught);
}
