/* SPDX-License-Identifier: GPL-2.0-only */
/* A program under observation. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "capture/kernel_facts.h"
#include "capture/own_job.h"
#include "capture/terminal.h"
#include "cmd/ending.h"
#include "cmd/exit_status.h"
#include "cmd/session.h"
#include "export/words.h"
#include "inspect/proof.h"
#include "inspect/user_memory.h"

enum {
	LOOK_PAUSE_NS = 20000000,
	OWN_MAX = 256, /* processes of our own job */
	ENDING_NS = 1000000000,
	JUDGE_PAUSE = 20,	/* times what it took: at most one part in twenty */
	NAME_NS = 40000000,	/* names of locks are worth this delay: alarms have 100 ms */
	EXPLAIN_NS = 500000000, /* stacks this one */
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
	err = probe_attach(s->probe);
	if (!err)
		err = meet(s);
	if (!err && s->opts->order)
		err = watch_order(s);
	return err ? EXIT_CTRACE_FAILED : 0;
}

/* To read memory: of what is privileged or somebody else's, or where Yama asks for it. */
static bool needs_ptrace(const struct session *s)
{
	enum ptrace_scope scope = ptrace_scope_read();

	if (session_is_attached(s))
		return s->attach.needs_ptrace || scope >= PTRACE_SCOPE_ANCESTOR;
	return s->as.uid == 0 || scope >= PTRACE_SCOPE_ADMIN;
}

/* Reading the rings and the program's memory is all that is left to do. */
static int drop_privileges(struct session *s)
{
	bool keep_ptrace = needs_ptrace(s);
	int err = privileges_drop(&s->as, keep_ptrace);

	if (err)
		log_err("cannot give up privileges: %s", strerror(-err));
	return err ? EXIT_CTRACE_FAILED : 0;
}

void session_meta(const struct session *s, struct trace_meta *ret)
{
	struct strbuf command = {};

	if (s->opts->pid_cnt)
		strbuf_adds(&command, s->title);
	else
		words_join((const char *const *)s->opts->argv, &command);
	meta_init(ret, strbuf_str(&command));
	strbuf_release(&command);
}

