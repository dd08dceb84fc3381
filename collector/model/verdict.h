/* SPDX-License-Identifier: GPL-2.0-only */
/* Verdicts: what is wrong with the program as a whole, in one sentence with proof. */
#ifndef CTRACE_MODEL_VERDICT_H
#define CTRACE_MODEL_VERDICT_H

#include "base/strbuf.h"
#include "model/model.h"

/* clang-format off */
#define VERDICT_KINDS(_)           \
	_(RUNNING,  0, "running")  \
	_(WAITING,  1, "waiting")  \
	_(ENDED,    2, "ended")    \
	_(DEADLOCK, 3, "deadlock") \
	_(STALL,    4, "stall")    \
	_(UNSURE,   5, "unsure")
/* clang-format on */

enum verdict_kind {
#define VERDICT_KIND_ENUM(name, id, word) VERDICT_##name = (id),
	VERDICT_KINDS(VERDICT_KIND_ENUM)
#undef VERDICT_KIND_ENUM
};

enum { VERDICT_CYCLE_MAX = 64 };

/* tid waits for the lock at address, which the next of the cycle holds (in a deadlock). */
struct verdict_edge {
	__u32 tid;
	__u8 reason; /* enum wait_reason */
	__u8 evidence;
	__u64 address; /* 0: it waits for the thread itself (join, child) */
	__u64 since_ns;
	__u64 confirm_ns; /* 0: not confirmed yet */
};

struct verdict {
	enum verdict_kind kind;
	__u64 at_ns;	 /* since when it is so: the begin of the last wait of the cycle */
	bool confirmed;	 /* every edge was read again after the cycle closed */
	__u32 stall_pid; /* of a stall, or of what looks like one: the process; else 0 */
	__u32 stall_cnt; /* its threads; cycle[] holds them as far as they fit */
	size_t cycle_cnt;
	struct verdict_edge cycle[VERDICT_CYCLE_MAX];
};

/*
 * Judge the model. DEADLOCK and STALL only when confirmed; a cycle or closed set that is
 * not confirmed yet is returned with its edges but kind WAITING or RUNNING, so that
 * the inspector knows what to read.
 */
void verdict_find(const struct model *m, struct verdict *ret);

/* Is tid in the cycle of v? */
bool verdict_has_thread(const struct verdict *v, __u32 tid);

/* The one sentence; now_ns is for "for 12.4 s". */
void verdict_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
		      struct strbuf *ret);

const char *verdict_kind_word(enum verdict_kind k);

#endif /* CTRACE_MODEL_VERDICT_H */
