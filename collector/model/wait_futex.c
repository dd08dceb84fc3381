/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a wait on a futex is for, decided from its operation and the words that stand there.
 *
 * Layouts are those of glibc 2.31 to 2.40 on x86-64:
 *   mutex    sysdeps/x86/nptl/bits/struct_mutex.h: lock, count, owner, nusers, kind; for
 *            32 bits the last two are the other way round
 *   rwlock   sysdeps/x86/nptl/bits/struct_rwlock.h: readers, writers, wrphase_futex,
 *            writers_futex, pad, pad, cur_writer, shared; what their values mean is told in
 *            nptl/pthread_rwlock_common.c
 *            for 32 bits flags, shared and two more are bytes in front of cur_writer
 *   condvar  sysdeps/nptl/bits/thread-shared-types.h: __g_signals[2] come last
 *   semaphore for 32 bits, sysdeps/nptl/internaltypes.h, struct new_sem: value, whose lowest bit
 *            says that somebody waits, private, pad, nwaiters
 * What does not fit a layout is called futex, never guessed. Others wait on words of their own
 * with the same operations, Rust's std with FUTEX_WAIT_BITSET: what sets these apart is that
 * glibc waits by the wall clock unless it was told another, which it is only with a time-out
 * (sysdeps/nptl/futex-internal.h, CLOCK_REALTIME is 0).
 */
#include <linux/futex.h>
#include "model/syscall.h"
#include "model/wait_futex.h"

enum {
	TID_LIMIT = 1 << 22,	  /* PID_MAX_LIMIT, include/linux/threads.h */
	MUTEX_KIND_LIMIT = 0x400, /* all kind and flag bits of pthreadP.h */
	MUTEX_KIND_ROBUST = 0x10,
	/* musl, src/internal/pthread_impl.h and pthread_mutex_trylock.c: EBUSY, and waiters */
	MUSL_LOCKED_WITH_WAITERS = 0x80000010,
	/* musl, src/thread/sem_timedwait.c: a semaphore without value, since 1.2.4 and before */
	MUSL_SEMAPHORE_WAITERS = 0x80000000,
	MUSL_SEMAPHORE_BEFORE = -1,
	LLL_LOCKED_WITH_WAITERS = 2,  /* sysdeps/nptl/lowlevellock.h */
	RUST_LOCKED_WITH_WAITERS = 2, /* CONTENDED, library/std/src/sys/sync/mutex/futex.rs */
	RWLOCK_WRITE_PHASE = 1 << 0,  /* in __readers: PTHREAD_RWLOCK_WRPHASE and so on */
	RWLOCK_WRITE_LOCKED = 1 << 1,
	RWLOCK_READER_SHIFT = 3,
	RWLOCK_KIND_MAX = 2,   /* PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP */
	RWLOCK_FUTEX_USED = 2, /* PTHREAD_RWLOCK_FUTEX_USED, in the futex words */
};

static int futex_command(const struct wait *w)
{
	return w->args[1] & FUTEX_CMD_MASK;
}

static bool futex_is_private(const struct wait *w)
{
	return w->args[1] & FUTEX_PRIVATE_FLAG;
}

/* Is it FUTEX_WAIT_BITSET as glibc makes it? */
static bool is_clock_wait(const struct wait *w)
{
	return futex_command(w) == FUTEX_WAIT_BITSET &&
	       ((w->args[1] & FUTEX_CLOCK_REALTIME) || w->args[3]);
}

static bool looks_like_tid(__u32 v)
{
	return v > 0 && v < TID_LIMIT;
}

static __u32 mutex_kind(const struct wait *w)
{
	return w->words[w->flags & EVF_COMPAT ? 3 : 4];
}

static __u32 mutex_user_cnt(const struct wait *w)
{
	return w->words[w->flags & EVF_COMPAT ? 4 : 3];
}

static bool words_are_mutex(const struct wait *w)
{
	return (futex_command(w) == FUTEX_WAIT || is_clock_wait(w)) &&
	       (__u32)w->args[2] == LLL_LOCKED_WITH_WAITERS && looks_like_tid(w->words[2]) &&
	       mutex_kind(w) < MUTEX_KIND_LIMIT && mutex_user_cnt(w) < TID_LIMIT;
}

static bool words_are_robust_mutex(const struct wait *w)
{
	return (w->args[2] & FUTEX_WAITERS) && looks_like_tid(w->words[0] & FUTEX_TID_MASK) &&
	       mutex_kind(w) < MUTEX_KIND_LIMIT && (mutex_kind(w) & MUTEX_KIND_ROBUST);
}

