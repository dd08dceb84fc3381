// SPDX-License-Identifier: GPL-2.0-only
/* Nobody waits for long: threads for one global lock, processes for one lock that they share. */
#include <err.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CREW = 4, ROUNDS = 200 };

static struct {
	int total;
	pthread_mutex_t lock;
} counter = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *count(void *arg)
{
	pthread_mutex_t *lock = arg;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(lock);
		usleep(500);
		counter.total++;
		pthread_mutex_unlock(lock);
		usleep(50);
	}
	return NULL;
}

static pthread_mutex_t *make_shared(void)
{
	pthread_mutex_t *lock = mmap(NULL, sizeof(*lock), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	if (lock == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(lock, &attr);
	return lock;
}

int main(void)
{
	pthread_mutex_t *shared = make_shared();
	pthread_t threads[CREW];

	for (int i = 0; i < CREW; i++)
		if (pthread_create(&threads[i], NULL, count, &counter.lock))
			errx(1, "pthread_create");
	for (int i = 0; i < CREW; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < CREW; i++)
		if (!fork()) {
			count(shared);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	return 0;
}
