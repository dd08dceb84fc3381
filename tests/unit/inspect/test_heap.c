/* SPDX-License-Identifier: GPL-2.0-only */
/* What glibc's malloc says of its allocations, and what is none. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include "inspect/heap.h"
#include "tests/unit/inspect/self.h"

static struct memory memory;

static void setup(void)
{
	memory.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
}

TestSuite(heap, .init = setup, .disabled = SELF_IS_SANITIZED);

static bool holds(const void *p, size_t size, size_t idx)
{
	memory_forget(&memory);
	return heap_holds_array(&memory, (__u64)p, size, idx);
}

Test(heap, an_array_has_the_elements_that_fit)
{
	for (size_t cnt = 1; cnt < 100; cnt++) {
		void *p = calloc(cnt, 40);

		cr_expect(holds(p, 40, cnt - 1), "%zu", cnt);
		cr_expect(not(holds(p, 40, cnt)), "%zu", cnt); /* 40 is more than the rounding */
		free(p);
	}
}

Test(heap, a_mapped_allocation_counts_as_well)
{
	size_t cnt = 1 << 20;
	void *p = calloc(cnt, 40);

	cr_expect(holds(p, 40, cnt - 1));
	cr_expect(not(holds(p, 40, cnt + 200)));
	free(p);
}

Test(heap, the_middle_of_an_allocation_is_none)
{
	char *p = calloc(100, 40);

	for (int off = 1; off < 1000; off++)
		cr_expect(not(holds(p + off, 40, 0)), "%d", off);
	free(p);
}

Test(heap, nothing_is_allocated_at_odd_places)
{
	static long somewhere[8];

	cr_expect(not(holds(somewhere, 8, 0)));
	cr_expect(not(holds(NULL, 8, 0)));
	cr_expect(not(holds((void *)~0UL, 8, 0)));
}

Test(heap, sizes_that_make_no_sense_are_refused)
{
	void *p = calloc(10, 40);

	cr_expect(not(holds(p, 0, 0)));
	cr_expect(not(holds(p, 40, ~0UL / 40)));
	cr_expect(not(holds(p, ~0UL, 0)));
	free(p);
}

Test(heap, an_array_of_objects_has_its_number_in_front)
{
	unsigned long *p = calloc(1, 8 + 5 * 40);

	p[0] = 5;
	cr_expect(holds(p + 1, 40, 4));
	cr_expect(not(holds(p + 1, 40, 5)));
	p[0] = 500;
	cr_expect(not(holds(p + 1, 40, 4)), "so many do not fit");
	free(p);
}
