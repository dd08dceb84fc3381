/* SPDX-License-Identifier: GPL-2.0-only */
/* Launched programs are held until released, refused in time, ended as they ended. */
#include "tests/unit/capture/launching.h"

#include <errno.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>

TestSuite(launch, .init = set_up, .timeout = 20);

/* --- held ---------------------------------------------------------------------------- */

Test(launch, program_is_held_until_it_is_released)
{
	char comm[64], comm_path[64];
	int status = -1;

	cr_assert(eq(int, start("true"), 0));
	snprintf(comm_path, sizeof(comm_path), "/proc/%d/comm", launched.pid);
	cr_assert(eq(int, read_file(comm_path, comm, sizeof(comm), NULL), 0));
	cr_expect(ne(str, comm, "true\n"));
	cr_expect(eq(int, launch_wait(&launched, &status), 0));
	cr_expect(eq(int, status, -1));

	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), 0));
	cr_expect(eq(int, launch_wait(&launched, &status), 1), "asked again after the end");
	launch_release_resources(&launched);
}

Test(launch, program_is_there_when_release_returns)
{
	char comm[64], comm_path[64];
	int in[2];

	/* Somebody holds the other end, so it cannot be over yet. */
	cr_assert(eq(int, pipe2(in, O_CLOEXEC), 0));
	dup2(in[0], 0);
	cr_assert(eq(int, start("cat"), 0));
	snprintf(comm_path, sizeof(comm_path), "/proc/%d/comm", launched.pid);
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_assert(eq(int, read_file(comm_path, comm, sizeof(comm), NULL), 0));
	cr_expect(eq(str, comm, "cat\n"));
	kill(launched.pid, SIGKILL);
	cr_expect(eq(int, wait_for_end(), SIGKILL));
}

Test(launch, held_program_ends_with_its_launcher)
{
	struct pollfd end = { .events = POLLIN };
	int tell[2], die[2];
	pid_t launcher, held;
	char ch;

	make_file("#!/bin/sh\n: > \"${0%/*}/ran\"\n", 0755);
	cr_assert(eq(int, pipe(tell), 0));
	cr_assert(eq(int, pipe(die), 0));
	/* Without a parent that waits, it must not become a zombie of this test. */
	launcher = fork();
	if (launcher == 0) {
		if (start(path) || write(tell[1], &launched.pid, sizeof(pid_t)) < 0 ||
		    read(die[0], &ch, 1) < 0)
			_exit(1);
		_exit(0);
	}
	cr_assert(eq(int, read(tell[0], &held, sizeof(held)), sizeof(held)));
	end.fd = pidfd_open(held, 0);
	cr_assert(ge(int, end.fd, 0));
	cr_expect(eq(int, poll(&end, 1, 0), 0), "still held");
	cr_assert(eq(int, kill(launcher, SIGKILL), 0));
	cr_expect(eq(int, poll(&end, 1, END_MS), 1));
	snprintf(path, sizeof(path), "%s/ran", dir);
	cr_expect(eq(int, access(path, F_OK), -1));
	snprintf(path, sizeof(path), "%s/program", dir);
	remove_file();
}

Test(launch, giving_up_ends_the_held_program)
{
	pid_t pid;

	cr_assert(eq(int, start("true"), 0));
	pid = launched.pid;
	launch_release_resources(&launched);
	cr_expect(eq(int, kill(pid, 0), -1));
	cr_expect(eq(int, errno, ESRCH), "gone, and reaped");
}

Test(launch, death_while_held_is_a_status_and_no_failure)
{
	cr_assert(eq(int, start("true"), 0));
	cr_assert(eq(int, kill(launched.pid, SIGKILL), 0));
	cr_expect(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), SIGKILL));
}

/* --- not a program ------------------------------------------------------------------- */

static void expect_refusal(const char *name, int err, int fail_status, const char *says)
{
	cr_expect(eq(int, start(name), err), "%s", name);
	cr_expect(eq(int, launched.fail_status, fail_status), "%s", name);
	cr_expect(ne(ptr, strstr(last_line, says), NULL), "%s", last_line);
}

Test(launch, what_is_not_there_is_not_found)
{
	expect_refusal("no-such-program-here", -ENOENT, 127, "not found in PATH");
	expect_refusal("./no-such-program-here", -ENOENT, 127, "no such file");
	expect_refusal("", -ENOENT, 127, "'': not found");
}

Test(launch, directory_is_not_executable)
{
	expect_refusal("/tmp", -EACCES, 126, "is a directory");
}

Test(launch, what_is_no_plain_file_is_not_executable)
{
	make_file("", 0755);
	cr_assert(eq(int, unlink(path), 0));
	cr_assert(eq(int, mkfifo(path, 0755), 0));
	expect_refusal(path, -EACCES, 126, "may not execute");
	remove_file();
}

Test(launch, file_used_as_a_directory_is_not_executable)
{
	expect_refusal("/etc/passwd/x", -ENOTDIR, 126, "Not a directory");
}

