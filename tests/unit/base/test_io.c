/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole writes and reads. write() and read() are defined here, in front of libc's,
 * so that interruptions and short transfers come when the test says so.
 */
#include "base/io.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AS_LIBC INT_MAX

/*
 * What the next calls on script_fd do, one number each: > 0 move at most so many
 * bytes, 0 move none, < 0 fail with this -errno. AS_LIBC ends the list.
 */
static const int *script;
static int script_fd = -1;

static void script_set(int fd, const int *steps)
{
	script_fd = fd;
	script = steps;
}

/* Bytes to move of @len, or -1 and errno. */
static ssize_t script_step(int fd, size_t len)
{
	int step = fd == script_fd ? *script : AS_LIBC;

	if (step == AS_LIBC)
		return len;
	script++;
	if (step < 0) {
		errno = -step;
		return -1;
	}
	return len < (size_t)step ? len : (size_t)step;
}

ssize_t write(int fd, const void *buf, size_t len)
{
	ssize_t n = script_step(fd, len);

	return n > 0 ? syscall(SYS_write, fd, buf, n) : n;
}

ssize_t read(int fd, void *buf, size_t len)
{
	ssize_t n = script_step(fd, len);

	return n > 0 ? syscall(SYS_read, fd, buf, n) : n;
}

/* The descriptor the next open() gets. */
static int next_fd(void)
{
	int fd = dup(STDERR_FILENO);

	cr_assert(ge(int, fd, 0));
	close(fd);
	return fd;
}

/* --- files to read and write ------------------------------------------------------ */

static char path[64];
static int file_fd;

static void file_open(void)
{
	strcpy(path, "/tmp/test_io.XXXXXX");
	file_fd = mkstemp(path);
	cr_assert(ge(int, file_fd, 0));
}

static void file_remove(void)
{
	close(file_fd);
	unlink(path);
}

static void file_put(const void *content, size_t len)
{
	cr_assert(eq(int, pwrite(file_fd, content, len, 0), (int)len));
}

static void expect_file(const char *expected)
{
	char buf[64] = {};
	ssize_t len = pread(file_fd, buf, sizeof(buf) - 1, 0);

	cr_expect(eq(int, len, (int)strlen(expected)));
	cr_expect(eq(str, buf, (char *)expected));
}

TestSuite(io, .init = file_open, .fini = file_remove);

/* --- write_all -------------------------------------------------------------------- */

Test(io, write_all_writes_all)
{
	cr_expect(eq(int, write_all(file_fd, "0123456789", 10), 0));
	cr_expect(eq(int, write_all(file_fd, NULL, 0), 0));
	expect_file("0123456789");
}

Test(io, write_all_goes_on_after_interruptions_and_short_writes)
{
	static const int steps[] = { -EINTR, 1, 3, -EINTR, -EINTR, 2, 100, AS_LIBC };

	script_set(file_fd, steps);
	cr_expect(eq(int, write_all(file_fd, "0123456789", 10), 0));
	cr_expect(eq(int, *script, AS_LIBC));
	expect_file("0123456789");
}

Test(io, write_all_reports_the_error_after_a_beginning)
{
	static const int steps[] = { 4, -ENOSPC, AS_LIBC };

	script_set(file_fd, steps);
	cr_expect(eq(int, write_all(file_fd, "0123456789", 10), -ENOSPC));
	expect_file("0123");
}

Test(io, write_all_does_not_spin_when_nothing_moves)
{
	static const int steps[] = { 4, 0, AS_LIBC };

	script_set(file_fd, steps);
	cr_expect(eq(int, write_all(file_fd, "0123456789", 10), -EIO));
	expect_file("0123");
}

Test(io, write_all_to_a_closed_descriptor)
{
	cr_expect(eq(int, write_all(next_fd(), "x", 1), -EBADF));
}

/* --- read_file -------------------------------------------------------------------- */

