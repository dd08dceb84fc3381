/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody is left who could wake them: stalls SITUATION. */
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include "corpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t sem[2];
static int event_fd;

/* Each would post the semaphore of the other, but waits for its own first. */
static void *semaphores_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	sem_wait(&sem[i]);
	sem_post(&sem[!i]);
	return arg;
}

static void semaphores(void)
{
	start_and_join(2, semaphores_work);
}

static void *wait_work(void *arg)
{
	name_me((long)arg);
	pthread_mutex_lock(&lock);
	pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
	return arg;
}

/* The signal came before there was anybody to wait for it. */
static void lost_wake_up(void)
{
	pthread_cond_signal(&cond);
	start_and_join(1, wait_work);
}

/* Two wait, and one of them is told. */
static void signal_not_broadcast(void)
{
	start(2, wait_work);
	wait_a_moment();
	pthread_cond_signal(&cond);
	join_all();
}

/* Consumers, and the producer has ended without a word. */
static void *producer_work(void *arg)
{
	if (arg)
		return wait_work(arg);
	usleep(10000);
	return arg;
}

static void no_producer(void)
{
	start_and_join(4, producer_work);
}

static void *barrier_work(void *arg)
{
	name_me((long)arg);
	pthread_barrier_wait(&barrier);
	return arg;
}

static void barrier_short(void)
{
	pthread_barrier_init(&barrier, NULL, 4);
	start_and_join(3, barrier_work);
}

/* Whoever holds the lock has ended with it. */
static void *owner_work(void *arg)
{
	if (arg)
		usleep(20000);
	name_me((long)arg);
	pthread_mutex_lock(&lock);
	return arg;
}

static void orphan(void)
{
	start_and_join(2, owner_work);
}

/* Its own lock is given back each time; the copy of it in the child was not, and never will be. */
static void *keeper_work(void *arg)
{
	for (;;) {
		pthread_mutex_lock(&lock);
		wait_a_moment();
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

static void forked_holder(void)
{
	start(1, keeper_work);
	usleep(MOMENT_US / 10);
	if (fork() == 0) {
		name_me(0);
		pthread_mutex_lock(&lock);
	}
	wait(NULL);
}

static void *event_work(void *arg)
{
	uint64_t value;

	name_me((long)arg);
	if (read(event_fd, &value, sizeof(value)) < 0)
		warn("read");
	return arg;
}

static void eventfd_unwritten(void)
{
	event_fd = eventfd(0, 0);
	start_and_join(1, event_work);
}

/* Holds the lock that the one who would post needs first. */
static void *posted_under_lock_work(void *arg)
{
	name_me((long)arg);
	if (arg)
		usleep(20000);
	pthread_mutex_lock(&lock);
	if (arg)
		sem_post(&sem[0]);
	else
		sem_wait(&sem[0]);
	pthread_mutex_unlock(&lock);
	return arg;
}

static void posted_under_lock(void)
{
	start_and_join(2, posted_under_lock_work);
}

static void post_both(int sig)
{
	(void)sig;
	sem_post(&sem[0]);
	sem_post(&sem[1]);
}

/* A handler would, but the signal is blocked in all threads. */
static void signal_blocked(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR1, post_both);
	signal(SIGUSR2, SIG_IGN);
	start_and_join(2, semaphores_work);
}

static pthread_barrier_t *shared_barrier;

static void meet_others(long i)
{
	(void)i;
	pthread_barrier_wait(shared_barrier);
}

/* For three processes, and there are two. */
static void barrier_shared(void)
{
	shared_barrier = share_memory(sizeof(*shared_barrier));
	share_barrier(shared_barrier, 3);
	start_process(0, meet_others);
	start_process(1, meet_others);
	while (wait(NULL) > 0)
		;
}

static pthread_mutex_t *shared_lock;

static void end_with_lock(long i)
{
	(void)i;
	pthread_mutex_lock(shared_lock);
	_exit(0);
}

static void want_lock(long i)
{
	(void)i;
	pthread_mutex_lock(shared_lock);
}

/* Who maps it and goes on is no help: the lock is owed by a process that has ended. */
static void orphan_shared(void)
{
	shared_lock = share_memory(sizeof(*shared_lock));
	share_mutex(shared_lock, PTHREAD_MUTEX_STALLED);
	waitpid(start_process(0, end_with_lock), NULL, 0);
	start_process(1, want_lock);
	for (;;)
		usleep(50000);
}

static const struct situation situations[] = {
	{ "semaphores", semaphores },
	{ "lost-wake-up", lost_wake_up },
	{ "signal-not-broadcast", signal_not_broadcast },
	{ "signal-blocked", signal_blocked },
	{ "no-producer", no_producer },
	{ "barrier-short", barrier_short },
	{ "barrier-shared", barrier_shared },
	{ "orphan", orphan },
	{ "orphan-shared", orphan_shared },
	{ "forked-holder", forked_holder },
	{ "eventfd", eventfd_unwritten },
	{ "posted-under-lock", posted_under_lock },
};

int main(int argc, char **argv)
{
	sem_init(&sem[0], 0, 0);
	sem_init(&sem[1], 0, 0);
	return CHOOSE(situations, argc, argv);
}
