/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: nothing, for the given number of seconds; what is left is the tracer itself. */
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
	uint64_t start_ns = bench_now_ns();

	sleep(bench_number(argc, argv, 1));
	bench_report(start_ns);
	return 0;
}