Test(io, read_file_reads_all_and_terminates)
{
	char buf[32];
	size_t len = 0;

	memset(buf, 'x', sizeof(buf));
	file_put("a\0b\n", 4);
	cr_assert(eq(int, read_file(path, buf, sizeof(buf), &len), 0));
	cr_expect(eq(sz, len, 4));
	cr_expect(eq(int, memcmp(buf, "a\0b\n\0x", 6), 0));
	cr_expect(eq(int, read_file(path, buf, sizeof(buf), NULL), 0));
}

Test(io, read_file_of_an_empty_file)
{
	char buf[4] = "xyz";
	size_t len = 99;

	cr_assert(eq(int, read_file(path, buf, sizeof(buf), &len), 0));
	cr_expect(eq(sz, len, 0));
	cr_expect(eq(str, buf, ""));
}

/* /proc gives no size before it is read. */
Test(io, read_file_from_proc)
{
	char buf[64], expected[64];
	size_t len = 0;

	snprintf(expected, sizeof(expected), "%d ", (int)getpid());
	cr_assert(eq(int, read_file("/proc/self/statm", buf, sizeof(buf), &len), 0));
	cr_expect(eq(sz, len, strlen(buf)));
	cr_assert(eq(int, read_file("/proc/self/stat", buf, sizeof(buf), &len), -EFBIG));
	cr_expect(eq(int, strncmp(buf, expected, strlen(expected)), 0));
}

Test(io, read_file_goes_on_after_interruptions_and_short_reads)
{
	static const int steps[] = { -EINTR, 1, -EINTR, 3, 2, AS_LIBC };
	char buf[32];
	size_t len = 0;

	file_put("0123456789", 10);
	script_set(next_fd(), steps);
	cr_expect(eq(int, read_file(path, buf, sizeof(buf), &len), 0));
	cr_expect(eq(int, *script, AS_LIBC));
	cr_expect(eq(sz, len, 10));
	cr_expect(eq(str, buf, "0123456789"));
}

Test(io, read_file_that_just_fits_and_just_does_not)
{
	char *exact = malloc(11), *small = malloc(10);
	size_t len = 99;

	file_put("0123456789", 10);
	cr_expect(eq(int, read_file(path, exact, 11, &len), 0));
	cr_expect(eq(sz, len, 10));
	cr_expect(eq(str, exact, "0123456789"));
	len = 99;
	cr_expect(eq(int, read_file(path, small, 10, &len), -EFBIG));
	cr_expect(eq(sz, len, 99));
	cr_expect(eq(str, small, "012345678"));
	cr_expect(eq(int, read_file(path, small, 1, &len), -EFBIG));
	cr_expect(eq(str, small, ""));
	free(exact);
	free(small);
}

Test(io, read_file_failures_leave_an_empty_string)
{
	static const int steps[] = { 4, -ESRCH, AS_LIBC };
	char buf[16] = "before";
	size_t len = 99;

	file_put("0123456789", 10);
	cr_expect(eq(int, read_file("/proc/self/no-such-file", buf, sizeof(buf), &len), -ENOENT));
	cr_expect(eq(str, buf, ""));
	cr_expect(eq(int, read_file("/proc", buf, sizeof(buf), &len), -EISDIR));
	cr_expect(eq(str, buf, ""));
	/* The process ended between two reads. */
	script_set(next_fd(), steps);
	cr_expect(eq(int, read_file(path, buf, sizeof(buf), &len), -ESRCH));
	cr_expect(eq(str, buf, ""));
	cr_expect(eq(sz, len, 99));
}

Test(io, read_file_without_room_is_invalid)
{
	char buf[1] = { 'x' };

	cr_expect(eq(int, read_file(path, buf, 0, NULL), -EINVAL));
	cr_expect(eq(chr, buf[0], 'x'));
}

Test(io, read_file_closes_what_it_opens)
{
	int fd = next_fd();
	char buf[4];

	file_put("0123456789", 10);
	cr_expect(eq(int, read_file(path, buf, sizeof(buf), NULL), -EFBIG));
	cr_expect(eq(int, read_file("/proc", buf, sizeof(buf), NULL), -EISDIR));
	cr_expect(eq(int, next_fd(), fd));
}
