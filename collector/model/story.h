/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a thread does not run, in plain words: the chain of those who wait for each other, one
 * sentence each. The screen, the report and its JSON tell it alike.
 *
 * The chain goes on only where one thread alone can end a wait. What is not known is said to
 * be unknown, and each sentence says how its claim is known.
 */
#ifndef CTRACE_MODEL_STORY_H
#define CTRACE_MODEL_STORY_H

#include "base/strbuf.h"
#include "model/model.h"

enum { STORY_MAX = 64 };

/* clang-format off */
/*        name      word       how the last thread of the chain is */
#define STORY_ENDS(_)                                                                  \
	_(RUNNING,  "running",  "it runs on a CPU")                                    \
	_(READY,    "ready",    "it waits for a CPU")                                  \
	_(CIRCLE,   "circle",   "it waits for one of the chain: itself, or one before it") \
	_(TIME,     "time",     "time, a disk or another device ends its wait")        \
	_(SEVERAL,  "several",  "any of several threads could end its wait")           \
	_(ELSEWHERE, "elsewhere", "only processes that are not traced could end its wait") \
	_(NOBODY,   "nobody",   "nobody is left who could end its wait")               \
	_(ENDED,    "ended",    "it has ended")                                        \
	_(STOPPED,  "stopped",  "it is stopped, or was never started")                 \
	_(UNKNOWN,  "unknown",  "what it does, or who could end its wait, is not known") \
	_(LONG,     "long",     "the chain goes on")
/* clang-format on */

enum story_end {
#define STORY_END_ENUM(name, word, help) STORY_##name,
	STORY_ENDS(STORY_END_ENUM)
#undef STORY_END_ENUM
};

/* The chain: the first is whom it is about, each waits for the next alone. */
struct story {
	size_t cnt; /* 1 to STORY_MAX */
	__u32 tids[STORY_MAX];
	enum story_end end; /* how the last is */
	size_t circle_idx;  /* of CIRCLE: whom the last waits for */
};

void story_find(const struct model *m, const struct thread *t, struct story *ret);

/*
 * Append the sentence about the idx-th of s, which story_find() made of the same model:
 * "phil-0 has waited 3.20 s for fork[1], held by phil-1 (read from memory)." now_ns is the
 * instant that is told about.
 */
void story_sentence(const struct model *m, const struct story *s, size_t idx, __u64 now_ns,
		    struct strbuf *ret);

/* One word, static. */
const char *story_end_word(enum story_end e);

/*
 * "phil-1"; "worker:4711" when several threads have that name; "tid 4711" when the model
 * does not know it.
 */
void model_add_name(const struct model *m, __u32 tid, struct strbuf *ret);

/* What holds t, which is Stopped: a signal or a debugger. */
const char *story_stop_help(const struct thread *t);

#endif /* CTRACE_MODEL_STORY_H */
