/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal of its own for the traced program, so that the screen stays ours. */
#include "capture/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int terminal_set_up(const struct terminal *term, uid_t owner)
{
	struct termios attr;

	/* Backspace has to take a whole character; the kernel's default is a byte. */
	if (tcgetattr(term->slave_fd, &attr) < 0)
		return -errno;
	attr.c_iflag |= IUTF8;
	if (tcsetattr(term->slave_fd, TCSANOW, &attr) < 0)
		return -errno;
	/* The group, by which others may write to it, is the choice of the mount. */
	if (owner != geteuid() && fchown(term->slave_fd, owner, -1) < 0)
		return -errno;
	return 0;
}

int terminal_open(unsigned short rows, unsigned short cols, uid_t owner, struct terminal *ret)
{
	struct terminal term = TERMINAL_INIT;
	int err;

	term.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (term.fd < 0 || unlockpt(term.fd) < 0)
		goto fail_errno;
	/* Not by name: /dev/pts may be another one than that of /dev/ptmx. */
	term.slave_fd = ioctl(term.fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (term.slave_fd < 0)
		goto fail_errno;
	err = terminal_resize(term.fd, rows, cols);
	if (!err)
		err = terminal_set_up(&term, owner);
	if (err)
		goto fail;
	*ret = term;
	return 0;

fail_errno:
	err = -errno;
fail:
	terminal_release(&term);
	return err;
}

void terminal_release(struct terminal *term)
{
	if (term->fd >= 0)
		close(term->fd);
	if (term->slave_fd >= 0)
		close(term->slave_fd);
	term->fd = term->slave_fd = -1;
}

int terminal_lead(const struct terminal *term)
{
	if (setsid() < 0 || ioctl(term->slave_fd, TIOCSCTTY, 0) < 0)
		return -errno;
	return 0;
}

int terminal_enter(const struct terminal *term)
{
	if (setpgid(0, 0) < 0 || tcsetpgrp(term->slave_fd, getpid()) < 0)
		return -errno;
	for (int fd = 0; fd <= 2; fd++)
		if (isatty(fd) && dup2(term->slave_fd, fd) < 0)
			return -errno;
	return 0;
}

int terminal_resize(int fd, unsigned short rows, unsigned short cols)
{
	struct winsize size = { .ws_row = rows, .ws_col = cols };

	return ioctl(fd, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

ssize_t terminal_read(int fd, void *buf, size_t sz)
{
	ssize_t n;

	do
		n = read(fd, buf, sz);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}

ssize_t terminal_write(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do
		n = write(fd, buf, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN ? 0 : -errno;
}
