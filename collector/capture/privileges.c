/* SPDX-License-Identifier: GPL-2.0-only */
/* Who asked for this, what tracing needs, and giving the rest up. */
#include "capture/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

/* A decimal uid or gid of somebody other than root; (uid_t)-1 means "unchanged" to setresuid(). */
static bool id_parse(const char *str, uint32_t *ret)
{
	uint64_t id = 0;

	if (!str || !*str)
		return false;
	for (; *str; str++) {
		if (*str < '0' || *str > '9')
			return false;
		id = id * 10 + (*str - '0');
		if (id >= UINT32_MAX)
			return false;
	}
	if (!id)
		return false;
	*ret = id;
	return true;
}

/* Who is behind root, or @inv unchanged. */
static int invoker_from_env(struct invoker *inv)
{
	const char *doas_user = getenv("DOAS_USER");
	struct passwd *pw = NULL;

	if (id_parse(getenv("SUDO_UID"), &inv->uid)) {
		inv->is_sudo = true;
		if (id_parse(getenv("SUDO_GID"), &inv->gid))
			return 0;
		pw = getpwuid(inv->uid);
	} else if (doas_user) {
		pw = getpwnam(doas_user);
		inv->is_sudo = pw && pw->pw_uid;
	} else if (id_parse(getenv("PKEXEC_UID"), &inv->uid)) {
		inv->is_sudo = true;
		pw = getpwuid(inv->uid);
	}
	if (!inv->is_sudo)
		return 0;
	if (!pw) {
		log_err("user %u has no group: no SUDO_GID, no passwd entry", inv->uid);
		return -EINVAL;
	}
	inv->uid = pw->pw_uid;
	inv->gid = pw->pw_gid;
	return 0;
}

/* A text that does not fit counts as missing: half a path is another path. */
static void text_copy(char *dst, size_t sz, const char *src, const char *otherwise)
{
	if (!src || !*src || strlen(src) >= sz)
		src = otherwise;
	snprintf(dst, sz, "%s", src);
}

int invoker_find(struct invoker *ret)
{
	struct invoker inv = { .uid = getuid(), .gid = getgid() };
	struct passwd *pw;
	int err;

	/* A set-user-ID program must not believe the environment of its user. */
	if (inv.uid == 0 && geteuid() == 0) {
		err = invoker_from_env(&inv);
		if (err)
			return err;
	}
	pw = getpwuid(inv.uid);
	text_copy(inv.name, sizeof(inv.name), pw ? pw->pw_name : NULL, "");
	text_copy(inv.home, sizeof(inv.home), pw ? pw->pw_dir : NULL, "/");
	text_copy(inv.shell, sizeof(inv.shell), pw ? pw->pw_shell : NULL, "/bin/sh");
	*ret = inv;
	return 0;
}

static bool ids_are(const struct invoker *as)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (getresuid(&ruid, &euid, &suid) < 0 || getresgid(&rgid, &egid, &sgid) < 0)
		return false;
	return ruid == as->uid && euid == as->uid && suid == as->uid && rgid == as->gid &&
	       egid == as->gid && sgid == as->gid;
}

int invoker_become(const struct invoker *as)
{
	int err;

	if (as->uid == geteuid() && as->uid == getuid())
		return 0;
	if (as->uid == 0)
		return -EPERM;
	/* In this order: each step needs a right that the next one takes away. */
	err = as->name[0] ? initgroups(as->name, as->gid) : setgroups(0, NULL);
	if (err < 0 || setresgid(as->gid, as->gid, as->gid) < 0 ||
	    setresuid(as->uid, as->uid, as->uid) < 0)
		return -errno;
	/* The way back must be shut: a kernel that lets us be root again has not let us go. */
	if (!ids_are(as) || setuid(0) == 0)
		return -EPERM;
	return 0;
}

/* -1 when it cannot be told, which is not one either. */
static int thread_cnt(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) < 0 ? -1 : (int)st.st_nlink - 2;
}

/* The capabilities that are to stay, of those that are there. */
static size_t find_kept(enum privileges_kept keep, unsigned int ret[2])
{
	static const unsigned int all[] = { CAP_SYS_PTRACE, CAP_KILL };
	size_t cnt = 0;

	for (size_t i = 0; i < (size_t)keep; i++)
		if (capng_have_capability(CAPNG_PERMITTED, all[i]))
			ret[cnt++] = all[i];
	return cnt;
}