void session_name(const struct session *s, char ret[OWN_NAME_MAX])
{
	if (s->opts->pid_cnt)
		snprintf(ret, OWN_NAME_MAX, "%u", s->opts->pids[0]);
	else
		own_file_name(s->opts->argv[0], ret);
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

static const char *memory_remedy(const struct session *s)
{
	if (ptrace_scope_read() == PTRACE_SCOPE_NOBODY)
		return "kernel.yama.ptrace_scope is 3, which only a reboot can undo";
	if (s->as.is_sudo || s->as.uid == 0)
		return "this root has no CAP_SYS_PTRACE (a container?)";
	return "it needs CAP_SYS_PTRACE, try sudo";
}

static bool is_out_of_reach(__u32 pid)
{
	char byte;

	return user_memory_read(pid, 0, &byte, 1) == -EPERM;
}

static void say_if_unreadable(const struct session *s, __u32 pid)
{
	if (is_out_of_reach(pid))
		log_warn("the memory of %u may not be read, so no deadlock of it can be proved: "
			 "%s",
			 pid, memory_remedy(s));
}

/* They may be many. */
static void say_who_below_is_unreadable(const struct session *s)
{
	__u32 example = 0;
	size_t cnt = 0;

	vec_for_each(pid, &s->attach.below) {
		if (is_out_of_reach(*pid) && !cnt++)
			example = *pid;
	}
	if (cnt)
		log_warn("the memory of %u may not be read, nor that of %zu more below, so no "
			 "deadlock of theirs can be proved: %s",
			 example, cnt - 1, memory_remedy(s));
}

/*
 * What the kernel tells needs no right to look into a process; that its waits have not changed
 * can only be read there. Said in the first turn: before it there is no screen to say it on.
 */
static void say_what_cannot_be_read(struct session *s)
{
	if (s->is_readable_said)
		return;
	s->is_readable_said = true;
	if (!session_is_attached(s))
		say_if_unreadable(s, s->launch.pid);
	for (size_t i = 0; i < s->attach.cnt; i++)
		say_if_unreadable(s, s->attach.pids[i]);
	say_who_below_is_unreadable(s);
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

bool session_is_attached(const struct session *s)
{
	return s->attach.cnt > 0;
}

const char *session_title(const struct session *s)
{
	return s->title;
}

int session_go(struct session *s)
{
	if (session_is_attached(s))
		return 0;
	if (launch_release(&s->launch))
		return s->launch.fail_status;
	s->is_released = true;
	order_watch_begin(s->order);
	return 0;
}

static void append_reading(void *arg, struct ev_hdr *ev)
{
	struct session *s = arg;

	pump_append(&s->pump, ev);
}

/* When the wait that thread tid is in now began; 0: it does not wait. */
static __u64 wait_begin_ns(const struct session *s, __u32 tid)
{
	const struct thread *t = model_find_thread(trace_tail(s->trace), tid);

	return t && thread_is_blocked(t) ? t->wait.since_ns : 0;
}

/*
 * A word that was read is that of the wait only if the wait had not ended before: who was woken
 * meanwhile may have taken the lock, and would seem to wait for himself.
 */
static void append_word(void *arg, struct ev_hdr *ev)
{
	struct session *s = arg;
	__u64 since_ns = wait_begin_ns(s, ev->tid);

	pump_run(&s->pump);
	if (since_ns && wait_begin_ns(s, ev->tid) == since_ns)
		pump_append(&s->pump, ev);
}

/* Judging looks at every thread: of thousands that come and go it is done more seldom. */
static void judge(struct session *s)
{
	const struct model *m = trace_tail(s->trace);
	__u64 begin_ns = clock_now_ns();

	if ((s->verdict_version == model_wait_version(m) && s->verdict_version) ||
	    begin_ns < s->judge_at_ns)
		return;
	s->verdict_version = model_wait_version(m);
	verdict_find(m, &s->verdict);
	s->judge_at_ns = begin_ns + JUDGE_PAUSE * (clock_now_ns() - begin_ns);
	if (s->verdict.kind != VERDICT_DEADLOCK && s->verdict.kind != VERDICT_STALL)
		s->alarm_ns = 0;
	else if (!s->alarm_ns)
		s->alarm_ns = clock_now_ns();
}

static int read_registers(void *arg, const __u32 *tids, size_t cnt, struct probe_registers *ret)
{
	struct session *s = arg;

	return probe_read_registers(s->probe, tids, cnt, ret);
}

static int read_files(void *arg, void *buf, size_t sz, size_t *ret_len)
{
	struct session *s = arg;

	return probe_read_files(s->probe, buf, sz, ret_len);
}

static void look(struct session *s)
{
	struct ends_calls ends_calls = { read_files, append_reading, s };
	struct looks_calls calls = { read_registers, append_reading, s };
	__u64 now_ns = clock_now_ns();

	if (now_ns < s->looked_ns + LOOK_PAUSE_NS)
		return;
	s->looked_ns = now_ns;
	looks_step(s->looks, trace_tail(s->trace), &s->verdict, now_ns, &calls);
	lock_words_read(&s->words, trace_tail(s->trace), &s->verdict, now_ns, append_word, s);
	ends_step(&s->ends, trace_tail(s->trace), &s->verdict, now_ns, &ends_calls);
	proof_step(trace_tail(s->trace), &s->verdict, now_ns, &calls);
	pump_run(&s->pump); /* looking took a while: who was woken meanwhile waits no more */
	judge(s);
}

static void take_end(struct session *s)
{
	struct ev_end ev = { .hdr = { .tid = s->launch.pid, .kind = EV_END } };

	s->has_ended = true;
	if (s->is_detached)
		return;
	ending_tell_unseen(&s->pump);
	if (session_is_attached(s))
		return;
	order_watch_finish(s->order);
	session_read_output(s);
	ev.code = s->wait_status;
	pump_append(&s->pump, &ev.hdr);
}

/* Its threads are waited for, but not for ever: the kernel may have left out their last switch. */
static bool is_awaited(struct session *s)
{
	if (s->is_detached)
		return false;
	pump_run(&s->pump); /* what they did before they ended is in the ring already */
	return ending_awaits_any(trace_tail(s->trace)) && clock_now_ns() < s->ended_ns + ENDING_NS;
}

static void notice_end(struct session *s)
{
	bool ended = session_is_attached(s) ? attach_has_ended(&s->attach)
					    : launch_wait(&s->launch, &s->wait_status) == 1;

	if (s->has_ended || !ended)
		return;
	if (!s->ended_ns)
		s->ended_ns = clock_now_ns();
	if (!is_awaited(s))
		take_end(s);
}

int session_step(struct session *s)
{
	int cnt;

	if (s->is_detached) {
		notice_end(s);
		return 0;
	}
	say_what_cannot_be_read(s);
	looks_receive(s->looks, clock_now_ns());
	cnt = pump_run(&s->pump);
	if (cnt < 0)
		return cnt;
	resync_step(&s->resync, &s->pump);
	doubt_step(&s->doubt, &s->pump);
	order_watch_step(s->order, clock_now_ns());
	judge(s);
	look(s);
	notice_end(s);
	recording_step(&s->rec);
	return 0;
}

/* Is there no alarm to wait with, or has it waited for long enough? */
static bool is_due(const struct session *s, __u64 delay_ns)
{
	return !s->alarm_ns || s->has_ended || clock_now_ns() > s->alarm_ns + delay_ns;
}

bool session_is_named(const struct session *s)
{
	return is_due(s, NAME_NS) ||
	       !looks_name_pending(s->looks, trace_tail(s->trace), &s->verdict);
}

bool session_is_explained(const struct session *s)
{
	return is_due(s, EXPLAIN_NS) ||
	       !looks_stack_pending(s->looks, trace_tail(s->trace), &s->verdict);
}

void session_hurry(struct session *s, bool in_a_hurry)
{
	looks_hurry(s->looks, in_a_hurry);
}

bool session_has_all_stacks(const struct session *s)
{
	return !looks_stack_pending(s->looks, trace_tail(s->trace), &s->verdict);
}

__u64 session_known_ns(const struct session *s)
{
	__u64 last_ns = model_now_ns(trace_tail(s->trace));

	return s->pump.drained_ns > last_ns ? s->pump.drained_ns : last_ns;
}

size_t session_read_output(struct session *s)
{
	struct {
		struct ev_output ev;
		char bytes[EVENT_TAIL_MAX];
	} out;
	size_t total = 0;
	ssize_t len;

	while (s->is_launched && s->launch.pty_fd >= 0 &&
	       (len = terminal_read(s->launch.pty_fd, out.bytes, sizeof(out.bytes))) > 0) {
		pump_run(&s->pump); /* what it did before it wrote that */
		out.ev = (struct ev_output){
			.hdr = { .tid = s->launch.pid, .kind = EV_OUTPUT },
			.len = len,
		};
		pump_append(&s->pump, &out.ev.hdr);
		total += len;
		if (total >= 16 * sizeof(out.bytes))
			break; /* a flood must not keep us from the ring */
	}
	return total;
}

const char *session_reached_limit(const struct session *s)
{
	const struct options *opts = s->opts;
	/* Not that of the trace, which moves on when a ring forgets. */
	__u64 begin_ns = model_begin_ns(trace_tail(s->trace));

	if (s->is_detached || !s->rec.writer)
		return NULL;
	if (opts->duration_ns && clock_now_ns() > begin_ns + opts->duration_ns)
		return "--duration";
	if (opts->max_sz && writer_size(s->rec.writer) >= opts->max_sz)
		return "--max-size";
	return NULL;
}

/* The sum of events, and the end of the file. */
static int stop_probes(struct session *s)
{
	int err = s->probe ? pump_finish(&s->pump) : 0;

	s->stopped_ns = clock_now_ns();
	s->is_recorded = s->rec.writer != NULL;
	s->file_err = recording_end(&s->rec);
	return err;
}

int session_detach(struct session *s, const char *limit)
{
	int err = session_stop(s);

	s->is_detached = true;
	s->limit = limit;
	return err;
}

int session_stop(struct session *s)
{
	if (s->is_detached)
		return 0;
	if (s->ended_ns && !s->has_ended)
		take_end(s);
	if (!s->has_ended)
		order_watch_finish(s->order);
	judge(s); /* what was found last, too */
	return stop_probes(s);
}

void session_signal(struct session *s, int sig)
{
	if (s->is_released && !s->has_ended)
		syscall(SYS_pidfd_send_signal, s->launch.pidfd, sig, NULL, 0);
}

void session_release(struct session *s)
{
	if (s->is_launched)
		launch_release_resources(&s->launch);
	order_watch_free(s->order);
	resync_release(&s->resync);
	doubt_release(&s->doubt);
	probe_close(s->probe);
	recording_release(&s->rec);
	attach_release(&s->attach);
	lock_words_release(&s->words);
	ends_release(&s->ends);
	looks_free(s->looks);
	trace_free(s->trace);
}
