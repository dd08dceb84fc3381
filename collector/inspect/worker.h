/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker: a process of its own that reads ELF and DWARF, which may be hostile or huge.
 *
 * When it crashes or hangs it is replaced, and the process it was asked about is left
 * alone from then on. It has no privilege and no right to any process: what it may read it
 * is handed as descriptors, opened by us who have the right to look (with ptrace_scope 1
 * only an ancestor has, which the worker is not).
 */
#ifndef CTRACE_INSPECT_WORKER_H
#define CTRACE_INSPECT_WORKER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include "bpf/event.h"

enum {
	WORKER_BATCH_MAX = 64,	/* looks in one request */
	WORKER_TEXT_MAX = 3840, /* bytes of a stack; a trace takes EVENT_TAIL_MAX */
	WORKER_START_MAX = 4,	/* workers that are started in all */
};

#define WORKER_PATIENCE_NS 5000000000ULL /* the first look at a big program takes a second */

struct worker;

/* One thread that waits: unwind its stack, name the lock it waits for. */
struct worker_look {
	__u32 id; /* chosen by who asks, comes back with the answer */
	__u32 tid;
	__u64 address;	   /* of the lock; 0: no name is wanted */
	bool is_name_only; /* no stack is wanted; where there is no waiter, regs are 0 */
	__u64 regs[PREG_CNT];
};

enum worker_answer_kind {
	WORKER_NAME = 1, /* comes first, if at all */
	WORKER_STACK,	 /* always; no text: nothing was found */
	WORKER_FAILED,	 /* instead of them: there will be no answer */
};

struct worker_answer {
	__u32 id;
	__u8 kind;
	__u8 flags;		    /* EVF_BORROWED of a name, EVF_TRUNCATED of a stack */
	__u16 len;		    /* bytes of text */
	__u64 cpu_ns;		    /* what it took of the CPU */
	char text[WORKER_TEXT_MAX]; /* unsafe */
};

/* Nothing is started yet. */
struct worker *worker_new(void);
void worker_free(struct worker *w); /* accepts NULL; the process ends */

/* How many looks can be asked for now. */
size_t worker_room(const struct worker *w);

/*
 * Ask for cnt looks at threads of process pid, whose user is uid. is_urgent: somebody waits
 * for them, so what the process has mapped is read once more. How many were asked, which are the
 * first of them and at least one; -EAGAIN: it is busy, try again later; or another -errno: there
 * is no answer to be had, now or ever.
 */
int worker_ask(struct worker *w, __u32 pid, __u32 uid, const struct worker_look *looks, size_t cnt,
	       bool is_urgent, __u64 now_ns);

/* What is kept of a process that may have ended: descriptors as of /proc/PID/, or -1. */
struct worker_view {
	int maps, root, exe;
};

/*
 * The same for one look at what was: of memory there are only the len bytes (at most 32 KiB)
 * of stack that began at the stack pointer of the look. The descriptors stay the caller's.
 */
int worker_ask_kept(struct worker *w, __u32 pid, __u32 uid, const struct worker_view *view,
		    const struct worker_look *look, const void *stack, size_t len, __u64 now_ns);

/*
 * The same for one look at a process that goes on: of the thread's stack there are only those len
 * bytes, for it has changed since.
 */
int worker_ask_caught(struct worker *w, __u32 pid, __u32 uid, const struct worker_look *look,
		      const void *stack, size_t len, __u64 now_ns);

/* Take the next answer. False: there is none at the moment. */
bool worker_answer(struct worker *w, struct worker_answer *ret, __u64 now_ns);

#endif
