// SPDX-License-Identifier: GPL-2.0-only
/* Nobody waits for long for what is on the heap, and only who waits knows how to call it. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { CREW = 3, ACCOUNT_CNT = 3 };

struct account {
	long balance;
	pthread_mutex_t mu;
};

struct bank {
	char name[40];
	struct account account[ACCOUNT_CNT];
};

struct queue {
	pthread_mutex_t mu;
	pthread_cond_t not_empty;
	int cnt;
};

static _Atomic int is_over;

static void *pay(void *arg)
{
	struct bank *bank = arg;

	while (!is_over) {
		pthread_mutex_lock(&bank->account[1].mu);
		usleep(300);
		bank->account[1].balance++;
		pthread_mutex_unlock(&bank->account[1].mu);
		usleep(50);
	}
	return NULL;
}

static void *take(void *arg)
{
	struct queue *queue = arg;

	pthread_mutex_lock(&queue->mu);
	while (!is_over) {
		while (!queue->cnt && !is_over)
			pthread_cond_wait(&queue->not_empty, &queue->mu);
		queue->cnt = 0;
	}
	pthread_mutex_unlock(&queue->mu);
	return NULL;
}

static void put(struct queue *queue, int cnt)
{
	pthread_mutex_lock(&queue->mu);
	queue->cnt += cnt;
	pthread_cond_signal(&queue->not_empty);
	pthread_mutex_unlock(&queue->mu);
}

static void start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	if (pthread_create(thread, NULL, run, arg))
		errx(1, "pthread_create");
}

int main(void)
{
	struct bank *bank = calloc(1, sizeof(*bank));
	struct queue *queue = calloc(1, sizeof(*queue));
	pthread_t threads[CREW + 1];

	if (!bank || !queue)
		err(1, "calloc");
	for (int i = 0; i < ACCOUNT_CNT; i++)
		pthread_mutex_init(&bank->account[i].mu, NULL);
	for (int i = 0; i < CREW; i++)
		start(&threads[i], pay, bank);
	start(&threads[CREW], take, queue);
	for (int i = 0; i < 1000; i++) {
		put(queue, 1);
		usleep(1000);
	}
	is_over = 1;
	put(queue, 0);
	for (int i = 0; i <= CREW; i++)
		pthread_join(threads[i], NULL);
	free(bank);
	free(queue);
	return 0;
}
