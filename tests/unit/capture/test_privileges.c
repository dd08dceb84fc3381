/* SPDX-License-Identifier: GPL-2.0-only */
/* What is left of root afterwards, as /proc has it, and whether it is enough. */
#include "capture/privileges.h"

#include <cap-ng.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define PTRACE_ONLY "0000000000080000" /* 1 << CAP_SYS_PTRACE */
#define PTRACE_KILL "0000000000080020" /* and 1 << CAP_KILL */
#define NO_CAPS	    "0000000000000000"
#define NOBODY	    12345 /* without a passwd entry */

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

TestSuite(privileges, .init = clear_env, .timeout = 10);

/* --- giving up --------------------------------------------------------------------- */

static char status_text[8192];

/* The value of @key in /proc/self/status, blanks as they are there; valid until the next call. */
static const char *status_value(const char *key)
{
	char *line, *end;

	if (read_file("/proc/self/status", status_text, sizeof(status_text), NULL))
		return "unreadable";
	line = strstr(status_text, key);
	if (!line)
		return "missing";
	line += strlen(key);
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	return line;
}

static bool status_is(const char *key, const char *value)
{
	const char *found = status_value(key);

	if (strcmp(found, value))
		fprintf(stderr, "%s'%s' instead of '%s'\n", key, found, value);
	return !strcmp(found, value);
}

static bool sets_are(const char *caps, const char *bounds)
{
	return status_is("\nCapInh:\t", NO_CAPS) && status_is("\nCapPrm:\t", caps) &&
	       status_is("\nCapEff:\t", caps) && status_is("\nCapBnd:\t", bounds) &&
	       status_is("\nCapAmb:\t", NO_CAPS) && status_is("\nNoNewPrivs:\t", "1") &&
	       prctl(PR_GET_DUMPABLE) == 0;
}

/* Run @fn in a process of its own, which alone has one thread and may throw things away. */
static void expect_in_child(bool (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn() ? 0 : 1);
	waitpid(pid, &status, 0);
	cr_expect(eq(int, status, 0));
}

static bool drop_as_a_user(void)
{
	char bounds[64];

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY))
		return false;
	if (invoker_find(&inv))
		return false;
	snprintf(bounds, sizeof(bounds), "%s", status_value("\nCapBnd:\t"));
	return privileges_drop(&inv, KEEP_PTRACE) == 0 && sets_are(NO_CAPS, bounds);
}

Test(privileges, user_keeps_nothing_and_gains_nothing)
{
	expect_in_child(drop_as_a_user);
}

static void *idle(void *arg)
{
	pause();
	return arg;
}

static bool drop_with_two_threads(void)
{
	pthread_t thread;

	return !invoker_find(&inv) && !pthread_create(&thread, NULL, idle, NULL) &&
	       privileges_drop(&inv, KEEP_NOTHING) == -EBUSY && status_is("\nNoNewPrivs:\t", "0");
}

Test(privileges, second_thread_would_keep_them_so_it_is_refused)
{
	expect_in_child(drop_with_two_threads);
}

static bool act_for(const char *uid, const char *gid)
{
	setenv("SUDO_UID", uid, 1);
	setenv("SUDO_GID", gid, 1);
	return invoker_find(&inv) == 0;
}

static bool drop_under_sudo(void)
{
	gid_t groups[] = { 0, 5, 27 };

	return !setgroups(3, groups) && act_for("12345", "54321") &&
	       !privileges_drop(&inv, KEEP_NOTHING) &&
	       status_is("\nUid:\t", "12345\t12345\t12345\t12345") &&
	       status_is("\nGid:\t", "54321\t54321\t54321\t54321") && getgroups(0, NULL) == 0 &&
	       sets_are(NO_CAPS, NO_CAPS) && setuid(0) && errno == EPERM;
}

Test(privileges, root_under_sudo_becomes_the_user)
{
	need_root();
	expect_in_child(drop_under_sudo);
}

