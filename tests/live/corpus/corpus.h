/* SPDX-License-Identifier: GPL-2.0-only */
/* What the situations of the corpus share: names, meeting points, choice by name. */
#ifndef CORPUS_H
#define CORPUS_H

#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { SITUATION_THREAD_MAX = 64, MOMENT_US = 300000 };

struct situation {
	const char *name;
	void (*run)(void);
};

static pthread_t thread[SITUATION_THREAD_MAX];
static int thread_cnt;

/* "stuck-3" */
static inline void name_me(long i)
{
	char name[16];

	snprintf(name, sizeof(name), "stuck-%ld", i);
	prctl(PR_SET_NAME, name);
}

/* Only the moment is meant, not that anybody has come so far: it takes much less. */
static inline void wait_a_moment(void)
{
	usleep(MOMENT_US);
}

static inline void start(int cnt, void *(*work)(void *))
{
	thread_cnt = cnt;
	for (long i = 0; i < cnt; i++)
		if (pthread_create(&thread[i], NULL, work, (void *)i))
			err(1, "pthread_create");
}

static inline void join_all(void)
{
	for (int i = 0; i < thread_cnt; i++)
		pthread_join(thread[i], NULL);
}

static inline void start_and_join(int cnt, void *(*work)(void *))
{
	start(cnt, work);
	join_all();
}

/* A process that does @work, named, and does not outlive us. */
static inline pid_t start_process(long i, void (*work)(long))
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	name_me(i);
	work(i);
	_exit(0);
}

static inline void *share_memory(size_t sz)
{
	void *p = mmap(NULL, sz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

static inline void share_mutex(pthread_mutex_t *m, int robust)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, robust);
	pthread_mutex_init(m, &attr);
}

static inline void share_barrier(pthread_barrier_t *b, int cnt)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(b, &attr, cnt);
}

/* Run the situation that argv[1] names; the exit status. */
static inline int choose(const struct situation *s, size_t cnt, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < cnt; i++) {
		if (!strcmp(argv[1], s[i].name)) {
			s[i].run();
			return 0;
		}
	}
	errx(2, "usage: %s SITUATION", argv[0]);
}

#define CHOOSE(situations, argc, argv) \
	choose(situations, sizeof(situations) / sizeof(situations[0]), argc, argv)

#endif /* CORPUS_H */
