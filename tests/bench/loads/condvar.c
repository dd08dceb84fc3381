/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: two producers and two consumers on one bounded queue, pinned to one CPU. */
#include <pthread.h>

#include "bench.h"

#define QUEUE_SZ 8
#define PAIRS	 2

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static int used_cnt;
static long items_each;

static void *produce(void *arg)
{
	for (long i = 0; i < items_each; i++) {
		pthread_mutex_lock(&lock);
		while (used_cnt == QUEUE_SZ)
			pthread_cond_wait(&not_full, &lock);
		used_cnt++;
		pthread_cond_signal(&not_empty);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

static void *consume(void *arg)
{
	for (long i = 0; i < items_each; i++) {
		pthread_mutex_lock(&lock);
		while (used_cnt == 0)
			pthread_cond_wait(&not_empty, &lock);
		used_cnt--;
		pthread_cond_signal(&not_full);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t threads[2 * PAIRS];
	uint64_t start_ns;

	items_each = bench_number(argc, argv, 1) / PAIRS;
	bench_pin();
	start_ns = bench_now_ns();
	for (int i = 0; i < 2 * PAIRS; i++)
		if (pthread_create(&threads[i], NULL, i % 2 ? consume : produce, NULL))
			errx(1, "pthread_create");
	for (int i = 0; i < 2 * PAIRS; i++)
		pthread_join(threads[i], NULL);
	bench_report(start_ns);
	return 0;
}
