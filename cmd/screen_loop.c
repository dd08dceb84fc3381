/* SPDX-License-Identifier: GPL-2.0-only */
/* The turns of a screen: signals, keys, frames. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "cmd/screen_loop.h"
#include "trace/writer.h"

bool screen_is_possible(const struct options *opts)
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

static void show_message(void *arg, enum log_level level, const char *line)
{
	if (level <= LOG_WARN)
		tui_message(arg, line);
}

static void show_at_once(void *tui, const char *line)
{
	tui_show_message(tui, line);
}

/* Why it cannot be is a message, and so on the screen. */
static bool annotate(void *path, const char *notes)
{
	return !writer_annotate(path, notes);
}

int screen_loop_open(const struct options *opts, const struct screen_source *src,
		     struct screen_loop *ret)
{
	struct tui_options tui_opts = {
		.title = src->title,
		.color = opts->color,
		.theme = opts->theme,
		.ascii = opts->ascii,
		.live = src->live,
		.save = save_report,
		.save_arg = src->reports,
		.notes = src->notes,
		.annotate = src->path ? annotate : NULL,
		.annotate_arg = (char *)src->path,
		.record = src->record ? record_key : NULL,
		.record_arg = src->record,
	};
	struct screen_loop l;
	int err = tui_open(&tui_opts, src->trace, &l.tui);

	if (err) {
		log_err("no screen on this terminal: %s; %s needs none", strerror(-err),
			src->live ? "--plain" : "ctrace report");
		return err;
	}
	l.signal_fd = open_signals();
	if (l.signal_fd < 0) {
		err = -errno;
		tui_close(l.tui);
		return err;
	}
	log_set_sink(show_message, l.tui);
	src->reports->tell = show_at_once;
	src->reports->tell_arg = l.tui;
	*ret = l;
	return 0;
}

void screen_loop_close(struct screen_loop *l, const struct options *opts)
{
	struct tui_cost cost = tui_cost(l->tui);

	tui_close(l->tui);
	close(l->signal_fd);
	options_log_to_stderr(opts);
	if (cost.frame_cnt)
		log_info("a frame took %.1f ms, the longest of %llu %.1f ms",
			 cost.total_ns / 1e6 / cost.frame_cnt, cost.frame_cnt, cost.max_ns / 1e6);
}

static void suspend(struct screen_loop *l)
{
	tui_suspend(l->tui);
	raise(SIGSTOP); /* SIGTSTP is ours; the shell sees a stopped job all the same */
	tui_resume(l->tui);
}

static bool take_signals(struct screen_loop *l)
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

static bool take_keys(struct screen_loop *l)
{
	enum tui_result result = tui_input(l->tui);

	if (result == TUI_SUSPEND)
		suspend(l);
	return result != TUI_QUIT;
}

bool screen_loop_wait(struct screen_loop *l, int fd, int timeout_ms, bool *ret_hangup)
{
	struct pollfd fds[] = { { .fd = l->signal_fd, .events = POLLIN },
				{ .fd = tui_fd(l->tui), .events = POLLIN },
				{ .fd = fd, .events = POLLIN } };

	if (timeout_ms < 0)
		timeout_ms = tui_timeout_ms(l->tui, clock_now_ns());
	poll(fds, 3, timeout_ms);
	if (fds[2].revents & POLLHUP)
		*ret_hangup = true;
	/* Our own terminal may have been closed. */
	if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
		return false;
	return take_signals(l) && take_keys(l);
}

void screen_loop_frame(struct screen_loop *l)
{
	tui_frame(l->tui, clock_now_ns());
}
