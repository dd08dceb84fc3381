/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: many threads that stay blocked, each on a mutex that somebody else holds. */
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "bench.h"

enum { LOCK_CNT = 16 };

static pthread_mutex_t locks[LOCK_CNT];
static sem_t about_to_wait;

static void *wait_for_good(void *arg)
{
	sem_post(&about_to_wait);
	pthread_mutex_lock(arg);
	return NULL;
}

int main(int argc, char **argv)
{
	long threads = bench_number(argc, argv, 1), seconds = bench_number(argc, argv, 2);
	uint64_t start_ns = bench_now_ns();
	pthread_attr_t attr;
	pthread_t thread;

	sem_init(&about_to_wait, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	for (int i = 0; i < LOCK_CNT; i++) {
		pthread_mutex_init(&locks[i], NULL);
		pthread_mutex_lock(&locks[i]);
	}
	for (long i = 0; i < threads; i++)
		if (pthread_create(&thread, &attr, wait_for_good, &locks[i % LOCK_CNT]))
			errx(1, "pthread_create");
	for (long i = 0; i < threads; i++)
		sem_wait(&about_to_wait);
	bench_report(start_ns);
	sleep(seconds);
	return 0;
}