static bool drop_to_known_user(void)
{
	gid_t groups[8];

	return act_for("1", "1") && !privileges_drop(&inv, KEEP_NOTHING) &&
	       getgroups(8, groups) == 1 && groups[0] == 1 && sets_are(NO_CAPS, NO_CAPS);
}

Test(privileges, groups_are_those_of_the_user)
{
	need_root();
	expect_in_child(drop_to_known_user);
}

static bool drop_but_ptrace(void)
{
	return act_for("12345", "54321") && !privileges_drop(&inv, KEEP_PTRACE) &&
	       status_is("\nUid:\t", "12345\t12345\t12345\t12345") &&
	       sets_are(PTRACE_ONLY, NO_CAPS);
}

Test(privileges, ptrace_stays_alone)
{
	need_root();
	expect_in_child(drop_but_ptrace);
}

static bool drop_inherited_and_ambient(void)
{
	capng_get_caps_process();
	capng_update(CAPNG_ADD, CAPNG_INHERITABLE, CAP_KILL);
	if (capng_apply(CAPNG_SELECT_CAPS) ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) ||
	    !status_is("\nCapAmb:\t", "0000000000000020"))
		return false;
	return invoker_find(&inv) == 0 && !privileges_drop(&inv, KEEP_NOTHING) &&
	       sets_are(NO_CAPS, NO_CAPS);
}

Test(privileges, inheritable_and_ambient_go_too)
{
	need_root();
	expect_in_child(drop_inherited_and_ambient);
}

static bool drop_plain_root(void)
{
	char *argv[] = { "sh", "-c", "grep -q '^CapEff:.0000000000000000$' /proc/self/status",
			 NULL };

	if (invoker_find(&inv) || privileges_drop(&inv, KEEP_NOTHING))
		return false;
	if (!status_is("\nUid:\t", "0\t0\t0\t0") || !sets_are(NO_CAPS, NO_CAPS))
		return false;
	/* Exec gives root everything again, were it not for the empty bounding set. */
	execvp(argv[0], argv);
	return false;
}

Test(privileges, plain_root_stays_without_capabilities_across_exec)
{
	need_root();
	expect_in_child(drop_plain_root);
}

/* --- what is left is enough to look at the workload ---------------------------------- */

static const int secret = 4711;

/* Fork a process, as the invoker or as we are, drop, and read its memory; 0 or -errno. */
static int drop_and_read(bool is_as_invoker, enum privileges_kept keep)
{
	struct iovec local = { .iov_len = sizeof(int) };
	struct iovec remote = { .iov_base = (void *)&secret, .iov_len = sizeof(int) };
	int value = 0, err, go[2], stay[2];
	pid_t pid;
	char ch;

	if (pipe(go) || pipe(stay))
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(stay[1]);
		/* As exec would: a change of identity makes the memory unreadable until then. */
		if (is_as_invoker && (invoker_become(&inv) || prctl(PR_SET_DUMPABLE, 1)))
			_exit(1);
		/* Until the reader ends, who may have no right to kill. */
		if (write(go[1], "", 1) == 1 && read(stay[0], &ch, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(go[1]);
	if (read(go[0], &ch, 1) != 1)
		return -errno;
	err = privileges_drop(&inv, keep);
	local.iov_base = &value;
	if (!err && process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0)
		err = -errno;
	if (!err && value != secret)
		err = -EIO;
	return err;
}

static bool read_own_workload(void)
{
	return act_for("12345", "54321") && drop_and_read(true, KEEP_NOTHING) == 0;
}

static bool read_roots_workload(void)
{
	return invoker_find(&inv) == 0 && drop_and_read(false, KEEP_PTRACE) == 0;
}

static bool read_roots_workload_without_ptrace(void)
{
	return invoker_find(&inv) == 0 && drop_and_read(false, KEEP_NOTHING) == -EPERM;
}

static bool read_foreign_process(void)
{
	return act_for("12345", "54321") && drop_and_read(false, KEEP_PTRACE) == 0;
}

static bool read_foreign_process_without_ptrace(void)
{
	return act_for("12345", "54321") && drop_and_read(false, KEEP_NOTHING) == -EPERM;
}

Test(privileges, memory_of_the_own_workload_is_readable_without_any)
{
	need_root();
	expect_in_child(read_own_workload);
}

Test(privileges, plain_root_needs_ptrace_for_its_own_workload)
{
	need_root();
	expect_in_child(read_roots_workload);
	expect_in_child(read_roots_workload_without_ptrace);
}

Test(privileges, another_user_needs_ptrace)
{
	need_root();
	expect_in_child(read_foreign_process);
	expect_in_child(read_foreign_process_without_ptrace);
}

/* --- what tracing needs ---------------------------------------------------------------- */

static bool ask_as_a_user(void)
{
	struct strbuf why = {};

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY))
		return false;
	return !privileges_can_trace(&why) && strstr(strbuf_str(&why), "sudo ctrace") &&
	       !strchr(strbuf_str(&why), '\n') && !privileges_can_trace(NULL);
}

