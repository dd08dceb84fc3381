/* SPDX-License-Identifier: GPL-2.0-only */
/* Which handlers can be run: those of signals that some thread does not block. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "inspect/handlers.h"

#define BIT(n) (1ULL << ((n)-1))

static int ready[2];

static void do_nothing(int sig)
{
	(void)sig;
}

static void mask(int how, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	pthread_sigmask(how, &set, NULL);
}

static void *wait_for_ever(void *arg)
{
	if (arg)
		mask(SIG_UNBLOCK, SIGUSR2);
	if (write(ready[1], "x", 1) == 1)
		for (;;)
			pause();
	return arg;
}

/* Two threads that handle both, and block both; or the second one not SIGUSR2. */
static pid_t start(bool is_open)
{
	pthread_t thread;
	char byte;
	pid_t pid;

	cr_assert(pipe(ready) == 0);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
		signal(SIGUSR1, do_nothing);
		signal(SIGUSR2, do_nothing);
		signal(SIGHUP, SIG_IGN);
		mask(SIG_BLOCK, SIGUSR1);
		mask(SIG_BLOCK, SIGUSR2);
		pthread_create(&thread, NULL, wait_for_ever, is_open ? &ready : NULL);
		wait_for_ever(NULL);
	}
	cr_assert(read(ready[0], &byte, 1) == 1 && read(ready[0], &byte, 1) == 1);
	return pid;
}

static __u64 caught_by(pid_t pid)
{
	struct ev_handlers ev;

	handlers_read(pid, &ev);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(eq(int, ev.err, 0));
	return ev.caught & (BIT(SIGHUP) | BIT(SIGUSR1) | BIT(SIGUSR2));
}

Test(handlers, what_all_threads_block_is_not_handled)
{
	cr_expect(eq(u64, caught_by(start(false)), 0));
}

Test(handlers, what_one_of_the_threads_does_not_block_is)
{
	cr_expect(eq(u64, caught_by(start(true)), BIT(SIGUSR2)));
}

Test(handlers, of_who_is_gone_nothing_is_known)
{
	struct ev_handlers ev;

	handlers_read(0x7fffffff, &ev);
	cr_expect(ne(int, ev.err, 0));
}
