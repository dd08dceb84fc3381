/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of lock a wait is for, from the innermost functions of its stack that are known.
 *
 * Only kinds without an owner are told so: an owner is read from words, whose layout says more.
 * A rwlock has one only while somebody writes; who waits for readers may learn from here what
 * it is.
 */
#include <string.h>
#include "model/model_private.h"

enum { FRAME_MAX = 4 }; /* further out it is called by somebody who has a lock of his own */

/* Names of glibc and musl, which begin so. */
static const struct {
	const char *prefix;
	enum wait_reason kind;
} functions[] = {
	{ "sem_wait", WAIT_SEMAPHORE },
	{ "sem_timedwait", WAIT_SEMAPHORE },
	{ "sem_clockwait", WAIT_SEMAPHORE },
	{ "__new_sem_wait", WAIT_SEMAPHORE },
	{ "__sem_wait", WAIT_SEMAPHORE },
	{ "pthread_barrier_wait", WAIT_BARRIER },
	{ "__pthread_barrier_wait", WAIT_BARRIER },
	{ "pthread_cond_wait", WAIT_CONDVAR },
	{ "pthread_cond_timedwait", WAIT_CONDVAR },
	{ "pthread_cond_clockwait", WAIT_CONDVAR },
	{ "__pthread_cond_wait", WAIT_CONDVAR },
	{ "__pthread_cond_timedwait", WAIT_CONDVAR },
	{ "___pthread_cond_wait", WAIT_CONDVAR },
	{ "___pthread_cond_timedwait", WAIT_CONDVAR },
	{ "___pthread_cond_clockwait", WAIT_CONDVAR },
	{ "pthread_rwlock_", WAIT_RWLOCK },
	{ "__pthread_rwlock_", WAIT_RWLOCK },
	{ "___pthread_rwlock_", WAIT_RWLOCK },
	/* A mutex that is locked within one of the above; the words say what they say. */
	{ "pthread_mutex_", WAIT_FUTEX },
	{ "__pthread_mutex_", WAIT_FUTEX },
	{ "___pthread_mutex_", WAIT_FUTEX },
};

static bool kind_of_function(const char *name, enum wait_reason *ret)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (strncmp(name, functions[i].prefix, strlen(functions[i].prefix)) != 0)
			continue;
		*ret = functions[i].kind;
		return true;
	}
	return false;
}

/* The innermost function that is known decides. */
static bool kind_of_stack(const char *stack, enum wait_reason *ret)
{
	const char *line = stack;

	for (int i = 0; line && i < FRAME_MAX; i++, line = strchr(line, '\n')) {
		line += *line == '\n';
		if (kind_of_function(line, ret))
			return *ret != WAIT_FUTEX;
	}
	return false;
}

static bool is_vague(enum wait_reason r)
{
	return r == WAIT_FUTEX || r == WAIT_CONDVAR || r == WAIT_SEMAPHORE || r == WAIT_BARRIER;
}

void model_take_kind(struct model *m, struct thread *t, const char *stack)
{
	struct lock *l = model_lock_of_wait(m, t);
	enum wait_reason kind;

	if (!l || !is_vague(t->wait.reason) || !kind_of_stack(stack, &kind))
		return;
	t->wait.reason = l->kind = kind;
}
