/* SPDX-License-Identifier: GPL-2.0-only */
/* How a program comes under observation: held or found, probed, and all privilege given up. */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "capture/kernel_facts.h"
#include "capture/own_job.h"
#include "cmd/exit_status.h"
#include "cmd/session.h"
#include "inspect/user_memory.h"

enum {
	OWN_MAX = 256, /* processes of our own job */
	HISTORY_SZ = 256 << 20,
	HISTORY_SZ_RECORDING = 8 << 20,
};

static int may_trace(void)
{
	struct strbuf why = {};
	bool ok = privileges_can_trace(&why);

	if (ok && !kernel_numbers_are_ours()) {
		strbuf_adds(&why,
			    "a container with thread numbers of its own cannot be traced from "
			    "inside: trace from the host, or with docker run --pid=host");
		ok = false;
	}
	if (!ok)
		log_err("%s", strbuf_str(&why));
	strbuf_release(&why);
	return ok ? 0 : EXIT_CTRACE_FAILED;
}

static int launch_program(struct session *s, const struct launch_inherited *inherited, bool pty,
			  unsigned short rows, unsigned short cols)
{
	struct launch_options opts = {
		.argv = s->opts->argv,
		.as = s->opts->as_root ? NULL : &s->as,
		.inherited = inherited,
		.pty = pty,
		.rows = rows,
		.cols = cols,
	};

	if (launch_start(&opts, &s->launch))
		return s->launch.fail_status;
	s->is_launched = true;
	return 0;
}

static int choose_targets(struct session *s)
{
	const struct attach *a = &s->attach;
	struct own_process own[OWN_MAX];
	size_t own_cnt = s->opts->no_children ? 0 : own_job_find(a->pids, a->cnt, own, OWN_MAX);
	int err = 0;

	for (size_t i = 0; i < own_cnt && !err; i++)
		err = probe_target(s->probe, own[i].pid, own[i].how);
	for (size_t i = 0; i < a->cnt && !err; i++)
		err = probe_target(s->probe, a->pids[i], PROBE_TAKEN);
	if (err)
		log_err("cannot say whom to trace: %s", strerror(-err));
	return err;
}

static void take_those_below(struct session *s)
{
	__u32 *pids = xcalloc(PROBE_BELOW_MAX, sizeof(*pids));
	size_t cnt = probe_targets(s->probe, pids, PROBE_BELOW_MAX);

	for (size_t i = 0; i < cnt; i++)
		attach_add_below(&s->attach, pids[i]);
	free(pids);
}

static int meet(struct session *s)
{
	int err;

	if (s->is_launched) { /* held, so its exec is to come */
		probe_await_exec(s->probe, s->launch.pid);
		return 0;
	}
	err = attach_forget_ended(&s->attach);
	if (!err)
		err = choose_targets(s);
	if (!err)
		err = probe_meet(s->probe);
	if (!err)
		take_those_below(s);
	return err;
}

static int watch_order(struct session *s)
{
	const struct options *opts = s->opts;

	if (session_is_attached(s))
		return order_watch_attach(&s->pump, s->attach.pids, s->attach.cnt, opts->order_all,
					  &s->order);
	return order_watch_start(&s->pump, s->launch.pid, opts->argv[0], opts->order_all,
				 &s->order);
}

static int read_memory(void *arg, __u32 tid, __u64 address, void *buf, size_t len)
{
	return probe_read_memory(arg, tid, address, buf, len);
}

static int start_probes(struct session *s)
{
	struct probe_options opts = {
		.ring_sz = s->opts->ring_sz,
		.order = s->opts->order,
		.children = session_is_attached(s) && !s->opts->no_children,
	};
	int err = probe_open(&opts, &s->probe);

	if (err)
		return EXIT_CTRACE_FAILED;
	s->pump.probe = s->probe;
	user_memory_set_detour(read_memory, s->probe);
	err = probe_attach(s->probe);
	if (!err)
		err = meet(s);
	if (!err && s->opts->order)
		err = watch_order(s);
	return err ? EXIT_CTRACE_FAILED : 0;
}

