/* SPDX-License-Identifier: GPL-2.0-only */
/* A launched program finds what it would without us: streams, signals, environment, user. */
#include "tests/unit/capture/launching.h"

#include <cap-ng.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

TestSuite(launch_user, .init = set_up, .timeout = 20);

/* --- as the user had started it ------------------------------------------------------- */

Test(launch_user, arguments_and_environment_arrive)
{
	char *argv[] = { "sh", "-c", "printf '%s|' \"$0\" \"$@\" \"$MARK\"", "a b", "", "c", NULL };
	struct launch_options opts = { .argv = argv };
	int out[2];

	setenv("MARK", "x=y", 1);
	cr_assert(eq(int, pipe2(out, O_CLOEXEC), 0));
	dup2(out[1], 1);
	cr_assert(eq(int, launch_start(&opts, &launched), 0));
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), 0));
	cr_assert(eq(int, read(out[0], output, sizeof(output)), 11));
	cr_expect(eq(int, memcmp(output, "a b||c|x=y|", 11), 0));
}

Test(launch_user, only_the_three_streams_are_open)
{
	cr_assert(ge(int, open("/dev/null", O_RDONLY), 3)); /* one that forgot O_CLOEXEC */
	cr_assert(eq(int, run("ls /proc/self/fd | wc -l"), 0));
	cr_expect(eq(int, atoi(output), 4), "0, 1, 2, and that of ls: %s", output);
}

Test(launch_user, inherited_descriptors_pass_through)
{
	struct launch_inherited inherited;
	int fd = fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 77), late;
	char script[80];

	cr_assert(eq(int, fd, 77));
	launch_inherited_save(&inherited);
	late = fcntl(fd, F_DUPFD, 78);
	snprintf(script, sizeof(script), "test -e /proc/self/fd/77 -a ! -e /proc/self/fd/%d", late);
	cr_expect(
		eq(int, run_script(script, (struct launch_options){ .inherited = &inherited }), 0));
	cr_expect(ne(int, run(script), 0), "unless nobody says so");
}

Test(launch_user, closed_streams_stay_closed_and_are_not_taken)
{
	char *argv[] = { "test", "!", "-e", "/proc/self/fd/0", NULL };
	struct launch_options opts = { .argv = argv };
	struct stat st;

	cr_assert(eq(int, close(0), 0));
	cr_assert(eq(int, launch_start(&opts, &launched), 0));
	/* Now there is something, or a file of ours would be what we think is stdin. */
	cr_assert(eq(int, fstat(0, &st), 0));
	cr_expect(eq(int, st.st_rdev, makedev(1, 3)), "/dev/null");
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), 0));
}

/*
 * Signals 1 to 31: 32 and 33 belong to the C library, which lets nobody reset what make
 * leaves ignored there.
 */
#define PRINT_SIGNALS                                                          \
	"grep -E '^Sig(Blk|Ign)' /proc/self/status | while read -r _ set; do " \
	"printf '%016x ' $((0x$set & 0x7fffffff)); done"

Test(launch_user, signals_are_at_their_defaults)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int sig = 1; sig < 32; sig++)
		if (sig != SIGCHLD)
			signal(sig, SIG_IGN);
	cr_assert(eq(int, run(PRINT_SIGNALS), 0));
	cr_expect(eq(str, output, "0000000000000000 0000000000000000 "));
}

Test(launch_user, inherited_signals_are_as_the_shell_gave_them)
{
	struct launch_inherited inherited;
	struct launch_options opts = { .inherited = &inherited };
	sigset_t set;

	/* nohup, and a shell that blocks SIGUSR1; Criterion's own choices are none of ours. */
	for (int sig = 1; sig < 32; sig++)
		signal(sig, sig == SIGHUP ? SIG_IGN : SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	launch_inherited_save(&inherited);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_DFL);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	cr_assert(eq(int, run_script(PRINT_SIGNALS, opts), 0));
	cr_expect(eq(str, output, "0000000000000200 0000000000000001 "));
}

Test(launch_user, own_signal_mask_is_untouched)
{
	sigset_t before, after;

	sigprocmask(SIG_BLOCK, NULL, &before);
	cr_assert(eq(int, run("exit 0"), 0));
	sigprocmask(SIG_BLOCK, NULL, &after);
	for (int sig = 1; sig < NSIG; sig++)
		cr_expect(eq(int, sigismember(&before, sig), sigismember(&after, sig)));
}

Test(launch_user, ignored_sigchld_does_not_eat_the_status)
{
	signal(SIGCHLD, SIG_IGN);
	cr_expect(eq(int, WEXITSTATUS(run("exit 7")), 7));
}

