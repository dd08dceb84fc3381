/* SPDX-License-Identifier: GPL-2.0-only */
/* Choosing the k-th of many. */
#include "base/select.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum { CNT = 1000 };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each of them, in any place, is where sorting would put it. */
static void expect_as_sorted(const uint64_t *values, size_t cnt)
{
	uint64_t sorted[CNT], used[CNT];

	memcpy(sorted, values, cnt * sizeof(*values));
	qsort(sorted, cnt, sizeof(*sorted), compare);
	for (size_t n = 0; n < cnt; n++) {
		memcpy(used, values, cnt * sizeof(*values));
		cr_assert(eq(u64, select_nth(used, cnt, n), sorted[n]), "%zu of %zu", n, cnt);
	}
}

Test(select, the_nth_is_the_one_that_sorting_puts_there)
{
	uint64_t values[CNT];

	for (size_t i = 0; i < CNT; i++)
		values[i] = map_hash(i);
	expect_as_sorted(values, CNT);
	for (size_t i = 0; i < CNT; i++)
		values[i] = 5000000000000 + map_hash(i) % 300;
	expect_as_sorted(values, CNT);
	for (size_t cnt = 1; cnt < 20; cnt++)
		expect_as_sorted(values, cnt);
}

Test(select, equal_ones_and_the_ends_of_the_range)
{
	uint64_t values[] = { UINT64_MAX, 0, 1, 0, UINT64_MAX, UINT64_MAX - 1, 1ULL << 63 };

	expect_as_sorted(values, sizeof(values) / sizeof(values[0]));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		values[i] = 7;
	expect_as_sorted(values, sizeof(values) / sizeof(values[0]));
}
