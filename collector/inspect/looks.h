/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The deep look: stacks of threads that have waited for a while, names of what they wait
 * for. Who is looked at and when is decided here; how, in the worker.
 *
 * Each wait is looked at once, each lock is named once. Looking has a budget of CPU time,
 * saved up while nobody waits, so that it stays below one part in a hundred.
 *
 * A lock word that was read may be none, which the stack tells. So it is announced that one will
 * be looked at (EVF_PENDING) before the word is read again, and told in any case what came of it.
 */
#ifndef CTRACE_INSPECT_LOOKS_H
#define CTRACE_INSPECT_LOOKS_H

#include <stdbool.h>
#include "model/verdict.h"

enum {
	LOOKS_WAIT_NS = 50000000,     /* a wait this long is looked at; one of a verdict at once */
	LOOKS_ANNOUNCE_NS = 10000000, /* it is announced that one this long will be */
};

struct looks;

struct looks *looks_new(void);
void looks_free(struct looks *l); /* accepts NULL */

/* The registers of threads that wait, as probe_read_registers() has them. */
typedef int (*looks_registers_fn)(void *arg, const __u32 *tids, size_t cnt,
				  struct probe_registers *ret);

/* Called with each finding, an event with its tail, whose time is not set yet. */
typedef void (*looks_emit_fn)(void *arg, struct ev_hdr *ev);

struct looks_calls {
	looks_registers_fn read_registers;
	looks_emit_fn emit;
	void *arg;
	struct probe_catch *catches; /* PROBE_CATCH_MAX of them, shared with the probes; or NULL */
	__u32 *catch_is_wanted;	     /* whether these have to look at them */
};

/*
 * From now on (or not) looking may take of the CPU what it takes: for when the program does
 * nothing and somebody waits for the stacks.
 */
void looks_hurry(struct looks *l, bool in_a_hurry);

/*
 * Take what has been found. To be called before the events of the probes are taken, for
 * these tell whether what was found is still true: looks_step() does, after them.
 */
void looks_receive(struct looks *l, __u64 now_ns);

/* Tell what was found and is true, and look at who is due. */
void looks_step(struct looks *l, const struct model *m, const struct verdict *v, __u64 now_ns,
		const struct looks_calls *calls);

/*
 * Are names of locks that threads of v wait for being looked for, or is somebody due? Then
 * its sentence may become a better one.
 */
bool looks_name_pending(const struct looks *l, const struct model *m, const struct verdict *v);

/*
 * Is there anybody waiting who will be looked at soon, or is? Then a report may become better.
 * Of thousands of threads most will be looked at when the time that may be spent has grown, or
 * soon if in a hurry.
 */
bool looks_stack_pending(const struct looks *l, const struct model *m, const struct verdict *v);

#endif
