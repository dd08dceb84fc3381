/* SPDX-License-Identifier: GPL-2.0-only */
/* inversion: high waits for a lock that low holds, and low for a processor that middle has. */
#include <sched.h>
#include <semaphore.h>

#include "lesson.h"

enum { LOW = 10, MIDDLE = 20, HIGH = 30 }; /* priorities */
static int inherit, work = 20, busy = 200;
static const struct knob knobs[] = {
	{ "protocol=none|inherit", &inherit, 0, 1,
	  "who holds the lock gets the waiter's priority" },
	{ "work=MS", &work, 1, 1000, "that low computes with the lock (20)" },
	{ "busy=MS", &busy, 1, 1000, "that middle computes without it (200)" },
	{ 0 },
};

static pthread_mutex_t lock;
static sem_t ready, start_high, start_middle;

static void be(const char *who, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	name_me(who, priority);
	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &param))
		errx(1, "no right to real-time priorities: be root, or 'sudo prlimit --rtprio=30 "
			"...'");
}

static void with_lock(int ms)
{
	say("wants lock");
	pthread_mutex_lock(&lock);
	say("holds lock %p", (void *)&lock);
	if (ms) { /* the first to have it; nobody has more urgent work yet */
		sem_post(&start_high);
		sem_post(&start_middle);
		toil(ms);
	}
	say("put lock");
	pthread_mutex_unlock(&lock);
}

static void *high(void *unused)
{
	be("high", HIGH);
	sem_post(&ready);
	sem_wait(&start_high);
	with_lock(0);
	return unused;
}

static void *middle(void *unused)
{
	be("middle", MIDDLE);
	sem_post(&ready);
	sem_wait(&start_middle);
	toil(busy);
	say("is done");
	return unused;
}

static void *low(void *unused)
{
	be("low", LOW);
	sem_wait(&ready);
	sem_wait(&ready);
	with_lock(work);
	return unused;
}

/* All on one processor, the first that is allowed: with two there would be no inversion. */
static void share_one_cpu(void)
{
	cpu_set_t cpus, one;
	int cpu = 0;

	sched_getaffinity(0, sizeof(cpus), &cpus);
	while (!CPU_ISSET(cpu, &cpus))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t attr;

	knobs_read(argc, argv, "The most urgent thread waits for the least urgent one.", knobs);
	share_one_cpu();
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, inherit ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
	pthread_mutex_init(&lock, &attr);
	crew_start(low, 0, 0, 0);
	crew_start(middle, 0, 0, 0);
	crew_start(high, 0, 0, 0);
	return crew_wait();
}
