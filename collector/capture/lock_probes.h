/* SPDX-License-Identifier: GPL-2.0-only */
/* One program of the kernel at the functions of a C library that lock. */
#ifndef CTRACE_CAPTURE_LOCK_PROBES_H
#define CTRACE_CAPTURE_LOCK_PROBES_H

#include <linux/types.h>
#include <stdbool.h>
#include "base/vec.h"
#include "capture/lock_calls.h"

struct bpf_program;
struct bpf_link;

/* Zero-initialised there are none. */
struct lock_probes {
	VEC(struct bpf_link *) links; /* one for each function */
	VEC(int) multi_links;	      /* one for all of a library */
	bool is_multi;
};

/*
 * To be called before prog is loaded. is_multi: the kernel has one link for many places
 * (kernel_facts.h), which is taken away at once. Without it each place takes 80 ms, and
 * privilege.
 */
void lock_probes_prepare(struct lock_probes *p, struct bpf_program *prog, bool is_multi);

/*
 * Have prog called at the functions of lib, in process pid, or 0: in all processes that have
 * it. cookie: bits that each of them gets. 0; -ENOENT: there are no such functions; or -errno.
 */
int lock_probes_add(struct lock_probes *p, struct bpf_program *prog, __u32 pid,
		    const struct lock_library *lib, __u64 cookie);

/* Take all away. Needs no privilege. */
void lock_probes_release(struct lock_probes *p);

#endif /* CTRACE_CAPTURE_LOCK_PROBES_H */
