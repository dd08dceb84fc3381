/* SPDX-License-Identifier: GPL-2.0-only */
/* Start a program and hold it at its first breath, until the probes are attached. */
#include "capture/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/held.h"
#include "capture/terminal.h"

/* As env(1) and timeout(1) have it. */
enum fail_status {
	FAIL_OURS = 125,
	FAIL_NOT_EXECUTABLE = 126,
	FAIL_NOT_FOUND = 127,
};

void launch_inherited_save(struct launch_inherited *ret)
{
	sigemptyset(&ret->ignored);
	FD_ZERO(&ret->fds);
	sigprocmask(SIG_BLOCK, NULL, &ret->blocked);
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction act;

		if (!sigaction(sig, NULL, &act) && act.sa_handler == SIG_IGN)
			sigaddset(&ret->ignored, sig);
	}
	for (int fd = 3; fd < FD_SETSIZE; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && !(flags & FD_CLOEXEC))
			FD_SET(fd, &ret->fds);
	}
}

/* Or a descriptor of ours takes the place of a closed stream, and is printed to. */
static void std_fds_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= 2);
	if (fd >= 0)
		close(fd);
}

/* A parent that ignores SIGCHLD has no child to wait for. */
static void sigchld_unignore(void)
{
	struct sigaction act;

	if (!sigaction(SIGCHLD, NULL, &act) && act.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The forked process, which may be the leader of a session; the program's pid comes by report. */
static int launch_fork(const struct launch_options *opts, const struct terminal *term,
		       struct launch *launch)
{
	sigset_t all, before;
	int fds[2], err = 0;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	/* No handler of ours may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		if (opts->pty)
			held_run_in_session(opts, term, fds[1]);
		held_run(opts, term, fds[1]);
	}
	if (pid < 0)
		err = -errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	launch->hold_fd = fds[0];
	if (opts->pty)
		launch->leader_pid = pid;
	else
		launch->pid = pid;
	return err;
}

/* 1 and a report, 0 at the end of file, or -errno. */
static int report_receive(int fd, struct held_report *ret)
{
	ssize_t n;

	do
		n = recv(fd, ret, sizeof(*ret), 0);
	while (n < 0 && errno == EINTR);
	/* A process that was killed with our byte unread resets the connection. */
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return -errno;
	return n == sizeof(*ret) ? 1 : -EPROTO;
}

static void log_look_up_failure(const char *name, uid_t uid, int err)
{
	if (err == -ENOENT)
		log_err("%s: %s", name, strchr(name, '/') ? "no such file" : "not found in PATH");
	else if (err == -EISDIR)
		log_err("%s: is a directory, not a program", name);
	else if (err == -EACCES)
		log_err("%s: user %u may not execute it", name, uid);
	else
		log_err("%s: %s", name, strerror(-err));
}

/* Say what went wrong and sort it; returns the errno for the caller. */
static int report_explain(const struct held_report *report, struct launch *launch)
{
	int err = report->err;

	launch->fail_status = err == -ENOENT ? FAIL_NOT_FOUND : FAIL_NOT_EXECUTABLE;
	switch (report->kind) {
	case HELD_LOOK_UP:
		log_look_up_failure(launch->name, launch->uid, err);
		break;
	case HELD_EXEC:
		/* The file itself has been looked at, so this is what it asks for. */
		if (err == -ENOENT)
			log_err("%s: its interpreter (the #! line, or the ELF loader) is missing",
				launch->name);
		else
			log_err("%s: cannot be executed: %s", launch->name, strerror(-err));
		break;
	default:
		launch->fail_status = FAIL_OURS;
		log_err("cannot start %s: %s: %s", launch->name, report->what, strerror(-err));
	}
	return err == -EISDIR ? -EACCES : err;
}

/* Until the forked process is held, or has said why not. */
static int launch_await_held(struct launch *launch)
{
	struct held_report report;
	int got = report_receive(launch->hold_fd, &report);

	if (got <= 0) {
		log_err("cannot start %s: it was killed before its first instruction",
			launch->name);
		return got ? got : -ESRCH;
	}
	launch->pid = report.pid;
	if (report.kind != HELD_READY)
		return report_explain(&report, launch);
	launch->pidfd = pidfd_open(launch->pid, 0);
	if (launch->pidfd < 0) {
		log_err("cannot watch %s: %m", launch->name);
		return -errno;
	}
	return 0;
}

int launch_start(const struct launch_options *opts, struct launch *ret)
{
	struct launch launch = {
		.name = *opts->argv[0] ? opts->argv[0] : "''",
		.uid = opts->as ? opts->as->uid : geteuid(),
		.fail_status = FAIL_OURS,
		.pidfd = -1,
		.pty_fd = -1,
		.hold_fd = -1,
	};
	struct terminal term = TERMINAL_INIT;
	int err = 0;

	std_fds_fill();
	sigchld_unignore();
	if (opts->pty)
		err = terminal_open(opts->rows, opts->cols, launch.uid, &term);
	if (!err)
		err = launch_fork(opts, &term, &launch);
	launch.pty_fd = term.fd;
	fd_close(&term.slave_fd);
	if (err)
		log_err("cannot start %s: %s", launch.name, strerror(-err));
	else
		err = launch_await_held(&launch);
	if (err) {
		ret->fail_status = launch.fail_status;
		launch_release_resources(&launch);
		return err;
	}
	*ret = launch;
	return 0;
}

static void launch_reap(struct launch *launch)
{
	while (waitpid(launch->pid, &launch->wait_status, 0) < 0)
		if (errno != EINTR)
			return;
	launch->has_ended = true;
}

int launch_release(struct launch *launch)
{
	struct held_report report;
	int got;

	/* A failure means that it is dead, and then the end of file is already there. */
	send(launch->hold_fd, "", 1, MSG_NOSIGNAL);
	got = report_receive(launch->hold_fd, &report);
	fd_close(&launch->hold_fd);
	if (got <= 0)
		return got;
	launch_reap(launch);
	return report_explain(&report, launch);
}

int launch_wait(struct launch *launch, int *ret_status)
{
	pid_t pid = 0;

	if (!launch->has_ended)
		pid = waitpid(launch->pid, &launch->wait_status, WNOHANG);
	if (pid < 0)
		return errno == EINTR ? 0 : -errno;
	if (pid > 0)
		launch->has_ended = true;
	if (launch->has_ended)
		*ret_status = launch->wait_status;
	return launch->has_ended;
}

void launch_release_resources(struct launch *launch)
{
	bool is_held = launch->hold_fd >= 0;

	fd_close(&launch->hold_fd);
	if (is_held && launch->pid > 0 && !launch->has_ended)
		launch_reap(launch);
	/* Before its terminal is closed: SIGHUP tells the program more than the end of input. */
	if (launch->leader_pid > 0) {
		kill(launch->leader_pid, SIGKILL);
		waitpid(launch->leader_pid, NULL, 0);
	}
	launch->leader_pid = 0;
	fd_close(&launch->pidfd);
	fd_close(&launch->pty_fd);
}

int launch_exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

_Noreturn void exit_like(int wait_status)
{
	sigset_t set;
	int sig;

	if (!WIFSIGNALED(wait_status))
		exit(WEXITSTATUS(wait_status));
	sig = WTERMSIG(wait_status);
	fflush(NULL);
	prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	/* The first process of a container survives its signals. */
	_exit(launch_exit_status(wait_status));
}