/* The plain mutex of musl, which has nobody's number in it. */
static bool words_are_of_musl(const struct wait *w)
{
	return wait_is_futex(w) && futex_command(w) == FUTEX_WAIT &&
	       (__u32)w->args[2] == (__u32)MUSL_LOCKED_WITH_WAITERS;
}

/* The value that nobody wants, how many wait, and FUTEX_PRIVATE_FLAG if it is not shared. */
static bool words_are_semaphore_of_musl(const struct wait *w)
{
	__u32 val = w->args[2];

	return wait_is_futex(w) && futex_command(w) == FUTEX_WAIT && (w->flags & EVF_WORDS) &&
	       (val == (__u32)MUSL_SEMAPHORE_WAITERS || val == (__u32)MUSL_SEMAPHORE_BEFORE) &&
	       w->words[0] == val && looks_like_tid(w->words[1]) &&
	       w->words[2] == (__u32)(wait_is_shared(w) ? 0 : FUTEX_PRIVATE_FLAG);
}

/* pthread_join waits on the tid field of the joined thread, which the kernel clears. */
static bool words_are_join(const struct wait *w)
{
	return !futex_is_private(w) && is_clock_wait(w) && looks_like_tid(w->args[2]) &&
	       w->words[0] == (__u32)w->args[2];
}

static bool words_are_rwlock(const struct wait *w, __u32 val)
{
	return (w->flags & (EVF_WORDS | EVF_COMPAT | WAIT_WORDLESS)) == EVF_WORDS &&
	       wait_is_futex(w) && is_clock_wait(w) && (__u32)w->args[2] == val;
}

/* wrphase_futex is 0, and used, until the readers have left; the writer is not in it yet. */
bool wait_is_for_readers(const struct wait *w)
{
	return words_are_rwlock(w, RWLOCK_FUTEX_USED) && (w->words[0] & RWLOCK_FUTEX_USED) &&
	       (w->words[1] & 1) && w->words[1] <= (1 | RWLOCK_FUTEX_USED) && !w->words[2] &&
	       !w->words[3] && !w->words[4] && w->words[5] == wait_is_shared(w);
}

__u32 wait_reader_cnt(const struct wait *w)
{
	if (!wait_is_for_readers(w) ||
	    (w->readers & (RWLOCK_WRITE_PHASE | RWLOCK_WRITE_LOCKED)) != RWLOCK_WRITE_LOCKED)
		return 0;
	return w->readers >> RWLOCK_READER_SHIFT;
}

/* writers_futex is 1, and used, as long as somebody is the first; cur_writer is nobody. */
bool wait_is_for_writer(const struct wait *w, __u64 *ret_address)
{
	*ret_address = w->args[0] - sizeof(w->words[0]);
	return words_are_rwlock(w, 1 | RWLOCK_FUTEX_USED) &&
	       w->words[0] == (1 | RWLOCK_FUTEX_USED) && !w->words[1] && !w->words[2] &&
	       !w->words[3] && w->words[4] == wait_is_shared(w);
}

bool wait_needs_owner(const struct wait *w)
{
	return w->reason == WAIT_MUTEX || w->reason == WAIT_JOIN ||
	       (w->reason == WAIT_RWLOCK && !wait_is_for_readers(w));
}

bool wait_may_be_another(const struct wait *w)
{
	return wait_needs_owner(w) && !wait_is_pi(w) && !(w->flags & (EVF_COMPAT | WAIT_WORDLESS));
}

/* flags, shared, rwelision and a pad of a rwlock of 32 bits */
static bool are_rwlock_flags(const struct wait *w, __u32 word)
{
	return (word & 0xff) <= RWLOCK_KIND_MAX && word >> 8 == wait_is_shared(w);
}

/* The same for 32 bits. */
static int rwlock_32_writer_index(const struct wait *w)
{
	if (!w->words[2] && !w->words[3] && are_rwlock_flags(w, w->words[4]) &&
	    looks_like_tid(w->words[5]))
		return 5; /* waits on wrphase_futex */
	if (w->args[2] == (1 | RWLOCK_FUTEX_USED) && !w->words[1] && !w->words[2] &&
	    are_rwlock_flags(w, w->words[3]) && looks_like_tid(w->words[4]))
		return 4; /* waits on writers_futex */
	return 0;
}

