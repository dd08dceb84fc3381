/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that is looked at: its memory, what is mapped there, and the files behind. */
#ifndef CTRACE_INSPECT_TARGET_H
#define CTRACE_INSPECT_TARGET_H

#include "inspect/maps.h"
#include "inspect/memory.h"
#include "inspect/objects.h"
#include "inspect/perf_map.h"

/* One file that is mapped, as a whole. */
struct module {
	__u64 begin, end; /* from its first region to its last; what follows the file is in it */
	__u64 off;	  /* of the first region */
	__u64 bias;	  /* what was added to the addresses of the file */
	dev_t dev;
	ino_t ino;
	const char *path;
	struct object *object; /* NULL: not opened yet, or cannot be; see target_open_module() */
	bool is_tried;
	__u32 round;	   /* of target::round, when it was last seen to be there */
	Dwfl_Module *mod;  /* of target::dwfl; NULL: not known there yet */
	bool is_misplaced; /* libdwfl has another bias for it than we have */
};

/*
 * How the process can be reached. Opened by somebody who has the right to, so that whoever
 * parses what is found needs none. -1 for what could not be opened.
 */
struct target_fds {
	int mem;  /* /proc/PID/mem */
	int maps; /* /proc/PID/maps */
	int root; /* /proc/PID/root: its files are looked for below */
	int exe;  /* /proc/PID/exe: is there even when the file was deleted */
};

enum { TARGET_STALE_NS = 40000000 };

struct target {
	__u32 pid;
	uid_t uid; /* of the process; who else's perf map is not believed */
	struct target_fds fds;
	struct memory memory;
	struct maps maps;
	__u64 read_ns, read_cost_ns; /* when they were read, and how long that took */
	__u32 round;		     /* of looks; one more at each target_refresh() */
	VEC(struct module) modules;
	struct objects *objects;
	struct perf_map perf_map;
	Dwfl *dwfl; /* its modules are those above; for unwinding */
	bool dwfl_is_attached;
	const __u64 *first_regs; /* of the thread that is unwound, see stack.c */
};

/* The fds are the target's in any case. NULL: there is nothing to be read of it any more. */
struct target *target_open(__u32 pid, uid_t uid, const struct target_fds *fds,
			   struct objects *objects);
void target_close(struct target *t); /* accepts NULL */

/*
 * Look again, through new fds, which are the target's from then on. What is mapped is read
 * again when that is urgent, or was some time ago. False when something else is mapped
 * now: the fds are still the caller's, for opening another target.
 */
bool target_refresh(struct target *t, const struct target_fds *fds, bool is_urgent);

/* The module address is in, its object opened if that is possible; or NULL. */
struct module *target_find_module(struct target *t, __u64 address);
struct object *target_open_module(struct target *t, struct module *m);

#endif
