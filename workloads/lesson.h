/* SPDX-License-Identifier: GPL-2.0-only */
/* What every lesson needs and none is about: facts, names, dice, sleep, a crew, options. */
#ifndef LESSON_H
#define LESSON_H

#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int seed = 1, truth;
static __thread unsigned int dice;
enum { CREW_MAX = 256 };
static pthread_t crew[CREW_MAX];
static int crew_cnt;

/* Tells a fact in one write: who and what, or with --truth when, which thread, what and where. */
__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...)
{
	char fact[100], name[16], *where;
	struct timespec now;
	va_list args;

	va_start(args, format);
	vsnprintf(fact, sizeof(fact), format, args);
	va_end(args);
	pthread_getname_np(pthread_self(), name, sizeof(name));
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (truth)
		dprintf(1, "truth %ld%09ld %d %s\n", now.tv_sec, now.tv_nsec, gettid(), fact);
	else if ((where = strstr(fact, " 0x")))
		dprintf(1, "%-10s %.*s\n", name, (int)(where - fact), fact);
	else
		dprintf(1, "%-10s %s\n", name, fact);
}

/* Names this thread and gives it dice of its own, which fall alike whenever the seed is alike. */
static inline void name_me(const char *format, int number)
{
	char name[16];

	snprintf(name, sizeof(name), format, number);
	pthread_setname_np(pthread_self(), name);
	dice = seed + 7919u * number;
}

static inline void rest(int least_ms, int most_ms)
{
	int ms = least_ms + rand_r(&dice) % (most_ms - least_ms + 1);

	if (truth)
		say("sleeps %d ms", ms);
	usleep(ms * 1000);
}

/* Computes for so long, not counting the time in which others have the processor. */
static inline void toil(int ms)
{
	struct timespec start, now;

	say("computes %d ms", ms);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

/* Zeroed memory that the processes of the crew have in common. */
static inline void *share(size_t sz)
{
	void *p = mmap(NULL, sz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "cannot share memory");
	return p;
}

static inline void share_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(mutex, &attr);
}

static inline void share_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(cond, &attr);
}

/* Starts work(first) ... work(last), each as a thread, or as a process of its own. */
static inline void crew_start(void *(*work)(void *), long first, long last, int processes)
{
	for (; first <= last; first++) {
		if (!processes && (crew_cnt == CREW_MAX ||
				   pthread_create(&crew[crew_cnt++], NULL, work, (void *)first)))
			errx(1, "cannot start a thread");
		switch (processes ? fork() : 1) {
		case 0:
			exit(work((void *)first) != NULL);
		case -1:
			err(1, "cannot start a process");
		}
	}
}

/* Waits for all of them; 0 if they ended well, else 1. */
static inline int crew_wait(void)
{
	int status, failed = 0;

	for (int i = 0; i < crew_cnt; i++)
		pthread_join(crew[i], NULL);
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

/* An option as --help shows it: "flag", "number=N" (from least to most) or "word=this|that". */
struct knob {
	const char *name;
	int *value, least, most;
	const char *help;
};

/* The place of a word in "=this|that"; if it is not there, the number of words. */
static inline int word_place(const char *words, const char *word)
{
	size_t sz = strlen(word);
	int place = 0;

	for (; *words++ && (strcspn(words, "|") != sz || strncmp(words, word, sz)); place++)
		words += strcspn(words, "|");
	return place;
}

static inline int knob_read(const struct knob *k, const char *text)
{
	const char *value = strchr(k->name, '=');
	char *end = "";
	long n = strchr(value, '|') ? word_place(value, text) : strtol(text, &end, 10);

	if (!*text || *end || n < k->least || n > k->most)
		errx(2, "--%s cannot be '%s', see --help", k->name, text);
	return n;
}

/* Reads the command line: the knobs of the lesson, and those that all lessons have. */
static inline void knobs_read(int argc, char **argv, const char *lesson, const struct knob *knobs)
{
	struct knob all[16] = {
		{ "help", NULL, 0, 0, "print this" },
		{ "truth", &truth, 0, 1, "tell each fact as: truth NANOSECONDS TID FACT" },
		{ "seed=N", &seed, 0, INT_MAX, "decides all that is random (1)" },
	};
	struct option options[16] = { 0 };
	int c, i;

	for (i = 3; knobs->name; i++)
		all[i] = *knobs++;
	while (i--) {
		options[i].name = strndup(all[i].name, strcspn(all[i].name, "="));
		options[i].has_arg = strchr(all[i].name, '=') != NULL;
		options[i].flag = all[i].value;
		options[i].val = 1;
	}
	while ((c = getopt_long(argc, argv, "", options, &i)) == 0)
		if (optarg)
			*all[i].value = knob_read(&all[i], optarg);
	if (c == '?') /* getopt has said why */
		exit(2);
	if (c < 0 && optind < argc)
		errx(2, "'%s' is not an option, see --help", argv[optind]);
	if (c < 0)
		return;
	printf("usage: %s [OPTION]...\n%s\n\n", argv[0], lesson);
	for (i = 0; all[i].name; i++)
		printf("  --%-15s %s\n", all[i].name, all[i].help);
	exit(0);
}
#endif
