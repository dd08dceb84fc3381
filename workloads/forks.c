/* SPDX-License-Identifier: GPL-2.0-only */
/* forks: who eats takes two things, one after the other. A certain deadlock, and four cures. */
#include <stdbool.h>

#include "lesson.h"

enum fix { NONE, ORDER, ONE_LOCK, RECURSIVE, TRYLOCK };

static int philosophers, fix, rounds = 3, hold = 50;
static const struct knob knobs[] = {
	{ "philosophers=N", &philosophers, 1, 64, "sit in a ring, with a fork between any two" },
	{ "fix=none|order|one-lock|recursive|trylock", &fix, 0, 4, "the cure" },
	{ "rounds=N", &rounds, 1, 1000000, "meals of each (3)" },
	{ "hold=MS", &hold, 0, 60000, "time to hesitate, to eat, and at most to think (50)" },
	{ 0 },
};

static struct table {
	pthread_mutex_t noodles, fork[64], everything; /* zeros are PTHREAD_MUTEX_INITIALIZER */
} table = { .everything = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP };
static pthread_barrier_t all_hold_one;

static const char *name(const pthread_mutex_t *thing)
{
	static __thread char fork[16];

	if (thing == &table.noodles || thing == &table.everything)
		return thing == &table.noodles ? "noodles" : "everything";
	sprintf(fork, "fork %d", (int)(thing - table.fork));
	return fork;
}

static bool take(pthread_mutex_t *thing)
{
	say("wants %s", name(thing));
	if (fix == TRYLOCK ? pthread_mutex_trylock(thing) : pthread_mutex_lock(thing)) {
		say("refused %s", name(thing));
		return false;
	}
	say("holds %s %p", name(thing), (void *)thing);
	return true;
}

static void put(pthread_mutex_t *thing)
{
	say("put %s", name(thing));
	pthread_mutex_unlock(thing);
}

static bool eat(pthread_mutex_t *first, pthread_mutex_t *second)
{
	bool fed;

	if (!take(first))
		return false;
	if (fix == NONE) /* nobody wants a second thing before all hold one: no luck needed */
		pthread_barrier_wait(&all_hold_one);
	rest(hold, hold);
	fed = !second || take(second);
	if (fed) {
		say("eats");
		rest(hold, hold);
	}
	if (fed && second)
		put(second);
	put(first);
	return fed;
}

static void *eater(void *number)
{
	int i = (long)number;
	pthread_mutex_t *left = philosophers ? &table.fork[i] : &table.noodles;
	pthread_mutex_t *right = &table.fork[philosophers ? (i + 1) % philosophers : 0];
	bool swap = fix == ORDER ? right < left : i > 1 && !philosophers;
	pthread_mutex_t *first = swap ? right : left, *second = swap ? left : right;

	name_me(philosophers ? "phil-%d" : "%c", philosophers ? i : 'A' + i);
	if (fix == ONE_LOCK || fix == RECURSIVE) {
		first = &table.everything;
		second = fix == RECURSIVE ? first : NULL;
	}
	for (int meals = 0; meals < rounds; meals += eat(first, second))
		rest(0, hold);
	return NULL;
}

int main(int argc, char **argv)
{
	knobs_read(argc, argv, "A and B take the noodles first, C and D the one fork.", knobs);
	pthread_barrier_init(&all_hold_one, NULL, philosophers ? philosophers : 2);
	crew_start(eater, 0, philosophers ? philosophers - 1 : 3, 0);
	return crew_wait();
}
