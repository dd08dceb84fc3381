/* SPDX-License-Identifier: GPL-2.0-only */
/* barber: he sleeps until a customer comes, and who finds no free chair goes away. */
#include <semaphore.h>
#include <stdbool.h>

#include "lesson.h"

static int customers = 8, chairs = 2, cut = 100, between = 60;
static const struct knob knobs[] = {
	{ "customers=N", &customers, 1, 200, "come, one after the other (8)" },
	{ "chairs=N", &chairs, 0, 64, "to wait on (2)" },
	{ "cut=MS", &cut, 0, 60000, "that a cut takes (100)" },
	{ "between=MS", &between, 0, 60000,
	  "most between two customers, ten times that at noon (60)" },
	{ 0 },
};

static sem_t waiting, chair_is_free, is_cut; /* customers; the barber's chair; its customer */
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static int inside; /* guarded by the door */

static void down(sem_t *sem, const char *what)
{
	say("%s %p", what, (void *)sem);
	sem_wait(sem);
}

/* Takes a chair, or does not. */
static bool sit_down(void)
{
	bool has_chair;

	pthread_mutex_lock(&door);
	has_chair = inside < chairs + 1; /* the barber's own is one, too */
	inside += has_chair;
	say(has_chair ? "sits down" : "goes away");
	pthread_mutex_unlock(&door);
	return has_chair;
}

static void *customer(void *number)
{
	name_me("customer-%d", (long)number);
	if (!sit_down())
		return NULL;
	sem_post(&waiting);
	down(&chair_is_free, "waits to be called");
	down(&is_cut, "is being cut");
	say("leaves, well cut");
	return NULL;
}

/* False: nobody has come, and nobody will. */
static bool has_customer(void)
{
	bool has;

	pthread_mutex_lock(&door);
	has = inside > 0;
	pthread_mutex_unlock(&door);
	return has;
}

static void *barber(void *number)
{
	name_me("barber", (long)number);
	for (;;) {
		down(&waiting, "sleeps until one comes");
		if (!has_customer())
			return NULL;
		sem_post(&chair_is_free);
		rest(cut, cut);
		pthread_mutex_lock(&door);
		inside--;
		pthread_mutex_unlock(&door);
		sem_post(&is_cut);
	}
}

int main(int argc, char **argv)
{
	knobs_read(argc, argv, "A barber sleeps while nobody is there, and few can wait.", knobs);
	name_me("street", 0);
	sem_init(&waiting, 0, 0);
	sem_init(&chair_is_free, 0, 0);
	sem_init(&is_cut, 0, 0);
	crew_start(barber, 0, 0, 0);
	for (int i = 1; i <= customers; i++) {
		rest(0, i == customers / 2 ? 10 * between : between);
		crew_start(customer, i, i, 0);
	}
	/* At night: after the last customer one more comes who is none, so that he goes home. */
	for (int i = 1; i < crew_cnt; i++)
		pthread_join(crew[i], NULL);
	crew_cnt = 1;
	sem_post(&waiting);
	return crew_wait();
}