Test(launch, file_without_the_right_is_not_executable)
{
	make_file("#!/bin/sh\n", 0644);
	expect_refusal(path, -EACCES, 126, "may not execute");
	remove_file();
}

Test(launch, path_is_searched_past_what_is_not_executable)
{
	char dirs[128];

	make_file("", 0644);
	snprintf(dirs, sizeof(dirs), "/nonexistent:%s:/tmp/../tmp", dir);
	setenv("PATH", dirs, 1);
	expect_refusal("program", -EACCES, 126, "may not execute");
	unlink(path);
	expect_refusal("program", -ENOENT, 127, "not found in PATH");
	snprintf(path, sizeof(path), "%s/true", dir);
	cr_assert(eq(int, close(open(path, O_CREAT | O_WRONLY, 0644)), 0));
	snprintf(dirs, sizeof(dirs), "%s:/bin:/usr/bin", dir);
	setenv("PATH", dirs, 1);
	cr_expect(eq(int, start("true"), 0), "%s", last_line);
	launch_release_resources(&launched);
	remove_file();
}

Test(launch, what_lies_out_of_reach_in_path_is_not_found)
{
	int status = -1;
	pid_t pid;

	make_file("#!/bin/sh\n", 0755);
	cr_assert(eq(int, chmod(dir, 0), 0));
	setenv("PATH", dir, 1);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setresuid(nobody.uid, nobody.uid, nobody.uid))
			_exit(1);
		_exit(start("program") == -ENOENT && launched.fail_status == 127 ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
	cr_assert(eq(int, chmod(dir, 0700), 0));
	remove_file();
}

Test(launch, empty_element_of_path_is_this_directory)
{
	make_file("#!/bin/sh\nexit 5\n", 0755);
	cr_assert(eq(int, chdir(dir), 0));
	setenv("PATH", "/nonexistent:", 1);
	cr_assert(eq(int, start("program"), 0), "%s", last_line);
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, WEXITSTATUS(wait_for_end()), 5));
	remove_file();
}

Test(launch, without_path_the_system_directories_are_searched)
{
	unsetenv("PATH");
	cr_assert(eq(int, start("true"), 0), "%s", last_line);
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), 0));
}

Test(launch, script_without_its_interpreter_fails_at_release)
{
	pid_t pid;

	make_file("#!/nonexistent/interpreter\n", 0755);
	cr_assert(eq(int, start(path), 0));
	pid = launched.pid;
	cr_expect(eq(int, launch_release(&launched), -ENOENT));
	cr_expect(eq(int, launched.fail_status, 127));
	cr_expect(ne(ptr, strstr(last_line, "interpreter"), NULL), "%s", last_line);
	cr_expect(eq(int, kill(pid, 0), -1), "reaped");
	launch_release_resources(&launched);
	remove_file();
}

Test(launch, script_whose_interpreter_is_no_program_fails_at_release)
{
	make_file("#!/etc/passwd\n", 0755);
	cr_assert(eq(int, start(path), 0));
	cr_expect(eq(int, launch_release(&launched), -EACCES));
	cr_expect(eq(int, launched.fail_status, 126));
	launch_release_resources(&launched);
	remove_file();
}

Test(launch, text_without_interpreter_line_is_run_by_the_shell)
{
	make_file("exit 3\n", 0755);
	cr_assert(eq(int, start(path), 0));
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, WEXITSTATUS(wait_for_end()), 3));
	launch_release_resources(&launched);
	remove_file();
}

/* --- ending as it ended -------------------------------------------------------------------- */

Test(launch, exit_status_is_that_of_a_shell)
{
	cr_expect(eq(int, launch_exit_status(run("exit 0")), 0));
	cr_expect(eq(int, launch_exit_status(run("exit 255")), 255));
	cr_expect(eq(int, launch_exit_status(run("kill -TERM $$")), 128 + SIGTERM));
}

/* How a process ends that calls exit_like(@status) with everything in the way of a signal. */
static int end_like(int status)
{
	int ret = -1;
	pid_t pid = fork();

	if (pid == 0) {
		sigset_t all;

		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		for (int sig = 1; sig < NSIG; sig++)
			signal(sig, SIG_IGN);
		exit_like(status);
	}
	waitpid(pid, &ret, 0);
	return ret;
}

Test(launch, we_end_with_the_same_exit_status)
{
	cr_expect(eq(int, end_like(run("exit 0")), run("exit 0")));
	cr_expect(eq(int, end_like(run("exit 90")), run("exit 90")));
}

Test(launch, we_die_of_the_same_signal_without_a_core)
{
	static const int deadly[] = { SIGHUP,  SIGINT,	SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT,
				      SIGBUS,  SIGFPE,	SIGKILL, SIGUSR1, SIGSEGV,   SIGUSR2,
				      SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGVTALRM, SIGSYS };
	struct rlimit core = {};

	/* Room for a core: it must be our choice that there is none. */
	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = core.rlim_max;
	setrlimit(RLIMIT_CORE, &core);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		cr_expect(eq(int, end_like(deadly[i] | 0x80), deadly[i]));
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		cr_expect(eq(int, end_like(sig), sig));
}
