/* SPDX-License-Identifier: GPL-2.0-only */
/* "5: FLOCK  ADVISORY  WRITE 812 fe:00:4711 0 EOF", and below it "5: -> FLOCK ..." */
#include "inspect/file_locks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "base/xalloc.h"

enum {
	LOCKS_SZ = 1 << 20, /* some ten thousand locks */
	MINOR_BITS = 20,    /* include/linux/kdev_t.h */
};

struct line {
	bool is_waiter;
	bool is_write;
	char type[8], mode[8];
	__s64 pid;
	unsigned major, minor;
	unsigned long long ino;
};

static bool parse_line(const char *text, struct line *ret)
{
	char advisory[12];
	int at = 0;

	if (sscanf(text, "%*u:%n", &at) < 0 || !at)
		return false;
	text += at + strspn(text + at, " ");
	ret->is_waiter = !strncmp(text, "->", 2);
	text += ret->is_waiter ? 2 : 0;
	return sscanf(text, "%7s %11s %7s %lld %x:%x:%llu", ret->type, advisory, ret->mode,
		      (long long *)&ret->pid, &ret->major, &ret->minor, &ret->ino) == 7;
}

static bool is_on(const struct line *l, const struct probe_file *f)
{
	return l->ino == f->ino && l->major == f->dev >> MINOR_BITS &&
	       l->minor == (f->dev & ((1U << MINOR_BITS) - 1));
}

/* Is it the wait that is looked for? Those with F_OFD_SETLKW have -1 for a pid. */
static bool is_wait_of(const struct line *l, __u32 pid, const struct probe_file *f)
{
	if (!is_on(l, f))
		return false;
	return pid ? l->pid == pid : l->pid < 0 && !strcmp(l->type, "OFDLCK");
}

bool file_locks_find(const char *text, __u32 pid, const struct probe_file *f, struct file_lock *ret)
{
	struct line held = {}, l;
	bool is_found = false;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (!parse_line(text, &l))
			continue;
		if (!l.is_waiter) {
			held = l;
			continue;
		}
		if (!is_wait_of(&l, pid, f) || !is_on(&held, f))
			continue;
		if (is_found && ret->pid != (held.pid > 0 ? held.pid : 0))
			return false;
		is_found = !strcmp(held.type, "POSIX") || !strcmp(held.type, "FLOCK") ||
			   !strcmp(held.type, "OFDLCK");
		*ret = (struct file_lock){
			.is_posix = !strcmp(held.type, "POSIX"),
			.is_write = !strcmp(held.mode, "WRITE"),
			.pid = held.pid > 0 ? held.pid : 0,
		};
		if (pid)
			break;
	}
	return is_found;
}

bool file_locks_read(__u32 pid, const struct probe_file *f, struct file_lock *ret)
{
	char *text = xmalloc(LOCKS_SZ);
	size_t len;
	bool ok = !read_file("/proc/locks", text, LOCKS_SZ, &len) &&
		  file_locks_find(text, pid, f, ret);

	free(text);
	return ok;
}

/* Does /proc say that this open file holds a lock of its own? (proc_pid_fdinfo(5)) */
static bool holds_lock(const struct probe_file *f)
{
	char path[48], text[4096];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%u", f->pid, f->fd);
	if (read_file(path, text, sizeof(text), &len))
		return false;
	for (const char *at = text; (at = strstr(at, "\nlock:")); at++) {
		size_t line = strcspn(at + 1, "\n");

		if (memmem(at, line, " FLOCK ", 7) || memmem(at, line, " OFDLCK ", 8))
			return true;
	}
	return false;
}

/*
 * Every process that has one of the open files on it, but for the waiter's own: the lock is
 * of that open file, and whoever has it can unlock it. pid: only those that pid has, too.
 * is_holder: only the one that has the lock, if /proc can be read.
 */
static bool add_openers(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
			__u32 pid, bool is_holder)
{
	const struct probe_file *g = NULL;
	size_t cnt = 0;

	while ((g = open_files_next(of, g))) {
		if (g->ino != f->ino || g->dev != f->dev || g->file == f->file ||
		    (pid && g->pid != pid) || (is_holder && !holds_lock(g)))
			continue;
		far_ends_add_sharers(e, of, g, 0);
		cnt++;
	}
	return cnt > 0;
}

void far_ends_add_lock(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		       const struct file_lock *l)
{
	e->is_complete &= of->is_all; /* or pids of /proc are others than ours */
	if (l->is_posix && l->pid)
		far_ends_add_pid(e, l->pid);
	else if (l->is_posix || !(add_openers(e, of, f, 0, true) ||
				  (l->pid && add_openers(e, of, f, l->pid, false)) ||
				  add_openers(e, of, f, 0, false)))
		e->is_complete = false;
}
