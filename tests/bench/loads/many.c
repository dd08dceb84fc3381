/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: many threads that each wake now and then, so that a screen has much to draw. */
#include <pthread.h>
#include <unistd.h>

#include "bench.h"

/* Periods differ from thread to thread, so that they do not all wake at once. */
static void *wake_now_and_then(void *arg)
{
	useconds_t period_us = 100000 + (long)arg % 400 * 1000;

	for (;;)
		usleep(period_us);
	return NULL;
}

int main(int argc, char **argv)
{
	long threads = bench_number(argc, argv, 1), seconds = bench_number(argc, argv, 2);
	uint64_t start_ns = bench_now_ns();
	pthread_t thread;

	for (long i = 0; i < threads; i++)
		if (pthread_create(&thread, NULL, wake_now_and_then, (void *)i))
			errx(1, "pthread_create");
	sleep(seconds);
	bench_report(start_ns);
	return 0;
}
