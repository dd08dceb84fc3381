/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that look stuck for a while and are not: no_deadlock NAME. Each ends by itself. */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CREW = 6, LOOK_US = 300000 };

static pthread_mutex_t lock[2] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;
static volatile bool stop;

static struct timespec in_ms(int ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += ms * 1000000L;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void crew_run(void *(*work)(void *), void (*meanwhile)(void))
{
	pthread_t crew[CREW];

	for (long i = 0; i < CREW; i++)
		pthread_create(&crew[i], NULL, work, (void *)i);
	meanwhile();
	stop = true;
	for (int i = 0; i < CREW; i++)
		pthread_join(crew[i], NULL);
}

static void look(void)
{
	usleep(LOOK_US);
}

/* All want one lock, all the time. */
static void *convoy_work(void *arg)
{
	while (!stop) {
		pthread_mutex_lock(&lock[0]);
		for (int i = 0; i < 20000; i++)
			__asm__ volatile("");
		pthread_mutex_unlock(&lock[0]);
	}
	return arg;
}

static void convoy(void)
{
	crew_run(convoy_work, look);
}

/* One holds the lock for long, and sleeps with it. */
static void *long_section_work(void *arg)
{
	pthread_mutex_lock(&lock[0]);
	usleep(LOOK_US / 3);
	pthread_mutex_unlock(&lock[0]);
	return arg;
}

static void long_section(void)
{
	crew_run(long_section_work, look);
}

/* Opposite orders, but nobody waits for the second lock. */
static void *trylock_work(void *arg)
{
	long i = (long)arg % 2;

	while (!stop) {
		pthread_mutex_lock(&lock[i]);
		usleep(2000);
		if (!pthread_mutex_trylock(&lock[!i]))
			pthread_mutex_unlock(&lock[!i]);
		pthread_mutex_unlock(&lock[i]);
	}
	return arg;
}

static void trylock(void)
{
	crew_run(trylock_work, look);
}

/* Opposite orders, a true cycle of waits, that time ends again and again. */
static void *timed_work(void *arg)
{
	long i = (long)arg % 2;
	struct timespec end;

	while (!stop) {
		pthread_mutex_lock(&lock[i]);
		usleep(5000);
		end = in_ms(80);
		if (!pthread_mutex_timedlock(&lock[!i], &end))
			pthread_mutex_unlock(&lock[!i]);
		pthread_mutex_unlock(&lock[i]);
	}
	return arg;
}

static void timed(void)
{
	crew_run(timed_work, look);
}

/* Workers without work; who gives it to them waits for the outside. */
static void *pool_work(void *arg)
{
	pthread_mutex_lock(&lock[0]);
	while (!stop)
		pthread_cond_wait(&cond, &lock[0]);
	pthread_mutex_unlock(&lock[0]);
	return arg;
}

static void pool_close(void)
{
	pthread_mutex_lock(&lock[0]);
	stop = true;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock[0]);
}

static void pool_sleep(void)
{
	look();
	pool_close();
}

static void pool(void)
{
	crew_run(pool_work, pool_sleep);
}

static void pool_wait_for_timer(void)
{
	struct itimerspec in = { .it_value.tv_nsec = LOOK_US * 1000L };
	int timer = timerfd_create(CLOCK_MONOTONIC, 0), epoll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };

	timerfd_settime(timer, 0, &in, NULL);
	epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
	epoll_wait(epoll, &event, 1, -1);
	pool_close();
}

static void pool_epoll(void)
{
	crew_run(pool_work, pool_wait_for_timer);
}

static void pool_wait_for_child(void)
{
	if (fork() == 0) {
		look();
		_exit(0);
	}
	wait(NULL);
	pool_close();
}

static void pool_child(void)
{
	crew_run(pool_work, pool_wait_for_child);
}

/* All wait without a time-out; a signal handler is what wakes them. */
static void post(int sig)
{
	(void)sig;
	for (int i = 0; i < CREW; i++)
		sem_post(&sem);
}

static void *semaphore_work(void *arg)
{
	while (sem_wait(&sem))
		;
	return arg;
}

static void nothing(void)
{
}

static void by_signal(void)
{
	struct itimerval in = { .it_value.tv_usec = LOOK_US };

	signal(SIGALRM, post);
	setitimer(ITIMER_REAL, &in, NULL);
	crew_run(semaphore_work, nothing);
}

/* Readers keep a writer waiting, and each other not. */
static void *rwlock_work(void *arg)
{
	if (arg) {
		pthread_rwlock_rdlock(&rwlock);
		usleep(LOOK_US / 2);
	} else {
		usleep(10000);
		pthread_rwlock_wrlock(&rwlock);
		usleep(LOOK_US / 4);
	}
	pthread_rwlock_unlock(&rwlock);
	return arg;
}

static void readers(void)
{
	crew_run(rwlock_work, nothing);
}

/* Two processes, one lock, each holds it while the other waits. */
static void shared(void)
{
	pthread_mutex_t *m =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &attr);
	for (int i = 0, child = fork(); i < 4; i++) {
		pthread_mutex_lock(m);
		usleep(40000);
		pthread_mutex_unlock(m);
		usleep(1000);
		if (i == 3 && !child)
			_exit(0);
	}
	wait(NULL);
}

static const struct scenario {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "convoy", convoy },
	{ "long-section", long_section },
	{ "trylock", trylock },
	{ "timed", timed },
	{ "pool", pool },
	{ "pool-epoll", pool_epoll },
	{ "pool-child", pool_child },
	{ "by-signal", by_signal },
	{ "readers", readers },
	{ "shared", shared },
};

int main(int argc, char **argv)
{
	sem_init(&sem, 0, 0);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (argc == 2 && !strcmp(argv[1], scenarios[i].name)) {
			scenarios[i].run();
			return 0;
		}
	}
	errx(2, "usage: no_deadlock NAME");
}
