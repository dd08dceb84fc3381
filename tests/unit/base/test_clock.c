/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock is the monotonic one, in nanoseconds. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <time.h>

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

Test(clock, lies_between_two_readings_of_the_monotonic_clock)
{
	uint64_t before_ns = monotonic_ns();
	uint64_t now_ns = clock_now_ns();
	uint64_t after_ns = monotonic_ns();

	cr_expect(ge(u64, now_ns, before_ns));
	cr_expect(le(u64, now_ns, after_ns));
}
