/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of launch.c have in common: run a script, keep what it and we say. */
#ifndef TESTS_LAUNCHING_H
#define TESTS_LAUNCHING_H

#include "capture/launch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

#define END_MS 8000 /* never reached but by a program that hangs */

static struct launch launched __attribute__((unused));
static char last_line[512] __attribute__((unused));
static char output[8192] __attribute__((unused));
static char dir[] __attribute__((unused)) = "/tmp/launch.XXXXXX";
static char path[64] __attribute__((unused));

static void keep_line(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	(void)level;
	snprintf(last_line, sizeof(last_line), "%s", line);
}

static inline void set_up(void)
{
	log_set_sink(keep_line, NULL);
}

/* A file in a new directory that everybody may enter; @path then names it. */
static inline void make_file(const char *text, mode_t mode)
{
	int fd;

	cr_assert(ne(ptr, mkdtemp(dir), NULL));
	cr_assert(eq(int, chmod(dir, 0755), 0));
	snprintf(path, sizeof(path), "%s/program", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	cr_assert(eq(int, write_all(fd, text, strlen(text)), 0));
	cr_assert(eq(int, fchmod(fd, mode), 0));
	close(fd);
}

static inline void remove_file(void)
{
	unlink(path);
	rmdir(dir);
}

static inline int start(const char *name)
{
	static char *argv[] = { NULL, NULL };
	struct launch_options opts = { .argv = argv };

	argv[0] = (char *)name;
	return launch_start(&opts, &launched);
}

static inline int wait_for_end(void)
{
	struct pollfd end = { .fd = launched.pidfd, .events = POLLIN };
	int status = -1;

	cr_assert(eq(int, poll(&end, 1, END_MS), 1));
	cr_assert(eq(int, launch_wait(&launched, &status), 1));
	return status;
}

/* Run @script to its end; its wait status, and what it printed in @output. */
static inline int run_script(const char *script, struct launch_options opts)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };
	int out[2], before = fcntl(1, F_DUPFD_CLOEXEC, 3), status;
	ssize_t n;

	/* Not stdio: the program must find an ordinary descriptor 1. */
	cr_assert(eq(int, pipe2(out, O_CLOEXEC), 0));
	dup2(out[1], 1);
	opts.argv = argv;
	status = launch_start(&opts, &launched);
	dup2(before, 1);
	close(out[1]);
	close(before);
	cr_assert(eq(int, status, 0), "%s", last_line);
	cr_assert(eq(int, launch_release(&launched), 0), "%s", last_line);
	status = wait_for_end();
	n = read(out[0], output, sizeof(output) - 1);
	cr_assert(ge(int, n, 0));
	output[n] = '\0';
	close(out[0]);
	launch_release_resources(&launched);
	return status;
}

static inline int run(const char *script)
{
	return run_script(script, (struct launch_options){});
}

/* Somebody without a passwd entry. */
static struct invoker nobody __attribute__((unused)) = {
	.uid = 12345,
	.gid = 54321,
	.is_sudo = true,
	.home = "/",
	.shell = "/bin/sh",
};

static inline void need_root(void)
{
	if (getuid() != 0 || geteuid() != 0)
		cr_skip_test("needs root: runs a program as another user");
}

#endif
