/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes with children: what attaching to the first of them finds. Prints "ready". */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BRANCH_CNT = 4, STORM_S = 1 };

static int ends[2];

static void say_ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* The last of a line of depth processes below this one reads what nobody will write. */
static void line(int depth)
{
	char byte;
	pid_t pid = 0;

	if (pipe(ends))
		exit(1);
	while (depth-- && !(pid = fork()))
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pid)
		waitpid(pid, NULL, 0);
	else if (say_ready(), read(ends[0], &byte, 1) < 0)
		exit(1);
	exit(0);
}

/* What is stuck is another user's than the first process, which is nobody from then on. */
static void foreign(int uid)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		line(1);
	}
	if (setgid(uid) || setuid(uid))
		exit(1);
	waitpid(pid, NULL, 0);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Some of the children stay, and make children, too; others end at once. */
static void grow(int depth, double until_s)
{
	for (int stay = 0; now_s() < until_s; stay++) {
		pid_t pid = fork();

		if (!pid && stay % 8)
			_exit(0);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (depth)
				grow(depth - 1, until_s);
			for (;;)
				pause();
		}
		if (stay % 8)
			waitpid(pid, NULL, 0);
		usleep(20000);
	}
}

static void storm(int depth)
{
	say_ready();
	grow(depth, now_s() + STORM_S);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";
	int value = argc > 2 ? atoi(argv[2]) : 0;

	if (!strcmp(how, "line"))
		line(value);
	if (!strcmp(how, "foreign"))
		foreign(value);
	if (!strcmp(how, "storm"))
		storm(value);
	return 2;
}
