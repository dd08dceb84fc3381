/* SPDX-License-Identifier: GPL-2.0-only */
/* What a wait is, decided from the system call and its arguments; of a futex: wait_futex.c. */
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include "model/syscall.h"
#include "model/wait.h"
#include "model/wait_futex.h"

enum {
	TASK_UNINTERRUPTIBLE_BIT = 0x0002, /* include/linux/sched.h */
	TASK_STOPPED_BIT = 0x0004,
	TASK_TRACED_BIT = 0x0008,
	TASK_FROZEN_BIT = 0x8000,
};

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
	case SYSCALL_FUTEX:   /* its words tell more: wait_decode_futex() */
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
	case SYSCALL_OPENAT: /* of a FIFO is told later: wait_becomes_fifo() */
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

void wait_decode(struct wait *w)
{
	if (w->prev_state & (TASK_STOPPED_BIT | TASK_FROZEN_BIT))
		w->reason = WAIT_STOPPED;
	else if (w->prev_state & TASK_TRACED_BIT)
		w->reason = WAIT_TRACED;
	else if (w->nr < 0)
		w->reason = WAIT_PAGE_FAULT;
	else if (wait_is_futex(w))
		wait_decode_futex(w);
	else
		w->reason = decode_class(w, wait_class(w));
}

/* The rest of what both events tell. */
static void take_words(const __u64 args[EVENT_ARG_CNT], const __u32 words[EVENT_WORD_CNT],
		       struct wait *ret)
{
	memcpy(ret->args, args, sizeof(ret->args));
	memcpy(ret->words, words, sizeof(ret->words));
	wait_classify(ret);
	wait_decode(ret);
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
	take_words(ev->args, ev->words, ret);
}

/* arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl of Linux */
static bool is_restart(__s32 nr, bool is_compat)
{
	return nr == (is_compat ? 0 : 219);
}

void wait_resume(const struct wait *before, struct wait *w)
{
	bool is_compat = w->flags & EVF_COMPAT;

	if (!is_restart(w->nr, is_compat) || before->nr < 0 ||
	    !!(before->flags & EVF_COMPAT) != is_compat ||
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
	take_words(ev->args, ev->words, ret);
}

bool wait_is_in_call(const struct wait *w, __s32 nr, __u64 arg)
{
	return (w->nr == nr || is_restart(nr, w->flags & EVF_COMPAT)) && w->args[0] == arg;
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

void wait_becomes_fifo(struct wait *w)
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
