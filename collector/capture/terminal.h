/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal of its own for the traced program, so that the screen stays ours. */
#ifndef CAPTURE_TERMINAL_H
#define CAPTURE_TERMINAL_H

#include <stddef.h>
#include <sys/types.h>

struct terminal {
	int fd;	      /* our side: what the program prints, what the user types; non-blocking */
	int slave_fd; /* the program's side */
};

#define TERMINAL_INIT  \
	{              \
		-1, -1 \
	}

/*
 * Open a pair of @rows x @cols; the program's side belongs to @owner, who can then open
 * it by name too. Returns 0, or -errno and *@ret untouched. Both descriptors are
 * close-on-exec; the caller ends with terminal_release().
 */
int terminal_open(unsigned short rows, unsigned short cols, uid_t owner, struct terminal *ret);
void terminal_release(struct terminal *term);

/* Make the calling process the leader of a new session on this terminal. 0 or -errno. */
int terminal_lead(const struct terminal *term);

/*
 * Make the calling process, a member of that session with SIGTTOU blocked, the foreground
 * group, and turn those of its streams 0 to 2 that are terminals to this one: a redirected
 * stream stays where the user sent it. 0 or -errno.
 */
int terminal_enter(const struct terminal *term);

/* @fd is our side. The program gets SIGWINCH when the size has changed. 0 or -errno. */
int terminal_resize(int fd, unsigned short rows, unsigned short cols);

/*
 * What the program printed: bytes read, 0 when there is nothing (all that it wrote before
 * it ended has been seen then), or -errno: -EIO when nobody holds the program's side.
 */
ssize_t terminal_read(int fd, void *buf, size_t sz);

/* Type @len bytes. Returns how many were taken, 0 when the program has to read first, or -errno. */
ssize_t terminal_write(int fd, const void *buf, size_t len);

#endif
