/* SPDX-License-Identifier: GPL-2.0-only */
/* What a wait is: decided from the system call, its arguments and the words. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <criterion/parameterized.h>
#include <linux/futex.h>
#include <sys/stat.h>
#include "model/wait.h"

#define WORDS(...)          \
	{                   \
		__VA_ARGS__ \
	}

struct futex_case {
	const char *what;
	__u64 address, op, val, timeout;
	__u32 words[EVENT_WORD_CNT];
	enum wait_reason reason;
	__u32 owner;
	bool timed;
};

enum {
	WAIT_BITSET_REALTIME = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME,
	WAIT_PRIVATE = FUTEX_WAIT | FUTEX_PRIVATE_FLAG,
	LOCK_PI_PRIVATE = FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG,
	JOIN = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME,
};

/* The words were seen on glibc 2.36, but for the impostors. */
ParameterizedTestParameters(wait, futex_words_tell_what_it_is)
{
	static struct futex_case cases[] = {
		{ "mutex", 0x1000, WAIT_PRIVATE, 2, 0, WORDS(2, 0, 16516, 1, 0, 0), WAIT_MUTEX,
		  16516, false },
		{ "recursive mutex", 0x1000, WAIT_PRIVATE, 2, 0, WORDS(2, 2, 16514, 1, 1, 0),
		  WAIT_MUTEX, 16514, false },
		{ "timed mutex", 0x1000, WAIT_BITSET_REALTIME, 2, 0x7fff0, WORDS(2, 0, 16516, 1),
		  WAIT_MUTEX, 16516, true },
		{ "process-shared mutex", 0x1000, FUTEX_WAIT, 2, 0, WORDS(2, 0, 300, 1, 128, 0),
		  WAIT_MUTEX, 300, false },
		{ "robust mutex", 0x1000, FUTEX_WAIT, 0x80000000u | 300, 0,
		  WORDS(0x80000000u | 300, 0, 300, 1, 16, 0), WAIT_MUTEX, 300, false },
		{ "robust mutex whose owner has died, and another one has it", 0x1000, FUTEX_WAIT,
		  0xc0000000u | 300, 0, WORDS(0xc0000000u | 300, 0, 300, 1, 16, 0), WAIT_MUTEX, 300,
		  false },
		{ "mutex of musl, which has nobody's number", 0x1000, WAIT_PRIVATE, 0x80000010u, 0,
		  WORDS(0x80000010u, 1, 300, 0, 0, 0), WAIT_MUTEX, 0, false },
		{ "semaphore of musl", 0x1000, WAIT_PRIVATE, 0x80000000u, 0,
		  WORDS(0x80000000u, 2, 128, 0), WAIT_SEMAPHORE, 0, false },
		{ "of musl before 1.2.4, shared", 0x1000, FUTEX_WAIT, ~0u, 0, WORDS(~0u, 1, 0, 0),
		  WAIT_SEMAPHORE, 0, false },
		{ "no semaphore: private, and the word says shared", 0x1000, WAIT_PRIVATE, ~0u, 0,
		  WORDS(~0u, 1, 0, 0), WAIT_FUTEX, 0, false },
		{ "no semaphore: nobody waits", 0x1000, WAIT_PRIVATE, ~0u, 0, WORDS(~0u, 0, 128, 0),
		  WAIT_FUTEX, 0, false },
		{ "mutex of Rust, which has none either", 0x1000,
		  FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 2, 0, WORDS(2, 0, 300, 1, 0, 0),
		  WAIT_FUTEX, 0, false },
		{ "PI mutex", 0x1000, LOCK_PI_PRIVATE, 0, 0, WORDS(0x80004082u, 0, 0x4082, 1, 32),
		  WAIT_MUTEX, 0x4082, false },
		{ "stdio lock: a pointer where the owner would be", 0x1000, WAIT_PRIVATE, 2, 0,
		  WORDS(2, 1, 0xf7dcb6c0, 0x7f27, 0, 0), WAIT_FUTEX, 0, false },
		{ "a 2 in no mutex", 0x1000, WAIT_PRIVATE, 2, 0, WORDS(2, 0, 0, 0, 0, 0),
		  WAIT_FUTEX, 0, false },
		{ "condition variable", 0x1028, WAIT_BITSET_REALTIME, 0, 0, WORDS(0, 0, 1, 0),
		  WAIT_CONDVAR, 0, false },
		{ "its second group", 0x102c, WAIT_BITSET_REALTIME, 0, 0, WORDS(0, 77, 1, 0),
		  WAIT_CONDVAR, 0, false },
		{ "condition variable that processes share", 0x1028, JOIN, 0, 0, WORDS(0, 0, 1, 0),
		  WAIT_CONDVAR, 0, false },
		{ "semaphore: cannot be told yet", 0x1000, WAIT_BITSET_REALTIME, 0, 0,
		  WORDS(0, 1, 0, 0), WAIT_FUTEX, 0, false },
		{ "join", 0x1990, JOIN, 4712, 0, WORDS(4712, 0, 0, 0), WAIT_JOIN, 4712, false },
		{ "timed join", 0x1990, JOIN, 4712, 0x7ff0, WORDS(4712, 0, 0, 0), WAIT_JOIN, 4712,
		  true },
		{ "join of thread 3 in a container", 0x1990, JOIN, 3, 0,
		  WORDS(3, 0, 0x7f0019a0, 0x7f27, 0, 0), WAIT_JOIN, 3, false },
		{ "rwlock that processes share", 0x1008, JOIN, 3, 0, WORDS(3, 1, 0, 0, 500, 1),
		  WAIT_RWLOCK, 500, false },
		{ "rwlock: a reader waits for the writer", 0x1008, WAIT_BITSET_REALTIME, 3, 0,
		  WORDS(3, 1, 0, 0, 500, 0), WAIT_RWLOCK, 500, false },
		{ "rwlock: a writer waits for readers", 0x1008, WAIT_BITSET_REALTIME, 2, 0,
		  WORDS(2, 1, 0, 0, 0, 0), WAIT_RWLOCK, 0, false },
		{ "the same, and another writer waits", 0x1008, WAIT_BITSET_REALTIME, 2, 0,
		  WORDS(2, 3, 0, 0, 0, 0), WAIT_RWLOCK, 0, false },
		{ "no rwlock: private, and the word says shared", 0x1008, WAIT_BITSET_REALTIME, 2,
		  0, WORDS(2, 1, 0, 0, 0, 1), WAIT_FUTEX, 0, false },
		{ "rwlock: a second writer cannot be told", 0x100c, WAIT_BITSET_REALTIME, 3, 0,
		  WORDS(3, 0, 0, 0, 0, 0), WAIT_FUTEX, 0, false },
		{ "barrier", 0x1000, WAIT_PRIVATE, 0, 0, WORDS(0, 3, 0, 0), WAIT_FUTEX, 0, false },
	};

	return cr_make_param_array(struct futex_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct futex_case *c, wait, futex_words_tell_what_it_is)
{
	struct ev_block ev = {
		.hdr = { .kind = EV_BLOCK, .ts_ns = 5, .flags = EVF_WORDS },
		.prev_state = 1,
		.nr = 202,
		.args = { c->address, c->op, c->val, c->timeout },
	};
	struct wait w;

	memcpy(ev.words, c->words, sizeof(ev.words));
	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, c->reason), "%s", c->what);
	cr_expect(eq(u32, wait_owner_tid(&w), c->owner), "%s", c->what);
	cr_expect(eq(int, wait_is_timed(&w), c->timed), "%s", c->what);
	cr_expect(wait_is_futex(&w), "%s", c->what);
}

