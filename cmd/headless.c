/* SPDX-License-Identifier: GPL-2.0-only */
/* Observe a program without a screen. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fmt.h"
#include "cmd/exit_status.h"
#include "cmd/headless.h"

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* True when the user insists. The program has a terminal's signal already: we share it. */
static bool take_signals(struct session *s, int fd, int *seen)
{
	struct signalfd_siginfo si;

	while (read(fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_code != SI_KERNEL)
			session_signal(s, si.ssi_signo);
		if (session_is_attached(s))
			return true;
		if (++*seen > 1) {
			s->wait_status = si.ssi_signo; /* as wait4(2) has it: killed by that */
			return true;
		}
	}
	return false;
}

static enum headless_end observe(struct session *s, int signal_fd, headless_step_fn fn, void *arg,
				 uint64_t timeout_ns)
{
	struct pollfd fds[] = { { .fd = signal_fd, .events = POLLIN },
				{ .fd = s->is_launched ? s->launch.pidfd : -1, .events = POLLIN } };
	uint64_t end_ns = timeout_ns ? clock_now_ns() + timeout_ns : UINT64_MAX;
	int seen = 0;

	for (;;) {
		if (s->ended_ns)
			fds[1].fd = -1; /* it would not stop telling */
		poll(fds, 2, SESSION_STEP_MS);
		if (take_signals(s, signal_fd, &seen))
			return HEADLESS_INTERRUPTED;
		if (session_step(s))
			return HEADLESS_FAILED;
		if (session_is_full(s) && session_detach(s))
			return HEADLESS_FAILED;
		if ((fn && !fn(arg, s)) || (s->is_detached && session_is_attached(s)))
			return HEADLESS_ENOUGH;
		if (s->has_ended)
			return HEADLESS_PROGRAM_ENDED;
		if (clock_now_ns() > end_ns)
			return HEADLESS_TIMEOUT;
	}
}

enum headless_end headless_run(struct session *s, headless_step_fn fn, void *arg,
			       uint64_t timeout_ns, int *ret_status)
{
	enum headless_end end = HEADLESS_FAILED;
	int signal_fd = open_signals();

	*ret_status = EXIT_CTRACE_FAILED;
	if (signal_fd < 0)
		return end;
	*ret_status = session_go(s);
	if (!*ret_status) {
		end = observe(s, signal_fd, fn, arg, timeout_ns);
		if (session_stop(s) || end == HEADLESS_FAILED) {
			*ret_status = EXIT_CTRACE_FAILED;
			end = HEADLESS_FAILED;
		}
		if (fn)
			fn(arg, s);
	}
	close(signal_fd);
	return end;
}

void headless_summary(const struct session *s)
{
	const struct model *m = trace_tail(s->trace);
	const struct recording *r = &s->rec;
	char events[32], lost[32], duration[32], size[32];
	bool is_kept = s->is_recorded;

	if (s->opts->quiet)
		return;
	fprintf(stderr, "ctrace: %s events, %s lost, %s, %s%s%s%s\n",
		fmt_count(events, sizeof(events), model_event_cnt(m)),
		fmt_count(lost, sizeof(lost), model_lost(m, 0) + (is_kept ? r->lost_cnt : 0)),
		fmt_duration(duration, sizeof(duration), s->stopped_ns - model_begin_ns(m)),
		fmt_size(size, sizeof(size), is_kept ? r->file_sz : trace_stored_sz(s->trace)),
		s->is_detached ? ", stopped at its limit" : "", is_kept ? " -> " : "",
		is_kept ? r->path : "");
}

bool headless_end_has_status(enum headless_end end)
{
	return end == HEADLESS_PROGRAM_ENDED || end == HEADLESS_INTERRUPTED;
}

void headless_exit_like(struct session *s)
{
	int status = s->wait_status; /* 0 when it is not our child */

	session_release(s);
	exit_like(status);
}
