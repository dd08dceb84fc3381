/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of a process: every line a region, every address in the right one. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include "inspect/lock_page.h"
#include "tests/unit/inspect/self.h"

static struct maps maps;

static void read_text(const char *text)
{
	int fd = memfd_create("maps", MFD_CLOEXEC);

	cr_assert(eq(sz, write(fd, text, strlen(text)), strlen(text)));
	cr_assert(eq(int, maps_read(&maps, fd), 0));
	close(fd);
}

static void teardown(void)
{
	maps_release(&maps);
}

TestSuite(maps, .fini = teardown);

Test(maps, lines_are_regions)
{
	read_text("00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/a b\n"
		  "00651000-00652000 rw-p 00000000 00:00 0 \n"
		  "7ffc0000-7ffd0000 rw-p 00000000 00:00 0           [stack]\n");
	cr_assert(eq(sz, maps.regions.cnt, 3));
	cr_expect(eq(u64, maps.regions.items[0].begin, 0x400000));
	cr_expect(eq(u64, maps.regions.items[0].end, 0x452000));
	cr_expect(eq(u64, maps.regions.items[0].off, 0x1000));
	cr_expect(eq(u64, maps.regions.items[0].ino, 173521));
	cr_expect(maps.regions.items[0].is_executable);
	cr_expect(eq(str, (char *)maps.regions.items[0].name, "/usr/bin/a b"));
	cr_expect(not(maps.regions.items[1].is_executable));
	cr_expect(eq(str, (char *)maps.regions.items[1].name, ""));
	cr_expect(eq(str, (char *)maps.regions.items[2].name, "[stack]"));
}

Test(maps, an_address_is_found_in_its_region_only)
{
	read_text("00400000-00452000 r-xp 00000000 08:02 1 /a\n"
		  "00651000-00652000 rw-p 00000000 00:00 0 \n");
	cr_expect(eq(ptr, (void *)maps_find(&maps, 0x3fffff), NULL));
	cr_expect(eq(ptr, (void *)maps_find(&maps, 0x400000), &maps.regions.items[0]));
	cr_expect(eq(ptr, (void *)maps_find(&maps, 0x451fff), &maps.regions.items[0]));
	cr_expect(eq(ptr, (void *)maps_find(&maps, 0x452000), NULL));
	cr_expect(eq(ptr, (void *)maps_find(&maps, 0x651000), &maps.regions.items[1]));
	cr_expect(eq(ptr, (void *)maps_find(&maps, ~0ULL), NULL));
}

Test(maps, what_is_no_line_of_maps_is_left_out)
{
	read_text("nonsense\n00400000-00452000 r-xp\n\n"
		  "00651000-00652000 rw-p 00000000 00:00 0 \nhalf a line");
	cr_expect(eq(sz, maps.regions.cnt, 1));
}

Test(maps, more_than_a_buffer_full_is_read_whole)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	for (unsigned i = 0; i < 5000; i++)
		fprintf(f, "%08x000-%08x800 r--p 00000000 08:02 7 /usr/lib/some-library-%u.so\n", i,
			i, i);
	fclose(f);
	read_text(text);
	free(text);
	cr_assert(eq(sz, maps.regions.cnt, 5000));
	cr_expect(eq(str, (char *)maps.regions.items[4999].name, "/usr/lib/some-library-4999.so"));
}

Test(maps, our_own_code_is_executable)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	const struct region *r;

	cr_assert(eq(int, maps_read(&maps, fd), 0));
	close(fd);
	r = maps_find(&maps, (__u64)read_text);
	cr_assert(r != NULL);
	cr_expect(r->is_executable);
	cr_expect(r->name[0] == '/');
}

static struct ev_lockpage page;

static bool page_of(__u64 address)
{
	page = (struct ev_lockpage){};
	return lock_page_of(&maps, address, &page);
}

Test(maps, a_lock_is_in_private_memory_or_in_a_file)
{
	read_text("00400000-00452000 r--p 00001000 08:02 173521 /usr/bin/a\n"
		  "00500000-00502000 rw-p 00001000 08:02 173521 /usr/bin/a\n"
		  "00651000-00652000 rw-p 00000000 00:00 0 \n"
		  "00701000-00703000 rw-s 00002000 00:01 77 /dev/zero (deleted)\n");
	cr_expect(not(page_of(0x300000)));
	cr_expect(not(page_of(0x400010)), "it may be the page of the file, or a copy");
	cr_expect(page_of(0x500010));
	cr_expect(eq(int, page.hdr.flags, EVF_PRIVATE));
	cr_expect(page_of(0x651010));
	cr_expect(eq(int, page.hdr.flags, EVF_PRIVATE));
	cr_expect(page_of(0x702010));
	cr_expect(eq(int, page.hdr.flags, 0));
	cr_expect(eq(u64, page.ino, 77));
	cr_expect(eq(u64, page.off, 0x3010));
}

static struct probe_mapping mappings[3];

static bool find_mappers(struct far_ends *ret)
{
	struct record_table table = { .bytes = (char *)mappings, .len = sizeof(mappings) };

	*ret = (struct far_ends){};
	return lock_page_add_processes(&page, &table, ret);
}

Test(maps, who_maps_a_word_is_found)
{
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct far_ends ends;

	cr_assert(eq(int, lock_page_read(getpid(), (unsigned long)p + 4160, &page), 0));
	munmap(p, 8192);
	for (unsigned i = 0; i < 3; i++)
		mappings[i] =
			(struct probe_mapping){ .pid = getpid() + i,
						.dev = major(page.dev) << 20 | minor(page.dev),
						.ino = page.ino,
						.off = 4096,
						.len = 4096 };
	mappings[1].len = 64;
	mappings[2].off = 0;
	cr_expect(find_mappers(&ends));
	cr_expect(eq(sz, ends.cnt, 1));
	cr_expect(eq(u32, ends.pids[0], getpid()));
	mappings[2].len = 8192;
	cr_expect(find_mappers(&ends));
	cr_expect(eq(sz, ends.cnt, 2));
	mappings[0].ino++;
	cr_expect(not(find_mappers(&ends)), "the table has other numbers than the page");
}
