/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of everything that a launched program has started. */
#include "cmd/kill_tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/map.h"

enum {
	PATIENCE_MS = 2000,
	PAUSE_MS = 5,
	STAT_START_FIELD = 22, /* proc(5), /proc/PID/stat */
};

struct round {
	struct session *s;
	struct map seen; /* processes of this round */
	size_t alive_cnt;
	bool is_last; /* say which ones are left */
};

/* The text of field @n, from 3 on: those before it are behind the name in parentheses. */
static const char *stat_field(const char *stat, int n)
{
	const char *at = strrchr(stat, ')');

	for (int i = 2; at && i < n; i++)
		at = strchr(at + 1, ' ');
	return at ? at + 1 : "";
}

/* Is the thread still that of the model, and not only waiting to be collected? */
static bool thread_is_there(const struct thread *t)
{
	__u64 tick_ns = 1000000000ULL / sysconf(_SC_CLK_TCK);
	char path[64], stat[1024], state;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", t->pid, t->tid);
	if (read_file(path, stat, sizeof(stat), NULL))
		return false;
	state = *stat_field(stat, 3);
	return state != 'Z' && state != 'X' &&
	       strtoull(stat_field(stat, STAT_START_FIELD), NULL, 10) == t->start_ns / tick_ns;
}

/* The descriptor first, then the look: what is killed is what was looked at. */
static void kill_process_of(struct round *r, const struct thread *t)
{
	int fd = pidfd_open(t->pid, 0);
	int err = 0;

	if (fd < 0)
		return;
	if (thread_is_there(t)) {
		map_put(&r->seen, t->pid, 0);
		r->alive_cnt++;
		if (pidfd_send_signal(fd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
			err = errno;
		if (r->is_last)
			log_warn("%s (%u) could not be killed: %s", t->name, t->pid,
				 err ? strerror(err) : "it does not react");
	}
	close(fd);
}

static void kill_known(struct round *r)
{
	const struct model *m = trace_tail(r->s->trace);

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (thread_is_alive(t) && t->pid && !(t->flags & THREAD_FOREIGN) &&
		    !map_get(&r->seen, t->pid, NULL))
			kill_process_of(r, t);
	}
}

static void kill_child(struct round *r, pid_t pid)
{
	bool is_seen = map_get(&r->seen, pid, NULL);

	/* The program itself is collected by the session. */
	if (pid != r->s->launch.pid && waitpid(pid, NULL, WNOHANG) == pid) {
		r->alive_cnt -= is_seen;
		return;
	}
	kill(pid, SIGKILL);
	r->alive_cnt += !is_seen;
}

/*
 * Our own children are the program and, as we adopt what it leaves behind, its orphans:
 * also those whose creation was lost. A child keeps its number until we collect it.
 */
static void kill_children(struct round *r)
{
	char path[64], pids[4096], *at = pids, *end;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", gettid());
	/* The file is there only with CONFIG_PROC_CHILDREN. Half a number is another number. */
	if (read_file(path, pids, sizeof(pids), NULL) == -EFBIG)
		*strrchr(pids, ' ') = '\0';
	for (pid_t pid; (pid = strtol(at, &end, 10)) > 0; at = end)
		kill_child(r, pid);
}

static size_t kill_round(struct session *s, bool is_last)
{
	struct round r = { .s = s, .is_last = is_last };

	session_signal(s, SIGKILL);
	kill_known(&r);
	kill_children(&r);
	map_release(&r.seen);
	return r.alive_cnt;
}

size_t kill_tree(struct session *s)
{
	__u64 end_ns = clock_now_ns() + PATIENCE_MS * 1000000ULL;

	prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
	do {
		if (!kill_round(s, false) && s->has_ended)
			return 0;
		usleep(PAUSE_MS * 1000);
		session_step(s);
	} while (clock_now_ns() < end_ns);
	return kill_round(s, true);
}
