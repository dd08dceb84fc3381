/* SPDX-License-Identifier: GPL-2.0-only */
/* One wait of one thread: what the probe saw when it blocked, and what that means. */
#ifndef CTRACE_MODEL_WAIT_H
#define CTRACE_MODEL_WAIT_H

#include <stdbool.h>
#include "bpf/event.h"
#include "model/state.h"

/*
 * The facts are those of struct ev_block; reason is derived from them. words[] is what
 * user memory held at args[0] at read_ns.
 */
enum {
	WAIT_READERS_OFF = 8,
	WAIT_WORDLESS = 1 << 0, /* in flags: words[] tell no owner, for it is no lock of glibc */
};

/* How the words that the inspector finds for one begin (struct ev_file). */
#define WAIT_FIFO_WORD "FIFO"

struct wait {
	__u64 since_ns; /* when it began: before the trace for a thread met waiting */
	__u64 args[EVENT_ARG_CNT];
	__u32 words[EVENT_WORD_CNT];
	__u32 readers; /* the first word of a rwlock that readers are in; 0: not read */
	__u32 prev_state;
	__u32 fd_mode;
	__s32 nr;
	__u8 flags;	  /* EVF_COMPAT, EVF_WORDS, WAIT_WORDLESS */
	__u8 reason;	  /* enum wait_reason */
	__u8 class;	  /* enum syscall_class of nr: looked up once, asked often */
	__u64 read_ns;	  /* when words[] were read */
	__u64 confirm_ns; /* when the inspector last read them again; 0: not yet */
};

/* Fill in *ret from the event that begins the wait. */
void wait_begin(const struct ev_block *ev, struct wait *ret);

/*
 * Is *w, which has just begun, the wait *before, that a signal has interrupted? Then it is in that
 * system call: restart_syscall(2) goes on with it, and is known by the same arguments.
 */
void wait_resume(const struct wait *before, struct wait *w);

/* As wait_begin(), of a thread that was found waiting: since_ns may lie before the trace. */
void wait_met(const struct ev_met *ev, struct wait *ret);

/* Set class from nr and flags. */
void wait_classify(struct wait *w);

/* Set reason from the other fields. */
void wait_decode(struct wait *w);

/* Is it one in system call nr with this first argument? restart_syscall(2) goes on with any. */
bool wait_is_in_call(const struct wait *w, __s32 nr, __u64 arg);

/* Is it a wait on a futex? Then args[0] is the address of its word. */
bool wait_is_futex(const struct wait *w);

/*
 * The address by which the lock of a futex wait is known: that of its word, but a condition
 * variable of glibc has two words, which take turns (__g_signals, nptl/pthread_cond_wait.c), and
 * is known by the first.
 */
__u64 wait_lock_address(const struct wait *w);

/* Can threads of other processes wait on the same futex? (no FUTEX_PRIVATE_FLAG) */
bool wait_is_shared(const struct wait *w);

/*
 * Is it a wait as only condition variables and semaphores of glibc make it: for a zero to
 * change, by its clock? Nobody owns these.
 */
bool wait_has_no_owner(const struct wait *w);

/* Is it on a futex of which the kernel itself knows the owner? (FUTEX_LOCK_PI) */
bool wait_is_pi(const struct wait *w);

/* Is it a wait as the Mutex of Rust makes it, and no lock of glibc? */
bool wait_is_as_of_rust(const struct wait *w);

/* Will time alone end it? (a sleep, or any wait with a time-out) */
bool wait_is_timed(const struct wait *w);

/*
 * The thread the wait is for, as the words say: the owner of the mutex, the
 * writer of the rwlock, the thread joined. 0 when the words do not say. The
 * caller must check that it is a thread of the traced program: uninitialised
 * memory can look like a lock.
 */
__u32 wait_owner_tid(const struct wait *w);

/*
 * Is it that of the first writer of a rwlock, who waits for the readers that are in it? The
 * lock does not tell who they are, only how many (wait_reader_cnt(), 0: not known), in a word
 * that lies WAIT_READERS_OFF before the one waited on.
 */
bool wait_is_for_readers(const struct wait *w);
__u32 wait_reader_cnt(const struct wait *w);

/* Could it be that of a writer that waits for the first one, and where would that one wait? */
bool wait_is_for_writer(const struct wait *w, __u64 *ret_address);

/* Does the reason only hold when wait_owner_tid() is a thread of the program? */
bool wait_needs_owner(const struct wait *w);

/*
 * May the stack tell that its words are of no lock that has an owner, and of no thread that is
 * joined? Not where the kernel knows the owner, and none of 32 bits is unwound.
 */
bool wait_may_be_another(const struct wait *w);

/*
 * Of an open(2): the directory that its path begins in, or AT_FDCWD, and where in memory the path
 * is; 0: it is no open. What is opened may turn out to be a FIFO: wait_becomes_fifo() says so.
 */
int wait_open_dir(const struct wait *w);
__u64 wait_open_path(const struct wait *w);
void wait_becomes_fifo(struct wait *w);

/* Of a stopped thread: does a frozen cgroup hold it? */
bool wait_is_frozen(const struct wait *w);

/* Is it for an eventfd(2), which has no word of its own among the reasons? */
bool wait_is_eventfd(const struct wait *w);

/* Does it wait for room to write? Else, on a descriptor, for data, */
bool wait_is_write(const struct wait *w);

/* or perhaps for room after all: the call does both, with this descriptor or another one. */
bool wait_may_be_for_room(const struct wait *w);

/*
 * What the one that could end it has to do with what is waited for: "held by" of a lock,
 * "of" of a child, "written by" of a pipe. Stands between their names.
 */
const char *wait_relation(const struct wait *w);

/* The name of its system call, or NULL: of a page fault, or one that has no name here. */
const char *wait_call(const struct wait *w);
bool wait_is_call(const struct wait *w, const char *name);

/* The descriptor waited on, or -1. */
int wait_fd(const struct wait *w);

#endif /* CTRACE_MODEL_WAIT_H */