/* For 32 bits kind and nusers are the other way round, and 240 is futex. */
Test(wait, a_mutex_of_32_bits_has_a_layout_of_its_own)
{
	struct ev_block ev = {
		.hdr = { .kind = EV_BLOCK, .flags = EVF_WORDS | EVF_COMPAT },
		.prev_state = 1,
		.nr = 240,
		.args = { 0x1000, WAIT_PRIVATE, 2 },
		.words = { 2, 0, 300, 0x80, 70000 },
	};
	struct wait w;

	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, WAIT_MUTEX));
	cr_expect(eq(u32, wait_owner_tid(&w), 300));
	ev.hdr.flags = EVF_WORDS; /* the kind is none of 64 bits */
	ev.nr = 202;
	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, WAIT_FUTEX));
	ev = (struct ev_block){ .hdr = { .flags = EVF_WORDS | EVF_COMPAT },
				.prev_state = 1,
				.nr = 240,
				.args = { 0x1000, WAIT_PRIVATE, 3 },
				.words = { 3, 0, 0, 300 } };
	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, WAIT_FUTEX), "a rwlock of 32 bits is laid out otherwise");
}

static void expect_32(__u64 op, __u32 val, const __u32 words[6], enum wait_reason reason,
		      __u32 owner)
{
	struct ev_block ev = { .hdr = { .kind = EV_BLOCK, .flags = EVF_WORDS | EVF_COMPAT },
			       .prev_state = 1,
			       .nr = 422, /* futex_time64 */
			       .args = { 0x1004, op, val } };
	struct wait w;

	memcpy(ev.words, words, sizeof(ev.words));
	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, reason));
	cr_expect(eq(u32, wait_owner_tid(&w), owner));
}

