/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of descriptors and time-outs, of this very process. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "inspect/fd_list.h"
#include "inspect/time_left.h"

static struct thread waiting(int nr, __u64 a0, __u64 a1, __u64 a2, __u64 a3, __u64 a4)
{
	struct thread t = {
		.tid = getpid(),
		.pid = getpid(),
		.wait = { .nr = nr, .since_ns = 1000, .args = { a0, a1, a2, a3, a4 } },
	};

	wait_classify(&t.wait);
	return t;
}

Test(fd_list, poll_has_those_that_are_not_negative)
{
	struct pollfd fds[] = {
		{ 3, POLLIN, 0 }, { -1, POLLIN, 0 }, { 5, POLLOUT, 0 }, { 6, 0, 0 }
	};
	struct thread t = waiting(SYS_poll, (__u64)fds, 4, 100, 0, 0);
	struct fd_list list;

	cr_assert(eq(int, fd_list_read(&t, &list), 0));
	cr_assert(eq(sz, list.cnt, 3));
	cr_expect(list.is_complete);
	cr_expect(eq(u32, list.items[0].fd, 3));
	cr_expect(eq(u32, list.items[0].access, PROBE_READ));
	cr_expect(eq(u32, list.items[1].fd, 5));
	cr_expect(eq(u32, list.items[1].access, PROBE_WRITE));
	cr_expect(eq(u32, list.items[2].access, PROBE_READ), "it is told of the end");
	cr_expect(eq(u64, time_left_until_ns(&t), 100001000));
}

Test(fd_list, a_set_that_is_too_long_or_gone_is_not_complete)
{
	static struct pollfd fds[FD_LIST_MAX + 1];
	struct thread t = waiting(SYS_poll, (__u64)fds, FD_LIST_MAX + 1, -1, 0, 0);
	struct fd_list list;

	cr_assert(eq(int, fd_list_read(&t, &list), 0));
	cr_expect(eq(sz, list.cnt, FD_LIST_MAX));
	cr_expect(not(list.is_complete));
	cr_expect(eq(u64, time_left_until_ns(&t), 0), "it has no time-out");
	t = waiting(SYS_poll, 8, 1, -1, 0, 0);
	cr_expect(lt(int, fd_list_read(&t, &list), 0));
}

Test(fd_list, select_has_three_sets)
{
	struct timeval timeout = { 2, 500000 };
	struct fd_list list;
	fd_set in, out;
	struct thread t = waiting(SYS_select, 70, (__u64)&in, (__u64)&out, 0, (__u64)&timeout);

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(4, &in);
	FD_SET(69, &in);
	FD_SET(69, &out);
	FD_SET(71, &in); /* beyond what is asked for */
	cr_assert(eq(int, fd_list_read(&t, &list), 0));
	cr_assert(eq(sz, list.cnt, 2));
	cr_expect(eq(u32, list.items[1].fd, 69));
	cr_expect(eq(u32, list.items[1].access, PROBE_READ | PROBE_WRITE));
	cr_expect(eq(u64, time_left_until_ns(&t), 2500001000));
}

Test(fd_list, an_epoll_set_is_what_proc_says)
{
	struct fd_list list = {};

	fd_list_parse_epoll(
		"pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1057\n"
		"tfd:        5 events:       19 data:                5  pos:0 ino:61ef sdev:7\n"
		"tfd:        7 events:        4 data: ffffffffffffffff  pos:0 ino:21 sdev:f\n",
		&list);
	cr_assert(eq(sz, list.cnt, 2));
	cr_expect(list.is_complete);
	cr_expect(eq(u32, list.items[0].fd, 5));
	cr_expect(eq(u32, list.items[0].access, PROBE_READ));
	cr_expect(eq(u64, list.items[0].ino, 0x61ef));
	cr_expect(eq(u32, list.items[0].dev, 7));
	cr_expect(eq(u32, list.items[1].access, PROBE_WRITE));
	fd_list_parse_epoll("tfd: something new\n", &list);
	cr_expect(not(list.is_complete));
}

Test(fd_list, a_sleep_ends_when_its_arguments_say)
{
	struct timespec duration = { 3, 5 };
	struct thread t = waiting(SYS_clock_nanosleep, CLOCK_REALTIME, 0, (__u64)&duration, 0, 0);

	cr_expect(eq(u64, time_left_until_ns(&t), 3000001005));
	t = waiting(SYS_nanosleep, (__u64)&duration, 0, 0, 0, 0);
	cr_expect(eq(u64, time_left_until_ns(&t), 3000001005));
	t = waiting(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, (__u64)&duration, 0, 0);
	cr_expect(eq(u64, time_left_until_ns(&t), 3000000005));
	t = waiting(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, 8, 0, 0);
	cr_expect(eq(u64, time_left_until_ns(&t), 0), "it cannot be read");
	duration.tv_nsec = -1;
	t = waiting(SYS_nanosleep, (__u64)&duration, 0, 0, 0, 0);
	cr_expect(eq(u64, time_left_until_ns(&t), 0), "it is no time");
}
