/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Thousands of threads that wait, for mutexes and for condition variables: crowd COUNT [pair].
 * With "pair" two in their midst deadlock. Says "ready" when every thread is about to wait.
 */
#include <err.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DOOR_CNT = 100 };

static struct door {
	pthread_mutex_t lock; /* held by the main thread, from the beginning */
	pthread_mutex_t bell_lock;
	pthread_cond_t bell; /* that nobody rings */
} doors[DOOR_CNT];
static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER, right = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;
static sem_t about_to_wait;

static void *at_the_door(void *arg)
{
	struct door *door = arg;

	sem_post(&about_to_wait);
	pthread_mutex_lock(&door->lock);
	return NULL;
}

static void *at_the_bell(void *arg)
{
	struct door *door = arg;

	sem_post(&about_to_wait);
	pthread_mutex_lock(&door->bell_lock);
	for (;;)
		pthread_cond_wait(&door->bell, &door->bell_lock);
	return NULL;
}

static void *deadlock(void *arg)
{
	pthread_mutex_t *first = arg, *second = first == &left ? &right : &left;

	pthread_mutex_lock(first);
	pthread_barrier_wait(&both);
	sem_post(&about_to_wait);
	pthread_mutex_lock(second);
	return NULL;
}

static void start(pthread_attr_t *attr, const char *name, void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, attr, run, arg))
		errx(1, "pthread_create");
	if (name)
		pthread_setname_np(thread, name);
}

int main(int argc, char **argv)
{
	long cnt = argc > 1 ? atol(argv[1]) : 0;
	int pair = argc > 2 && !strcmp(argv[2], "pair");
	pthread_attr_t attr;

	if (cnt < 4)
		errx(2, "usage: crowd COUNT [pair]");
	sem_init(&about_to_wait, 0, 0);
	pthread_barrier_init(&both, NULL, 2);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	for (int i = 0; i < DOOR_CNT; i++) {
		pthread_mutex_init(&doors[i].lock, NULL);
		pthread_mutex_init(&doors[i].bell_lock, NULL);
		pthread_cond_init(&doors[i].bell, NULL);
		pthread_mutex_lock(&doors[i].lock);
	}
	for (long i = 0; i < cnt; i++) {
		if (pair && i == cnt / 2)
			start(&attr, "pair-left", deadlock, &left);
		else if (pair && i == cnt / 2 + 1)
			start(&attr, "pair-right", deadlock, &right);
		else
			start(&attr, NULL, i % 2 ? at_the_door : at_the_bell,
			      &doors[i / 2 % DOOR_CNT]);
	}
	for (long i = 0; i < cnt; i++)
		sem_wait(&about_to_wait);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
