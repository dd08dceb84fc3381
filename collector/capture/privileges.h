/* SPDX-License-Identifier: GPL-2.0-only */
/* Who asked for this, what tracing needs, and giving the rest up. */
#ifndef CAPTURE_PRIVILEGES_H
#define CAPTURE_PRIVILEGES_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"

#define INVOKER_NAME_SZ 256

/* The user on whose behalf we run. */
struct invoker {
	uid_t uid;
	gid_t gid;
	bool is_sudo;		    /* root acts for this user: sudo, doas, pkexec */
	char name[INVOKER_NAME_SZ]; /* "" for a number without a passwd entry */
	char home[PATH_MAX];	    /* "/" then */
	char shell[PATH_MAX];	    /* "/bin/sh" then */
};

/*
 * Root with SUDO_UID and SUDO_GID, DOAS_USER or PKEXEC_UID in its environment acts for
 * that user; anyone else, and root for whom these are 0 or not valid, for himself.
 * Returns 0; or -EINVAL, logged, when the user is known and his group is not.
 */
int invoker_find(struct invoker *ret);

/*
 * Turn the calling process from root into @as for good: groups, gid, uid. Nothing is done
 * for one who is @as already. A user without passwd entry gets no supplementary group.
 * Returns 0, or -errno: what has changed by then stays changed, so the caller has to end
 * the process.
 */
int invoker_become(const struct invoker *as);

/*
 * What may stay. Who has CAP_SYS_PTRACE can do whatever CAP_KILL allows, and more: that one is kept
 * only where the other is as well.
 */
enum privileges_kept {
	KEEP_NOTHING,
	KEEP_PTRACE,	  /* CAP_SYS_PTRACE */
	KEEP_PTRACE_KILL, /* and CAP_KILL */
};

/*
 * After the last thing that needs privilege: become @as, keep no capability in any set,
 * never gain one by exec, dump no core. Descriptors already held keep working. Plain root
 * stays uid 0, but without capabilities.
 *
 * What @keep says stays, and nothing else, if it was there. CAP_SYS_PTRACE is needed to read the
 * memory of another user's process or of one with capabilities: also for plain root, whose
 * own workload has all of them (kernel, security/commoncap.c, cap_ptrace_access_check()).
 * CAP_KILL is needed to end what the program of plain root runs as somebody else.
 *
 * Capabilities belong to threads, so the process must have only one: -EBUSY otherwise.
 * Everything is read back. Returns 0; or -errno, the process is then to be ended.
 */
int privileges_drop(const struct invoker *as, enum privileges_kept keep);

/*
 * Whom Yama lets read the memory of a process of the same user: 0 anybody, 1 only who is an
 * ancestor of it, 2 only CAP_SYS_PTRACE, 3 nobody (kernel, Documentation/admin-guide/LSM/
 * Yama.rst). 0 as well without Yama.
 */
enum ptrace_scope {
	PTRACE_SCOPE_ANY,
	PTRACE_SCOPE_ANCESTOR,
	PTRACE_SCOPE_ADMIN,
	PTRACE_SCOPE_NOBODY,
};

enum ptrace_scope ptrace_scope_read(void);

/*
 * True when the probes can be loaded. Otherwise one line, reason and remedy, without
 * newline, is added to @why, which may be NULL.
 */
bool privileges_can_trace(struct strbuf *why);

#endif
