/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ties the clock of a trace to CLOCK_MONOTONIC, then becomes another program.
 *
 * Each short sleep is a Blocked period in the trace that lies between two stamps,
 * written to the file: anchor FILE PROG ARGS... Each is of another length than its
 * neighbours, so that it is known which is which.
 */
#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SLEEP_CNT = 40, SLEEP_LEAST_NS = 100000, STEP_NS = 7000, STEP_CNT = 23 };

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	static long long stamps[SLEEP_CNT][2];
	struct timespec pause = {};
	FILE *file;

	if (argc < 3)
		errx(2, "usage: anchor FILE PROG ARGS...");
	for (int i = 0; i < SLEEP_CNT; i++) {
		pause.tv_nsec = SLEEP_LEAST_NS + i * 9 % STEP_CNT * STEP_NS;
		stamps[i][0] = now_ns();
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		stamps[i][1] = now_ns();
	}
	file = fopen(argv[1], "we");
	if (!file)
		err(1, "%s", argv[1]);
	for (int i = 0; i < SLEEP_CNT; i++)
		fprintf(file, "%lld %lld\n", stamps[i][0], stamps[i][1]);
	fclose(file);
	execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
