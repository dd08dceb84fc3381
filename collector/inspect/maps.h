/* SPDX-License-Identifier: GPL-2.0-only */
/* What is mapped where in a process: /proc/PID/maps. */
#ifndef CTRACE_INSPECT_MAPS_H
#define CTRACE_INSPECT_MAPS_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>
#include "base/vec.h"

enum { MAPS_SZ_MAX = 64 << 20 };

struct region {
	__u64 begin, end;
	__u64 off;
	dev_t dev;
	ino_t ino;
	bool is_executable, is_writable;
	bool is_shared;	  /* MAP_SHARED */
	const char *name; /* in the text of the maps; "" for anonymous memory */
};

struct maps {
	char *text; /* the names are in it */
	size_t text_len;
	VEC(struct region) regions; /* by address */
};

/* Read them from fd, from its begin. 0 or -errno. Zero-initialised is empty. */
int maps_read(struct maps *m, int fd);
void maps_release(struct maps *m);

/* The region address is in, or NULL. */
const struct region *maps_find(const struct maps *m, __u64 address);

#endif
