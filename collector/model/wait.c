/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a wait is, decided from the system call, its arguments and the user words.
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
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include "model/syscall.h"
#include "model/wait.h"

enum {
	TASK_UNINTERRUPTIBLE_BIT = 0x0002, /* include/linux/sched.h */
	TASK_STOPPED_BIT = 0x0004,
	TASK_TRACED_BIT = 0x0008,
	TASK_FROZEN_BIT = 0x8000,
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

static enum wait_reason decode_futex(const struct wait *w)
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

/* What a file is that has no type, or one that does not tell. */
static enum wait_reason decode_file_kind(enum file_kind kind)
{
	switch (kind) {
	case FILE_TIMERFD:
		return WAIT_TIMER;
	case FILE_SIGNALFD:
		return WAIT_SIGNAL;
	case FILE_EPOLL:
		return WAIT_EPOLL;
	case FILE_IO_URING:
		return WAIT_IO_URING;
	case FILE_TERMINAL:
		return WAIT_TERMINAL;
	case FILE_INOTIFY:
	case FILE_FANOTIFY:
	case FILE_DEVICE:
		return WAIT_FILE;
	case FILE_PLAIN:
	case FILE_EVENTFD:
	case FILE_PIDFD:
	case FILE_USERFAULT:
		break;
	}
	return WAIT_OTHER;
}

static enum wait_reason decode_fd(const struct wait *w)
{
	if (FD_MODE_KIND(w->fd_mode))
		return decode_file_kind(FD_MODE_KIND(w->fd_mode));
	switch (w->fd_mode & S_IFMT) {
	case S_IFIFO:
		return WAIT_PIPE;
	case S_IFSOCK:
		return WAIT_SOCKET;
	case S_IFCHR:
		return WAIT_TERMINAL;
	case S_IFBLK:
		return WAIT_DISK;
	case S_IFREG:
	case S_IFDIR:
		return w->prev_state & TASK_UNINTERRUPTIBLE_BIT ? WAIT_DISK : WAIT_FILE;
	}
	return WAIT_OTHER; /* eventfd and its kin have no type, or it could not be read */
}

static enum wait_reason decode_fcntl(const struct wait *w)
{
	return w->args[1] == F_SETLKW || w->args[1] == F_OFD_SETLKW ? WAIT_FLOCK : WAIT_OTHER;
}

static enum wait_reason decode_class(const struct wait *w, enum syscall_class class)
{
	switch (class) {
	case SYSCALL_FD:
		return decode_fd(w);
	case SYSCALL_FUTEX:
		return decode_futex(w);
	case SYSCALL_FUTEXES: /* what these are for nobody knows who does not know the program */
	case SYSCALL_FUTEX2:
		return WAIT_FUTEX;
	case SYSCALL_EPOLL:
	case SYSCALL_EPOLL2:
		return WAIT_EPOLL;
	case SYSCALL_POLL:
	case SYSCALL_PPOLL:
		return WAIT_POLL;
	case SYSCALL_SELECT:
		return WAIT_SELECT;
	case SYSCALL_ACCEPT:
		return WAIT_ACCEPT;
	case SYSCALL_CONNECT:
		return WAIT_CONNECT;
	case SYSCALL_SLEEP:
		return WAIT_SLEEP;
	case SYSCALL_CHILD:
	case SYSCALL_CLONE:
		return WAIT_CHILD;
	case SYSCALL_SIGNAL:
	case SYSCALL_SIGNAL_TIMED:
		return WAIT_SIGNAL;
	case SYSCALL_FLOCK:
		return WAIT_FLOCK;
	case SYSCALL_FCNTL:
		return decode_fcntl(w);
	case SYSCALL_IPC:
	case SYSCALL_IPC_TIMED:
	case SYSCALL_MQ_TIMED:
		return WAIT_IPC;
	case SYSCALL_IO_URING:
		return WAIT_IO_URING;
	case SYSCALL_DISK:
		return WAIT_DISK;
	case SYSCALL_OPEN:
	case SYSCALL_OPENAT: /* of a FIFO is told later: wait_is_fifo() */
		return w->prev_state & TASK_UNINTERRUPTIBLE_BIT ? WAIT_DISK : WAIT_OTHER;
	case SYSCALL_OTHER:
		break;
	}
	return WAIT_OTHER;
}

static enum syscall_class wait_class(const struct wait *w)
{
	return w->class;
}

void wait_classify(struct wait *w)
{
	const struct syscall_info *s = syscall_find(w->nr, w->flags & EVF_COMPAT);

	w->class = s ? s->class : SYSCALL_OTHER;
}

static enum wait_reason decode(const struct wait *w)
{
	if (w->prev_state & (TASK_STOPPED_BIT | TASK_FROZEN_BIT))
		return WAIT_STOPPED;
	if (w->prev_state & TASK_TRACED_BIT)
		return WAIT_TRACED;
	if (w->nr < 0)
		return WAIT_PAGE_FAULT;
	return decode_class(w, wait_class(w));
}

void wait_decode(struct wait *w)
{
	w->reason = decode(w);
	if (w->reason == WAIT_FUTEX && words_are_of_musl(w)) {
		w->reason = WAIT_MUTEX;
		w->flags |= WAIT_WORDLESS;
	}
	if (w->reason == WAIT_FUTEX && words_are_semaphore_of_musl(w))
		w->reason = WAIT_SEMAPHORE;
}

void wait_begin(const struct ev_block *ev, struct wait *ret)
{
	*ret = (struct wait){
		.since_ns = ev->hdr.ts_ns,
		.prev_state = ev->prev_state,
		.fd_mode = ev->fd_mode,
		.nr = ev->nr,
		.flags = ev->hdr.flags & (EVF_COMPAT | EVF_WORDS),
		.read_ns = ev->hdr.flags & EVF_WORDS ? ev->hdr.ts_ns : 0,
	};
	memcpy(ret->args, ev->args, sizeof(ret->args));
	memcpy(ret->words, ev->words, sizeof(ret->words));
	wait_classify(ret);
	wait_decode(ret);
}

/* arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl of Linux */
static bool is_restart(const struct wait *w)
{
	return w->nr == (w->flags & EVF_COMPAT ? 0 : 219);
}

void wait_resume(const struct wait *before, struct wait *w)
{
	bool is_compat = w->flags & EVF_COMPAT;

	if (!is_restart(w) || before->nr < 0 || !!(before->flags & EVF_COMPAT) != is_compat ||
	    memcmp(before->args, w->args, sizeof(w->args)))
		return;
	w->nr = before->nr;
	wait_classify(w);
	wait_decode(w);
}

void wait_met(const struct ev_met *ev, struct wait *ret)
{
	*ret = (struct wait){
		.since_ns = ev->since_ns ? ev->since_ns : ev->hdr.ts_ns,
		.prev_state = ev->state,
		.fd_mode = ev->fd_mode,
		.nr = ev->nr,
		.flags = ev->hdr.flags & (EVF_COMPAT | EVF_WORDS),
		.read_ns = ev->hdr.flags & EVF_WORDS ? ev->hdr.ts_ns : 0,
	};
	memcpy(ret->args, ev->args, sizeof(ret->args));
	memcpy(ret->words, ev->words, sizeof(ret->words));
	wait_classify(ret);
	wait_decode(ret);
}

bool wait_is_in_call(const struct wait *w, __s32 nr, __u64 arg)
{
	return w->nr == nr && w->args[0] == arg;
}

bool wait_is_futex(const struct wait *w)
{
	return wait_class(w) == SYSCALL_FUTEX;
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

bool wait_is_timed(const struct wait *w)
{
	switch (wait_class(w)) {
	case SYSCALL_SLEEP:
		return true;
	case SYSCALL_FUTEX:
	case SYSCALL_EPOLL2:
	case SYSCALL_IPC_TIMED:
	case SYSCALL_FUTEXES:
		return w->args[3] != 0;
	case SYSCALL_EPOLL:
		return (__s32)w->args[3] >= 0;
	case SYSCALL_POLL:
		return (__s32)w->args[2] >= 0;
	case SYSCALL_PPOLL:
	case SYSCALL_SIGNAL_TIMED:
		return w->args[2] != 0;
	case SYSCALL_SELECT:
	case SYSCALL_MQ_TIMED:
	case SYSCALL_FUTEX2:
		return w->args[4] != 0;
	default:
		return false;
	}
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

static bool wait_is_open(const struct wait *w)
{
	return wait_class(w) == SYSCALL_OPEN || wait_class(w) == SYSCALL_OPENAT;
}

int wait_open_dir(const struct wait *w)
{
	return wait_class(w) == SYSCALL_OPENAT ? (__s32)w->args[0] : AT_FDCWD;
}

__u64 wait_open_path(const struct wait *w)
{
	if (!wait_is_open(w))
		return 0;
	return w->args[wait_class(w) == SYSCALL_OPENAT];
}

void wait_is_fifo(struct wait *w)
{
	if (wait_is_open(w) && w->reason == WAIT_OTHER)
		w->reason = WAIT_PIPE;
}

const char *wait_call(const struct wait *w)
{
	return syscall_name(w->nr, w->flags & EVF_COMPAT);
}

bool wait_is_call(const struct wait *w, const char *name)
{
	const char *own = wait_call(w);

	return own && !strcmp(own, name);
}

bool wait_is_frozen(const struct wait *w)
{
	return w->prev_state & TASK_FROZEN_BIT;
}

bool wait_is_eventfd(const struct wait *w)
{
	return w->reason == WAIT_OTHER && FD_MODE_KIND(w->fd_mode) == FILE_EVENTFD;
}

bool wait_is_write(const struct wait *w)
{
	const char *name = wait_call(w);

	if (wait_is_open(w))
		return (w->args[1 + (wait_class(w) == SYSCALL_OPENAT)] & O_ACCMODE) == O_WRONLY;
	return name && wait_class(w) == SYSCALL_FD &&
	       (!strncmp(name, "write", 5) || !strncmp(name, "pwrite", 6) ||
		!strncmp(name, "send", 4));
}

bool wait_may_be_for_room(const struct wait *w)
{
	static const char *const calls[] = { "splice", "tee", "vmsplice", "ioctl" };
	const char *name = wait_class(w) == SYSCALL_FD ? wait_call(w) : NULL;

	for (size_t i = 0; name && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(name, calls[i]))
			return true;
	return name && wait_is_write(w);
}

const char *wait_relation(const struct wait *w)
{
	switch (w->reason) {
	case WAIT_JOIN:
	case WAIT_CHILD:
		return "of";
	case WAIT_PIPE:
		return wait_is_write(w) ? "read by" : "written by";
	case WAIT_SOCKET:
		return "with the peer";
	case WAIT_EPOLL:
	case WAIT_POLL:
	case WAIT_SELECT:
	case WAIT_OTHER:
		return "that could come from";
	default:
		return "held by";
	}
}

int wait_fd(const struct wait *w)
{
	switch (wait_class(w)) {
	case SYSCALL_FD:
	case SYSCALL_EPOLL:
	case SYSCALL_EPOLL2:
	case SYSCALL_ACCEPT:
	case SYSCALL_CONNECT:
	case SYSCALL_FLOCK:
	case SYSCALL_FCNTL:
		return (__s32)w->args[0];
	default:
		return -1;
	}
}
