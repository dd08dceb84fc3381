/* SPDX-License-Identifier: GPL-2.0-only */
/* A launched program with a terminal of its own, and the session around it. */
#include "tests/unit/capture/launching.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "capture/terminal.h"

TestSuite(launch_pty, .init = set_up, .timeout = 20);

/* Stand where a user stands: at a terminal, with the three streams on it. */
static void sit_at_a_terminal(void)
{
	struct terminal user = TERMINAL_INIT;

	cr_assert(eq(int, terminal_open(50, 132, geteuid(), &user), 0));
	for (int fd = 0; fd <= 2; fd++)
		dup2(user.slave_fd, fd);
}

static void start_on_pty(char *const *argv, const struct invoker *as)
{
	struct launch_options opts = {
		.argv = argv,
		.as = as,
		.pty = true,
		.term = "dumb",
		.rows = 24,
		.cols = 80,
	};

	sit_at_a_terminal();
	cr_assert(eq(int, launch_start(&opts, &launched), 0), "%s", last_line);
	cr_assert(eq(int, launch_release(&launched), 0), "%s", last_line);
}

static void start_script(const char *script, const struct invoker *as)
{
	static char *argv[] = { "sh", "-c", NULL, NULL };

	argv[2] = (char *)script;
	start_on_pty(argv, as);
}

static void type(const char *keys)
{
	cr_assert(eq(int, terminal_write(launched.pty_fd, keys, strlen(keys)), strlen(keys)));
}

/* What it prints, until @end is among it. */
static void read_pty_until(const char *end)
{
	struct pollfd more = { .fd = launched.pty_fd, .events = POLLIN };
	size_t len = 0;

	output[0] = '\0';
	while (!strstr(output, end)) {
		ssize_t n;

		cr_assert(eq(int, poll(&more, 1, END_MS), 1), "only: %s", output);
		n = terminal_read(launched.pty_fd, output + len, sizeof(output) - 1 - len);
		cr_assert(ge(int, n, 0));
		len += n;
		output[len] = '\0';
	}
}

static void expect_printed(const char *text)
{
	cr_expect(ne(ptr, strstr(output, text), NULL), "'%s' in: %s", text, output);
}

/* A program that dies of signals as programs do; a shell may note them and go on. */
static void start_cat(void)
{
	static char *argv[] = { "cat", NULL };

	start_on_pty(argv, NULL);
	type("up\n");
	read_pty_until("up\r\nup\r\n");
}

Test(launch_pty, terminal_is_the_programs)
{
	setenv("COLUMNS", "132", 1);
	start_script("stty size; stty size </dev/tty; test -t 1 -a -t 2 && echo $TERM,$COLUMNS.;"
		     "exit 4",
		     NULL);
	cr_expect(eq(int, WEXITSTATUS(wait_for_end()), 4));
	read_pty_until(".\r\n");
	expect_printed("24 80\r\n24 80\r\ndumb,.\r\n");
	launch_release_resources(&launched);
}

Test(launch_pty, parent_of_the_program_is_us)
{
	char parent[32];

	start_script("echo $PPID.", NULL);
	snprintf(parent, sizeof(parent), "%d.\r\n", getpid());
	read_pty_until(".\r\n");
	cr_expect(eq(str, output, parent));
	launch_release_resources(&launched);
}

Test(launch_pty, resizing_reaches_the_program)
{
	start_script("trap 'stty size; exit' WINCH; echo armed; while read x; do :; done", NULL);
	read_pty_until("armed\r\n");
	cr_assert(eq(int, terminal_resize(launched.pty_fd, 10, 40), 0));
	/* The trap runs between two commands, so let the first one end. */
	type("\n");
	read_pty_until("10 40\r\n");
	launch_release_resources(&launched);
}

Test(launch_pty, interrupt_key_reaches_the_program_and_not_us)
{
	start_cat();
	type("\x03");
	cr_expect(eq(int, wait_for_end(), SIGINT));
	launch_release_resources(&launched);
}

Test(launch_pty, suspend_key_does_not_stop_what_nobody_would_continue)
{
	start_cat();
	type("\x1a");
	type("still here\n");
	read_pty_until("still here\r\nstill here\r\n");
	launch_release_resources(&launched);
}

