/* SPDX-License-Identifier: GPL-2.0-only */
/* From /proc/PID/task/TID/children (proc_tid_children(5)). */
#include "inspect/children.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "base/io.h"
#include "inspect/process_stat.h"
#include "model/syscall.h"

enum {
	TASK_MAX = 256, /* threads whose children are asked for */
	TEXT_SZ = 8192,
	NAMED_MAX = 4,
};

/* Those that thread tid has made, or that became its own. */
static int add_of_task(const char *pid, const char *tid, struct far_ends *e)
{
	char path[64], text[TEXT_SZ], *at = text, *end;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "/proc/%.10s/task/%.10s/children", pid, tid);
	err = read_file(path, text, sizeof(text), &len);
	if (err)
		return err;
	for (unsigned long child; (child = strtoul(at, &end, 10)), end != at; at = end)
		far_ends_add_pid(e, child);
	return 0;
}

/* Those of all threads: any of them may have made the one that is waited for. */
static int add_all(__u32 pid, struct far_ends *e)
{
	char path[32], number[16];
	struct dirent *entry;
	int err = 0, cnt = 0;
	DIR *dir;

	snprintf(number, sizeof(number), "%u", pid);
	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (cnt++ == TASK_MAX)
			err = -E2BIG;
		else
			err = add_of_task(number, entry->d_name, e);
	}
	closedir(dir);
	/* A thread that ended meanwhile has given its children to another one. */
	return err;
}

/* The child that the call names, or 0: any. */
static __u32 named_child(const struct wait *w)
{
	if (wait_is_call(w, "waitid"))
		return w->args[0] == P_PID ? w->args[1] : 0;
	return wait_is_call(w, "wait4") && (__s32)w->args[0] > 0 ? w->args[0] : 0;
}

/* In a PID namespace of its own the process has another number for it: then it may be any. */
static void choose_named(struct far_ends *e, __u32 pid)
{
	for (size_t i = 0; pid && i < e->cnt; i++) {
		if (e->pids[i] == pid) {
			e->pids[0] = pid;
			e->cnt = 1;
		}
	}
}

static void add_child(__u32 pid, struct strbuf *ret)
{
	struct process_stat st;

	strbuf_addf(ret, "%u", pid);
	if (process_stat_read(pid, &st))
		strbuf_addf(ret, " (%s)", st.name);
}

void children_add_vforked(const struct thread *t, struct strbuf *ret)
{
	struct far_ends own = { .is_complete = true };
	char pid[16], tid[16];

	snprintf(pid, sizeof(pid), "%u", t->pid);
	snprintf(tid, sizeof(tid), "%u", t->tid);
	if (add_of_task(pid, tid, &own) || own.cnt != 1)
		return;
	strbuf_adds(ret, "child ");
	add_child(own.pids[0], ret);
}

int children_add(const struct thread *t, bool is_all, struct far_ends *e, struct strbuf *ret)
{
	int err;

	if (t->wait.class != SYSCALL_CHILD)
		return -ECHILD;
	e->is_complete = is_all;
	err = add_all(t->pid, e);
	if (err)
		return err;
	choose_named(e, named_child(&t->wait));
	strbuf_adds(ret, e->cnt == 1 ? "child " : "any of the children ");
	for (size_t i = 0; i < e->cnt && i < NAMED_MAX; i++) {
		strbuf_adds(ret, i ? ", " : "");
		add_child(e->pids[i], ret);
	}
	if (e->cnt > NAMED_MAX)
		strbuf_addf(ret, " and %zu more", e->cnt - NAMED_MAX);
	return e->cnt ? 0 : -ECHILD;
}
