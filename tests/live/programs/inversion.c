/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks in both orders that do not strike this time, and what only looks like it: inversion
 * SITUATION..., one after the other. Threads take turns by sleeping, which keeps nobody from
 * coming at once. "forever" makes those that go on for a while go on for ever, "forked" runs
 * what comes after it in a process of its own.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TURN_US = 20000, CNT = 3, ROUND_CNT = 400, ROUND_US = 1000 };

static pthread_mutex_t lock[CNT] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
				     PTHREAD_MUTEX_INITIALIZER };
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void take_both(pthread_mutex_t *a, pthread_mutex_t *b)
{
	pthread_mutex_lock(a);
	pthread_mutex_lock(b);
	pthread_mutex_unlock(b);
	pthread_mutex_unlock(a);
}

static void name_and_wait(long i)
{
	char name[16];

	snprintf(name, sizeof(name), "turn-%ld", i);
	prctl(PR_SET_NAME, name);
	usleep(i * TURN_US);
}

static void in_turns(int cnt, void *(*work)(void *))
{
	pthread_t thread[CNT];

	for (long i = 0; i < cnt; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (int i = 0; i < cnt; i++)
		pthread_join(thread[i], NULL);
}

static void *abba_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	take_both(&lock[i], &lock[!i]);
	return arg;
}

static void abba(void)
{
	in_turns(2, abba_work);
}

static void *ring_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	take_both(&lock[i], &lock[(i + 1) % CNT]);
	return arg;
}

static void ring(void)
{
	in_turns(CNT, ring_work);
}

static void *gated_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	pthread_mutex_lock(&gate);
	take_both(&lock[i], &lock[!i]);
	pthread_mutex_unlock(&gate);
	return arg;
}

static void gated(void)
{
	in_turns(2, gated_work);
}

static void one_thread(void)
{
	take_both(&lock[0], &lock[1]);
	take_both(&lock[1], &lock[0]);
}

static void *consistent_work(void *arg)
{
	name_and_wait((long)arg);
	take_both(&lock[0], &lock[1]);
	return arg;
}

static void consistent(void)
{
	in_turns(CNT, consistent_work);
}

/* The second lock is tried, or waited for with a time-out: that never deadlocks. */
static void *trying_work(void *arg)
{
	long i = (long)arg;
	struct timespec soon;

	name_and_wait(i);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec++;
	pthread_mutex_lock(&lock[i]);
	if (i ? !pthread_mutex_trylock(&lock[!i]) : !pthread_mutex_timedlock(&lock[!i], &soon))
		pthread_mutex_unlock(&lock[!i]);
	pthread_mutex_unlock(&lock[i]);
	return arg;
}

static void trying(void)
{
	in_turns(2, trying_work);
}

/* A lock that was got by trying is held like any other. */
static void *tried_first_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	if (pthread_mutex_trylock(&lock[i]))
		return arg;
	pthread_mutex_lock(&lock[!i]);
	pthread_mutex_unlock(&lock[!i]);
	pthread_mutex_unlock(&lock[i]);
	return arg;
}

static void tried_first(void)
{
	in_turns(2, tried_first_work);
}

/* And one that was not got is none. */
static void *tried_in_vain_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	if (i == 0) {
		pthread_mutex_lock(&lock[0]);
		usleep(4 * TURN_US);
		pthread_mutex_unlock(&lock[0]);
	} else if (i == 1) {
		if (!pthread_mutex_trylock(&lock[0]))
			errx(1, "got it");
		usleep(8 * TURN_US);
		pthread_mutex_lock(&lock[1]);
		pthread_mutex_unlock(&lock[1]);
	} else {
		take_both(&lock[1], &lock[0]);
	}
	return arg;
}

static void tried_in_vain(void)
{
	in_turns(CNT, tried_in_vain_work);
}

/* One was joined before the other was created. */
static void joined(void)
{
	pthread_t thread;

	for (long i = 0; i < 2; i++) {
		pthread_create(&thread, NULL, abba_work, (void *)i);
		pthread_join(thread, NULL);
	}
}

/* Done before the thread was created, which does it the other way round. */
static void before_fork(void)
{
	pthread_t thread;

	take_both(&lock[0], &lock[1]);
	pthread_create(&thread, NULL, abba_work, (void *)1);
	pthread_join(thread, NULL);
	take_both(&lock[0], &lock[1]);
}

