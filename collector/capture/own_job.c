/* SPDX-License-Identifier: GPL-2.0-only */
/* From here up to the process that was named, and whoever is in a process group with those. */
#include "capture/own_job.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include "capture/stat_line.h"

enum { LINE_MAX_CNT = 32 };

/* ctrace and those above it. */
struct line {
	__u32 pids[LINE_MAX_CNT], groups[LINE_MAX_CNT];
	size_t cnt;
	__u32 named_group; /* of the process that was named */
};

static bool has(const __u32 *pids, size_t cnt, __u32 pid)
{
	for (size_t i = 0; i < cnt; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* False: nobody above is one of the named. */
static bool find_line(const __u32 *named, size_t cnt, struct line *l)
{
	struct stat_line stat;
	__u32 pid = getpid();

	for (; l->cnt < LINE_MAX_CNT && pid && !stat_line_read(pid, &stat); pid = stat.ppid) {
		if (has(named, cnt, pid)) {
			l->named_group = stat.pgrp;
			return true;
		}
		l->pids[l->cnt] = pid;
		l->groups[l->cnt++] = stat.pgrp;
	}
	return false;
}

/* A shell without job control has all it starts in its own group: then that tells nothing. */
static bool is_of_job(const struct line *l, __u32 pid)
{
	struct stat_line stat;

	return !has(l->pids, l->cnt, pid) && !stat_line_read(pid, &stat) &&
	       stat.pgrp != l->named_group && has(l->groups, l->cnt, stat.pgrp);
}

static size_t add_job(const struct line *l, struct own_process *ret, size_t cnt, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && cnt < max && (entry = readdir(dir))) {
		__u32 pid = strtoul(entry->d_name, NULL, 10);

		if (isdigit((unsigned char)*entry->d_name) && is_of_job(l, pid))
			ret[cnt++] = (struct own_process){ pid, PROBE_LEFT_OUT };
	}
	if (dir)
		closedir(dir);
	return cnt;
}

size_t own_job_find(const __u32 *named, size_t cnt, struct own_process *ret, size_t max)
{
	struct line l = {};
	size_t found = 0;

	if (!find_line(named, cnt, &l))
		return 0;
	for (; found < l.cnt && found < max; found++)
		ret[found] = (struct own_process){ l.pids[found],
						   found ? PROBE_PASSED : PROBE_LEFT_OUT };
	return add_job(&l, ret, found, max);
}
