/* SPDX-License-Identifier: GPL-2.0-only */
/* Start a program and hold it at its first breath, until the probes are attached. */
#ifndef CAPTURE_LAUNCH_H
#define CAPTURE_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/select.h>
#include <sys/types.h>

#include "capture/privileges.h"

/* What the user's shell gave us, for the program to find as if we were not there. */
struct launch_inherited {
	sigset_t ignored;
	sigset_t blocked;
	fd_set fds; /* from 3 on: open, and not close-on-exec */
};

/* To be called first in main(), before a signal is touched or a file opened. */
void launch_inherited_save(struct launch_inherited *ret);

struct launch_options {
	char *const *argv;	  /* NULL-terminated, at least the program */
	const struct invoker *as; /* NULL: as we are */
	/* NULL: every signal at its default, no descriptor but 0, 1 and 2 */
	const struct launch_inherited *inherited;
	bool pty;	  /* a terminal of its own, see terminal_enter() for what goes there */
	const char *term; /* TERM on it; NULL: as it is */
	unsigned short rows, cols;
};

struct launch {
	pid_t pid;
	int pidfd;	 /* readable when the program has ended; wait with launch_wait() */
	int pty_fd;	 /* our side of its terminal, see terminal.h; -1 without */
	int fail_status; /* after a failure: the exit status it asks for, 125, 126 or 127 */

	/* The rest is for launch.c alone. */
	const char *name;
	uid_t uid;
	int hold_fd;
	pid_t leader_pid;
	bool has_ended;
	int wait_status;
};

/*
 * Fork the program and hold it before its exec. To be called while we have one thread and
 * all our privilege; what is set up later (limits, descriptors) does not reach it. It is in
 * our process group, or with a pty in a session of its own, whose leader is another child
 * of ours: when the program ends, the children it leaves behind keep their terminal.
 * SIGCHLD must not be ignored and is set to its default if it is; nobody else may wait for
 * these children.
 *
 * Returns 0; or -errno, logged, and in *@ret only fail_status is valid: -ENOENT (127) and
 * other reasons why there is nothing to execute (126) are found here already, as the user
 * who is to run it; everything else is 125. The strings of @opts must outlive *@ret.
 */
int launch_start(const struct launch_options *opts, struct launch *ret);

/*
 * Let it go, and wait until it is the program. Returns 0, also when it was killed while it
 * was held: launch_wait() tells. Or -errno of its exec, logged, fail_status set, when it
 * could not be executed after all (a script without its interpreter). To be called once.
 */
int launch_release(struct launch *launch);

/*
 * 1 and *@ret_status as of waitpid() when the program has ended, 0 while it runs, or
 * -errno. May be called again after the end.
 */
int launch_wait(struct launch *launch, int *ret_status);

/*
 * Give back what belongs to *@launch. A program that is still held ends. One that runs is
 * left alone, but loses its terminal (SIGHUP) if it was on a pty.
 */
void launch_release_resources(struct launch *launch);

/* What a shell makes of it: the exit status, or 128 and the signal. */
int launch_exit_status(int wait_status);

/*
 * End as the program did: with its exit status, or by the same signal, without dumping
 * core a second time. The terminal has to be in order before: a signal runs no atexit().
 */
_Noreturn void exit_like(int wait_status);

#endif
