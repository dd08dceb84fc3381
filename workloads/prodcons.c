/* SPDX-License-Identifier: GPL-2.0-only */
/* prodcons: a bounded queue between a producer and slower consumers, and two ways to end it. */
#include <err.h>
#include <getopt.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: prodcons [--consumers N] [--items N] [--capacity N] [--end=sentinel|join]\n"
	"                [--seed N] [--truth] [--help]     join: stop them when all items are done";

enum { SENTINEL, JOIN, STOP = -1 };
static const char *const ends[] = { "sentinel", "join" };
static int consumers = 2, items = 20, capacity = 4, end, seed = 1, truth;
static const struct option options[] = {
	{ "consumers", 1, &consumers, 64 }, { "items", 1, &items, 1000000 },
	{ "capacity", 1, &capacity, 64 },   { "end", 1, &end, JOIN },
	{ "seed", 1, &seed, 999999999 },    { "truth", 0, &truth, 1 },
	{ "help", 0, NULL, 'h' },	    { 0 }
};
static __thread char me[16] = "producer";
static pthread_t thread[65];
static struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_full, not_empty;
	int item[64], put_cnt, got_cnt;
	sem_t done;
} queue;

static int say(const char *op, int n)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return truth ? dprintf(1, "truth %ld%09ld %d %s %d\n", t.tv_sec, t.tv_nsec, gettid(), op, n)
		     : dprintf(1, "%s %s %d\n", me, op, n);
}

static void put(int item)
{
	pthread_mutex_lock(&queue.lock);
	while (queue.put_cnt - queue.got_cnt == capacity && say("full", capacity))
		pthread_cond_wait(&queue.not_full, &queue.lock);
	queue.item[queue.put_cnt++ % capacity] = item;
	say("puts", item);
	pthread_cond_signal(&queue.not_empty);
	pthread_mutex_unlock(&queue.lock);
}

static int get(void)
{
	pthread_mutex_lock(&queue.lock);
	while (queue.put_cnt == queue.got_cnt && say("empty", 0))
		pthread_cond_wait(&queue.not_empty, &queue.lock);
	int item = queue.item[queue.got_cnt++ % capacity];
	say("gets", item);
	pthread_cond_signal(&queue.not_full);
	pthread_mutex_unlock(&queue.lock);
	return item;
}

static void *consume(void *number)
{
	unsigned int dice = seed + (long)number;

	snprintf(me, sizeof(me), "consumer-%ld", (long)number);
	pthread_setname_np(pthread_self(), me);
	for (; get() != STOP; sem_post(&queue.done))
		usleep(50000 + rand_r(&dice) % 50000);
	return NULL;
}

int main(int argc, char **argv)
{
	for (int c, i = 0, *value; (c = getopt_long(argc, argv, "-", options, &i)) != -1;) {
		value = options[i].flag;
		if (c > 1)
			exit(c == 'h' ? puts(usage) == EOF : 2);
		while (value == &end && end >= 0 && strcmp(optarg, ends[end]))
			end--;
		if (c || (optarg && value != &end && sscanf(optarg, "%9d%c", value, me) != 1) ||
		    *value < 0 || *value > options[i].val)
			errx(2, "what is '%s'? see --help", optarg);
	}
	pthread_setname_np(pthread_self(), me);
	for (long i = 1; i <= consumers; i++)
		pthread_create(&thread[i], NULL, consume, (void *)i);
	for (int i = 0; i < items; put(i++)) /* a long pause now and then empties the queue */
		usleep(rand_r((unsigned int *)&seed) % (i % 10 ? 20000 : 300000));
	for (int i = 0; i < items && end == JOIN && say("joins", i); i++)
		sem_wait(&queue.done);
	for (int i = 0; i < consumers; i++)
		put(STOP);
	for (int i = 1; i <= consumers; i++)
		pthread_join(thread[i], NULL);
}
