/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is behind root, and whom not to believe. */
#include "capture/privileges.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 12345 /* without a passwd entry */

static struct invoker inv;

static void clear_env(void)
{
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	unsetenv("DOAS_USER");
	unsetenv("PKEXEC_UID");
}

static void need_root(void)
{
	if (getuid() != 0 || geteuid() != 0)
		cr_skip_test("needs root: acts for another user");
}

TestSuite(invoker, .init = clear_env, .timeout = 10);

Test(invoker, invoker_is_oneself)
{
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(int, inv.uid, getuid()));
	cr_expect(eq(int, inv.gid, getgid()));
	cr_expect(not(inv.is_sudo));
	cr_expect(eq(int, inv.home[0], '/'));
	cr_expect(eq(int, inv.shell[0], '/'));
}

Test(invoker, environment_of_a_user_is_not_believed)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY))
			_exit(1);
		setenv("SUDO_UID", "4711", 1);
		setenv("SUDO_GID", "4711", 1);
		if (invoker_find(&inv))
			_exit(2);
		_exit(inv.uid == getuid() && !inv.is_sudo ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
}

Test(invoker, environment_is_not_believed_in_a_set_user_id_program)
{
	int status = -1;
	pid_t pid;

	need_root();
	pid = fork();
	if (pid == 0) {
		if (setresuid(NOBODY, 0, 0))
			_exit(1);
		setenv("SUDO_UID", "4711", 1);
		setenv("SUDO_GID", "4711", 1);
		if (invoker_find(&inv))
			_exit(2);
		_exit(inv.uid == NOBODY && !inv.is_sudo ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
}

Test(invoker, sudo_names_the_user)
{
	need_root();
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "54321", 1);
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(int, inv.uid, 12345));
	cr_expect(eq(int, inv.gid, 54321));
	cr_expect(inv.is_sudo);
	cr_expect(eq(str, inv.name, ""));
	cr_expect(eq(str, inv.home, "/"));
	cr_expect(eq(str, inv.shell, "/bin/sh"));
}

Test(invoker, what_is_no_user_is_ignored)
{
	static const char *const wrong[] = {
		"",    "0",   "000", "-1",	   "+5",
		"12x", " 12", "0x5", "4294967295", "18446744073709551617"
	};

	need_root();
	setenv("SUDO_GID", "54321", 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		setenv("SUDO_UID", wrong[i], 1);
		cr_assert(eq(int, invoker_find(&inv), 0));
		cr_expect(eq(int, inv.uid, 0), "SUDO_UID=%s", wrong[i]);
		cr_expect(not(inv.is_sudo), "SUDO_UID=%s", wrong[i]);
	}
}

Test(invoker, largest_uid_is_a_user)
{
	need_root();
	setenv("SUDO_UID", "4294967294", 1);
	setenv("SUDO_GID", "1", 1);
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(u32, inv.uid, 4294967294U));
}

Test(invoker, pkexec_and_doas_name_the_user_too)
{
	need_root();
	setenv("PKEXEC_UID", "65534", 1);
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(int, inv.uid, 65534));
	cr_expect(eq(int, inv.gid, 65534));
	cr_expect(eq(str, inv.name, "nobody"));
	unsetenv("PKEXEC_UID");

	setenv("DOAS_USER", "daemon", 1);
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(int, inv.uid, 1));
	cr_expect(inv.is_sudo);

	setenv("DOAS_USER", "no such user", 1);
	cr_assert(eq(int, invoker_find(&inv), 0));
	cr_expect(eq(int, inv.uid, 0));
}

Test(invoker, user_without_any_group_is_refused)
{
	need_root();
	setenv("SUDO_UID", "12345", 1);
	cr_expect(eq(int, invoker_find(&inv), -EINVAL));
	setenv("SUDO_GID", "0", 1);
	cr_expect(eq(int, invoker_find(&inv), -EINVAL));
}
