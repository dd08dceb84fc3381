/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: system calls that never block, pinned to one CPU. */
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
	long calls = bench_number(argc, argv, 1);
	uint64_t start_ns;

	bench_pin();
	start_ns = bench_now_ns();
	while (calls--)
		syscall(SYS_getppid);
	bench_report(start_ns);
	return 0;
}
