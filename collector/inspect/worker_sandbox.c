/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker gives up what it does not need, which is nearly everything. */
#include "inspect/worker_sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/log.h"
#include "base/xalloc.h"

enum {
	AS_MAX_GIB = 8, /* files are mapped as a whole, their debug information unpacked */
	FD_MAX = 512,
	NICE = 5, /* after the program that is looked at */
};

/* What the parent set up for itself must not run here: a crash is to be a crash. */
static void reset_process(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	xalloc_set_handler(NULL);
	log_set_sink(NULL, NULL);
	unsetenv("DEBUGINFOD_URLS"); /* nothing is fetched */
}

static void close_all_but(int fd)
{
	int null;

	fd = fcntl(fd, F_DUPFD, WORKER_SOCKET + 1); /* it may be where the others go */
	null = open("/dev/null", O_RDWR);
	for (int std = 0; std <= 2; std++)
		dup2(null, std);
	dup2(fd, WORKER_SOCKET);
	syscall(SYS_close_range, WORKER_SOCKET + 1, ~0U, 0);
}

static void limit(int what, rlim_t most)
{
	struct rlimit now;

	if (!getrlimit(what, &now) && now.rlim_max > most)
		setrlimit(what, &(struct rlimit){ most, most });
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = {};

	if (syscall(SYS_capset, &hdr, none) < 0)
		_exit(EXIT_FAILURE);
	prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}

/*
 * Files are only to be read. Also for root without capabilities, who still owns most of
 * the system's. A kernel without Landlock does without.
 */
static void forbid_writing(void)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				     LANDLOCK_ACCESS_FS_REMOVE_DIR |
				     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
				     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
				     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
				     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	int fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

void worker_sandbox_enter(int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	setsid(); /* a Ctrl-C is not for us */
	reset_process();
	close_all_but(fd);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, FD_MAX);
#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes */
	limit(RLIMIT_AS, (rlim_t)AS_MAX_GIB << 30);
#endif
	setpriority(PRIO_PROCESS, 0, NICE);
	drop_capabilities();
	forbid_writing();
	/* Last: who knows it by that name finds it without a right. */
	prctl(PR_SET_NAME, "ctrace-inspect", 0L, 0L, 0L);
}
