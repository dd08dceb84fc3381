/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of the picture: thread states, reasons of a wait, evidence - one list each. */
#ifndef CTRACE_MODEL_STATE_H
#define CTRACE_MODEL_STATE_H

#include <stdbool.h>

/* clang-format off */
/*        name      id  letter  word        what it means to a student */
#define THREAD_STATES(_)                                                            \
	_(UNKNOWN, 0, '?', "Unknown", "events were lost or came before ctrace did") \
	_(NEW,     1, 'N', "New",     "created, not yet on a run queue")            \
	_(READY,   2, 'Y', "Ready",   "could run, waits for a CPU")                 \
	_(RUNNING, 3, 'R', "Running", "runs on a CPU")                              \
	_(BLOCKED, 4, 'B', "Blocked", "waits for something else than a CPU")        \
	_(STOPPED, 5, 'S', "Stopped", "stopped by a signal or a debugger")          \
	_(ZOMBIE,  6, 'Z', "Zombie",  "has ended, its parent has not collected it") \
	_(DEAD,    7, 'D', "Dead",    "has ended")
/* clang-format on */

enum thread_state {
#define THREAD_STATE_ENUM(name, id, letter, word, help) THREAD_##name = (id),
	THREAD_STATES(THREAD_STATE_ENUM)
#undef THREAD_STATE_ENUM
		THREAD_STATE_CNT,
};

/* clang-format off */
/* Why a Ready thread is not running, and how it became Ready. */
#define READY_CAUSES(_)              \
	_(WOKEN,     0, "woken")     \
	_(PREEMPTED, 1, "preempted") \
	_(YIELDED,   2, "yielded")   \
	_(CREATED,   3, "new")
/* clang-format on */

enum ready_cause {
#define READY_CAUSE_ENUM(name, id, word) READY_##name = (id),
	READY_CAUSES(READY_CAUSE_ENUM)
#undef READY_CAUSE_ENUM
};

/* clang-format off */
/*        name         id  word          what the thread waits for */
#define WAIT_REASONS(_)                                                                  \
	_(OTHER,      0,  "other",      "something ctrace has no word for")              \
	_(MUTEX,      1,  "mutex",      "a mutex that another thread holds")             \
	_(RWLOCK,     2,  "rwlock",     "a read-write lock")                             \
	_(SEMAPHORE,  3,  "semaphore",  "a semaphore to be posted")                      \
	_(CONDVAR,    4,  "condvar",    "a condition variable to be signalled")          \
	_(BARRIER,    5,  "barrier",    "the others to reach a barrier")                 \
	_(JOIN,       6,  "join",       "a thread to end")                               \
	_(FUTEX,      7,  "futex",      "a futex whose kind cannot be told")             \
	_(EPOLL,      8,  "epoll",      "an event on one of many descriptors")           \
	_(POLL,       9,  "poll",       "an event on one of some descriptors")           \
	_(SELECT,     10, "select",     "an event on one of some descriptors")           \
	_(PIPE,       11, "pipe",       "data in a pipe, or room in it")                 \
	_(SOCKET,     12, "socket",     "data on a socket, or room in it")               \
	_(ACCEPT,     13, "accept",     "a client to connect")                           \
	_(CONNECT,    14, "connect",    "a server to answer")                            \
	_(TERMINAL,   15, "terminal",   "a terminal: somebody to type")                  \
	_(FILE,       16, "file",       "a file")                                        \
	_(DISK,       17, "disk",       "a disk")                                        \
	_(PAGE_FAULT, 18, "page-fault", "a page of memory to be brought in")             \
	_(SLEEP,      19, "sleep",      "time to pass")                                  \
	_(TIMER,      20, "timer",      "a timer to expire")                             \
	_(CHILD,      21, "child",      "a child process to end, or to run its program") \
	_(SIGNAL,     22, "signal",     "a signal")                                      \
	_(FLOCK,      23, "flock",      "a file lock that is held already")              \
	_(IPC,        24, "ipc",        "a System V or POSIX message or semaphore")      \
	_(IO_URING,   25, "io_uring",   "requests of an io_uring to complete")           \
	_(STOPPED,    26, "stopped",    "a SIGCONT")                                     \
	_(TRACED,     27, "traced",     "its debugger")
/* clang-format on */

enum wait_reason {
#define WAIT_REASON_ENUM(name, id, word, help) WAIT_##name = (id),
	WAIT_REASONS(WAIT_REASON_ENUM)
#undef WAIT_REASON_ENUM
		WAIT_REASON_CNT,
};

/* clang-format off */
/* How well a claim is known (docs/architecture.md, "Truth"). */
#define EVIDENCES(_)                                                                           \
	_(UNKNOWN,  0, "unknown",  "ctrace cannot tell")                                       \
	_(LEARNED,  1, "learned",  "who woke such waits before; it may be somebody else now")  \
	_(READ,     2, "read",     "a lock word in memory, or the kernel's lists, say so")     \
	_(OBSERVED, 3, "observed", "an event says so")
/* clang-format on */

enum evidence {
#define EVIDENCE_ENUM(name, id, word, help) EVIDENCE_##name = (id),
	EVIDENCES(EVIDENCE_ENUM)
#undef EVIDENCE_ENUM
};

/* One word each, static strings; never NULL, "?" for a value out of range. */
const char *thread_state_word(enum thread_state s);
char thread_state_letter(enum thread_state s);
const char *thread_state_help(enum thread_state s);
const char *ready_cause_word(enum ready_cause c);
const char *wait_reason_word(enum wait_reason r);
const char *wait_reason_help(enum wait_reason r);
const char *evidence_word(enum evidence e);
/*
 * The same for a sentence. What was read was read from memory, or is told by the kernel: who has
 * the other end of a pipe, which process is a child, who has locked a file.
 */
const char *evidence_phrase(enum evidence e, bool is_of_kernel);

#endif /* CTRACE_MODEL_STATE_H */
