/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads, waits and wake-ups in plain words.
 *
 * Every function appends to *ret. Where nothing is known the text says so; it
 * never says that there is nothing.
 */
#ifndef TUI_DESCRIBE_H
#define TUI_DESCRIBE_H

#include "base/strbuf.h"
#include "model/model.h"

/*
 * "phil-1"; "worker:4711" when several threads have that name; "tid 4711" when the
 * model does not know it.
 */
void describe_name(const struct model *m, __u32 tid, struct strbuf *ret);

/*
 * For a table: "fork[1]<phil-1"; of a lock without a name the end of its address:
 * "mutex@72a0<phil-1", or, where that is longer than cols, "mutex<phil-1"; "pipe fd 3".
 */
void describe_wait_short(const struct model *m, const struct thread *t, int cols,
			 struct strbuf *ret);
/* "mutex fork[1] held by phil-1 (read from memory)" */
void describe_wait(const struct model *m, const struct thread *t, struct strbuf *ret);
/*
 * What the descriptor of the wait is and who has the other end, if it was found out, else
 * nothing and false: "fd 3 pipe:[4711] (read end), written by producer". For a table:
 * "pipe<-producer".
 */
bool describe_file(const struct model *m, const struct thread *t, struct strbuf *ret);
bool describe_file_short(const struct model *m, const struct thread *t, struct strbuf *ret);
/*
 * Who has woken waits where t waits now, when nobody is known who holds it, and what these do:
 * "by producer (41 of 44 times), now Blocked: condvar@1a80; by ...". Learned, that
 * is: it need not be they who end this one. Else nothing.
 */
void describe_wakers(const struct model *m, const struct thread *t, struct strbuf *ret);
/* The same of lock l, whoever waits there. */
void describe_lock_wakers(const struct model *m, const struct lock *l, struct strbuf *ret);
/* Of these the first that could do it again: "producer (41 of 44 times), now ..." */
void describe_waker(const struct model *m, const struct thread *t, struct strbuf *ret);
/* The same in a sentence: ", woken here before by producer (41 of 44 times)" */
void describe_learned(const struct model *m, const struct thread *t, struct strbuf *ret);
/* ", 3.20 s left" until time ends the wait, if that is known. */
void describe_time_left(const struct model *m, const struct thread *t, __u64 now_ns,
			struct strbuf *ret);
/* A process that could end a wait, and what it does: "producer: Blocked, mutex<consumer" */
void describe_holder(const struct model *m, __u32 pid, struct strbuf *ret);
/* "futex(0x7f3b2c0072a0, FUTEX_WAIT_PRIVATE, 2), no time-out" */
void describe_syscall(const struct wait *w, struct strbuf *ret);
/* "by phil-3, in futex()" or "by an interrupt: a timer or the network" */
void describe_wake(const struct model *m, const struct thread_wake *w, struct strbuf *ret);
/* "Blocked for 3.2 s: waits for mutex 0x... held by phil-1 (read from memory)" */
void describe_state(const struct model *m, const struct thread *t, __u64 now_ns,
		    struct strbuf *ret);
/* The functions t is in while it waits, if known: "eat forks.c:31 < philosopher forks.c:57" */
void describe_stack(const struct model *m, const struct thread *t, struct strbuf *ret);
/* As wait4(2) gives it: "status 1", "killed by signal 11". */
void describe_exit(__u32 code, struct strbuf *ret);
/* Whom t waits for, and whom that one does, ...: "phil-1 > phil-2 > phil-0 (a cycle)". */
void describe_chain(const struct model *m, const struct thread *t, struct strbuf *ret);

#endif /* TUI_DESCRIBE_H */