static void after_fork(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, abba_work, (void *)1);
	take_both(&lock[0], &lock[1]);
	pthread_join(thread, NULL);
}

/* Writers and a mutex; of the two readers none keeps the other out. */
static void cross(long i, int (*take)(pthread_rwlock_t *))
{
	name_and_wait(i);
	if (i) {
		take(&rwlock);
		pthread_mutex_lock(&lock[0]);
	} else {
		pthread_mutex_lock(&lock[0]);
		pthread_rwlock_rdlock(&rwlock);
	}
	pthread_rwlock_unlock(&rwlock);
	pthread_mutex_unlock(&lock[0]);
}

static void *rwlock_work(void *arg)
{
	cross((long)arg, pthread_rwlock_wrlock);
	return arg;
}

static void writer(void)
{
	in_turns(2, rwlock_work);
}

static void *readers_work(void *arg)
{
	cross((long)arg, pthread_rwlock_rdlock);
	return arg;
}

static void readers(void)
{
	in_turns(2, readers_work);
}

/* The same memory, other locks: they are set up anew in between. */
static pthread_mutex_t *fresh;

static void *renewed_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	if (i == 1)
		for (int j = 0; j < 2; j++) {
			pthread_mutex_destroy(&fresh[j]);
			pthread_mutex_init(&fresh[j], NULL);
		}
	take_both(&fresh[i], &fresh[!i]);
	return arg;
}

static void renewed(void)
{
	fresh = calloc(2, sizeof(*fresh));
	in_turns(2, renewed_work);
}

static void *heap_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	take_both(&fresh[i], &fresh[!i]);
	return arg;
}

static void heap(void)
{
	fresh = malloc(2 * sizeof(*fresh));
	pthread_mutex_init(&fresh[0], NULL);
	pthread_mutex_init(&fresh[1], NULL);
	in_turns(2, heap_work);
}

static void *recursive_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	for (int j = 0; j < 2; j++)
		pthread_mutex_lock(&fresh[i]);
	take_both(&fresh[i], &fresh[!i]);
	pthread_mutex_unlock(&fresh[i]);
	if (i == 0) {
		pthread_mutex_unlock(&fresh[i]);
		return arg;
	}
	pthread_mutex_lock(&fresh[!i]); /* still holds its own once */
	pthread_mutex_unlock(&fresh[!i]);
	pthread_mutex_unlock(&fresh[i]);
	return arg;
}

static void recursive(void)
{
	pthread_mutexattr_t attr;

	fresh = malloc(2 * sizeof(*fresh));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&fresh[0], &attr);
	pthread_mutex_init(&fresh[1], &attr);
	in_turns(2, recursive_work);
}

/* What a condition variable gives back meanwhile, it takes again. */
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *condvar_work(void *arg)
{
	struct timespec soon;

	name_and_wait((long)arg);
	pthread_mutex_lock(&lock[0]);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec++;
	if (!arg)
		pthread_cond_timedwait(&cond, &lock[0], &soon);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&lock[0]);
	take_both(&lock[1], &lock[0]);
	return arg;
}

static void condvar(void)
{
	in_turns(2, condvar_work);
}

/* Threads that go on: the first turn is that of 0. */
static sem_t turn[2];
static bool is_forever;

static bool goes_on(int round)
{
	return is_forever || round < ROUND_CNT;
}

static void *turns_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	for (int round = 0; goes_on(round); round++) {
		sem_wait(&turn[i]);
		take_both(&lock[i], &lock[!i]);
		usleep(ROUND_US);
		sem_post(&turn[!i]);
	}
	return arg;
}

static void turns(void)
{
	sem_init(&turn[0], 0, 1);
	sem_init(&turn[1], 0, 0);
	in_turns(2, turns_work);
}

static void one_turns(void)
{
	for (int round = 0; goes_on(round); round++) {
		one_thread();
		usleep(ROUND_US);
	}
}

/* Whoever comes holds the gate for most of the time. */
static void *held_gate_work(void *arg)
{
	long i = (long)arg;

	name_and_wait(i);
	for (int round = 0; goes_on(round); round++) {
		usleep(i * ROUND_US);
		pthread_mutex_lock(&gate);
		usleep(20 * ROUND_US);
		take_both(&lock[i], &lock[!i]);
		pthread_mutex_unlock(&gate);
	}
	return arg;
}

static void held_gate(void)
{
	in_turns(2, held_gate_work);
}

