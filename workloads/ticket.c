/* SPDX-License-Identifier: GPL-2.0-only */
/* ticket: read how many are left, and write back one less: right only with a lock around both. */
#include <fcntl.h>
#include <sys/file.h>

#include "lesson.h"

static int buyers = 5, tickets = 3, use_flock, no_lock, threads;
static const struct knob knobs[] = {
	{ "buyers=N", &buyers, 1, 64, "who want one ticket each (5)" },
	{ "tickets=N", &tickets, 0, 1000, "to be sold (3)" },
	{ "lock=mutex|flock", &use_flock, 0, 1, "what lets in one buyer at a time (mutex)" },
	{ "no-lock", &no_lock, 0, 1, "let in all: sell more than there are" },
	{ "threads", &threads, 0, 1, "the buyers are threads, not processes" },
	{ 0 },
};

static char path[32]; /* of the file that holds the number of tickets left */
static struct shop {
	pthread_mutex_t lock;
	_Atomic int readers, sold;
} * shop;

static void shop_lock(int file)
{
	say("wants lock");
	if (use_flock && flock(file, LOCK_EX) == 0)
		say("holds lock");
	if (!use_flock && pthread_mutex_lock(&shop->lock) == 0)
		say("holds lock %p", (void *)&shop->lock);
}

static void shop_unlock(int file)
{
	say("put lock");
	if (use_flock)
		flock(file, LOCK_UN);
	else
		pthread_mutex_unlock(&shop->lock);
}

static int query(int file)
{
	int left = 0;

	pread(file, &left, sizeof(left), 0);
	say("reads %d", left);
	return left;
}

static void buy(int file)
{
	int left = query(file);

	shop->readers++;
	do /* without a lock nobody writes before all have read: overselling needs no luck */
		rest(50, 100);
	while (no_lock && shop->readers < buyers);
	if (left > 0) {
		say("buys ticket %d", left--);
		pwrite(file, &left, sizeof(left), 0);
		shop->sold++;
	}
}

static void *buyer(void *number)
{
	int file = open(path, O_RDWR);

	name_me("buyer-%d", (long)number);
	query(file);
	rest(0, 100); /* think */
	if (!no_lock)
		shop_lock(file);
	buy(file);
	if (!no_lock)
		shop_unlock(file);
	return NULL;
}

int main(int argc, char **argv)
{
	int file = memfd_create("tickets", 0), failed;

	knobs_read(argc, argv, "Buyers look, think, and buy the last tickets.", knobs);
	sprintf(path, "/proc/self/fd/%d", file);
	if (pwrite(file, &tickets, sizeof(tickets), 0) < 0)
		err(1, "cannot open the shop");
	shop = share(sizeof(*shop));
	share_mutex(&shop->lock);
	crew_start(buyer, 1, buyers, !threads);
	failed = crew_wait();
	printf("sold %d tickets of %d\n", shop->sold, tickets);
	printf("oversold by %d\n", shop->sold > tickets ? shop->sold - tickets : 0);
	return failed;
}
