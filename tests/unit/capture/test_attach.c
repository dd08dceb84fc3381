/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom one attaches to is held on to; who has ended is let go of. */
#include "tests/unit/capture/launching.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "capture/attach.h"

TestSuite(attach, .init = set_up, .timeout = 20);

static __u32 start_sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void end_sleeper(__u32 pid)
{
	siginfo_t info;

	kill(pid, SIGKILL);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT); /* it is a zombie now */
}

static void expect_refusal(__u32 pid, int err, const char *words)
{
	struct attach a = {};

	cr_expect(eq(int, attach_open(&pid, 1, getuid(), &a), err));
	cr_expect(ne(ptr, strstr(last_line, words), NULL), "%s", last_line);
	cr_expect(eq(sz, a.cnt, 0));
}

Test(attach, a_process_that_has_ended_is_refused)
{
	__u32 pid = start_sleeper();

	end_sleeper(pid);
	expect_refusal(pid, -ESRCH, "only its parent has not noticed yet");
	waitpid(pid, NULL, 0);
	expect_refusal(pid, -ESRCH, "there is no such process");
}

Test(attach, ctrace_refuses_itself)
{
	expect_refusal(getpid(), -EINVAL, "this is ctrace itself");
}

static void *refuse_me(void *arg)
{
	expect_refusal(syscall(SYS_gettid), -EINVAL, "this is a thread");
	return arg;
}

Test(attach, the_number_of_a_thread_is_refused)
{
	pthread_t thread;

	cr_assert(eq(int, pthread_create(&thread, NULL, refuse_me, NULL), 0));
	pthread_join(thread, NULL);
}

Test(attach, one_bad_number_refuses_the_list)
{
	__u32 pids[] = { start_sleeper(), 0x7fffffff };
	struct attach a = {};

	cr_expect(eq(int, attach_open(pids, 2, getuid(), &a), -ESRCH));
	cr_expect(ne(ptr, strstr(last_line, "2147483647"), NULL), "%s", last_line);
	end_sleeper(pids[0]);
}

Test(attach, who_ended_since_is_forgotten)
{
	__u32 pids[] = { start_sleeper(), start_sleeper() };
	struct attach a = {};

	cr_assert(eq(int, attach_open(pids, 2, getuid(), &a), 0));
	cr_expect(eq(int, attach_forget_ended(&a), 0));
	cr_expect(eq(sz, a.cnt, 2));

	end_sleeper(pids[0]);
	cr_expect(eq(int, attach_forget_ended(&a), 0));
	cr_assert(eq(sz, a.cnt, 1));
	cr_expect(eq(u32, a.pids[0], pids[1]));
	cr_expect(ne(ptr, strstr(last_line, "ended while ctrace was starting"), NULL));
	cr_expect(not(attach_has_ended(&a)));

	end_sleeper(pids[1]);
	cr_expect(attach_has_ended(&a));
	cr_expect(eq(int, attach_forget_ended(&a), -ESRCH));
	cr_expect(eq(sz, a.cnt, 0));
	attach_release(&a);
}
