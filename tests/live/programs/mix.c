/* SPDX-License-Identifier: GPL-2.0-only */
/* More threads than processors: some only compute, some also sleep, step aside, or share a lock. */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { CREW = 9, KINDS = 4, RUN_MS = 1200 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile bool stop;

static void compute(long steps)
{
	for (volatile long i = 0; i < steps; i++)
		;
}

static void step(long kind)
{
	switch (kind) {
	case 0:
		compute(1000000);
		break;
	case 1:
		compute(300000);
		usleep(1500);
		break;
	case 2:
		compute(100000);
		sched_yield();
		break;
	case 3:
		pthread_mutex_lock(&lock);
		compute(200000);
		pthread_mutex_unlock(&lock);
		break;
	}
}

static void *work(void *arg)
{
	long number = (long)arg;
	char name[16];

	snprintf(name, sizeof(name), "mix-%ld", number);
	pthread_setname_np(pthread_self(), name);
	while (!stop)
		step(number % KINDS);
	return NULL;
}

int main(void)
{
	pthread_t crew[CREW];

	for (long i = 0; i < CREW; i++)
		pthread_create(&crew[i], NULL, work, (void *)i);
	usleep(RUN_MS * 1000);
	stop = true;
	for (int i = 0; i < CREW; i++)
		pthread_join(crew[i], NULL);
	return 0;
}
