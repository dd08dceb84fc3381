/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child that waits for its parent: far pipe|mutex|robust|inherit. It prints the number of the
 * child, and the parent holds what that waits for until it is ended.
 */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static void make_mutex(pthread_mutex_t *mutex, const char *kind)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (!strcmp(kind, "robust"))
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (!strcmp(kind, "inherit"))
		pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(mutex, &attr);
	pthread_mutex_lock(mutex);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "pipe";
	pthread_mutex_t *door = mmap(NULL, sizeof(*door), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[2];
	pid_t pid;
	char c;

	if (door == MAP_FAILED || pipe(ends))
		err(1, "far");
	make_mutex(door, kind);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[1]);
		return strcmp(kind, "pipe") ? pthread_mutex_lock(door) : read(ends[0], &c, 1);
	}
	printf("%d\n", pid);
	fflush(stdout);
	pause();
}