/* One never unlocks the gate, but waits in it: only then the other passes. */
static void *kept_gate_work(void *arg)
{
	long i = (long)arg;
	struct timespec soon;

	name_and_wait(i);
	if (!i)
		pthread_mutex_lock(&gate);
	for (int round = 0; goes_on(round); round++) {
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_sec++;
		if (i) {
			pthread_mutex_lock(&gate);
			pthread_cond_signal(&cond);
		} else {
			pthread_cond_timedwait(&cond, &gate, &soon);
		}
		take_both(&lock[i], &lock[!i]);
		usleep(ROUND_US);
		if (i)
			pthread_mutex_unlock(&gate);
	}
	if (!i)
		pthread_mutex_unlock(&gate);
	return arg;
}

static void kept_gate(void)
{
	in_turns(2, kept_gate_work);
}

/* Processes: the locks are set up before they are forked. */
static void set_up(pthread_mutex_t *locks, int is_shared)
{
	pthread_mutexattr_t attr;

	fresh = locks;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, is_shared);
	for (int i = 0; i < CNT; i++)
		pthread_mutex_init(&fresh[i], &attr);
}

static void set_up_shared(void)
{
	set_up(mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	       PTHREAD_PROCESS_SHARED);
}

static int go[2] = { -1, -1 };

static pid_t start(void *(*work)(void *), long i)
{
	pid_t pid = fork();
	char end;

	if (!pid) {
		close(go[1]);
		if (read(go[0], &end, 1) > 0)
			errx(1, "nobody writes there");
		work((void *)i);
		_exit(0);
	}
	return pid;
}

/* None ends before the other was forked. */
static void both_processes(void *(*work)(void *))
{
	pid_t pids[2];

	if (pipe(go))
		err(1, "pipe");
	for (int i = 0; i < 2; i++)
		pids[i] = start(work, i);
	close(go[0]);
	close(go[1]);
	go[0] = go[1] = -1;
	for (int i = 0; i < 2; i++)
		waitpid(pids[i], NULL, 0);
}

static void shared(void)
{
	set_up_shared();
	both_processes(heap_work);
}

static void *shared_gate_work(void *arg)
{
	pthread_mutex_lock(&fresh[2]);
	heap_work(arg);
	pthread_mutex_unlock(&fresh[2]);
	return arg;
}

static void shared_gate(void)
{
	set_up_shared();
	both_processes(shared_gate_work);
}

static void shared_waited(void)
{
	set_up_shared();
	for (long i = 0; i < 2; i++)
		waitpid(start(heap_work, i), NULL, 0);
}

/* Each process has locks of its own at the same address. */
static void copied(void)
{
	set_up(malloc(CNT * sizeof(*fresh)), PTHREAD_PROCESS_PRIVATE);
	both_processes(heap_work);
}

static void *both_threads(void *arg)
{
	in_turns(2, heap_work);
	return arg;
}

static void inherited(void)
{
	set_up(malloc(CNT * sizeof(*fresh)), PTHREAD_PROCESS_PRIVATE);
	waitpid(start(both_threads, 0), NULL, 0);
}

static const struct situation {
	const char *name;
	void (*run)(void);
} situations[] = {
	{ "abba", abba },
	{ "ring", ring },
	{ "gated", gated },
	{ "one-thread", one_thread },
	{ "consistent", consistent },
	{ "trying", trying },
	{ "tried-first", tried_first },
	{ "tried-in-vain", tried_in_vain },
	{ "joined", joined },
	{ "before-fork", before_fork },
	{ "after-fork", after_fork },
	{ "writer", writer },
	{ "readers", readers },
	{ "renewed", renewed },
	{ "heap", heap },
	{ "recursive", recursive },
	{ "condvar", condvar },
	{ "turns", turns },
	{ "one-turns", one_turns },
	{ "held-gate", held_gate },
	{ "kept-gate", kept_gate },
	{ "shared", shared },
	{ "shared-gate", shared_gate },
	{ "shared-waited", shared_waited },
	{ "copied", copied },
	{ "inherited", inherited },
};

static void run(const char *name)
{
	for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
		if (!strcmp(name, situations[i].name)) {
			situations[i].run();
			return;
		}
	}
	errx(2, "there is no %s", name);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "forever")) {
			is_forever = true;
		} else if (!strcmp(argv[i], "forked")) {
			if (fork()) {
				wait(NULL);
				return 0;
			}
		} else {
			run(argv[i]);
		}
	}
	return 0;
}
