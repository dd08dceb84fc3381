/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: threads created and joined, one after the other. */
#include <pthread.h>

#include "bench.h"

static void *do_nothing(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	long threads = bench_number(argc, argv, 1);
	uint64_t start_ns = bench_now_ns();
	pthread_t thread;

	while (threads--) {
		if (pthread_create(&thread, NULL, do_nothing, NULL))
			errx(1, "pthread_create");
		pthread_join(thread, NULL);
	}
	bench_report(start_ns);
	return 0;
}