/*
 * To read memory: of what is privileged or somebody else's, or where Yama asks for it. And to end
 * what the program of root has started, whoever that runs as.
 */
static enum privileges_kept needed_privileges(const struct session *s)
{
	enum ptrace_scope scope = ptrace_scope_read();

	if (session_is_attached(s))
		return s->attach.needs_ptrace || scope >= PTRACE_SCOPE_ANCESTOR ? KEEP_PTRACE
										: KEEP_NOTHING;
	if (s->as.uid == 0)
		return KEEP_PTRACE_KILL;
	return scope >= PTRACE_SCOPE_ADMIN ? KEEP_PTRACE : KEEP_NOTHING;
}

/* Reading the rings and the program's memory is all that is left to do. */
static int drop_privileges(struct session *s)
{
	int err = privileges_drop(&s->as, needed_privileges(s));

	if (err)
		log_err("cannot give up privileges: %s", strerror(-err));
	return err ? EXIT_CTRACE_FAILED : 0;
}

static int open_recording(struct session *s)
{
	const struct options *opts = s->opts;
	char name[OWN_NAME_MAX];
	struct trace_meta meta;
	int err;

	if (!opts->output && !opts->own_output)
		return 0;
	session_meta(s, &meta);
	session_name(s, name);
	if (opts->output)
		err = recording_begin(&s->rec, s->trace, opts->output, &meta, opts->overwrite,
				      opts->keep_sz > 0);
	else
		err = recording_begin_own(&s->rec, s->trace, name, &meta, opts->keep_sz > 0);
	meta_release(&meta);
	return err ? EXIT_CTRACE_FAILED : 0;
}

/* The command with its arguments, as far as it goes. */
static void set_title(struct session *s)
{
	const struct options *opts = s->opts;
	struct strbuf words = {};

	if (opts->pid_cnt)
		strbuf_addf(&words, "-p %u%s", opts->pids[0], opts->pid_cnt > 1 ? ",..." : "");
	for (size_t i = 0; !opts->pid_cnt && opts->argv[i]; i++)
		strbuf_addf(&words, "%s%s", i ? " " : "", opts->argv[i]);
	safe_text(s->title, sizeof(s->title), strbuf_str(&words), words.len);
	strbuf_release(&words);
}

/* Blocks that are in the file need not be in memory. */
static __u64 history_size(const struct options *opts)
{
	if (opts->keep_sz)
		return opts->keep_sz;
	if (opts->history_sz)
		return opts->history_sz;
	return opts->output || opts->own_output ? HISTORY_SZ_RECORDING : HISTORY_SZ;
}

int session_start(const struct options *opts, const struct launch_inherited *inherited, bool pty,
		  unsigned short rows, unsigned short cols, struct session *ret)
{
	struct trace_options trace_opts = { .history_sz = history_size(opts) };
	int status;

	*ret = (struct session){ .opts = opts };
	set_title(ret);
	ret->trace = trace_new(&trace_opts);
	trace_keep_lock_names(ret->trace);
	ret->pump.trace = ret->trace;
	ret->looks = looks_new();
	status = may_trace();
	if (!status && invoker_find(&ret->as))
		status = EXIT_CTRACE_FAILED;
	if (!status && !opts->pid_cnt)
		status = launch_program(ret, inherited, pty, rows, cols);
	if (!status && opts->pid_cnt &&
	    attach_open(opts->pids, opts->pid_cnt, ret->as.uid, &ret->attach))
		status = EXIT_CTRACE_FAILED;
	if (!status)
		status = start_probes(ret);
	if (!status)
		status = drop_privileges(ret);
	if (!status)
		status = open_recording(ret); /* as who asked for it, not as root */
	return status;
}