Test(launch_pty, redirected_stream_stays_where_it_was_sent)
{
	char *argv[] = { "cat", NULL };
	struct launch_options opts = { .argv = argv, .pty = true, .rows = 24, .cols = 80 };
	int in[2];

	sit_at_a_terminal();
	cr_assert(eq(int, pipe2(in, O_CLOEXEC), 0));
	cr_assert(eq(int, write(in[1], "from the pipe\n", 14), 14));
	close(in[1]);
	dup2(in[0], 0);
	cr_assert(eq(int, launch_start(&opts, &launched), 0));
	cr_assert(eq(int, launch_release(&launched), 0));
	cr_expect(eq(int, wait_for_end(), 0));
	read_pty_until("from the pipe\r\n");
	launch_release_resources(&launched);
}

Test(launch_pty, children_left_behind_keep_their_terminal)
{
	/* The program is gone before its child asks for a line. */
	start_script("(read x </dev/tty && echo \"got $x\") & exit 3", NULL);
	cr_expect(eq(int, WEXITSTATUS(wait_for_end()), 3));
	type("line\n");
	read_pty_until("got line\r\n");
	launch_release_resources(&launched);
}

Test(launch_pty, end_of_the_terminal_hangs_up_the_program)
{
	struct pollfd end = { .events = POLLIN };
	int status = -1;
	pid_t pid;

	start_cat();
	pid = launched.pid;
	end.fd = pidfd_open(pid, 0);
	launch_release_resources(&launched);
	cr_assert(eq(int, poll(&end, 1, END_MS), 1));
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, SIGHUP));
	cr_expect(eq(int, waitpid(-1, NULL, 0), -1), "the leader of the session is gone too");
}

Test(launch_pty, death_of_the_launcher_ends_the_session)
{
	struct pollfd end[2] = { { .events = POLLIN }, { .events = POLLIN } };
	pid_t pids[2], launcher;
	int tell[2];

	cr_assert(eq(int, pipe2(tell, O_CLOEXEC), 0));
	launcher = fork();
	if (launcher == 0) {
		start_cat();
		pids[0] = launched.pid;
		pids[1] = launched.leader_pid;
		if (write(tell[1], pids, sizeof(pids)) == sizeof(pids))
			pause();
		_exit(1);
	}
	cr_assert(eq(int, read(tell[0], pids, sizeof(pids)), sizeof(pids)));
	for (int i = 0; i < 2; i++) {
		end[i].fd = pidfd_open(pids[i], 0);
		cr_assert(eq(int, poll(&end[i], 1, 0), 0), "alive");
	}
	cr_assert(eq(int, kill(launcher, SIGKILL), 0));
	for (int i = 0; i < 2; i++)
		cr_expect(eq(int, poll(&end[i], 1, END_MS), 1));
}

static bool status_has(pid_t pid, const char *line)
{
	static char text[8192];
	char name[32];

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	return !read_file(name, text, sizeof(text), NULL) && strstr(text, line);
}

Test(launch_pty, nothing_of_us_stays_privileged_in_the_session)
{
	pid_t leader;

	need_root();
	start_script("stat -Lc %u. /dev/fd/0; : <$(tty) && echo opened; read x", &nobody);
	read_pty_until("opened\r\n");
	expect_printed("12345.\r\n");
	leader = getsid(launched.pid);
	cr_expect(ne(int, leader, launched.pid));
	/* Nobody waits for the leader: its last step is to unblock its signals. */
	for (int i = 0; i < 1000 && !status_has(leader, "SigBlk:\t0000000000000000"); i++)
		poll(NULL, 0, 5);
	cr_expect(status_has(leader, "Uid:\t12345\t12345\t12345\t12345\n"));
	cr_expect(status_has(leader, "CapPrm:\t0000000000000000\n"));
	cr_expect(status_has(leader, "CapBnd:\t0000000000000000\n"));
	cr_expect(status_has(leader, "NoNewPrivs:\t1\n"));
	launch_release_resources(&launched);
}

Test(launch_pty, refusal_with_a_pty_leaves_no_process)
{
	static char *argv[] = { "no-such-program-here", NULL };
	struct launch_options opts = { .argv = argv, .pty = true, .rows = 24, .cols = 80 };

	cr_expect(eq(int, launch_start(&opts, &launched), -ENOENT));
	cr_expect(eq(int, launched.fail_status, 127));
	cr_expect(eq(int, waitpid(-1, NULL, 0), -1));
	cr_expect(eq(int, errno, ECHILD));
}
