/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal device: opened, asked, put back. */
#ifndef TUI_TTY_H
#define TUI_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <termios.h>

struct tty {
	int fd;
	FILE *in, *out;	      /* on the same terminal */
	struct termios modes; /* as they were found */
};

/* /dev/tty, not stdin or stdout: those may be anything. 0 or -errno; close in both cases. */
int tty_open(struct tty *ret);
void tty_close(struct tty *t);
void tty_reset_modes(const struct tty *t);
/* False when the terminal does not know. */
bool tty_size(const struct tty *t, int *ret_rows, int *ret_cols);

/*
 * The types to try, best first: $TERM, then what such a terminal most likely
 * understands when terminfo lacks it. NULL at the end, at once for a dumb one.
 */
const char *tty_type(size_t idx);

#endif /* TUI_TTY_H */
