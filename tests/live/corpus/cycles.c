/* SPDX-License-Identifier: GPL-2.0-only */
/* Cycles of threads that wait for locks and for each other's end: cycles SITUATION [N [KIND]]. */
#include <sched.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include "corpus.h"

static pthread_mutex_t lock[SITUATION_THREAD_MAX];
static pthread_rwlock_t rwlock[SITUATION_THREAD_MAX];
static pthread_barrier_t all;
static int cnt = 2;
static const char *kind = "normal";

static void init_lock(pthread_mutex_t *m)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	if (!strcmp(kind, "recursive"))
		pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	if (!strcmp(kind, "errorcheck"))
		pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	if (!strcmp(kind, "robust"))
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (!strcmp(kind, "pi"))
		pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(m, &attr);
}

static void set_up(void)
{
	for (int i = 0; i < SITUATION_THREAD_MAX; i++) {
		init_lock(&lock[i]);
		pthread_rwlock_init(&rwlock[i], NULL);
	}
	pthread_barrier_init(&all, NULL, cnt);
}

/* Each holds its lock and wants that of the next. */
static void *ring_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	pthread_mutex_lock(&lock[i]);
	pthread_barrier_wait(&all);
	pthread_mutex_lock(&lock[(i + 1) % cnt]);
	return arg;
}

static void ring(void)
{
	start_and_join(cnt, ring_work);
}

/* The same over mutexes, read-write locks and joins in turn. */
static void *mixture_work(void *arg)
{
	long i = (long)arg, next = (i + 1) % cnt;

	name_me(i);
	pthread_mutex_lock(&lock[i]);
	pthread_rwlock_wrlock(&rwlock[i]);
	pthread_barrier_wait(&all);
	if (i % 3 == 0)
		pthread_mutex_lock(&lock[next]);
	else if (i % 3 == 1)
		pthread_rwlock_wrlock(&rwlock[next]);
	else
		pthread_join(thread[next], NULL);
	return arg;
}

static void mixture(void)
{
	start(cnt, mixture_work);
	for (;;)
		pause();
}

static void self(void)
{
	name_me(0);
	pthread_mutex_lock(&lock[0]);
	pthread_mutex_lock(&lock[0]);
}

/* A reader that wants to write waits for itself. */
static void upgrade(void)
{
	name_me(0);
	pthread_rwlock_rdlock(&rwlock[0]);
	pthread_rwlock_wrlock(&rwlock[0]);
}

static void *upgrades_work(void *arg)
{
	name_me((long)arg);
	pthread_rwlock_rdlock(&rwlock[0]);
	pthread_barrier_wait(&all);
	pthread_rwlock_wrlock(&rwlock[0]);
	return arg;
}

static void upgrades(void)
{
	start_and_join(2, upgrades_work);
}

/* One has the mutex and wants the read-write lock, which the other has, and wants the mutex. */
static void cross(long i, int (*take)(pthread_rwlock_t *), int (*want)(pthread_rwlock_t *))
{
	name_me(i);
	if (i)
		take(&rwlock[0]);
	else
		pthread_mutex_lock(&lock[0]);
	pthread_barrier_wait(&all);
	if (i)
		pthread_mutex_lock(&lock[0]);
	else
		want(&rwlock[0]);
}

static void *writer_work(void *arg)
{
	cross((long)arg, pthread_rwlock_wrlock, pthread_rwlock_rdlock);
	return arg;
}

static void writer(void)
{
	start_and_join(2, writer_work);
}

/* The holder only reads, and the lock word tells no more than that. */
static void *reader_work(void *arg)
{
	cross((long)arg, pthread_rwlock_rdlock, pthread_rwlock_wrlock);
	return arg;
}

static void reader(void)
{
	start_and_join(2, reader_work);
}

/* The reader has ended, and its lock stays. */
static void *read_work(void *arg)
{
	pthread_rwlock_rdlock(&rwlock[0]);
	return arg;
}

static void write_alone(long i)
{
	name_me(i);
	pthread_rwlock_wrlock(&rwlock[0]);
}

static void reader_gone(void)
{
	start_and_join(1, read_work);
	write_alone(0);
}

/* The reader is in the process that was copied, where it goes on. */
static void forked_reader(void)
{
	pthread_rwlock_rdlock(&rwlock[0]);
	start_process(0, write_alone);
	wait(NULL);
}

static void lock_again(long i)
{
	name_me(i);
	pthread_mutex_lock(&lock[0]);
}

/* Who forks has in the child what it held, under another number. */
static void forked_self(void)
{
	pthread_mutex_lock(&lock[0]);
	start_process(0, lock_again);
	wait(NULL);
}

/* glibc sees when two threads join each other, not when three do. */
static void *joins_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	pthread_barrier_wait(&all);
	pthread_join(thread[(i + 1) % cnt], NULL);
	return arg;
}

static void joins(void)
{
	start(cnt, joins_work);
	for (;;)
		pause();
}

static void *join_holder_work(void *arg)
{
	name_me((long)arg);
	pthread_mutex_lock(&lock[0]);
	return arg;
}

static void join_holder(void)
{
	pthread_mutex_lock(&lock[0]);
	name_me(0);
	pthread_create(&thread[1], NULL, join_holder_work, (void *)1);
	pthread_join(thread[1], NULL);
}

/* The main thread has ended, and with it all that /proc tells by the number of the process. */
static void main_gone(void)
{
	for (long i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, ring_work, (void *)i);
	pthread_exit(NULL);
}

/* Two are stuck, the others go on. */
static void busy(void)
{
	start(2, ring_work);
	for (;;)
		sched_yield();
}

static void serving(void)
{
	struct epoll_event event;
	int epoll = epoll_create1(0);

	start(2, ring_work);
	epoll_wait(epoll, &event, 1, -1);
}

static void ticking(void)
{
	start(2, ring_work);
	for (;;)
		usleep(20000);
}

static void child_work(long i)
{
	(void)i;
	ring();
}

static void child(void)
{
	start_process(2, child_work);
	wait(NULL);
}

/* Its threads have other numbers there, and so have the owners of its locks. */
static void namespace(void)
{
	if (unshare(CLONE_NEWPID))
		err(1, "unshare");
	child();
}

static void give_up(int sig)
{
	(void)sig;
	_exit(1);
}

/* A watchdog ends it, which breaks nothing; it is to be told. */
static void watched(void)
{
	signal(SIGALRM, give_up);
	signal(SIGTERM, give_up);
	alarm(60);
	self();
}

static const struct situation situations[] = {
	{ "ring", ring },
	{ "mixture", mixture },
	{ "self", self },
	{ "watched", watched },
	{ "upgrade", upgrade },
	{ "upgrades", upgrades },
	{ "writer", writer },
	{ "reader", reader },
	{ "joins", joins },
	{ "join-holder", join_holder },
	{ "busy", busy },
	{ "serving", serving },
	{ "ticking", ticking },
	{ "child", child },
	{ "namespace", namespace },
	{ "main-gone", main_gone },
	{ "reader-gone", reader_gone },
	{ "forked-reader", forked_reader },
	{ "forked-self", forked_self },
};

int main(int argc, char **argv)
{
	if (argc > 2)
		cnt = atoi(argv[2]);
	if (argc > 3)
		kind = argv[3];
	set_up();
	return CHOOSE(situations, argc, argv);
}
