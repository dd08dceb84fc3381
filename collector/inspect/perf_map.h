/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of functions that a runtime compiled by itself, as it wrote them down for others:
 * /tmp/perf-PID.map (Linux, tools/perf/Documentation/jit-interface.txt).
 */
#ifndef CTRACE_INSPECT_PERF_MAP_H
#define CTRACE_INSPECT_PERF_MAP_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>
#include "base/vec.h"

enum { PERF_MAP_SZ_MAX = 64 << 20 };

struct perf_function {
	__u64 begin, end;
	__u32 name; /* offset in the text */
	__u32 line; /* of those at one place the last one written counts */
};

/* Zero-initialised is empty. */
struct perf_map {
	char *text;
	off_t size;			     /* of the file when it was read; 0: not yet */
	VEC(struct perf_function) functions; /* by address */
};

/*
 * The function at address, or NULL; borrowed until the next call. The file is looked for
 * below the directory root, must be uid's, and is read again when it has grown.
 */
const char *perf_map_find(struct perf_map *p, int root, __u32 pid, uid_t uid, __u64 address);
void perf_map_release(struct perf_map *p);

#endif
