/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving the terminal back when the process dies: by exit(), by a signal, without memory.
 *
 * What has to be written is prepared while all is well; at the end only write(2) and
 * tcsetattr(3) are used, which POSIX.1-2017, 2.4.3 allows in a signal handler.
 */
#ifndef TUI_RESTORE_H
#define TUI_RESTORE_H

#include <stddef.h>
#include <termios.h>

enum { RESTORE_MAX = 256 };

/* From now on, until restore_disarm(): bytes and modes give back the terminal at fd. */
void restore_arm(int fd, const struct termios *modes, const char *bytes, size_t len);
void restore_disarm(void);

#endif /* TUI_RESTORE_H */