static bool has(unsigned int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability) &&
	       capng_have_capability(CAPNG_PERMITTED, capability);
}

/*
 * Empty the bounding set, or with @keep_bounds leave it, and all others but for what is
 * to stay. Then ask the kernel what it made of that.
 */
static int capabilities_drop(const unsigned int *kept, size_t cnt, bool keep_bounds)
{
	unsigned int type = CAPNG_EFFECTIVE | CAPNG_PERMITTED;

	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < cnt; i++)
		capng_update(CAPNG_ADD, type, kept[i]);
	if (capng_apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT) < 0 ||
	    capng_get_caps_process() < 0)
		return -EPERM;
	for (size_t i = 0; i < cnt; i++) {
		if (!has(kept[i]))
			return -EPERM;
		/* Nothing but that: without it the copy just read has to be empty. */
		capng_update(CAPNG_DROP, type, kept[i]);
	}
	if (capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE ||
	    capng_have_capabilities(CAPNG_SELECT_AMBIENT) != CAPNG_NONE ||
	    (!keep_bounds && capng_have_capabilities(CAPNG_SELECT_BOUNDS) != CAPNG_NONE))
		return -EPERM;
	return 0;
}

int privileges_drop(const struct invoker *as, enum privileges_kept keep)
{
	unsigned int kept[2];
	size_t kept_cnt;
	bool has_setpcap;
	int err;

	if (thread_cnt() != 1)
		return -EBUSY;
	if (capng_get_caps_process() < 0)
		return -EPERM;
	kept_cnt = find_kept(keep, kept);
	/* Whoever lacks this cannot empty the bounding set, and needs not: see NO_NEW_PRIVS. */
	has_setpcap = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_BOUNDS);
	if (has_setpcap && capng_apply(CAPNG_SELECT_BOUNDS) < 0)
		return -EPERM;
	if (kept_cnt && prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	err = invoker_become(as);
	if (err)
		return err;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
	    prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0)
		return -errno;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != 1 ||
	    prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return -EPERM;
	return capabilities_drop(kept, kept_cnt, !has_setpcap);
}

enum ptrace_scope ptrace_scope_read(void)
{
	char text[16];
	int scope;

	if (read_file("/proc/sys/kernel/yama/ptrace_scope", text, sizeof(text), NULL))
		return PTRACE_SCOPE_ANY;
	scope = atoi(text);
	if (scope < PTRACE_SCOPE_ANY || scope > PTRACE_SCOPE_NOBODY)
		return PTRACE_SCOPE_NOBODY; /* stricter than what was known when this was written */
	return scope;
}

static bool has_effective(unsigned int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability);
}

static const char *trace_obstacle(void)
{
	if (access("/proc/self/task", F_OK) < 0)
		return "/proc is not mounted, where programs are looked up: mount -t proc proc "
		       "/proc";
	if (capng_get_caps_process() < 0)
		return "cannot read the capabilities of this process";
	/* Before Linux 5.8 CAP_SYS_ADMIN was both of the others. */
	if (!has_effective(CAP_SYS_ADMIN) &&
	    !(has_effective(CAP_BPF) && has_effective(CAP_PERFMON))) {
		if (geteuid() == 0)
			return "this root has neither CAP_BPF and CAP_PERFMON nor CAP_SYS_ADMIN "
			       "(a container?): grant them, or trace from the host";
		return "tracing needs root: sudo ctrace ...";
	}
	if (access(BTF_PATH, F_OK) < 0)
		return "the kernel has no BTF (no " BTF_PATH "): boot one that is built with "
		       "CONFIG_DEBUG_INFO_BTF=y, as those of the distributions are";
	if (euidaccess(BTF_PATH, R_OK) < 0)
		return "cannot read " BTF_PATH ": sudo ctrace ...";
	return NULL;
}

bool privileges_can_trace(struct strbuf *why)
{
	const char *obstacle = trace_obstacle();

	if (obstacle && why)
		strbuf_adds(why, obstacle);
	return !obstacle;
}
