/* SPDX-License-Identifier: GPL-2.0-only */
/* The launched program before its exec: what it has to become, and to whom it reports. */
#ifndef CAPTURE_HELD_H
#define CAPTURE_HELD_H

#include <sys/types.h>

#include "capture/launch.h"
#include "capture/terminal.h"

enum held_report_kind {
	HELD_READY,   /* waits for the permission to go */
	HELD_SETUP,   /* could not be made what it should be */
	HELD_LOOK_UP, /* there is nothing to execute */
	HELD_EXEC,    /* the kernel refused what looked executable */
};

/*
 * One packet on the socket that holds the process. Exec closes the socket, so no report
 * but the end of file after the permission (one byte) means that it is the program now.
 */
struct held_report {
	enum held_report_kind kind;
	int err; /* -errno */
	pid_t pid;
	char what[16]; /* of HELD_SETUP */
};

/*
 * The whole life of the forked process; all signals are blocked, @fd is its end of the
 * socket, and nobody else has one. Touches nothing that is shared with the parent.
 */
_Noreturn void held_run(const struct launch_options *opts, const struct terminal *term, int fd);

/*
 * The same with a session on @term: the forked process is its leader, as a shell would be,
 * and starts the held one, a child of our parent, in it. The leader gives up its rights
 * and lives until it is killed or the terminal is closed; then the session ends with it.
 */
_Noreturn void held_run_in_session(const struct launch_options *opts, const struct terminal *term,
				   int fd);

#endif
