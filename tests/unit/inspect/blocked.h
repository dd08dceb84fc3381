/* SPDX-License-Identifier: GPL-2.0-only */
/* A child that waits for ever in a mutex, and tells what it had in its registers. */
#ifndef TESTS_INSPECT_BLOCKED_H
#define TESTS_INSPECT_BLOCKED_H

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "base/io.h"
#include "tests/unit/inspect/self.h"

static struct {
	pthread_mutex_t fork[3];
} blocked_table __attribute__((unused));

struct blocked {
	pid_t pid;
	__u64 *regs; /* shared with it */
};

/* It waits further in; from here on outwards the stack stays as it is. */
FRAME static int blocked_eat(__u64 *regs, int ready_fd)
{
	pthread_mutex_t *mutex = &blocked_table.fork[2];

	pthread_mutex_lock(mutex);
	CAPTURE(regs);
	if (write(ready_fd, "x", 1) == 1)
		pthread_mutex_lock(mutex);
	return mutex != NULL;
}

static inline struct blocked blocked_start(void)
{
	struct blocked b = { .regs = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
	int fds[2];
	char byte;

	cr_assert(pipe(fds) == 0);
	b.pid = fork();
	if (!b.pid) {
		prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
		_exit(blocked_eat(b.regs, fds[1]));
	}
	cr_assert(read(fds[0], &byte, 1) == 1);
	close(fds[0]);
	close(fds[1]);
	return b;
}

static inline void blocked_end(struct blocked *b)
{
	kill(b->pid, SIGKILL);
	waitpid(b->pid, NULL, 0);
	munmap(b->regs, 4096);
}

/* The worker of this process, or 0. */
static inline pid_t find_worker(void)
{
	char path[64], text[4096], *at = text;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	if (read_file(path, text, sizeof(text), NULL))
		return 0;
	for (char *end; *at; at = end) {
		char comm[32];
		pid_t pid = strtol(at, &end, 10);

		if (end == at)
			break;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (!read_file(path, comm, sizeof(comm), NULL) && !strcmp(comm, "ctrace-inspect\n"))
			return pid;
	}
	return 0;
}

#endif
