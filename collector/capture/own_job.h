/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace's own processes, which are not met with what is below others. */
#ifndef CAPTURE_OWN_JOB_H
#define CAPTURE_OWN_JOB_H

#include <stddef.h>
#include "bpf/event.h"

struct own_process {
	__u32 pid;
	enum probe_target how;
};

/*
 * Below one of named[cnt]: ctrace, those above it, which wait for it (a shell, sudo), and the rest
 * of its pipeline, which moves whenever ctrace says something. How many, at most max, in ret;
 * 0 when ctrace is below none of them.
 */
size_t own_job_find(const __u32 *named, size_t cnt, struct own_process *ret, size_t max);

#endif
