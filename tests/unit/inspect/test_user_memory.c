/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of this very process: there, not there yet, and never to come. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "inspect/slow_memory.h"
#include "inspect/user_memory.h"

enum { PAGE = 4096, PAGE_CNT = 3 };

static char *new_pages(void)
{
	char *pages = mmap(NULL, PAGE_CNT * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert(ne(ptr, pages, MAP_FAILED));
	return pages;
}

/* From now on who touches one that is not there waits for us to fill it; -1: not allowed. */
static int watch(char *pages)
{
	struct uffdio_register range = { .range = { (__u64)pages, PAGE_CNT * PAGE },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &range))
		return fd;
	close(fd);
	return -1;
}

static void fill(int fd, char *page, char *from)
{
	struct uffdio_copy copy = { .dst = (__u64)page, .src = (__u64)from, .len = PAGE };

	cr_assert(eq(int, ioctl(fd, UFFDIO_COPY, &copy), 0));
}

Test(user_memory, what_is_there_is_read_across_pages)
{
	char *pages = new_pages(), got[6] = "";

	memcpy(pages + PAGE - 3, "abcde", 6);
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages + PAGE - 3, got, 6), 0));
	cr_expect(eq(str, got, "abcde"));
}

Test(user_memory, what_is_not_there_yet_is_fetched)
{
	char *pages = new_pages(), got[2 * PAGE];

	memset(got, 1, sizeof(got));
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages, got, sizeof(got)), 0));
	cr_expect(eq(int, got[0] | got[PAGE] | got[2 * PAGE - 1], 0));
	cr_expect(eq(u32, slow_memory_stuck_cnt(), 0));
}

Test(user_memory, what_is_nowhere_is_an_error)
{
	char *pages = new_pages(), got[16];

	munmap(pages + PAGE, PAGE);
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages + PAGE, got, 8), -EFAULT));
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages + PAGE - 8, got, 16), -EFAULT));
	cr_expect(eq(int, user_memory_read_some(getpid(), (__u64)pages + PAGE - 8, got, 16), 8));
	cr_expect(eq(int, user_memory_read(getpid(), 0, got, 8), -EFAULT));
	cr_expect(eq(int, user_memory_read(getpid(), ~0ULL - 3, got, 8), -EFAULT));
}

Test(user_memory, what_never_comes_is_not_waited_for, .timeout = 30)
{
	char *pages = new_pages(), got[8], other[PAGE] = "there";
	int fd = watch(pages);

	if (fd < 0)
		cr_skip_test("userfaultfd(2) is not allowed");
	for (int i = 0; i < 20; i++)
		cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages, got, 8), -ETIMEDOUT));
	cr_expect(eq(u32, slow_memory_stuck_cnt(), SLOW_MEMORY_STUCK_MAX));
	fill(fd, pages + PAGE, other);
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages + PAGE, got, 8), 0),
		  "what is there is read all the same");
	fill(fd, pages, other);
	while (slow_memory_stuck_cnt())
		usleep(1000);
	cr_expect(eq(int, user_memory_read(getpid(), (__u64)pages, got, 8), 0));
	cr_expect(eq(str, got, "there"));
	close(fd);
}
