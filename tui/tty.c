/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal device: opened, asked, put back. */
#include "tui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static FILE *open_stream(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? NULL : fdopen(copy, mode);
}

int tty_open(struct tty *ret)
{
	*ret = (struct tty){ .fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) };
	if (ret->fd < 0 || tcgetattr(ret->fd, &ret->modes) < 0)
		return -errno;
	ret->in = open_stream(ret->fd, "r");
	ret->out = open_stream(ret->fd, "w");
	return ret->in && ret->out ? 0 : -errno;
}

void tty_close(struct tty *t)
{
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	if (t->fd >= 0)
		close(t->fd);
}

void tty_reset_modes(const struct tty *t)
{
	/* Not DRAIN: a terminal that takes no output any more must not keep us here. */
	tcsetattr(t->fd, TCSANOW, &t->modes);
}

bool tty_size(const struct tty *t, int *ret_rows, int *ret_cols)
{
	struct winsize size;

	if (ioctl(t->fd, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
		return false;
	*ret_rows = size.ws_row;
	*ret_cols = size.ws_col;
	return true;
}

/* Entries of terminals that speak xterm are often missing: foot, kitty, alacritty. */
static bool speaks_xterm(const char *term)
{
	static const char *const kin[] = { "xterm",   "kitty",	 "alacritty", "foot", "ghostty",
					   "wezterm", "contour", "konsole",   "vte",  "tmux" };

	if (getenv("COLORTERM"))
		return true;
	for (size_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++) {
		if (strstr(term, kin[i]))
			return true;
	}
	return false;
}

const char *tty_type(size_t idx)
{
	static const char *const of_xterm[] = { "xterm-256color", "xterm", "vt100" };
	const char *term = getenv("TERM");

	if (!term || !*term || !strcmp(term, "dumb"))
		return NULL;
	if (idx == 0)
		return term;
	if (speaks_xterm(term))
		return idx <= 3 ? of_xterm[idx - 1] : NULL;
	/* Not ansi: its cursor wraps at once behind the last column, today's do so later. */
	return idx == 1 ? "vt100" : NULL;
}
