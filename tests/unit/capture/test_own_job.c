/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is not met below those one attaches to: ctrace and what waits for it. */
#include "tests/unit/capture/launching.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/own_job.h"

TestSuite(own_job, .init = set_up, .timeout = 20);

/* A child of this process runs fn, in a process group of its own or in that of its parent. */
static void in_child(void (*fn)(__u32 named), bool own_group)
{
	__u32 named = getpid();
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (own_group)
			setpgid(0, 0);
		fn(named);
		_exit(0);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, 0), "what was expected of the child");
}

static void expect_two(__u32 named)
{
	struct own_process own[8];
	pid_t other = fork(); /* of the same process group, as the rest of a pipeline is */
	bool ok;

	if (!other) {
		pause();
		_exit(0);
	}
	ok = own_job_find(&named, 1, own, 8) == 2 && own[0].pid == (__u32)getpid() &&
	     own[0].how == PROBE_LEFT_OUT && own[1].pid == (__u32)other &&
	     own[1].how == PROBE_LEFT_OUT && own_job_find(&named, 1, own, 1) == 1;
	kill(other, SIGKILL);
	_exit(!ok);
}

Test(own_job, ctrace_and_its_process_group_are_left_out)
{
	in_child(expect_two, true);
}

static void expect_that_it_is_passed(__u32 named)
{
	struct own_process own[8];
	__u32 between = getpid();
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(!(own_job_find(&named, 1, own, 8) == 2 && own[0].pid == (__u32)getpid() &&
			own[1].pid == between && own[1].how == PROBE_PASSED));
	_exit(waitpid(pid, &status, 0) != pid || status);
}

Test(own_job, who_is_between_is_passed)
{
	in_child(expect_that_it_is_passed, true);
}

static void expect_itself(__u32 named)
{
	struct own_process own[8];

	_exit(!(own_job_find(&named, 1, own, 8) == 1 && own[0].pid == (__u32)getpid()));
}

/* What is in it may be what is to be traced. */
Test(own_job, a_group_that_is_that_of_the_named_one_tells_nothing)
{
	in_child(expect_itself, false);
}

Test(own_job, below_none_of_the_named_nobody_is)
{
	struct own_process own[8];
	__u32 named = 0x7fffffff;

	cr_expect(eq(sz, own_job_find(&named, 1, own, 8), 0));
}
