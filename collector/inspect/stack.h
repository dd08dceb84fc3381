/* SPDX-License-Identifier: GPL-2.0-only */
/* The stack of a thread that waits, unwound from outside. */
#ifndef CTRACE_INSPECT_STACK_H
#define CTRACE_INSPECT_STACK_H

#include "bpf/event.h"
#include "inspect/target.h"

enum { STACK_FRAME_MAX = 64 };

struct frame {
	__u64 pc;
	__u64 regs[PREG_CNT];
	__u32 known;	/* bit i: regs[i] is known */
	bool is_active; /* pc is the next instruction, not the one behind a call */
	__u64 cfa;	/* where the frame of its caller begins; 0: not known */
};

struct stack_trace {
	struct frame frames[STACK_FRAME_MAX]; /* innermost first */
	size_t cnt;
	bool is_truncated; /* there are more, which could not be found or have no room */
};

/* regs[PREG_CNT]: those the thread entered the kernel with. */
void stack_unwind(struct target *t, const __u64 *regs, struct stack_trace *ret);

/* Can pc be where a call returns to, by the bytes before it? */
bool stack_is_behind_call(struct target *t, __u64 pc);

/* The address to look the frame's function up by: behind a call may be another function. */
static inline __u64 frame_code(const struct frame *f)
{
	return f->is_active ? f->pc : f->pc - 1;
}

#endif
