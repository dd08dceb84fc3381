/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: one thread that locks and unlocks a mutex nobody else wants. */
#include <pthread.h>

#include "bench.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long rounds;

static void *lock_and_unlock(void *arg)
{
	for (long i = 0; i < rounds; i++) {
		pthread_mutex_lock(&lock);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

/* A thread of its own: glibc locks without atomics as long as there is only one. */
int main(int argc, char **argv)
{
	pthread_t thread;
	uint64_t start_ns;

	rounds = bench_number(argc, argv, 1);
	start_ns = bench_now_ns();
	if (pthread_create(&thread, NULL, lock_and_unlock, NULL))
		errx(1, "pthread_create");
	pthread_join(thread, NULL);
	bench_report(start_ns);
	return 0;
}
