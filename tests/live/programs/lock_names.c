/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that wait for locks of all kinds of places; each is called as its lock should be. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct account {
	long balance;
	pthread_mutex_t mu;
};

struct queue {
	int len;
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
};

struct errand {
	struct queue *queue;
	struct account *accounts;
};

static struct {
	pthread_mutex_t fork[3];
	struct account account[2][2];
	pthread_rwlock_t menu;
	sem_t seats;
} table;
static struct queue *shared;
static pthread_barrier_t all;

/* A function of its own in every stack: not inlined, and it does not end in a jump. */
#ifdef __clang__
#define SILENT __attribute__((noinline, disable_tail_calls))
#else
#define SILENT __attribute__((noinline, optimize("no-optimize-sibling-calls")))
#endif

SILENT static void *fork_2(void *arg)
{
	pthread_mutex_lock(&table.fork[2]);
	return arg;
}

SILENT static void *account_mu(void *arg)
{
	pthread_mutex_lock(&table.account[1][0].mu);
	return arg;
}

SILENT static void *menu(void *arg)
{
	pthread_rwlock_rdlock(&table.menu);
	return arg;
}

SILENT static void *seats(void *arg)
{
	sem_wait(&table.seats);
	return arg;
}

SILENT static void *barrier(void *arg)
{
	pthread_barrier_wait(&all);
	return arg;
}

SILENT static int take(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (!queue->len)
		pthread_cond_wait(&queue->not_empty, &queue->lock);
	return queue->len;
}

SILENT static void *not_empty(void *arg)
{
	take(arg);
	return arg;
}

SILENT static void *errand(void *arg)
{
	struct errand *errand = arg;

	pthread_mutex_lock(&errand->accounts[3].mu);
	return errand->queue;
}

SILENT static void *global(void *arg)
{
	pthread_mutex_lock(&shared->lock);
	return arg;
}

SILENT static void *once(void *arg)
{
	static pthread_mutex_t once[2];

	if (!arg) {
		pthread_mutex_lock(&once[1]);
		return arg;
	}
	pthread_mutex_lock(&once[1]);
	return arg;
}

static void start(const char *name, void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, fn, arg);
	pthread_setname_np(thread, name);
}

int main(void)
{
	struct errand e = { calloc(1, sizeof(struct queue)), calloc(5, sizeof(struct account)) };

	shared = calloc(1, sizeof(*shared));
	pthread_barrier_init(&all, NULL, 9);
	once(NULL);
	pthread_mutex_lock(&table.fork[2]);
	pthread_mutex_lock(&table.account[1][0].mu);
	pthread_rwlock_wrlock(&table.menu);
	pthread_mutex_lock(&e.accounts[3].mu);
	pthread_mutex_lock(&shared->lock);
	start("fork_2", fork_2, NULL);
	start("account_mu", account_mu, NULL);
	start("menu", menu, NULL);
	start("seats", seats, NULL);
	start("barrier", barrier, NULL);
	start("not_empty", not_empty, e.queue);
	start("errand", errand, &e);
	start("global", global, NULL);
	start("once", once, &e);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
