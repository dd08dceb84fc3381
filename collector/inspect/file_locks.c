/* SPDX-License-Identifier: GPL-2.0-only */
/* "5: FLOCK  ADVISORY  WRITE 812 fe:00:4711 0 EOF", and below it "5: -> FLOCK ..." */
#include "inspect/file_locks.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/xalloc.h"

enum {
	LOCKS_SZ = 1 << 20, /* some ten thousand locks */
	MINOR_BITS = 20,    /* include/linux/kdev_t.h */
	HEIR_MAX = 4,	    /* processes that are named */
};

struct line {
	bool is_waiter;
	bool is_write;
	char type[8], mode[8];
	__s64 pid;
	unsigned major, minor;
	unsigned long long ino;
	struct file_range range;
};

static bool parse_line(const char *text, struct line *ret)
{
	char advisory[12], last[24];
	int at = 0;

	if (sscanf(text, "%*u:%n", &at) < 0 || !at)
		return false;
	text += at + strspn(text + at, " ");
	ret->is_waiter = !strncmp(text, "->", 2);
	text += ret->is_waiter ? 2 : 0;
	if (sscanf(text, "%7s %11s %7s %lld %x:%x:%llu %llu %23s", ret->type, advisory, ret->mode,
		   (long long *)&ret->pid, &ret->major, &ret->minor, &ret->ino, &ret->range.first,
		   last) != 9)
		return false;
	ret->range.last = strcmp(last, "EOF") != 0 ? strtoull(last, NULL, 10) : UINT64_MAX;
	return true;
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
			.range = held.range,
			.wanted = l.range,
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

bool far_ends_add_lock(struct far_ends *e, const struct open_files *of, const struct probe_file *f,
		       const struct file_lock *l)
{
	e->is_complete &= of->is_all; /* or pids of /proc are others than ours */
	if (l->is_posix && l->pid) {
		far_ends_add_pid(e, l->pid);
		return true;
	}
	if (!l->is_posix && add_openers(e, of, f, 0, true))
		return true;
	if (l->is_posix ||
	    !((l->pid && add_openers(e, of, f, l->pid, false)) || add_openers(e, of, f, 0, false)))
		e->is_complete = false;
	return false;
}

static void add_range(const struct file_range *r, struct strbuf *ret)
{
	if (r->last == UINT64_MAX)
		strbuf_addf(ret, "bytes from %llu on", r->first);
	else if (r->last == r->first)
		strbuf_addf(ret, "byte %llu", r->first);
	else
		strbuf_addf(ret, "bytes %llu to %llu", r->first, r->last);
}

static bool is_whole(const struct file_range *r)
{
	return !r->first && r->last == UINT64_MAX;
}

static bool has_ended(__u32 pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return access(path, F_OK) && errno == ENOENT;
}

/* A lock of flock(2) stays with the open file, which others may have got by fork(2). */
static void add_heirs(const struct file_lock *l, const struct far_ends *e, struct strbuf *ret)
{
	for (size_t i = 0; i < e->cnt; i++)
		if (e->pids[i] == l->pid)
			return;
	strbuf_adds(ret, has_ended(l->pid) ? ", which has ended" : ", which has closed it");
	for (size_t i = 0; i < e->cnt && i < HEIR_MAX; i++)
		strbuf_addf(ret, "%s%u", i ? ", " : "; now it is with pid ", e->pids[i]);
	if (e->cnt > HEIR_MAX)
		strbuf_addf(ret, " and %zu more", e->cnt - HEIR_MAX);
}

void file_lock_add_words(const struct file_lock *l, const struct far_ends *e, bool are_known,
			 struct strbuf *ret)
{
	bool is_part = !is_whole(&l->range) || !is_whole(&l->wanted);

	if (is_part) {
		strbuf_addch(ret, ' ');
		add_range(&l->wanted, ret);
	}
	strbuf_addf(ret, ", locked%s", l->is_write ? "" : " for reading");
	if (l->pid)
		strbuf_addf(ret, " by pid %u", l->pid);
	if (is_part) {
		strbuf_adds(ret, " (");
		add_range(&l->range, ret);
		strbuf_addch(ret, ')');
	}
	if (l->pid && !l->is_posix && are_known)
		add_heirs(l, e, ret);
}
