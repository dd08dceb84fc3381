/* SPDX-License-Identifier: GPL-2.0-only */
/* Perf maps: names of code that was compiled at run time, if they can be believed. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "inspect/perf_map.h"
#include "tests/unit/inspect/self.h"

static char root_path[] = "/tmp/perf-map-XXXXXX";
static char map_path[128];
static int root;
static struct perf_map map;

static void setup(void)
{
	char path[64];

	cr_assert(mkdtemp(root_path) != NULL);
	snprintf(path, sizeof(path), "%s/tmp", root_path);
	cr_assert(eq(int, mkdir(path, 0755), 0));
	snprintf(map_path, sizeof(map_path), "%s/tmp/perf-%d.map", root_path, getpid());
	root = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void teardown(void)
{
	char path[64];

	perf_map_release(&map);
	close(root);
	unlink(map_path);
	snprintf(path, sizeof(path), "%s/tmp", root_path);
	rmdir(path);
	rmdir(root_path);
}

TestSuite(perf_map, .init = setup, .fini = teardown);

static void append(const char *text)
{
	FILE *f = fopen(map_path, "a");

	fputs(text, f);
	fclose(f);
}

static const char *find(__u64 address)
{
	return perf_map_find(&map, root, getpid(), getuid(), address);
}

Test(perf_map, an_address_is_in_the_function_that_holds_it)
{
	append("7f0000001000 40 py::eat:/x/forks.py\n"
	       "7f0000000000 10 LazyCompile:~think forks.js:3\n");
	cr_expect(eq(str, (char *)find(0x7f0000001000), "py::eat:/x/forks.py"));
	cr_expect(eq(str, (char *)find(0x7f000000103f), "py::eat:/x/forks.py"));
	cr_expect(eq(ptr, (void *)find(0x7f0000001040), NULL));
	cr_expect(eq(str, (char *)find(0x7f000000000f), "LazyCompile:~think forks.js:3"));
	cr_expect(eq(ptr, (void *)find(0x7f0000000010), NULL));
	cr_expect(eq(ptr, (void *)find(0), NULL));
}

Test(perf_map, what_is_written_later_counts)
{
	append("1000 40 old\n");
	cr_expect(eq(str, (char *)find(0x1000), "old"));
	append("2000 40 more\n1000 40 new\n");
	cr_expect(eq(str, (char *)find(0x2000), "more"));
	cr_expect(eq(str, (char *)find(0x1000), "new"));
}

Test(perf_map, lines_that_are_none_are_left_out)
{
	append("\n1000\n1000 40\n1000 40 \nx 40 name\n1000 x name\n"
	       "ffffffffffffffff ff wraps\n-1 2 minus\n5000 8 good\n6000 8 half");
	cr_expect(eq(ptr, (void *)find(0x1000), NULL));
	cr_expect(eq(ptr, (void *)find(0x10), NULL));
	cr_expect(eq(str, (char *)find(0x5000), "good"));
	cr_expect(eq(ptr, (void *)find(0x6000), NULL), "it is still being written");
}

Test(perf_map, a_file_of_somebody_else_is_not_believed)
{
	append("1000 40 evil\n");
	cr_expect(eq(ptr, (void *)perf_map_find(&map, root, getpid(), getuid() + 1, 0x1000), NULL));
	cr_expect(eq(str, (char *)find(0x1000), "evil"));
}

Test(perf_map, what_is_no_file_is_not_opened)
{
	char other[160];

	snprintf(other, sizeof(other), "%s.real", map_path);
	append("1000 40 name\n");
	cr_assert(eq(int, rename(map_path, other), 0));
	cr_assert(eq(int, symlink(other, map_path), 0));
	cr_expect(eq(ptr, (void *)find(0x1000), NULL), "a link");
	unlink(map_path);
	unlink(other);
	cr_assert(eq(int, mkfifo(map_path, 0600), 0));
	cr_expect(eq(ptr, (void *)find(0x1000), NULL), "a pipe");
	unlink(map_path);
	cr_expect(eq(ptr, (void *)find(0x1000), NULL), "nothing");
}
