// SPDX-License-Identifier: GPL-2.0-only
/* Waits that nobody ends, one situation each; some say on standard output what they wait on. */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAP_SZ = 8192 };

struct shared {
	pthread_mutex_t mutex;
	sem_t sem;
};

static struct shared *map_file(int fd)
{
	struct shared *s = mmap(NULL, MAP_SZ, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);

	if (s == MAP_FAILED)
		err(1, "mmap");
	return s;
}

static struct shared *make_shared(int *fd)
{
	pthread_mutexattr_t attr;
	struct shared *s;

	*fd = memfd_create("kinds", 0);
	if (*fd < 0 || ftruncate(*fd, 4096 + MAP_SZ))
		err(1, "memfd_create");
	s = map_file(*fd);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->mutex, &attr);
	sem_init(&s->sem, 1, 0);
	return s;
}

static void *lock_shared(void *arg)
{
	struct shared *s = arg;

	pthread_mutex_lock(&s->mutex);
	return arg;
}

/* Parent and child wait on one word, which each has at an address of its own. */
static void two_addresses(void)
{
	struct shared *s, *other;
	pthread_t thread;
	int fd;

	s = make_shared(&fd);
	pthread_mutex_lock(&s->mutex);
	if (!fork()) {
		other = map_file(fd);
		munmap(s, MAP_SZ);
		printf("child\t%d\t%p\n", getpid(), (void *)&other->mutex);
		fflush(stdout);
		pthread_mutex_lock(&other->mutex);
		_exit(0);
	}
	printf("parent\t%d\t%p\n", getpid(), (void *)&s->mutex);
	fflush(stdout);
	pthread_create(&thread, NULL, lock_shared, s);
	wait(NULL);
}

/* Two processes have unrelated locks at one address. */
static void equal_addresses(void)
{
	struct shared *s =
		mmap(NULL, MAP_SZ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sem_init(&s->sem, 1, 0);
	if (!fork()) {
		sem_wait(&s->sem);
		_exit(0);
	}
	sem_wait(&s->sem);
}

/* They share a semaphore, and nobody else can post it. */
static void lost_post(void)
{
	struct shared *s;
	int fd;

	s = make_shared(&fd);
	close(fd);
	if (!fork()) {
		sem_wait(&s->sem);
		_exit(0);
	}
	sem_wait(&s->sem);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "two-addresses"))
		two_addresses();
	else if (!strcmp(what, "equal-addresses"))
		equal_addresses();
	else if (!strcmp(what, "lost-post"))
		lost_post();
	else
		return 2;
	return 0;
}
