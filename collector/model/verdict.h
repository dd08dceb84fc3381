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
	_(UNSURE,   5, "unsure")   \
	_(POTENTIAL, 6, "potential")
/* clang-format on */

enum verdict_kind {
#define VERDICT_KIND_ENUM(name, id, word) VERDICT_##name = (id),
	VERDICT_KINDS(VERDICT_KIND_ENUM)
#undef VERDICT_KIND_ENUM
};

enum {
	VERDICT_CYCLE_MAX = 64,
	VERDICT_ASK_MAX = 16,
};

/* tid waits for a lock, for something that a process holds, or for a thread or process itself. */
struct verdict_edge {
	__u32 tid;
	__u32 held_by; /* the thread that could end the wait: of a deadlock, the next; 0: no one */
	__u8 reason;   /* enum wait_reason */
	__u8 evidence;
	bool needs_word;    /* the lock word is to be read again, after at_ns */
	bool needs_holders; /* who could end the wait is to be found again, after at_ns */
	__u64 address;	    /* of the futex; 0: it is none, or a join */
	__u64 since_ns;
	__u64 confirm_ns; /* when it was last read; 0: never, or there is no need */
};

struct verdict {
	enum verdict_kind kind;
	enum verdict_kind suspect; /* DEADLOCK or STALL: what it is when confirmed; else RUNNING */
	__u64 at_ns;		   /* since when it is so: the begin of the last wait of the set */
	bool confirmed;		   /* each edge was read again after the set closed */
	bool is_for_readers;	   /* a deadlock: cycle[0] waits for readers. Who they are is not
				    * known, but each thread that could be one, which are the
				    * others in cycle[], waits for it */
	bool is_for_signals; /* it would be confirmed, but a signal handler may wake somebody */
	__u64 signals;	     /* that its processes would handle, as far as known; bit n - 1: n */
	__u32 closed_cnt;    /* threads that wait for each other alone */
	size_t cycle_cnt;    /* of these in cycle[]: a deadlock's cycle, or all that fit */
	struct verdict_edge cycle[VERDICT_CYCLE_MAX];
	size_t ask_cnt; /* processes whose signal handlers are to be read */
	__u32 ask_pids[VERDICT_ASK_MAX];
};

/*
 * Judge the model. DEADLOCK and STALL only when confirmed; a closed set that is not confirmed
 * yet is returned with its edges, but kind WAITING or RUNNING, so that the inspector knows
 * what to read. POTENTIAL when nothing is wrong now, but locks were taken in both orders
 * (model/inversion.h). Of several sets the one that is confirmed, then a cycle, then the oldest.
 *
 * What is not seen: descriptors that are on their way in a socket; and of processes that were
 * there before ctrace, that they share the address space with others than parent and child.
 */
void verdict_find(const struct model *m, struct verdict *ret);

/*
 * When was last read what e was read from? Later than in e, where it was read again since and said
 * the same, which makes no other verdict.
 */
__u64 verdict_edge_confirm_ns(const struct model *m, const struct verdict_edge *e);

/* Was this edge of v read again after the set had closed, or is there no need? */
bool verdict_edge_is_confirmed(const struct verdict *v, const struct verdict_edge *e);

/*
 * Is it a cycle that was not read again since it closed? Then nothing is proved, and kind says
 * what the threads do; verdict_sentence() tells of the cycle.
 */
bool verdict_is_unconfirmed_cycle(const struct verdict *v);

/* Is tid in cycle[] of v? */
bool verdict_has_thread(const struct verdict *v, __u32 tid);

/* The one sentence; now_ns is for "for 12.4 s". */
void verdict_sentence(const struct verdict *v, const struct model *m, __u64 now_ns,
		      struct strbuf *ret);

/*
 * Append "; a handler of SIGINT may wake it: main waits for semaphore done", if that is so:
 * then v would be a stall, or a deadlock, in a program that handles none.
 */
void verdict_add_signals(const struct verdict *v, const struct model *m, struct strbuf *ret);

const char *verdict_kind_word(enum verdict_kind k);

#endif /* CTRACE_MODEL_VERDICT_H */
