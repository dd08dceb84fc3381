/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace PROG: the program on a terminal of its own, the screen on ours. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/headless.h"
#include "cmd/plain.h"
#include "tui/tui.h"

enum { PTY_ROWS = 24, PTY_COLS = 80 };

struct live {
	struct session session;
	struct tui *tui;
	int signal_fd;
	bool said_end; /* the screen knows that the program has ended */
};

static bool screen_is_possible(const struct options *opts)
{
	const char *term = getenv("TERM");

	return !opts->plain && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static int open_signals(void)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void suspend(struct live *l)
{
	tui_suspend(l->tui);
	raise(SIGSTOP); /* SIGTSTP is ours; the shell sees a stopped job all the same */
	tui_resume(l->tui);
}

/* False: it is time to leave. */
static bool take_signals(struct live *l)
{
	struct signalfd_siginfo si;

	while (read(l->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo == SIGWINCH)
			tui_resize(l->tui);
		else if (si.ssi_signo == SIGTSTP)
			suspend(l);
		else
			return false;
	}
	return true;
}

static bool take_keys(struct live *l)
{
	switch (tui_input(l->tui)) {
	case TUI_QUIT:
		return false;
	case TUI_SUSPEND:
		suspend(l);
		return true;
	case TUI_CONTINUE:
		break;
	}
	return true;
}

static void tell_end(struct live *l)
{
	if (!l->session.has_ended || l->said_end)
		return;
	l->said_end = true;
	tui_set_ended(l->tui);
}

/* 0 when the user left, or -errno. */
static int run_screen(struct live *l)
{
	struct session *s = &l->session;
	struct pollfd fds[] = { { .fd = l->signal_fd, .events = POLLIN },
				{ .fd = tui_fd(l->tui), .events = POLLIN },
				{ .fd = s->is_launched ? s->launch.pty_fd : -1, .events = POLLIN } };

	for (;;) {
		int err;

		poll(fds, 3, SESSION_STEP_MS);
		if (!take_signals(l) || !take_keys(l))
			return 0;
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
			return 0; /* our terminal was closed */
		if (fds[2].revents & POLLHUP)
			fds[2].fd = -1;
		session_read_output(s);
		err = session_step(s);
		if (err)
			return err;
		tell_end(l);
		tui_frame(l->tui, clock_now_ns());
	}
}

static int open_screen(struct live *l, const struct options *opts)
{
	struct tui_options tui_opts = {
		.title = session_title(&l->session),
		.color = opts->color,
		.theme = opts->theme,
		.ascii = opts->ascii,
		.live = true,
	};

	return tui_open(&tui_opts, l->session.trace, &l->tui);
}

static int observe(struct live *l, const struct options *opts)
{
	int status = session_go(&l->session), err;

	if (status)
		return status;
	if (open_screen(l, opts))
		return EXIT_CTRACE_FAILED;
	l->signal_fd = open_signals();
	err = l->signal_fd < 0 ? -errno : run_screen(l);
	tui_close(l->tui);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	return session_stop(&l->session) || err ? EXIT_CTRACE_FAILED : 0;
}

int cmd_live(const struct options *opts, const struct launch_inherited *inherited)
{
	struct winsize size = { .ws_row = PTY_ROWS, .ws_col = PTY_COLS };
	struct live l = {};
	int status;

	if (!screen_is_possible(opts))
		return plain_run(opts, inherited);
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	status = session_start(opts, inherited, true, size.ws_row, size.ws_col, &l.session);
	if (!status)
		status = observe(&l, opts);
	if (!status)
		headless_summary(&l.session);
	if (!status && l.session.has_ended)
		headless_exit_like(&l.session);
	if (!status && !session_is_attached(&l.session))
		log_warn("%s was still running: its terminal is closed now", opts->argv[0]);
	session_release(&l.session);
	return status;
}