#define WORDS_32(...) ((const __u32[6]){ __VA_ARGS__ })

Test(wait, locks_of_32_bits_are_told_apart)
{
	enum { CLOCK = WAIT_BITSET_REALTIME };

	expect_32(CLOCK, 0, WORDS_32(0, 0, 7), WAIT_CONDVAR, 0);
	expect_32(CLOCK, 1, WORDS_32(1, 0, 0, 2), WAIT_SEMAPHORE, 0);
	expect_32(JOIN, 1, WORDS_32(1, 128, 99, 1), WAIT_SEMAPHORE, 0);
	expect_32(CLOCK, 1, WORDS_32(1, 128, 0, 2), WAIT_FUTEX, 0);
	expect_32(CLOCK, 1, WORDS_32(1, 0, 0, 0), WAIT_FUTEX, 0);
	expect_32(CLOCK, 3, WORDS_32(3, 1, 0, 0, 2, 500), WAIT_RWLOCK, 500);
	expect_32(JOIN, 3, WORDS_32(3, 1, 0, 0, 0x100, 500), WAIT_RWLOCK, 500);
	expect_32(CLOCK, 3, WORDS_32(3, 1, 0, 0, 0x100, 500), WAIT_FUTEX, 0);
	expect_32(CLOCK, 3, WORDS_32(3, 1, 0, 0, 500, 0), WAIT_FUTEX, 0); /* as of 64 bits */
	expect_32(CLOCK, 3, WORDS_32(3, 0, 0, 0, 500, 0), WAIT_RWLOCK, 500);
	expect_32(CLOCK, 3, WORDS_32(3, 0, 0, 0, 0, 0), WAIT_FUTEX, 0);
}

Test(wait, without_words_a_futex_is_only_a_futex)
{
	struct ev_block ev = { .nr = 202, .args = { 0x1000, WAIT_PRIVATE, 2 } };
	struct wait w;

	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, WAIT_FUTEX));
	cr_expect(eq(u32, wait_owner_tid(&w), 0));
}

struct call_case {
	__s32 nr;
	__u8 flags;
	__u32 prev_state, fd_mode;
	__u64 args[EVENT_ARG_CNT];
	enum wait_reason reason;
	bool timed;
};

