/* SPDX-License-Identifier: GPL-2.0-only */
/* barrier: work in phases: nobody begins the next one before all have ended this one. */
#include "lesson.h"

static int workers = 4, phases = 3, work = 20, even;
static const struct knob knobs[] = {
	{ "workers=N", &workers, 1, 64, "compute side by side (4)" },
	{ "phases=N", &phases, 1, 1000000, "with a barrier behind each (3)" },
	{ "work=MS", &work, 0, 60000, "of worker 1; of worker 2 twice as much, and so on (20)" },
	{ "even", &even, 0, 1, "the same work for all" },
	{ 0 },
};

static pthread_barrier_t all_here;

static void *compute(void *number)
{
	int n = (long)number;

	name_me("worker-%d", n);
	for (int phase = 1; phase <= phases; phase++) {
		say("begins phase %d", phase);
		toil(even ? work : work * n);
		say("arrives %p", (void *)&all_here);
		pthread_barrier_wait(&all_here);
	}
	say("goes home");
	return NULL;
}

int main(int argc, char **argv)
{
	knobs_read(argc, argv, "Workers wait for the slowest of them after each phase.", knobs);
	pthread_barrier_init(&all_here, NULL, workers);
	crew_start(compute, 1, workers, 0);
	return crew_wait();
}
