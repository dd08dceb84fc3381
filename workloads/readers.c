/* SPDX-License-Identifier: GPL-2.0-only */
/* readers: any number may read at once, but who writes is alone. Who goes first if both wait? */
#include "lesson.h"

static int readers = 4, writers = 1, rounds = 5, use_mutex, prefer_writers;
static const struct knob knobs[] = {
	{ "readers=N", &readers, 1, 64, "look at the page, again and again (4)" },
	{ "writers=N", &writers, 0, 64, "change it (1)" },
	{ "rounds=N", &rounds, 1, 1000000, "of each (5)" },
	{ "lock=rwlock|mutex", &use_mutex, 0, 1, "what guards the page (rwlock)" },
	{ "prefer=readers|writers", &prefer_writers, 0, 1, "who goes first (readers)" },
	{ 0 },
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock;
static int page; /* its number of changes, which is all that is on it */

static void *lock_of_page(void)
{
	return use_mutex ? (void *)&mutex : (void *)&rwlock;
}

static void done(const char *with)
{
	say("done %s", with);
	if (use_mutex)
		pthread_mutex_unlock(&mutex);
	else
		pthread_rwlock_unlock(&rwlock);
}

static void *reader(void *number)
{
	name_me("reader-%d", (long)number);
	for (int i = 0; i < rounds; i++) {
		rest(0, 10);
		say("asks to read %p", lock_of_page());
		if (use_mutex)
			pthread_mutex_lock(&mutex);
		else
			pthread_rwlock_rdlock(&rwlock);
		say("reads change %d", page);
		rest(50, 100);
		done("reading");
	}
	return NULL;
}

static void *writer(void *number)
{
	name_me("writer-%d", (long)number);
	for (int i = 0; i < rounds; i++) {
		rest(20, 40);
		say("asks to write %p", lock_of_page());
		if (use_mutex)
			pthread_mutex_lock(&mutex);
		else
			pthread_rwlock_wrlock(&rwlock);
		say("writes change %d", ++page);
		rest(20, 20);
		done("writing");
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_rwlockattr_t attr;

	knobs_read(argc, argv, "Readers share a page with writers, who must be alone.", knobs);
	pthread_rwlockattr_init(&attr);
	if (prefer_writers)
		pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&rwlock, &attr);
	crew_start(reader, 1, readers, 0);
	crew_start(writer, 1, writers, 0);
	return crew_wait();
}
