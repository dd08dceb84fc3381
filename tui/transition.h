/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arrows of the textbook's diagram of thread states, and which of them an event took.
 *
 * An arrow is told from the states before and after, so a diagram and a narration
 * cannot differ from what the model says.
 */
#ifndef TUI_TRANSITION_H
#define TUI_TRANSITION_H

#include "base/strbuf.h"
#include "model/model.h"

/*        name      word        who or what causes it */
#define ARROWS(_)                                                    \
	_(ADMIT, "admit", "the kernel puts a new thread on a queue") \
	_(DISPATCH, "dispatch", "the scheduler gives it a CPU")      \
	_(PREEMPT, "preempt", "the scheduler takes the CPU away")    \
	_(YIELD, "yield", "it gives up the CPU, and could run on")   \
	_(BLOCK, "block", "it waits for something")                  \
	_(WAKE, "wake", "what it waited for has happened")           \
	_(EXIT, "exit", "it ends")                                   \
	_(REAP, "reap", "its parent collects it")

enum arrow {
	ARROW_NONE, /* no change of state, or one that the diagram does not know */
#define ARROW_ENUM(name, word, help) ARROW_##name,
	ARROWS(ARROW_ENUM)
#undef ARROW_ENUM
		ARROW_CNT,
};

const char *arrow_word(enum arrow a); /* "" for ARROW_NONE */

struct transition {
	__u32 tid;
	enum arrow arrow;
	__u8 from, to; /* enum thread_state */
	__u64 stay_ns; /* how long it was in from */
};

enum { TRANSITIONS_MAX = 2 }; /* a third one only becomes Unknown, and so do all with a loss */

/* A thread as it was before an event; nothing of the model is borrowed. */
struct thread_before {
	__u32 tid; /* 0: the event is about nobody else */
	__u8 state;
	__u64 since_ns;
};
void transition_before(const struct model *before, const struct ev_hdr *ev,
		       struct thread_before ret[TRANSITIONS_MAX]);
/* after: the model with ev applied. Returns how many arrows were taken. */
size_t transition_after(const struct thread_before before[TRANSITIONS_MAX],
			const struct model *after, const struct ev_hdr *ev,
			struct transition ret[TRANSITIONS_MAX]);

/* The arrow that brought t where it is, as far as its state tells. */
struct transition transition_latest(const struct thread *t);

/*
 * Append "phil-2 -> Blocked: waits for mutex fork[3] held by phil-3 (read from memory)".
 * m is the model after the event.
 */
void transition_narrate(const struct model *m, const struct transition *x, struct strbuf *ret);

#endif /* TUI_TRANSITION_H */
