/* SPDX-License-Identifier: GPL-2.0-only */
/* ticket: read how many are left, write back one less: right only with a lock around both. */
#include <err.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"usage: ticket [--buyers N] [--tickets N] [--no-lock] [--threads] [--seed N] [--truth]\n"
	"Each buyer, a process or a thread, looks, thinks, and buys a ticket if one is left.";

static int buyers = 5, tickets = 3, no_lock, threads, seed = 1, truth;
static const struct option options[] = {
	{ "buyers", 1, &buyers, 64 },	 { "tickets", 1, &tickets, 1000 },
	{ "no-lock", 0, &no_lock, 1 },	 { "threads", 0, &threads, 1 },
	{ "seed", 1, &seed, 999999999 }, { "truth", 0, &truth, 1 },
	{ "help", 0, NULL, 'h' },	 { 0 }
};
static struct shop {
	pthread_mutex_t lock;
	_Atomic int left, readers, sold;
} * shop; /* a file that all processes map */

static const char *me(void)
{
	static __thread char who[48];
	struct timespec t;

	pthread_getname_np(pthread_self(), who, sizeof(who));
	if (truth && clock_gettime(CLOCK_MONOTONIC, &t) == 0)
		sprintf(who, "truth %ld%09ld %d", t.tv_sec, t.tv_nsec, gettid());
	return who;
}

static void *buy(void *number)
{
	unsigned int dice = seed + (long)number;
	char name[16];

	snprintf(name, sizeof(name), "buyer-%ld", (long)number);
	pthread_setname_np(pthread_self(), name);
	dprintf(1, "%s sees %d, sleeps\n", me(), shop->left);
	usleep(rand_r(&dice) % 100000);
	if (!no_lock) {
		dprintf(1, "%s wants lock\n", me());
		pthread_mutex_lock(&shop->lock);
		dprintf(1, "%s holds lock %p\n", me(), (void *)&shop->lock);
	}
	int left = shop->left;
	shop->readers++;
	dprintf(1, "%s reads %d\n", me(), left);
	do /* without a lock nobody writes before all have read: overselling is certain */
		usleep(50000 + rand_r(&dice) % 50000);
	while (no_lock && shop->readers < buyers);
	if (left > 0) {
		dprintf(1, "%s buys ticket %d\n", me(), left);
		shop->left = left - 1;
		shop->sold++;
	}
	if (!no_lock) {
		dprintf(1, "%s put lock\n", me());
		pthread_mutex_unlock(&shop->lock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int file = memfd_create("tickets", 0);
	pthread_mutexattr_t shared;
	pthread_t thread[65];
	char junk;

	for (int c, i = 0; (c = getopt_long(argc, argv, "-", options, &i)) != -1;) {
		if (c > 1)
			exit(c == 'h' ? puts(usage) == EOF : 2);
		if (c || (optarg && sscanf(optarg, "%9d%c", options[i].flag, &junk) != 1) ||
		    *options[i].flag < 0 || *options[i].flag > options[i].val)
			errx(2, "what is '%s'? see --help", optarg);
	}
	shop = mmap(NULL, sizeof(*shop), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (write(file, &(struct shop){ .left = tickets }, sizeof(*shop)) < 0 || shop == MAP_FAILED)
		err(1, "cannot open the shop");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shop->lock, &shared);
	for (long i = 1; i <= buyers; i++)
		if (threads && pthread_create(&thread[i], NULL, buy, (void *)i))
			errx(1, "cannot start buyer-%ld", i);
		else if (!threads && fork() == 0)
			exit(buy((void *)i) != NULL);
	for (int i = 1; i <= buyers; i++)
		threads ? pthread_join(thread[i], NULL) : wait(NULL);
	printf("sold %d tickets of %d\n", shop->sold, tickets);
	printf("oversold by %d\n", shop->sold > tickets ? shop->sold - tickets : 0);
}
