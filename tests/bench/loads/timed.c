/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: another program, timed from fork to wait, pinned to one CPU. */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
	uint64_t start_ns;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: %s PROGRAM [ARGUMENT...]", argv[0]);
	bench_pin();
	start_ns = bench_now_ns();
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "%s: wait status %#x", argv[1], status);
	bench_report(start_ns);
	return 0;
}