Test(launch_user, without_a_pty_the_program_shares_our_group_and_session)
{
	char ids[64];

	cr_assert(eq(int, run("echo $(cut -d' ' -f4,5,6 /proc/$$/stat)"), 0));
	snprintf(ids, sizeof(ids), "%d %d %d\n", getpid(), getpgrp(), getsid(0));
	cr_expect(eq(str, output, ids));
	cr_expect(eq(int, launched.pty_fd, -1));
}

/* --- as another user ------------------------------------------------------------------- */

#define STATUS_OF(keys) "grep -E '^(" keys "):' /proc/self/status | tr -s '\\t \\n' ' '"

Test(launch_user, under_sudo_the_program_is_the_users)
{
	need_root();
	cr_assert(eq(int,
		     run_script(STATUS_OF("Uid|Gid|Groups|CapPrm|CapEff|CapAmb|NoNewPrivs"),
				(struct launch_options){ .as = &nobody }),
		     0));
	cr_expect(eq(str, output,
		     "Uid: 12345 12345 12345 12345 Gid: 54321 54321 54321 54321 Groups: "
		     "CapPrm: 0000000000000000 CapEff: 0000000000000000 CapAmb: 0000000000000000 "
		     "NoNewPrivs: 0 "));
}

Test(launch_user, set_user_id_programs_keep_working)
{
	char own[4096], *bounds;

	need_root();
	cr_assert(eq(int, read_file("/proc/self/status", own, sizeof(own), NULL), 0));
	bounds = strstr(own, "\nCapBnd:") + 1;
	*strchr(bounds, '\n') = '\0';
	cr_assert(eq(int,
		     run_script("grep ^CapBnd /proc/self/status | tr -d '\\n'",
				(struct launch_options){ .as = &nobody }),
		     0));
	cr_expect(eq(str, output, bounds));
}

Test(launch_user, under_sudo_the_environment_is_the_users)
{
	struct invoker daemon = nobody;

	need_root();
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_COMMAND", "ctrace", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("KEPT", "yes", 1);
	cr_assert(eq(int,
		     run_script("echo $HOME,$USER,$SHELL,$KEPT; env | grep -c ^SUDO_",
				(struct launch_options){ .as = &nobody }) >>
			     8,
		     1));
	cr_expect(eq(str, output, "/,,/bin/sh,yes\n0\n"));

	snprintf(daemon.name, sizeof(daemon.name), "daemon");
	snprintf(daemon.home, sizeof(daemon.home), "/usr/sbin");
	cr_assert(eq(
		int,
		run_script("echo $HOME,$USER,$LOGNAME", (struct launch_options){ .as = &daemon }),
		0));
	cr_expect(eq(str, output, "/usr/sbin,daemon,daemon\n"));
}

Test(launch_user, our_own_environment_is_untouched)
{
	need_root();
	setenv("SUDO_UID", "12345", 1);
	cr_assert(eq(int, run_script("exit 0", (struct launch_options){ .as = &nobody }), 0));
	cr_expect(eq(str, getenv("SUDO_UID"), "12345"));
	cr_expect(eq(int, geteuid(), 0));
}

Test(launch_user, what_root_may_execute_the_user_may_not)
{
	static char *argv[] = { path, NULL };
	struct launch_options opts = { .argv = argv, .as = &nobody };

	need_root();
	make_file("#!/bin/sh\n", 0700);
	cr_expect(eq(int, launch_start(&opts, &launched), -EACCES));
	cr_expect(eq(int, launched.fail_status, 126));
	cr_expect(ne(ptr, strstr(last_line, "user 12345"), NULL), "%s", last_line);
	remove_file();
}

Test(launch_user, ambient_capabilities_are_ours_alone)
{
	int status = -1;
	pid_t pid;

	need_root();
	/* As a service manager lets a user trace without root. */
	pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) || setresuid(12345, 12345, 12345))
			_exit(1);
		capng_clear(CAPNG_SELECT_CAPS);
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE,
			     CAP_PERFMON);
		if (capng_apply(CAPNG_SELECT_CAPS) ||
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_PERFMON, 0L, 0L))
			_exit(2);
		_exit(run("grep -Eq '^CapEff:.0+$' /proc/self/status") ? 3 : 0);
	}
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
}

Test(launch_user, nobody_can_start_programs_for_others)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		static char *argv[] = { "true", NULL };
		struct invoker other = { .uid = 4711, .gid = 4711 };
		struct launch_options opts = { .argv = argv, .as = &other };

		if (geteuid() == 0 && setresuid(65534, 65534, 65534))
			_exit(1);
		if (launch_start(&opts, &launched) != -EPERM)
			_exit(2);
		_exit(launched.fail_status == 125 ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
}
