/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of system calls: each is found by both of its numbers. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "model/syscall.h"

enum { NR_MAX = 512 }; /* both tables of the kernel end before */

Test(syscall, a_call_is_found_by_both_numbers)
{
	int cnt = 0;

	for (int nr = 0; nr < NR_MAX; nr++) {
		const struct syscall_info *s = syscall_find(nr, true);

		if (!s || s->nr64 < 0)
			continue;
		cr_expect(eq(ptr, (void *)syscall_find(s->nr64, false), (void *)s), "%s", s->name);
		cnt++;
	}
	cr_expect(gt(int, cnt, 50));
}

Test(syscall, the_first_and_the_last_are_found)
{
	cr_expect(eq(str, (char *)syscall_name(0, false), "read"));
	cr_expect(eq(str, (char *)syscall_name(65, false), "semop"));
	cr_expect(eq(str, (char *)syscall_name(202, false), "futex"));
	cr_expect(eq(str, (char *)syscall_name(449, false), "futex_waitv"));
	cr_expect(eq(str, (char *)syscall_name(422, true), "futex_time64"));
	cr_expect(eq(str, (char *)syscall_name(332, false), "statx"));
}

Test(syscall, what_is_in_no_table_is_not_found)
{
	cr_expect(eq(ptr, (void *)syscall_find(-1, false), NULL));
	cr_expect(eq(ptr, (void *)syscall_find(-1, true), NULL));
	cr_expect(eq(ptr, (void *)syscall_find(14, false), NULL));
	cr_expect(eq(ptr, (void *)syscall_find(422, false), NULL));
	cr_expect(eq(ptr, (void *)syscall_find(NR_MAX, false), NULL));
}
