/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that are stuck for ever: deadlocks NAME. The threads have names, and say so first. */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct table {
	pthread_mutex_t lock[2];
	pthread_rwlock_t rwlock[2];
	pthread_barrier_t both;
} * table;
static pthread_t thread[2];

static void name_me(long i)
{
	char name[16];

	snprintf(name, sizeof(name), "stuck-%ld", i);
	pthread_setname_np(pthread_self(), name);
}

static void start(void *(*work)(void *))
{
	for (long i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
}

static void *abba_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	pthread_mutex_lock(&table->lock[i]);
	pthread_barrier_wait(&table->both);
	pthread_mutex_lock(&table->lock[!i]);
	return arg;
}

static void abba(void)
{
	start(abba_work);
}

static void processes(void)
{
	for (long i = 0; i < 2; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			abba_work((void *)i);
		}
	}
	while (wait(NULL) > 0)
		;
}

static void self(void)
{
	name_me(0);
	pthread_mutex_lock(&table->lock[0]);
	pthread_mutex_lock(&table->lock[0]);
}

/* One joins the other, who waits for what the first holds. */
static void *join_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	if (i == 0)
		pthread_mutex_lock(&table->lock[0]);
	pthread_barrier_wait(&table->both);
	if (i == 0)
		pthread_join(thread[1], NULL);
	else
		pthread_mutex_lock(&table->lock[0]);
	return arg;
}

static void join(void)
{
	thread[0] = pthread_self();
	pthread_create(&thread[1], NULL, join_work, (void *)1);
	join_work((void *)0);
}

static void *rwlock_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	pthread_rwlock_wrlock(&table->rwlock[i]);
	pthread_barrier_wait(&table->both);
	pthread_rwlock_wrlock(&table->rwlock[!i]);
	return arg;
}

static void writers(void)
{
	start(rwlock_work);
}

static void table_set_up(int robust)
{
	pthread_mutexattr_t mutex;
	pthread_barrierattr_t barrier;

	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&mutex, robust);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&table->both, &barrier, 2);
	for (int i = 0; i < 2; i++) {
		pthread_mutex_init(&table->lock[i], &mutex);
		pthread_rwlock_init(&table->rwlock[i], NULL);
	}
}

static const struct scenario {
	const char *name;
	void (*run)(void);
	int robust;
} scenarios[] = {
	{ "abba", abba, PTHREAD_MUTEX_STALLED },
	{ "robust", abba, PTHREAD_MUTEX_ROBUST },
	{ "processes", processes, PTHREAD_MUTEX_STALLED },
	{ "self", self, PTHREAD_MUTEX_STALLED },
	{ "join", join, PTHREAD_MUTEX_STALLED },
	{ "writers", writers, PTHREAD_MUTEX_STALLED },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (argc == 2 && !strcmp(argv[1], scenarios[i].name)) {
			table_set_up(scenarios[i].robust);
			scenarios[i].run();
			return 0;
		}
	}
	errx(2, "usage: deadlocks NAME");
}
