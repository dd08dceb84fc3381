/* SPDX-License-Identifier: GPL-2.0-only */
/* One wait of a story: who alone could end it, and the sentence about it. */
#ifndef CTRACE_MODEL_STORY_WAIT_H
#define CTRACE_MODEL_STORY_WAIT_H

#include "base/strbuf.h"
#include "model/rescue.h"

/*
 * The one thread that could end the wait of t, which is Blocked; NULL: there are several, or
 * none, or it is not known. Unlike rescue_only_one() a process must have no other thread.
 */
const struct thread *story_next(const struct model *m, const struct thread *t, struct rescue *ret);

/* Does the wait end without any thread's help: sleep, disk, page fault? */
bool story_ends_by_itself(const struct thread *t);
/* Has the lock it waits on an owner, by its kind, whom nobody has read? */
bool story_owner_is_missing(const struct model *m, const struct thread *t);
/* What the thread of model_lock_of_missing(), which is not 0, "which ..." */
const char *story_missing_words(const struct model *m, const struct thread *t);
/* Living threads that r says could end the wait of t, other than t; of a process not traced one. */
size_t story_rescuer_cnt(const struct model *m, const struct thread *t, const struct rescue *r);

/* Are those who r says could end a wait all of processes that are not traced? */
bool story_is_elsewhere(const struct model *m, const struct rescue *r);

/* Append ", itself inside of call_once()", if so: what t waits for can be what it is to do. */
void story_add_once(const struct model *m, const struct thread *t, struct strbuf *ret);

/* Append " has waited 3.20 s for fork[1], held by phil-1 (read from memory)". */
void story_add_wait(const struct model *m, const struct thread *t, __u64 now_ns,
		    struct strbuf *ret);

/* What is waited for in words, as far as what the call does is known: "room in a pipe". */
void story_add_help(const struct wait *w, struct strbuf *ret);

#endif /* CTRACE_MODEL_STORY_WAIT_H */
