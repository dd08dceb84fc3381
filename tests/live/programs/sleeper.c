/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleeps 10 000 times for a moment, each on a processor that has nothing else to do. */
#include <time.h>

int main(void)
{
	struct timespec pause = { .tv_nsec = 50000 };

	for (int i = 0; i < 10000; i++)
		nanosleep(&pause, NULL);
	return 0;
}
