/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes one attaches to. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/log.h"
#include "capture/attach.h"
#include "capture/stat_line.h"

enum { PF_KTHREAD_BIT = 0x00200000 }; /* include/linux/sched.h */

static int refuse(__u32 pid, int err, const char *why)
{
	log_err("cannot attach to %u: %s", pid, why);
	return err;
}

/* A pidfd stands for a process; for the number of another thread there is none. */
static int open_pidfd(__u32 pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		return fd;
	if (errno == ESRCH)
		return refuse(pid, -ESRCH, "there is no such process");
	if (errno == EINVAL || errno == ENOENT)
		return refuse(pid, -EINVAL, "this is a thread; give the number of its process");
	return refuse(pid, -errno, strerror(errno));
}

static int check(__u32 pid)
{
	struct stat_line stat;
	int err;

	if (pid == (__u32)getpid())
		return refuse(pid, -EINVAL, "this is ctrace itself");
	err = stat_line_read(pid, &stat);
	if (err)
		return refuse(pid, -ESRCH, "there is no such process");
	if (stat.flags & PF_KTHREAD_BIT)
		return refuse(pid, -EINVAL, "this is a thread of the kernel");
	/* Its main thread alone may have ended, and the others live. */
	if ((stat.state == 'Z' && stat.thread_cnt <= 1) || stat.state == 'X')
		return refuse(pid, -ESRCH, "it has ended; only its parent has not noticed yet");
	return 0;
}

static bool is_of(__u32 pid, uid_t uid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return !stat(path, &st) && st.st_uid == uid;
}

int attach_open(const __u32 *pids, size_t cnt, uid_t uid, struct attach *ret)
{
	struct attach a = { .uid = uid, .needs_ptrace = uid == 0 };
	int err = 0;

	for (size_t i = 0; i < cnt && i < ATTACH_MAX && !err; i++) {
		int fd = open_pidfd(pids[i]);

		if (fd < 0) {
			err = fd;
			break;
		}
		a.pids[a.cnt] = pids[i];
		a.pidfds[a.cnt++] = fd;
		a.needs_ptrace |= !is_of(pids[i], uid);
		err = check(pids[i]); /* after it was opened: it is this one, or gone */
	}
	if (err)
		attach_release(&a);
	else
		*ret = a;
	return err;
}

void attach_release(struct attach *a)
{
	for (size_t i = 0; i < a->cnt; i++)
		close(a->pidfds[i]);
	a->cnt = 0;
	vec_release(&a->below);
}

void attach_add_below(struct attach *a, __u32 pid)
{
	for (size_t i = 0; i < a->cnt; i++)
		if (a->pids[i] == pid)
			return;
	a->needs_ptrace |= !is_of(pid, a->uid);
	vec_push(&a->below, pid);
}

static bool has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

bool attach_has_ended(const struct attach *a)
{
	for (size_t i = 0; i < a->cnt; i++)
		if (!has_ended(a->pidfds[i]))
			return false;
	return true;
}

int attach_forget_ended(struct attach *a)
{
	size_t cnt = 0;

	for (size_t i = 0; i < a->cnt; i++) {
		if (has_ended(a->pidfds[i])) {
			log_warn("%u ended while ctrace was starting", a->pids[i]);
			close(a->pidfds[i]);
			continue;
		}
		a->pids[cnt] = a->pids[i];
		a->pidfds[cnt++] = a->pidfds[i];
	}
	a->cnt = cnt;
	return cnt ? 0 : -ESRCH;
}
