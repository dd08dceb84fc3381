/* SPDX-License-Identifier: GPL-2.0-only */
/* The program's terminal: what arrives on which side, and when nobody is there. */
#include "capture/terminal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct terminal term = TERMINAL_INIT;
static char buf[64];

static void open_pair(void)
{
	cr_assert(eq(int, terminal_open(24, 80, geteuid(), &term), 0));
}

/* The kernel hands output over in pieces; only nothing means that it was all. */
static int read_all(void)
{
	ssize_t n;
	int len = 0;

	while ((n = terminal_read(term.fd, buf + len, sizeof(buf) - len)) > 0)
		len += n;
	return n < 0 ? n : len;
}

TestSuite(terminal, .init = open_pair, .timeout = 10);

Test(terminal, has_the_size_that_was_asked_for)
{
	struct winsize size = {};

	cr_assert(eq(int, ioctl(term.slave_fd, TIOCGWINSZ, &size), 0));
	cr_expect(eq(int, size.ws_row, 24));
	cr_expect(eq(int, size.ws_col, 80));
}

Test(terminal, resizes)
{
	struct winsize size = {};

	cr_assert(eq(int, terminal_resize(term.fd, 10, 40), 0));
	cr_assert(eq(int, ioctl(term.slave_fd, TIOCGWINSZ, &size), 0));
	cr_expect(eq(int, size.ws_row, 10));
	cr_expect(eq(int, size.ws_col, 40));
}

Test(terminal, descriptors_do_not_pass_exec)
{
	cr_expect(ne(int, fcntl(term.fd, F_GETFD) & FD_CLOEXEC, 0));
	cr_expect(ne(int, fcntl(term.slave_fd, F_GETFD) & FD_CLOEXEC, 0));
}

Test(terminal, nothing_to_read_is_no_error)
{
	cr_expect(eq(int, terminal_read(term.fd, buf, sizeof(buf)), 0));
}

Test(terminal, output_arrives_with_the_line_ends_of_a_terminal)
{
	cr_assert(eq(int, write(term.slave_fd, "a\nb", 3), 3));
	cr_assert(eq(int, read_all(), 4));
	cr_expect(eq(int, memcmp(buf, "a\r\nb", 4), 0));
}

Test(terminal, output_from_before_the_end_is_not_lost)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (write(term.slave_fd, "last words", 10) != 10)
			_exit(1);
		_exit(0);
	}
	cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	cr_assert(eq(int, read_all(), 10));
	cr_expect(eq(int, memcmp(buf, "last words", 10), 0));
}

Test(terminal, nobody_on_the_other_side_is_an_io_error)
{
	cr_assert(eq(int, write(term.slave_fd, "x", 1), 1));
	close(term.slave_fd);
	term.slave_fd = -1;
	cr_expect(eq(int, terminal_read(term.fd, buf, sizeof(buf)), 1));
	cr_expect(eq(int, terminal_read(term.fd, buf, sizeof(buf)), -EIO));
}

Test(terminal, typed_lines_arrive)
{
	cr_assert(eq(int, terminal_write(term.fd, "yes\r", 4), 4));
	cr_assert(eq(int, read(term.slave_fd, buf, sizeof(buf)), 4));
	cr_expect(eq(int, memcmp(buf, "yes\n", 4), 0));
}

Test(terminal, backspace_takes_a_whole_character)
{
	cr_assert(eq(int, terminal_write(term.fd, "\xc3\xa9\x7fx\r", 5), 5));
	cr_assert(eq(int, read(term.slave_fd, buf, sizeof(buf)), 2));
	cr_expect(eq(int, memcmp(buf, "x\n", 2), 0));
}

Test(terminal, typing_at_one_who_does_not_read_never_blocks)
{
	struct termios attr;
	char keys[1024];
	ssize_t n = 1;
	size_t taken = 0;

	/* In line mode the kernel takes everything and drops what exceeds one line. */
	cr_assert(eq(int, tcgetattr(term.slave_fd, &attr), 0));
	cfmakeraw(&attr);
	cr_assert(eq(int, tcsetattr(term.slave_fd, TCSANOW, &attr), 0));
	memset(keys, 'k', sizeof(keys));
	while (n > 0 && taken < 1 << 20) {
		n = terminal_write(term.fd, keys, sizeof(keys));
		if (n > 0)
			taken += n;
	}
	cr_expect(eq(int, n, 0));
}

Test(terminal, becomes_the_controlling_terminal_of_its_session)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGTTOU);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (terminal_lead(&term))
			_exit(1);
		pid = fork();
		if (pid > 0) {
			waitpid(pid, &status, 0);
			_exit(WEXITSTATUS(status));
		}
		if (terminal_enter(&term))
			_exit(2);
		/* The foreground group is the one that ^C is for. */
		if (tcgetpgrp(open("/dev/tty", O_RDWR)) != getpid())
			_exit(3);
		_exit(0);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, 0));
}

Test(terminal, only_terminals_are_replaced)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int null_fd = open("/dev/null", O_RDWR);
		struct stat before, after, slave;
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGTTOU);
		sigprocmask(SIG_BLOCK, &set, NULL);
		dup2(null_fd, 0);
		fstat(0, &before);
		dup2(open("/dev/ptmx", O_RDWR | O_NOCTTY), 1); /* a terminal, not ours */
		if (terminal_lead(&term) || fork() != 0) {
			wait(&status);
			_exit(WEXITSTATUS(status));
		}
		if (terminal_enter(&term))
			_exit(1);
		fstat(0, &after);
		if (before.st_rdev != after.st_rdev)
			_exit(2);
		fstat(term.slave_fd, &slave);
		fstat(1, &after);
		_exit(slave.st_ino == after.st_ino && slave.st_rdev == after.st_rdev ? 0 : 3);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, 0));
}

Test(terminal, belongs_to_the_one_it_is_for)
{
	struct terminal other = TERMINAL_INIT;
	struct stat st;

	if (geteuid() != 0)
		cr_skip_test("needs root: gives a terminal to another user");
	cr_assert(eq(int, terminal_open(24, 80, 12345, &other), 0));
	cr_assert(eq(int, fstat(other.slave_fd, &st), 0));
	cr_expect(eq(int, st.st_uid, 12345));
	terminal_release(&other);
	cr_expect(eq(int, other.fd, -1));
	cr_expect(eq(int, other.slave_fd, -1));
}
