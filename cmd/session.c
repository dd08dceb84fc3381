/* SPDX-License-Identifier: GPL-2.0-only */
/* A program under observation: its turns, and its end. How it begins: session_start.c. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/terminal.h"
#include "cmd/ending.h"
#include "cmd/reach.h"
#include "cmd/session.h"
#include "export/words.h"
#include "inspect/user_memory.h"
#include "inspect/proof.h"

enum {
	LOOK_PAUSE_NS = 20000000,
	ENDING_NS = 1000000000,
	JUDGE_PAUSE = 20,	/* times what it took: at most one part in twenty */
	NAME_NS = 40000000,	/* names of locks are worth this delay: alarms have 100 ms */
	EXPLAIN_NS = 500000000, /* stacks this one */
};

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

static int read_mappings(void *arg, void *buf, size_t sz, size_t *ret_len)
{
	struct session *s = arg;

	return probe_read_mappings(s->probe, buf, sz, ret_len);
}

static void look(struct session *s)
{
	struct ends_calls ends_calls = { read_files, read_mappings, append_reading, s };
	struct looks_calls calls = {
		.read_registers = read_registers,
		.emit = append_reading,
		.arg = s,
	};
	__u64 now_ns = clock_now_ns();

	if (now_ns < s->looked_ns + LOOK_PAUSE_NS)
		return;
	s->looked_ns = now_ns;
	calls.catches = probe_catches(s->probe, &calls.catch_is_wanted);
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

/* In the first turn: before it there is no screen to say it on. */
static void say_reach(struct session *s)
{
	if (!s->is_reach_said)
		reach_say(&s->as, s->is_launched ? s->launch.pid : 0, &s->attach);
	s->is_reach_said = true;
}

int session_step(struct session *s)
{
	int cnt;

	if (s->is_detached) {
		notice_end(s);
		return 0;
	}
	say_reach(s);
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
	user_memory_set_detour(NULL, NULL);
	probe_close(s->probe);
	recording_release(&s->rec);
	attach_release(&s->attach);
	lock_words_release(&s->words);
	ends_release(&s->ends);
	looks_free(s->looks);
	trace_free(s->trace);
}
