/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving the terminal back when the process dies: by exit(), by a signal, without memory. */
#include "tui/restore.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

/* A signal handler has no argument of its own: this is the one state that is global. */
static struct {
	volatile sig_atomic_t is_armed;
	int fd;
	struct termios modes;
	char bytes[RESTORE_MAX];
	size_t len;
} terminal;

/* The signals that end a process, and what was to happen at them before. */
static struct {
	int number;
	bool is_ours;
	struct sigaction before;
} deadly[] = {
	{ .number = SIGSEGV }, { .number = SIGBUS },  { .number = SIGFPE },  { .number = SIGILL },
	{ .number = SIGABRT }, { .number = SIGTRAP }, { .number = SIGSYS },  { .number = SIGTERM },
	{ .number = SIGHUP },  { .number = SIGINT },  { .number = SIGQUIT }, { .number = SIGPIPE },
};

enum { DEADLY_CNT = sizeof(deadly) / sizeof(deadly[0]) };

static void give_back(void)
{
	ssize_t written;

	if (!terminal.is_armed)
		return;
	terminal.is_armed = 0;
	written = write(terminal.fd, terminal.bytes, terminal.len);
	(void)written; /* there is nothing left to do about it */
	tcsetattr(terminal.fd, TCSANOW, &terminal.modes);
}

/* Give back, then let happen what would have happened without us. */
static void on_deadly(int number)
{
	int saved_errno = errno;

	give_back();
	for (size_t i = 0; i < DEADLY_CNT; i++) {
		if (deadly[i].number == number)
			sigaction(number, &deadly[i].before, NULL);
	}
	raise(number);
	errno = saved_errno;
}

/* A signal that somebody handles or ignores does not kill, unless it is a crash. */
static bool is_crash(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
	       number == SIGABRT;
}

static void take_signals(void)
{
	struct sigaction action = { .sa_handler = on_deadly };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < DEADLY_CNT; i++) {
		sigaction(deadly[i].number, NULL, &deadly[i].before);
		deadly[i].is_ours = deadly[i].before.sa_handler == SIG_DFL ||
				    is_crash(deadly[i].number);
		if (deadly[i].is_ours)
			sigaction(deadly[i].number, &action, NULL);
	}
}

/* Somebody may have set a handler since: that one stays. */
static void return_signals(void)
{
	for (size_t i = 0; i < DEADLY_CNT; i++) {
		struct sigaction now;

		sigaction(deadly[i].number, NULL, &now);
		if (deadly[i].is_ours && now.sa_handler == on_deadly)
			sigaction(deadly[i].number, &deadly[i].before, NULL);
		deadly[i].is_ours = false;
	}
}

void restore_arm(int fd, const struct termios *modes, const char *bytes, size_t len)
{
	static bool is_registered;

	terminal.is_armed = 0;
	terminal.fd = fd;
	terminal.modes = *modes;
	terminal.len = len < sizeof(terminal.bytes) ? len : sizeof(terminal.bytes);
	memcpy(terminal.bytes, bytes, terminal.len);
	terminal.is_armed = 1;
	take_signals();
	xalloc_set_handler(give_back);
	if (!is_registered)
		atexit(give_back);
	is_registered = true;
}

void restore_disarm(void)
{
	if (!terminal.is_armed)
		return;
	terminal.is_armed = 0;
	xalloc_set_handler(NULL);
	return_signals();
}
