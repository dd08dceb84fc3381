/* SPDX-License-Identifier: GPL-2.0-only */
/* prodcons: a bounded queue between a producer and slower consumers, and two ways to end it. */
#include <semaphore.h>

#include "lesson.h"

enum { STOP = -1 }; /* the sentinel: not an item, but the end of all items */
static int consumers = 2, items = 20, capacity = 4, join, processes;
static const struct knob knobs[] = {
	{ "consumers=N", &consumers, 1, 64, "take from the queue (2)" },
	{ "items=N", &items, 0, 1000000, "are put into it (20)" },
	{ "capacity=N", &capacity, 1, 64, "items fit in (4)" },
	{ "end=sentinel|join", &join, 0, 1, "the producer says when to stop, or main does" },
	{ "processes", &processes, 0, 1, "instead of threads; the queue is in shared memory" },
	{ 0 },
};

static struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_full, not_empty;
	int item[64], put_cnt, got_cnt;
	sem_t done;
} queue, *q = &queue;

static void await(pthread_cond_t *cond, const char *because)
{
	say("%s %p", because, (void *)cond);
	pthread_cond_wait(cond, &q->lock);
}

static void put(int item)
{
	pthread_mutex_lock(&q->lock);
	while (q->put_cnt - q->got_cnt == capacity)
		await(&q->not_full, "full");
	q->item[q->put_cnt++ % capacity] = item;
	say("puts %d", item);
	pthread_cond_signal(&q->not_empty);
	pthread_mutex_unlock(&q->lock);
}

static int get(void)
{
	int item;

	pthread_mutex_lock(&q->lock);
	while (q->put_cnt == q->got_cnt)
		await(&q->not_empty, "empty");
	item = q->item[q->got_cnt++ % capacity];
	say("gets %d", item);
	pthread_cond_signal(&q->not_full);
	pthread_mutex_unlock(&q->lock);
	return item;
}

static void stop_consumers(void)
{
	for (int i = 0; i < consumers; i++)
		put(STOP);
}

static void *produce(void *number)
{
	name_me("producer", (long)number);
	for (int i = 0; i < items; i++) {
		rest(0, i % 10 ? 20 : 300); /* a long pause now and then empties the queue */
		put(i);
	}
	if (!join)
		stop_consumers();
	return NULL;
}

static void *consume(void *number)
{
	name_me("consumer-%d", (long)number);
	for (; get() != STOP; sem_post(&q->done))
		rest(50, 100);
	return NULL;
}

int main(int argc, char **argv)
{
	knobs_read(argc, argv, "A producer and slower consumers share a queue.", knobs);
	if (processes)
		q = share(sizeof(*q));
	share_mutex(&q->lock);
	share_cond(&q->not_full);
	share_cond(&q->not_empty);
	sem_init(&q->done, 1, 0);
	crew_start(produce, 0, 0, processes);
	crew_start(consume, 1, consumers, processes);
	if (join) {
		say("joins %p", (void *)&q->done);
		for (int i = 0; i < items; i++)
			sem_wait(&q->done);
		stop_consumers();
	}
	return crew_wait();
}
