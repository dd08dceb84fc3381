/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two threads deadlock while others switch as fast as they can, which costs a small ring
 * events; then all is quiet: noisy_deadlock.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOISY = 4, QUIET_US = 300000, HOLD_US = 20000 };

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t noise;
static atomic_bool is_over;

static void *make_noise(void *arg)
{
	while (!is_over)
		pthread_barrier_wait(&noise);
	return arg;
}

static void *take(void *arg)
{
	pthread_mutex_t *mine = arg, *other = mine == &first ? &second : &first;

	usleep(QUIET_US / 3); /* when the noise is at its loudest */
	pthread_mutex_lock(mine);
	usleep(HOLD_US);
	pthread_mutex_lock(other);
	return arg;
}

static void start(pthread_t *thread, void *(*work)(void *), void *arg)
{
	if (pthread_create(thread, NULL, work, arg))
		errx(1, "no more threads");
}

int main(void)
{
	pthread_t one, two, noisy;

	pthread_barrier_init(&noise, NULL, 2);
	start(&one, take, &first);
	start(&two, take, &second);
	for (int i = 0; i < NOISY; i++)
		start(&noisy, make_noise, NULL);
	usleep(QUIET_US);
	is_over = true;
	pthread_join(one, NULL);
	return 0;
}
