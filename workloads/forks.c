/* SPDX-License-Identifier: GPL-2.0-only */
/* forks: who eats takes two things, one after the other. A certain deadlock, and four cures. */
#include <err.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: forks [--philosophers N] [--fix=none|order|one-lock|recursive|trylock]\n"
	"             [--rounds N (3)] [--hold MS (50)] [--seed N] [--truth] [--help]\n"
	"A and B take the noodles first, C and D the one fork; or N philosophers share N forks.";

enum { NONE, ORDER, ONE_LOCK, RECURSIVE, TRYLOCK };
static const char *const fixes[] = { "none", "order", "one-lock", "recursive", "trylock" };
static int fix, philosophers, rounds = 3, hold = 50, seed = 1, truth;
static const struct option options[] = {
	{ "fix", 1, &fix, TRYLOCK },	 { "philosophers", 1, &philosophers, 64 },
	{ "hold", 1, &hold, 60000 },	 { "rounds", 1, &rounds, 1000000 },
	{ "seed", 1, &seed, 999999999 }, { "truth", 0, &truth, 1 },
	{ "help", 0, NULL, 'h' },	 { 0 }
};
static __thread char me[16];
static pthread_barrier_t all_hold_one; /* so that the deadlock is certain, not likely */
static struct table {
	pthread_mutex_t noodles, fork[64];
} table;

static void say(const char *verb, pthread_mutex_t *lock)
{
	char thing[16] = "noodles";
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (lock != &table.noodles)
		sprintf(thing, "fork %d", (int)(lock - table.fork));
	if (truth)
		dprintf(1, "truth %ld%09ld %d %s %s %p\n", t.tv_sec, t.tv_nsec, gettid(), verb,
			thing, (void *)lock);
	else
		dprintf(1, "%s %s %s\n", me, verb, thing);
}

static void *eat(void *number)
{
	int i = (long)number, need = fix == ONE_LOCK ? 1 : 2, held;
	pthread_mutex_t *left = philosophers ? &table.fork[i] : &table.noodles;
	pthread_mutex_t *right = &table.fork[philosophers ? (i + 1) % philosophers : 0];
	int swap = fix == ORDER ? right < left : i > 1 && !philosophers;
	pthread_mutex_t *thing[] = { swap ? right : left, swap ? left : right };
	unsigned int dice = seed + i;

	sprintf(me, philosophers ? "phil-%d" : "%c", philosophers ? i : 'A' + i);
	pthread_setname_np(pthread_self(), me);
	if (fix == ONE_LOCK || fix == RECURSIVE)
		thing[0] = thing[1] = table.fork;
	for (int meals = 0; meals < rounds; meals += held == need) {
		usleep(rand_r(&dice) % 1000 * hold);
		for (held = 0; held < need; held++) {
			say("wants", thing[held]);
			if (fix == TRYLOCK ? pthread_mutex_trylock(thing[held])
					   : pthread_mutex_lock(thing[held]))
				break;
			say("holds", thing[held]);
			pthread_barrier_wait(&all_hold_one);
			usleep(hold * 1000);
		}
		for (int n = held; n > 0; n--) {
			say("put", thing[n - 1]);
			pthread_mutex_unlock(thing[n - 1]);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t eater[64];

	for (int c, i = 0, *value; (c = getopt_long(argc, argv, "-", options, &i)) != -1;) {
		value = options[i].flag;
		if (c > 1)
			exit(c == 'h' ? puts(usage) == EOF : 2);
		while (value == &fix && fix >= 0 && strcmp(optarg, fixes[fix]))
			fix--;
		if (c || (optarg && value != &fix && sscanf(optarg, "%9d%c", value, me) != 1) ||
		    *value < 0 || *value > options[i].val)
			errx(2, "what is '%s'? see --help", optarg);
	}
	if (fix == RECURSIVE)
		table.fork[0] = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
	pthread_barrier_init(&all_hold_one, NULL, fix ? 1 : philosophers ? philosophers : 2);
	for (long i = 0; i < (philosophers ? philosophers : 4); i++)
		pthread_create(&eater[i], NULL, eat, (void *)i);
	for (int i = 0; i < (philosophers ? philosophers : 4); i++)
		pthread_join(eater[i], NULL);
}
