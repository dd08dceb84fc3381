/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation: sizes at the edge, and how the process ends without memory. */
#include "base/xalloc.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Under the address sanitizer a huge request ends the process unless told otherwise. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Not a constant, or the compiler refuses the sizes below. */
static volatile size_t huge = SIZE_MAX / 2;

Test(xalloc, size_zero_yields_a_pointer)
{
	void *a = xmalloc(0), *b = xcalloc(0, 8), *c = xrealloc(xmalloc(3), 0);
	void *d = xreallocarray(NULL, 0, 16), *e = xmemdup(NULL, 0);

	/* volatile: the attribute lets the compiler drop the comparison otherwise. */
	void *volatile all[] = { a, b, c, d, e };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		cr_expect(ne(ptr, all[i], NULL));
		free(all[i]);
	}
}

Test(xalloc, calloc_zeroes)
{
	unsigned char *mem;

	/* Soil a block of the same size first, so that the zeroes are not luck. */
	mem = xmalloc(300);
	memset(mem, 0xa5, 300);
	free(mem);
	mem = xcalloc(100, 3);
	for (int i = 0; i < 300; i++)
		cr_assert(eq(int, mem[i], 0));
	free(mem);
}

Test(xalloc, realloc_keeps_the_bytes)
{
	unsigned char *mem = xmalloc(16);

	for (int i = 0; i < 16; i++)
		mem[i] = i;
	mem = xrealloc(mem, 1 << 20);
	mem = xreallocarray(mem, 1 << 10, 1 << 11);
	mem[(1 << 21) - 1] = 1;
	for (int i = 0; i < 16; i++)
		cr_assert(eq(int, mem[i], i));
	free(mem);
}

Test(xalloc, copies_are_copies)
{
	char text[] = "philosopher";
	char *str = xstrdup(text), *mem = xmemdup(text + 2, 3);

	memset(text, 'x', sizeof(text) - 1);
	cr_expect(eq(str, str, "philosopher"));
	cr_expect(eq(int, memcmp(mem, "ilo", 3), 0));
	free(str);
	free(mem);
}

Test(xalloc, empty_string_is_duplicated)
{
	char *str = xstrdup("");

	cr_expect(eq(str, str, ""));
	free(str);
}

Test(xalloc, malloc_without_memory_exits_125, .exit_code = 125)
{
	free(xmalloc(huge));
}

Test(xalloc, realloc_without_memory_exits_125, .exit_code = 125)
{
	free(xrealloc(xmalloc(1), huge));
}

Test(xalloc, calloc_without_memory_exits_125, .exit_code = 125)
{
	free(xcalloc(1, huge));
}

Test(xalloc, memdup_without_memory_exits_125, .exit_code = 125)
{
	free(xmemdup("x", huge));
}

/* The product wraps to 6, which would be a buffer overrun in waiting. */
Test(xalloc, calloc_overflow_exits_125, .exit_code = 125)
{
	free(xcalloc(huge + 4, 2));
}

Test(xalloc, reallocarray_overflow_exits_125, .exit_code = 125)
{
	free(xreallocarray(NULL, huge + 4, 2));
}

#define HANDLER_MARK "\001"
#define MESSAGE	     "ctrace: out of memory\n"

static int report_fd;

static void handler_reports(void)
{
	if (write(report_fd, HANDLER_MARK, 1) != 1)
		abort();
}

/* Asks for memory itself, as a careless handler would. */
static void handler_allocates(void)
{
	handler_reports();
	free(xmalloc(huge));
}

/*
 * Run out of memory in a child; what handler and message wrote, in this order,
 * goes to @buf. Returns the exit status. (The sanitizer adds lines of its own.)
 */
static int run_out_of_memory(void (*handler)(void), char *buf, size_t sz)
{
	int fds[2], status = -1;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	cr_assert(eq(int, pipe(fds), 0));
	pid = fork();
	cr_assert(ge(int, pid, 0));
	if (!pid) {
		/* Else a child that writes without end would outlive the test. */
		close(fds[0]);
		dup2(fds[1], STDERR_FILENO);
		report_fd = fds[1];
		xalloc_set_handler(handler);
		free(xmalloc(huge));
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], buf + len, sz - 1 - len)) > 0)
		len += n;
	buf[len] = '\0';
	close(fds[0]);
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_assert(ne(int, WIFEXITED(status), 0));
	return WEXITSTATUS(status);
}

/* The output is the message, once, and @mark_cnt marks of the handler, all before it. */
static void expect_output(const char *out, int mark_cnt)
{
	const char *message = strstr(out, MESSAGE);

	cr_assert(ne(ptr, (void *)message, NULL));
	cr_expect(eq(ptr, strstr(message + 1, MESSAGE), NULL));
	for (const char *pos = out; (pos = strstr(pos, HANDLER_MARK)); pos++) {
		cr_expect(lt(ptr, (void *)pos, (void *)message));
		mark_cnt--;
	}
	cr_expect(eq(int, mark_cnt, 0));
}

Test(xalloc, no_memory_no_handler_just_the_message)
{
	char out[4096];

	cr_expect(eq(int, run_out_of_memory(NULL, out, sizeof(out)), XALLOC_EXIT_STATUS));
	expect_output(out, 0);
}

Test(xalloc, handler_runs_before_the_message)
{
	char out[4096];

	cr_expect(
		eq(int, run_out_of_memory(handler_reports, out, sizeof(out)), XALLOC_EXIT_STATUS));
	expect_output(out, 1);
}

Test(xalloc, handler_that_allocates_runs_once)
{
	char out[4096];

	cr_expect(eq(int, run_out_of_memory(handler_allocates, out, sizeof(out)),
		     XALLOC_EXIT_STATUS));
	expect_output(out, 1);
}