/* Index of cur_writer in words[] when they look like the inside of a rwlock, else 0. */
static int rwlock_writer_index(const struct wait *w)
{
	__u32 val = w->args[2];

	if (!is_clock_wait(w) || (val != 2 && val != 3))
		return 0;
	if (w->flags & EVF_COMPAT)
		return rwlock_32_writer_index(w);
	if (!w->words[2] && !w->words[3] && looks_like_tid(w->words[4]))
		return 4; /* waits on wrphase_futex */
	if (val == 3 && !w->words[1] && !w->words[2] && looks_like_tid(w->words[3]))
		return 3; /* waits on writers_futex */
	return 0;
}

/*
 * A condition variable waits for a change of g_signals[0] or [1] from zero. A
 * semaphore waits for zero, too, but counts its waiters in the word behind.
 */
static bool words_are_condvar(const struct wait *w)
{
	return wait_has_no_owner(w) && (w->words[1] == 0 || w->args[0] % 8 == 4);
}

/* sem_init(3) keeps in private which futexes it is for: FUTEX_PRIVATE_FLAG means shared there. */
static bool words_are_semaphore_32(const struct wait *w)
{
	return (w->flags & EVF_COMPAT) && is_clock_wait(w) && w->args[2] == 1 && w->words[0] == 1 &&
	       w->words[1] == (__u32)(wait_is_shared(w) ? FUTEX_PRIVATE_FLAG : 0) && w->words[3] &&
	       w->words[3] < TID_LIMIT;
}

static enum wait_reason reason_of_words(const struct wait *w)
{
	switch (futex_command(w)) {
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return WAIT_MUTEX;
	case FUTEX_WAIT_REQUEUE_PI:
		return WAIT_CONDVAR;
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		break;
	default:
		return WAIT_FUTEX;
	}
	if (!(w->flags & EVF_WORDS))
		return WAIT_FUTEX;
	/* Thread 3 of a container may be joined, but two words behind its number is a pointer. */
	if (words_are_semaphore_32(w))
		return WAIT_SEMAPHORE;
	if (rwlock_writer_index(w) || wait_is_for_readers(w))
		return WAIT_RWLOCK;
	if (words_are_join(w))
		return WAIT_JOIN;
	if (words_are_robust_mutex(w))
		return WAIT_MUTEX;
	if (words_are_mutex(w))
		return WAIT_MUTEX;
	return words_are_condvar(w) ? WAIT_CONDVAR : WAIT_FUTEX;
}

void wait_decode_futex(struct wait *w)
{
	w->reason = reason_of_words(w);
	if (w->reason == WAIT_FUTEX && words_are_of_musl(w)) {
		w->reason = WAIT_MUTEX;
		w->flags |= WAIT_WORDLESS;
	}
	if (w->reason == WAIT_FUTEX && words_are_semaphore_of_musl(w))
		w->reason = WAIT_SEMAPHORE;
}

bool wait_is_futex(const struct wait *w)
{
	return w->class == SYSCALL_FUTEX;
}

bool wait_is_pi(const struct wait *w)
{
	return wait_is_futex(w) &&
	       (futex_command(w) == FUTEX_LOCK_PI || futex_command(w) == FUTEX_LOCK_PI2);
}

bool wait_is_as_of_rust(const struct wait *w)
{
	return wait_is_futex(w) && futex_command(w) == FUTEX_WAIT_BITSET && !is_clock_wait(w) &&
	       (__u32)w->args[2] == RUST_LOCKED_WITH_WAITERS;
}

bool wait_has_no_owner(const struct wait *w)
{
	return wait_is_futex(w) && !(__u32)w->args[2] &&
	       ((__u32)w->args[1] & ~FUTEX_PRIVATE_FLAG) ==
		       (FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME);
}

__u64 wait_lock_address(const struct wait *w)
{
	bool is_second = wait_has_no_owner(w) && !(w->flags & EVF_COMPAT) && w->args[0] % 8 == 4;

	return is_second ? w->args[0] - 4 : w->args[0];
}

bool wait_is_shared(const struct wait *w)
{
	return wait_is_futex(w) && !futex_is_private(w);
}

__u32 wait_owner_tid(const struct wait *w)
{
	if (!(w->flags & EVF_WORDS) || (w->flags & WAIT_WORDLESS))
		return 0;
	switch (w->reason) {
	case WAIT_JOIN:
		return w->words[0];
	case WAIT_RWLOCK:
		return rwlock_writer_index(w) ? w->words[rwlock_writer_index(w)] : 0;
	case WAIT_MUTEX:
		if (wait_is_pi(w) || words_are_robust_mutex(w))
			return w->words[0] & FUTEX_TID_MASK;
		return w->words[2];
	}
	return 0;
}
