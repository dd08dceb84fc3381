/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Futexes of a program's own making, whose words look like a ring of two locks of glibc: raw
 * SITUATION. Who waits there is woken by a third thread, so nothing of it is a deadlock.
 */
#include <linux/futex.h>
#include <sys/syscall.h>
#include "corpus.h"

enum { MUTEX_OWNER = 2, MUTEX_KIND = 4, KIND_ROBUST = 0x10, RWLOCK_WRITER = 4 };

static unsigned int words[2][6];
static unsigned int tid[2];
static int op;
static pthread_barrier_t both;

static void wait_for_change(unsigned int *word)
{
	syscall(SYS_futex, word, op, *word, NULL, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void *wait_work(void *arg)
{
	long i = (long)arg;

	name_me(i);
	tid[i] = gettid();
	pthread_barrier_wait(&both);
	pthread_barrier_wait(&both); /* the words are written */
	wait_for_change(words[i]);
	return arg;
}

/* Each has the other's number where an owner would be. */
static void ring(int command, int owner_at, const unsigned int like[6])
{
	op = command;
	pthread_barrier_init(&both, NULL, 3);
	start(2, wait_work);
	pthread_barrier_wait(&both);
	for (int i = 0; i < 2; i++) {
		memcpy(words[i], like, sizeof(words[i]));
		words[i][owner_at] |= tid[1 - i];
	}
	pthread_barrier_wait(&both);
	wait_a_moment();
	for (int i = 0; i < 2; i++) {
		words[i][0]++;
		syscall(SYS_futex, words[i], FUTEX_WAKE | (op & FUTEX_PRIVATE_FLAG), 1);
	}
	join_all();
}

static void mutex(void)
{
	ring(FUTEX_WAIT | FUTEX_PRIVATE_FLAG, MUTEX_OWNER, (unsigned int[6]){ 2, 0, 0, 1 });
}

static void robust(void)
{
	ring(FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0,
	     (unsigned int[6]){ FUTEX_WAITERS, [MUTEX_KIND] = KIND_ROBUST });
}

static void rwlock(void)
{
	ring(FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, RWLOCK_WRITER,
	     (unsigned int[6]){ 3, 1 });
}

/* As the mutex of Rust waits, which could lie beside anything. */
static void rust(void)
{
	ring(FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, MUTEX_OWNER, (unsigned int[6]){ 2, 0, 0, 1 });
}

/* As pthread_join() waits, for a word that holds the number of whoever is to end. */
static void join(void)
{
	ring(FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, (unsigned int[6]){});
}

static const struct situation situations[] = {
	{ "mutex", mutex }, { "robust", robust }, { "rwlock", rwlock },
	{ "rust", rust },   { "join", join },
};

int main(int argc, char **argv)
{
	return CHOOSE(situations, argc, argv);
}
