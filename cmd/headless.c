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
#include "base/strbuf.h"
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
	const char *limit;
	int seen = 0;

	for (;;) {
		if (s->ended_ns)
			fds[1].fd = -1; /* it would not stop telling */
		poll(fds, 2, SESSION_STEP_MS);
		if (take_signals(s, signal_fd, &seen))
			return HEADLESS_INTERRUPTED;
		if (session_step(s))
			return HEADLESS_FAILED;
		limit = session_reached_limit(s);
		if (limit && session_detach(s, limit))
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
		if (session_stop(s))
			end = HEADLESS_FAILED;
		if (end == HEADLESS_FAILED || s->file_err)
			*ret_status = EXIT_CTRACE_FAILED;
		if (fn)
			fn(arg, s);
	}
	close(signal_fd);
	return end;
}

/* "131,044 events, 0 lost, 642 ms, 1.2 MiB": of what was seen, and of what is in a file. */
static void add_sums(const struct session *s, __u64 cnt, __u64 lost_cnt, __u64 begin_ns, __u64 sz,
		     struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, "%s events, ", fmt_count(buf, sizeof(buf), cnt));
	strbuf_addf(ret, "%s lost, ", fmt_count(buf, sizeof(buf), lost_cnt));
	strbuf_addf(ret, "%s, ", fmt_duration(buf, sizeof(buf), s->stopped_ns - begin_ns));
	strbuf_adds(ret, fmt_size(buf, sizeof(buf), sz));
}

static void add_limit(const struct session *s, struct strbuf *ret)
{
	if (s->is_detached)
		strbuf_addf(ret, ", stopped at its limit %s", s->limit);
}

/* What is in the file; and what was seen, where that is more by design: a ring forgets. */
static void add_recorded(const struct session *s, struct strbuf *ret)
{
	const struct recording *r = &s->rec;
	const struct model *m = trace_tail(s->trace);
	__u64 seen_cnt = model_event_cnt(m), begin_ns = model_begin_ns(m);
	bool is_part = seen_cnt > r->event_cnt + r->lost_cnt;
	char buf[FMT_SZ];

	add_sums(s, r->event_cnt, model_lost(m, 0) + r->lost_cnt, is_part ? r->begin_ns : begin_ns,
		 r->file_sz, ret);
	add_limit(s, ret);
	strbuf_addf(ret, " -> %s", r->path);
	if (!is_part)
		return;
	strbuf_addf(ret, ", the last of %s events ", fmt_count(buf, sizeof(buf), seen_cnt));
	strbuf_addf(ret, "in %s", fmt_duration(buf, sizeof(buf), s->stopped_ns - begin_ns));
}

void headless_summary(const struct session *s)
{
	const struct model *m = trace_tail(s->trace);
	struct strbuf line = {};

	if (s->opts->quiet || !s->stopped_ns)
		return;
	if (s->is_recorded)
		add_recorded(s, &line);
	else
		add_sums(s, model_event_cnt(m), model_lost(m, 0), model_begin_ns(m),
			 trace_stored_sz(s->trace), &line);
	fprintf(stderr, "ctrace: %s\n", strbuf_str(&line));
	strbuf_release(&line);
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
