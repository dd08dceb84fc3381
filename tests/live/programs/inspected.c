/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Targets that do not hold still while somebody looks at them: inspected NAME [COUNT].
 *
 * Each has threads that wait for long enough to be looked at, then pulls away what they wait on.
 */
#include <err.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CROWD = 8, LOOKED_AT_US = 20000, STEP_US = 1000, WORD_CNT = 6, LONG_US = 600000 };

static const char *self;
static int rounds;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void start(void *(*work)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, arg))
		errx(1, "no more threads");
}

static void *wait_for_held(void *arg)
{
	pthread_mutex_lock(&held);
	return arg;
}

/* Each round is looked at for a little longer than the one before. */
static void let_look(void)
{
	pthread_mutex_lock(&held);
	for (int i = 0; i < CROWD; i++)
		start(wait_for_held, NULL);
	usleep(LOOKED_AT_US + rounds * STEP_US);
}

static void exits(void)
{
	for (; rounds; rounds--) {
		pid_t pid = fork();

		if (pid == 0) {
			let_look();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void execs(void)
{
	char left[16];

	if (!rounds)
		return;
	let_look();
	snprintf(left, sizeof(left), "%d", rounds - 1);
	execl(self, self, "execs", left, NULL);
	err(1, "%s", self);
}

static struct table {
	pthread_mutex_t lock[2];
	pthread_barrier_t both;
} * table;

static void *cross(void *arg)
{
	long i = (long)arg;

	pthread_mutex_lock(&table->lock[i]);
	pthread_barrier_wait(&table->both);
	pthread_mutex_lock(&table->lock[!i]);
	return NULL;
}

/* A true deadlock, the memory of which goes before anybody can have read it twice. */
static void unmaps(void)
{
	table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	for (int i = 0; i < 2; i++)
		pthread_mutex_init(&table->lock[i], NULL);
	pthread_barrier_init(&table->both, NULL, 3);
	for (long i = 0; i < 2; i++)
		start(cross, (void *)i);
	pthread_barrier_wait(&table->both);
	usleep(STEP_US);
	munmap(table, sizeof(*table));
	puts("ready");
	fflush(stdout);
	usleep(LONG_US);
}

/* What lies behind the words is no owner: nobody, a process of somebody else, no number at all. */
static uint32_t garbage[][WORD_CNT] = {
	{ 2, 0, 0, 0, 0, 0 },
	{ 2, 1, 1, 1, 0, 0 },
	{ 2, 1, 0x3fffff, 1, 0, 0 },
	{ 2, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef },
	{ 2, ~0U, ~0U, ~0U, ~0U, ~0U },
	{ 3, 1, 1, 1, 1, 1 },
	{ 0x80000001, 1, 1, 1, 0x10, 0 },
};

enum { GARBAGE_CNT = sizeof(garbage) / sizeof(garbage[0]) };

static void *wait_on_garbage(void *arg)
{
	uint32_t *word = arg;

	syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, *word, NULL, NULL, 0);
	return NULL;
}

static void waits_on_garbage(void)
{
	garbage[1][2] = getppid(); /* the tracer, when it has started this */
	for (int i = 0; i < GARBAGE_CNT; i++)
		start(wait_on_garbage, garbage[i]);
	usleep(LONG_US);
	for (int i = 0; i < GARBAGE_CNT; i++)
		syscall(SYS_futex, garbage[i], FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static const struct scenario {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "exits", exits },
	{ "execs", execs },
	{ "unmaps", unmaps },
	{ "garbage", waits_on_garbage },
};

int main(int argc, char **argv)
{
	self = argv[0];
	rounds = argc == 3 ? atoi(argv[2]) : 0;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (argc >= 2 && !strcmp(argv[1], scenarios[i].name)) {
			scenarios[i].run();
			return 0;
		}
	}
	errx(2, "usage: inspected NAME [COUNT]");
}
