/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that can be told to move while nobody looks: unseen FILE. It runs while the first byte
 * of FILE is 'r', sleeps for a minute at 's', and deadlocks with a second one at 'd'.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER, its = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *second(void *arg)
{
	pthread_mutex_lock(&its);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&mine);
	return arg;
}

static void awake(int sig)
{
	(void)sig;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	volatile char *word = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	pthread_t thread;

	if (word == MAP_FAILED)
		err(2, "unseen FILE");
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = awake }, NULL);
	pthread_mutex_lock(&mine);
	pthread_barrier_init(&both, NULL, 2);
	pthread_create(&thread, NULL, second, NULL);
	pthread_barrier_wait(&both);
	puts("ready");
	fflush(stdout);
	for (;;) {
		while (*word == 'r')
			;
		if (*word == 's')
			usleep(60 * 1000000); /* a signal ends it */
		if (*word == 'd')
			pthread_mutex_lock(&its);
	}
}
