/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that can block or wake: name, number, and what blocking in them means. */
#ifndef CTRACE_MODEL_SYSCALL_H
#define CTRACE_MODEL_SYSCALL_H

#include <stdbool.h>

/* What a thread that is blocked in the call waits for, and how long. */
enum syscall_class {
	SYSCALL_OTHER = 0,
	SYSCALL_FD, /* args[0] is a descriptor; its file type tells */
	SYSCALL_FUTEX,
	SYSCALL_EPOLL,	/* args[3]: time-out in ms, -1 for ever */
	SYSCALL_EPOLL2, /* args[3]: timespec or NULL */
	SYSCALL_POLL,	/* args[2]: time-out in ms, -1 for ever */
	SYSCALL_PPOLL,	/* args[2]: timespec or NULL */
	SYSCALL_SELECT, /* args[4]: timeval or NULL */
	SYSCALL_ACCEPT,
	SYSCALL_CONNECT,
	SYSCALL_SLEEP,
	SYSCALL_CHILD,
	SYSCALL_CLONE, /* vfork: until the child runs its program */
	SYSCALL_SIGNAL,
	SYSCALL_SIGNAL_TIMED, /* args[2]: timespec or NULL */
	SYSCALL_FLOCK,
	SYSCALL_FCNTL, /* F_SETLKW and F_OFD_SETLKW wait for a lock */
	SYSCALL_IPC,
	SYSCALL_IPC_TIMED, /* args[3]: timespec or NULL */
	SYSCALL_MQ_TIMED,  /* args[4]: timespec or NULL */
	SYSCALL_IO_URING,
	SYSCALL_DISK,
	SYSCALL_OPEN,	 /* of a FIFO: until its other end is opened */
	SYSCALL_OPENAT,	 /* the same, and args[0] is a directory */
	SYSCALL_FUTEXES, /* any of several; args[3]: timespec or NULL */
	SYSCALL_FUTEX2,	 /* one, of any size; args[4]: timespec or NULL */
};

struct syscall_info {
	short nr64;	     /* arch/x86/entry/syscalls/syscall_64.tbl */
	short nr32;	     /* arch/x86/entry/syscalls/syscall_32.tbl; -1: not there */
	unsigned char class; /* enum syscall_class */
	const char *name;
};

/* The call with this number, or NULL when it is not in the list. */
const struct syscall_info *syscall_find(int nr, bool compat);

/* Its name, or NULL. */
const char *syscall_name(int nr, bool compat);

/* Does it send a signal, which interrupts whatever the other one waits for? */
bool syscall_sends_signal(int nr, bool compat);

/* Is args[0] a descriptor when a thread blocks in nr? (x86-64 numbers) */
bool syscall_takes_fd(int nr);

#endif /* CTRACE_MODEL_SYSCALL_H */
