/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each piece is read by a thread of its own, which is all that is kept by a page that never
 * comes. It belongs to two: who asked, and the thread; who lets go of it last frees it.
 */
#include "inspect/slow_memory.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include "base/xalloc.h"

enum { STACK_SZ = 1 << 16 };

struct slow_read {
	pthread_mutex_t mutex;
	pthread_cond_t is_done_cond;
	bool is_done, is_left;
	__u32 tid;
	__u64 address;
	ssize_t got; /* or -errno */
	size_t len;
	char bytes[];
};

static atomic_uint stuck_cnt;

unsigned slow_memory_stuck_cnt(void)
{
	return stuck_cnt;
}

static void slow_read_free(struct slow_read *r)
{
	pthread_cond_destroy(&r->is_done_cond);
	pthread_mutex_destroy(&r->mutex);
	free(r);
}

static void *read_it(void *arg)
{
	struct slow_read *r = arg;
	struct iovec local = { .iov_base = r->bytes, .iov_len = r->len };
	struct iovec remote = { .iov_base = (void *)r->address, .iov_len = r->len };
	ssize_t got = process_vm_readv(r->tid, &local, 1, &remote, 1, 0);
	bool is_left;

	pthread_mutex_lock(&r->mutex);
	r->got = got < 0 ? -errno : got;
	r->is_done = true;
	is_left = r->is_left;
	pthread_cond_signal(&r->is_done_cond);
	pthread_mutex_unlock(&r->mutex);
	if (!is_left)
		return NULL;
	slow_read_free(r);
	stuck_cnt--;
	return NULL;
}

static struct slow_read *slow_read_new(__u32 tid, __u64 address, size_t len)
{
	struct slow_read *r = xcalloc(1, sizeof(*r) + len);
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->is_done_cond, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&r->mutex, NULL);
	r->tid = tid;
	r->address = address;
	r->len = len;
	return r;
}

/* No signal is for it: handlers expect to be what interrupts the main thread. */
static int begin(struct slow_read *r, pthread_t *ret)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SZ);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(ret, &attr, read_it, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

/* True: it is there. False: from now on it belongs to its thread. */
static bool wait_for(struct slow_read *r, unsigned patience_ms)
{
	struct timespec end;
	bool is_done;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += patience_ms * 1000000L;
	end.tv_sec += end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&r->mutex);
	while (!r->is_done && !err)
		err = pthread_cond_timedwait(&r->is_done_cond, &r->mutex, &end);
	is_done = r->is_done;
	r->is_left = !is_done;
	stuck_cnt += !is_done;
	pthread_mutex_unlock(&r->mutex);
	return is_done;
}

ssize_t slow_memory_read(__u32 tid, __u64 address, void *buf, size_t len)
{
	unsigned stuck = stuck_cnt;
	struct slow_read *r;
	pthread_t thread;
	ssize_t got;
	int err;

	if (stuck >= SLOW_MEMORY_STUCK_MAX)
		return -ETIMEDOUT;
	r = slow_read_new(tid, address, len);
	err = begin(r, &thread);
	if (err) {
		slow_read_free(r);
		return err;
	}
	if (!wait_for(r, SLOW_MEMORY_PATIENCE_MS >> stuck)) {
		pthread_detach(thread);
		return -ETIMEDOUT;
	}
	pthread_join(thread, NULL);
	got = r->got;
	if (got > 0)
		memcpy(buf, r->bytes, got);
	slow_read_free(r);
	return got;
}
