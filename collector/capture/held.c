/* SPDX-License-Identifier: GPL-2.0-only */
/* The launched program before its exec: what it has to become, and to whom it reports. */
#include "capture/held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Never seen as an exit status of the program: whoever waits has read the report. */
#define HELD_EXIT_STATUS 125

static void report_send(int fd, enum held_report_kind kind, const char *what, int err)
{
	struct held_report report = { .kind = kind, .err = err, .pid = getpid() };

	snprintf(report.what, sizeof(report.what), "%s", what);
	send(fd, &report, sizeof(report), MSG_NOSIGNAL);
}

static void report_failure(int fd, enum held_report_kind kind, const char *what, int err)
{
	if (!err)
		return;
	report_send(fd, kind, what, err);
	_exit(HELD_EXIT_STATUS);
}

/* All signals are blocked. What exec would reset anyway must not run our handlers until then. */
static void signals_reset(const struct launch_inherited *inherited)
{
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction act = { .sa_handler = SIG_DFL };

		if (inherited && sigismember(&inherited->ignored, sig))
			act.sa_handler = SIG_IGN;
		sigaction(sig, &act, NULL);
	}
}

static void signals_unblock(const struct launch_inherited *inherited)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, inherited ? &inherited->blocked : &none, NULL);
}

/* Ours are all close-on-exec; this is for those of libraries, which may forget. */
static int fds_close_on_exec(const struct launch_inherited *inherited)
{
	if (close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	for (int fd = 3; inherited && fd < FD_SETSIZE; fd++)
		if (FD_ISSET(fd, &inherited->fds))
			fcntl(fd, F_SETFD, 0);
	return 0;
}

static void env_set(const char *name, const char *value)
{
	if (*value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* The environment that sudo made for root, back to what the user knows. */
static void env_set_invoker(const struct invoker *as)
{
	static const char *const traces[] = { "SUDO_COMMAND", "SUDO_GID",  "SUDO_HOME",
					      "SUDO_TTY",     "SUDO_UID",  "SUDO_USER",
					      "PKEXEC_UID",   "DOAS_USER", "MAIL" };

	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++)
		unsetenv(traces[i]);
	env_set("HOME", as->home);
	env_set("SHELL", as->shell);
	env_set("USER", as->name);
	env_set("LOGNAME", as->name);
}

/* The terminal has a size of its own, and perhaps another kind. */
static void env_set_terminal(const char *term)
{
	unsetenv("COLUMNS");
	unsetenv("LINES");
	if (term)
		setenv("TERM", term, 1);
}

/* As execve() would say without doing it. */
static int file_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return access(path, X_OK) < 0 ? -errno : 0;
}

/* 0 when there is something for execvp() to try; it does the search again, with its own rules. */
static int program_look_up(const char *name)
{
	const char *dirs = getenv("PATH");
	int err = -ENOENT;

	if (!*name || strchr(name, '/'))
		return file_check(name);
	if (!dirs)
		dirs = "/bin:/usr/bin"; /* glibc's, confstr(_CS_PATH) */
	for (;; dirs++) {
		size_t len = strcspn(dirs, ":");
		char path[PATH_MAX];
		int found = -ENOENT;

		if (snprintf(path, sizeof(path), "%.*s%s%s", (int)len, dirs, len ? "/" : "", name) <
		    (int)sizeof(path))
			found = file_check(path);
		if (!found)
			return 0;
		/* What lies in a directory of somebody else's is not what was meant. */
		if (found == -EISDIR || (found == -EACCES && !access(path, F_OK)))
			err = found;
		dirs += len;
		if (!*dirs)
			return err;
	}
}

_Noreturn void held_run(const struct launch_options *opts, const struct terminal *term, int fd)
{
	char go;

	signals_reset(opts->inherited);
	if (opts->pty) {
		report_failure(fd, HELD_SETUP, "terminal", terminal_enter(term));
		env_set_terminal(opts->term);
	}
	if (opts->as) {
		report_failure(fd, HELD_SETUP, "user", invoker_become(opts->as));
		if (opts->as->is_sudo)
			env_set_invoker(opts->as);
	}
	/* Capabilities that would pass through exec; kernels without them have none to clear. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L);
	report_failure(fd, HELD_SETUP, "descriptors", fds_close_on_exec(opts->inherited));
	report_failure(fd, HELD_LOOK_UP, "", program_look_up(opts->argv[0]));
	signals_unblock(opts->inherited);
	report_send(fd, HELD_READY, "", 0);

	/* The end of file means that nobody is left to let us go. */
	if (recv(fd, &go, 1, 0) != 1)
		_exit(HELD_EXIT_STATUS);
	execvp(opts->argv[0], opts->argv);
	report_failure(fd, HELD_EXEC, "", -errno);
	_exit(HELD_EXIT_STATUS);
}

/* Of all descriptors the leader keeps one: without any, the session would lose its terminal. */
static void leader_close_but(int fd)
{
	close_range(0, fd - 1, 0);
	close_range(fd + 1, UINT_MAX, 0);
}

_Noreturn void held_run_in_session(const struct launch_options *opts, const struct terminal *term,
				   int fd)
{
	struct invoker self = { .uid = getuid(), .gid = getgid() };
	pid_t pid;

	report_failure(fd, HELD_SETUP, "session", terminal_lead(term));
	/* Not fork(): the program has to be our parent's child, to wait for and to inspect. */
	pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0L, 0L, 0L, 0L);
	if (pid < 0)
		report_failure(fd, HELD_SETUP, "process", -errno);
	if (pid == 0)
		held_run(opts, term, fd);

	prctl(PR_SET_NAME, "ctrace-session");
	leader_close_but(term->slave_fd);
	/* Better no session, and the program told so by SIGHUP, than one that runs as root. */
	if (privileges_drop(opts->as ? opts->as : &self, KEEP_NOTHING))
		_exit(HELD_EXIT_STATUS);
	signals_reset(NULL);
	signals_unblock(NULL);
	for (;;)
		pause();
}
