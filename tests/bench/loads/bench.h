/* SPDX-License-Identifier: GPL-2.0-only */
/* What every load shares: arguments, pinning, the clock, and where its result goes. */
#ifndef BENCH_H
#define BENCH_H

#include <err.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The number in argv[@idx]: how much there is to do. A load has no size of its own. */
static inline long bench_number(int argc, char **argv, int idx)
{
	char *end = NULL;
	long number = idx < argc ? strtol(argv[idx], &end, 10) : -1;

	if (!end || *end || number < 0)
		errx(2, "argument %d is not a number", idx);
	return number;
}

/* Keep this process and all it makes on CPU 0, but not the tracer around it. */
static inline void bench_pin(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "sched_setaffinity");
}

static inline uint64_t bench_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/*
 * Write the wall time since @start_ns to the file $CTRACE_BENCH_OUT: not to
 * stdout while that is set, because a tracer may redirect it.
 */
static inline void bench_report(uint64_t start_ns)
{
	uint64_t wall_ns = bench_now_ns() - start_ns;
	const char *path = getenv("CTRACE_BENCH_OUT");
	FILE *out = path ? fopen(path, "w") : stdout;

	if (!out || fprintf(out, "wall_ns %" PRIu64 "\n", wall_ns) < 0 || fflush(out))
		err(1, "%s", path ? path : "stdout");
}

#endif