Test(privileges, user_is_told_the_remedy)
{
	expect_in_child(ask_as_a_user);
}

static bool ask_as_root_without(void)
{
	struct strbuf why = {};

	return !invoker_find(&inv) && !privileges_drop(&inv, KEEP_NOTHING) &&
	       !privileges_can_trace(&why) && strstr(strbuf_str(&why), "CAP_BPF") &&
	       !strstr(strbuf_str(&why), "sudo");
}

Test(privileges, root_without_capabilities_is_not_sent_to_sudo)
{
	need_root();
	expect_in_child(ask_as_root_without);
}

static bool ask_with(unsigned int cap, unsigned int other)
{
	capng_clear(CAPNG_SELECT_CAPS);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap, other, -1);
	return !capng_apply(CAPNG_SELECT_CAPS) && privileges_can_trace(NULL);
}

static bool ask_with_bpf_and_perfmon(void)
{
	return ask_with(CAP_BPF, CAP_PERFMON);
}

static bool ask_with_sys_admin(void)
{
	return ask_with(CAP_SYS_ADMIN, CAP_SYS_ADMIN);
}

static bool ask_with_bpf_alone(void)
{
	return !ask_with(CAP_BPF, CAP_BPF);
}

static bool ask_with_perfmon_alone(void)
{
	return !ask_with(CAP_PERFMON, CAP_PERFMON);
}

Test(privileges, the_two_or_sys_admin_are_enough)
{
	need_root();
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		cr_skip_test("needs a kernel with BTF");
	expect_in_child(ask_with_bpf_and_perfmon);
	expect_in_child(ask_with_sys_admin);
	expect_in_child(ask_with_bpf_alone);
	expect_in_child(ask_with_perfmon_alone);
}

/* Of somebody else's process, which root started: 0 or -errno of the attempt to end it. */
static int drop_and_kill(enum privileges_kept keep)
{
	int err, go[2], stay[2];
	pid_t pid;
	char ch;

	if (pipe(go) || pipe(stay))
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(stay[1]);
		if (setresuid(NOBODY, NOBODY, NOBODY) || write(go[1], "", 1) != 1)
			_exit(1);
		_exit(read(stay[0], &ch, 1)); /* until its end, where it is not ended */
	}
	close(go[1]);
	if (read(go[0], &ch, 1) != 1)
		return -errno;
	err = privileges_drop(&inv, keep);
	if (!err && kill(pid, SIGKILL) < 0)
		err = -errno;
	return err;
}

static bool kill_as_root(void)
{
	return invoker_find(&inv) == 0 && drop_and_kill(KEEP_PTRACE_KILL) == 0 &&
	       sets_are(PTRACE_KILL, NO_CAPS);
}

static bool kill_as_root_without(void)
{
	return invoker_find(&inv) == 0 && drop_and_kill(KEEP_PTRACE) == -EPERM;
}

Test(privileges, root_needs_one_to_end_what_runs_as_another_user)
{
	need_root();
	expect_in_child(kill_as_root);
	expect_in_child(kill_as_root_without);
}