ParameterizedTestParameters(wait, the_system_call_tells_the_reason)
{
	static struct call_case cases[] = {
		{ 0, 0, 1, S_IFIFO, { 3 }, WAIT_PIPE, false },
		{ 0, 0, 1, S_IFSOCK, { 3 }, WAIT_SOCKET, false },
		{ 0, 0, 1, S_IFCHR, { 0 }, WAIT_TERMINAL, false },
		{ 0, 0, 2, S_IFREG, { 3 }, WAIT_DISK, false },
		{ 0, 0, 1, FD_MODE(S_IFCHR, FILE_TERMINAL), { 0 }, WAIT_TERMINAL, false },
		{ 0, 0, 1, FD_MODE(S_IFCHR, FILE_DEVICE), { 0 }, WAIT_FILE, false },
		{ 0, 0, 1, FD_MODE(0600, FILE_TIMERFD), { 3 }, WAIT_TIMER, false },
		{ 0, 0, 1, FD_MODE(S_IFREG, FILE_SIGNALFD), { 3 }, WAIT_SIGNAL, false },
		{ 0, 0, 1, FD_MODE(S_IFREG, FILE_EVENTFD), { 3 }, WAIT_OTHER, false },
		{ 0, 0, 1, FD_MODE(0600, FILE_INOTIFY), { 3 }, WAIT_FILE, false },
		{ 0, 0, 1, FD_MODE(0600, 99), { 3 }, WAIT_OTHER, false },
		{ 1, 0, 1, S_IFIFO, { 1 }, WAIT_PIPE, false },
		{ 232, 0, 1, 0, { 4, 0, 8, (__u32)-1 }, WAIT_EPOLL, false },
		{ 232, 0, 1, 0, { 4, 0, 8, 100 }, WAIT_EPOLL, true },
		{ 7, 0, 1, 0, { 0, 1, (__u32)-1 }, WAIT_POLL, false },
		{ 271, 0, 1, 0, { 0, 1, 0x7fff }, WAIT_POLL, true },
		{ 23, 0, 1, 0, { 1, 0, 0, 0, 0 }, WAIT_SELECT, false },
		{ 230, 0, 1, 0, { 1 }, WAIT_SLEEP, true },
		{ 61, 0, 1, 0, { 77 }, WAIT_CHILD, false },
		{ 58, 0, 1, 0, {}, WAIT_CHILD, false },
		{ 34, 0, 1, 0, {}, WAIT_SIGNAL, false },
		{ 73, 0, 1, 0, { 3, 2 }, WAIT_FLOCK, false },
		{ 72, 0, 1, 0, { 3, 7 }, WAIT_FLOCK, false },
		{ 288, 0, 1, 0, { 3 }, WAIT_ACCEPT, false },
		{ 426, 0, 1, 0, { 3 }, WAIT_IO_URING, false },
		{ -1, 0, 2, 0, {}, WAIT_PAGE_FAULT, false },
		{ 0, 0, 4, S_IFIFO, { 3 }, WAIT_STOPPED, false },
		{ 0, 0, 8, S_IFIFO, { 3 }, WAIT_TRACED, false },
		{ 2, 0, 1, 0, { 0x7000, 0 }, WAIT_OTHER, false },
		{ 257, 0, 2, 0, { 0, 0x7000 }, WAIT_DISK, false },
		{ 9999, 0, 1, 0, {}, WAIT_OTHER, false },
		/* 114 is wait4 in the 32-bit table, setreuid in the other. */
		{ 114, EVF_COMPAT, 1, 0, { 77 }, WAIT_CHILD, false },
		{ 114, 0, 1, 0, {}, WAIT_OTHER, false },
	};

	return cr_make_param_array(struct call_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct call_case *c, wait, the_system_call_tells_the_reason)
{
	struct ev_block ev = {
		.hdr = { .kind = EV_BLOCK, .flags = c->flags },
		.prev_state = c->prev_state,
		.nr = c->nr,
		.fd_mode = c->fd_mode,
	};
	struct wait w;

	memcpy(ev.args, c->args, sizeof(ev.args));
	wait_begin(&ev, &w);
	cr_expect(eq(int, w.reason, c->reason), "call %d", c->nr);
	cr_expect(eq(int, wait_is_timed(&w), c->timed), "call %d", c->nr);
}
