/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of a process: read right, and not read where nothing is. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>
#include "tests/unit/inspect/self.h"

static struct memory memory;

static void setup(void)
{
	memory.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	cr_assert(ge(int, memory.fd, 0));
}

TestSuite(memory, .init = setup);

static char *map_pages(size_t cnt)
{
	char *p = mmap(NULL, cnt * MEMORY_PAGE_SZ, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert(p != MAP_FAILED);
	for (size_t i = 0; i < cnt * MEMORY_PAGE_SZ; i++)
		p[i] = i * 7 + (i >> 12);
	return p;
}

Test(memory, a_read_may_cross_pages)
{
	char *p = map_pages(3), got[2 * MEMORY_PAGE_SZ];

	cr_expect(memory_read(&memory, (__u64)p + 100, got, sizeof(got)));
	cr_expect(eq(int, memcmp(got, p + 100, sizeof(got)), 0));
}

Test(memory, a_read_into_a_hole_fails)
{
	char *p = map_pages(3), got[16];

	munmap(p + MEMORY_PAGE_SZ, MEMORY_PAGE_SZ);
	cr_expect(not(memory_read(&memory, (__u64)p + MEMORY_PAGE_SZ - 8, got, 16)));
	cr_expect(not(memory_read(&memory, (__u64)p + MEMORY_PAGE_SZ, got, 1)));
	cr_expect(memory_read(&memory, (__u64)p + MEMORY_PAGE_SZ - 16, got, 16));
}

Test(memory, addresses_that_no_process_has_are_refused)
{
	char got[16];

	cr_expect(not(memory_read(&memory, 0, got, 8)));
	cr_expect(not(memory_read(&memory, ~0ULL - 4, got, 8)));
	cr_expect(not(memory_read(&memory, 1ULL << 63, got, 8)));
	cr_expect(not(memory_read(&memory, (1ULL << 63) - 4, got, 8)));
}

Test(memory, what_was_read_is_kept_until_it_is_forgotten)
{
	char *p = map_pages(1), got;

	cr_assert(memory_read(&memory, (__u64)p, &got, 1));
	p[0] = 'x';
	cr_assert(memory_read(&memory, (__u64)p, &got, 1));
	cr_expect(ne(chr, got, 'x'));
	memory_forget(&memory);
	cr_assert(memory_read(&memory, (__u64)p, &got, 1));
	cr_expect(eq(chr, got, 'x'));
}

Test(memory, pages_that_share_a_place_do_not_mix)
{
	char *p = map_pages(MEMORY_PAGE_CNT + 1), a, b;

	p[0] = 'a';
	p[MEMORY_PAGE_CNT * MEMORY_PAGE_SZ] = 'b';
	for (int i = 0; i < 3; i++) {
		cr_assert(memory_read(&memory, (__u64)p, &a, 1));
		cr_assert(memory_read(&memory, (__u64)p + MEMORY_PAGE_CNT * MEMORY_PAGE_SZ, &b, 1));
		cr_expect(eq(chr, a, 'a'));
		cr_expect(eq(chr, b, 'b'));
	}
}

Test(memory, a_piece_counts_where_the_rest_has_changed)
{
	const __u8 bytes[] = "0123456789";
	char *p = map_pages(2), got[4];
	struct memory *m = &memory;

	m->piece = bytes;
	m->piece_address = (__u64)p + 16;
	m->piece_len = 10;
	m->past_begin = (__u64)p;
	m->past_end = (__u64)p + MEMORY_PAGE_SZ;
	cr_expect(memory_read(m, (__u64)p + 20, got, 4));
	cr_expect(eq(int, memcmp(got, "4567", 4), 0));
	cr_expect(not(memory_read(m, (__u64)p + 24, got, 4)));
	cr_expect(not(memory_read(m, (__u64)p + MEMORY_PAGE_SZ - 1, got, 4)));
	cr_expect(memory_read(m, (__u64)p + MEMORY_PAGE_SZ, got, 4));
	cr_expect(eq(int, memcmp(got, p + MEMORY_PAGE_SZ, 4), 0));
}

Test(memory, a_piece_is_all_there_is_without_a_descriptor)
{
	const __u8 bytes[] = "0123456789";
	struct memory *m = &memory;
	char got[4];

	close(m->fd);
	m->fd = -1;
	m->piece = bytes;
	m->piece_address = 0x7000;
	m->piece_len = 10;
	cr_expect(memory_read(m, 0x7006, got, 4));
	cr_expect(eq(int, memcmp(got, "6789", 4), 0));
	cr_expect(not(memory_read(m, 0x7007, got, 4)));
	cr_expect(not(memory_read(m, 0x6fff, got, 1)));
	cr_expect(not(memory_read(m, ~0ULL, got, 4)));
}
