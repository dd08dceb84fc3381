/* SPDX-License-Identifier: GPL-2.0-only */
/* Two threads wait for a condition variable, and one for what only looks like it. */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FUTEX_WAIT_PRIVATE = 128 }; /* linux/futex.h, which musl does not bring */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *wait_for_cond(void *arg)
{
	prctl(PR_SET_NAME, arg);
	pthread_mutex_lock(&lock);
	for (;;)
		pthread_cond_wait(&cond, &lock);
	return arg;
}

/* The words of a waiter, alone in its list, on the stack of its thread. */
static void *wait_for_words(void *arg)
{
	volatile struct {
		void *prev, *next;
		int state, barrier;
		int *notify;
	} node = { .barrier = 2 };

	prctl(PR_SET_NAME, arg);
	for (;;)
		syscall(SYS_futex, &node.barrier, FUTEX_WAIT_PRIVATE, 2, NULL);
	return arg;
}

int main(void)
{
	pthread_t threads[3];

	pthread_create(&threads[0], NULL, wait_for_cond, "cond-0");
	pthread_create(&threads[1], NULL, wait_for_cond, "cond-1");
	pthread_create(&threads[2], NULL, wait_for_words, "words");
	pthread_join(threads[0], NULL);
}
