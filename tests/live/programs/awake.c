/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps one processor from idling without taking any time from others: awake CPU. */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
	struct sched_param param = {};
	cpu_set_t cpu;

	if (argc != 2)
		errx(2, "usage: awake CPU");
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || sched_setscheduler(0, SCHED_IDLE, &param))
		err(1, "CPU %s", argv[1]);
	for (;;)
		;
}
