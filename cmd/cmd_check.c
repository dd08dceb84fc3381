/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace check: the verdict as exit status, for CI and graders. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/headless.h"
#include "cmd/kill_tree.h"
#include "cmd/report_out.h"
#include "export/words.h"

enum {
	GRACE_NS = 200000000, /* longer than it takes to confirm a cycle */
	LOOK_NS = 2000000000, /* an attached program without a limit is watched so long */
};

/*
 * How long a program is looked at in which nothing moves, so that the report has all stacks; and
 * one in which somebody has run meanwhile, such as the timers of a Java machine: there another
 * stack is always to come.
 */
#define STACKS_NS	 5000000000ULL
#define STACKS_MOVING_NS 500000000ULL

struct check {
	const struct options *opts;
	struct report_out out; /* as things were at the verdict */
	int status;	       /* that of the verdict; 0: none so far */
	__u64 begin_ns;	       /* of the first step */
	__u64 found_ns;	       /* when that status was found; 0: none so far */
	__u64 unsure_ns;       /* when a thread was last hidden by a loss; 0: never */
	bool is_over;
};

/* Since when no thread has run; 0: one can run now. */
static __u64 idle_since_ns(const struct model *m)
{
	__u64 since_ns = 0;

	if (model_state_cnt(m, THREAD_RUNNING) || model_state_cnt(m, THREAD_READY) ||
	    model_state_cnt(m, THREAD_NEW))
		return 0;
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (!(t->flags & THREAD_FOREIGN) && t->since_ns > since_ns)
			since_ns = t->since_ns;
	}
	return since_ns;
}

/* Does a loss hide what a thread does? It may be part of a cycle. */
static bool is_hidden(const struct model *m)
{
	return model_lost(m, 0) && model_state_cnt(m, THREAD_UNKNOWN);
}

/* Was it so until the end, which shows no state any more? */
static bool is_unsure(const struct check *c, __u64 now_ns)
{
	return c->unsure_ns && now_ns < c->unsure_ns + GRACE_NS;
}

/* The limit that is reached, with its length. A cycle that is found may be confirmed first. */
static enum report_limit reached_limit(const struct check *c, const struct session *s, __u64 now_ns,
				       __u64 *ret_ns)
{
	__u64 grace_ns = s->verdict.cycle_cnt ? GRACE_NS : 0;
	__u64 idle_ns = idle_since_ns(trace_tail(s->trace));

	if (c->opts->hang_ns && idle_ns && now_ns > idle_ns + c->opts->hang_ns + grace_ns) {
		*ret_ns = c->opts->hang_ns;
		return REPORT_HANG;
	}
	if (c->opts->timeout_ns && now_ns > c->begin_ns + c->opts->timeout_ns + grace_ns) {
		*ret_ns = c->opts->timeout_ns;
		return REPORT_TIMEOUT;
	}
	return REPORT_NO_LIMIT;
}

static void make_report(struct check *c, const struct session *s, __u64 at_ns,
			enum report_limit limit, __u64 limit_ns)
{
	char **title = words_split(session_title(s)); /* "-p 4711" of what was not launched */
	struct utsname name;
	struct report_input in = {
		.model = trace_tail(s->trace),
		.verdict = &s->verdict,
		.now_ns = at_ns,
		.limit = limit,
		.limit_ns = limit_ns,
		.command = (const char *const *)(session_is_attached(s) ? title : c->opts->argv),
		.kernel = uname(&name) ? NULL : name.release,
		.goes_on = !s->has_ended,
	};

	report_out_make(&c->out, &in);
	free(title);
}

/* Does nothing move in the program, and are there stacks to come that a report can wait for? */
static bool waits_for_stacks(struct check *c, struct session *s, __u64 now_ns)
{
	__u64 idle_ns = idle_since_ns(trace_tail(s->trace));
	__u64 limit_ns;

	if (!idle_ns || s->has_ended)
		return false;
	session_hurry(s, true);
	if (!c->found_ns)
		c->found_ns = now_ns;
	limit_ns = idle_ns > c->found_ns ? STACKS_MOVING_NS : STACKS_NS;
	return now_ns < c->found_ns + limit_ns && !session_has_all_stacks(s);
}

/* A process that was there before is watched for so long and goes on: that is no finding. */
static bool is_finding(const struct session *s)
{
	return s->verdict.kind != VERDICT_POTENTIAL || !session_is_attached(s);
}

/* The status that ends the wait, or 0. */
static int judge(struct check *c, struct session *s, __u64 now_ns)
{
	__u64 limit_ns = 0;
	enum report_limit limit = REPORT_NO_LIMIT;
	int status = 0;

	if (!session_is_explained(s)) /* the locks of a deadlock are being named */
		return 0;
	if (s->verdict.kind == VERDICT_DEADLOCK)
		status = EXIT_DEADLOCK;
	else if (s->verdict.kind == VERDICT_STALL)
		status = EXIT_STALL;
	else if (!s->has_ended)
		limit = reached_limit(c, s, now_ns, &limit_ns);
	if (limit != REPORT_NO_LIMIT)
		status = is_finding(s) ? EXIT_HANG : EXIT_POTENTIAL;
	if (status == EXIT_POTENTIAL)
		limit = REPORT_NO_LIMIT;
	if (status == EXIT_HANG && is_unsure(c, now_ns)) {
		limit = REPORT_UNSURE;
		status = EXIT_LOSSY;
	}
	if (status && waits_for_stacks(c, s, now_ns))
		return 0;
	if (status)
		make_report(c, s, session_known_ns(s), limit, limit_ns);
	return status;
}

static bool check_step(void *arg, struct session *s)
{
	struct check *c = arg;
	__u64 now_ns = clock_now_ns();

	if (c->is_over)
		return false;
	if (!c->begin_ns)
		c->begin_ns = now_ns;
	if (is_hidden(trace_tail(s->trace)))
		c->unsure_ns = now_ns;
	c->status = judge(c, s, now_ns);
	if (c->status && !session_is_attached(s))
		kill_tree(s);
	c->is_over = c->status || (session_is_attached(s) && !c->opts->timeout_ns &&
				   !c->opts->hang_ns && now_ns > c->begin_ns + LOOK_NS);
	return !c->is_over;
}

/* Nothing was found up to the end: what can be said of it. */
static void conclude(struct check *c, struct session *s)
{
	const struct model *m = trace_tail(s->trace);

	verdict_find(m, &s->verdict);
	if (s->verdict.kind == VERDICT_POTENTIAL)
		c->status = EXIT_POTENTIAL;
	else if (is_unsure(c, clock_now_ns()))
		c->status = EXIT_LOSSY;
	if (c->status || c->opts->json || c->opts->report_cnt)
		make_report(c, s, model_now_ns(m),
			    c->status == EXIT_LOSSY ? REPORT_UNSURE : REPORT_NO_LIMIT, 0);
}

static const char *closing_words(int status)
{
	switch (status) {
	case EXIT_DEADLOCK:
		return "deadlock";
	case EXIT_STALL:
		return "stall";
	case EXIT_HANG:
		return "hang, or the time ran out";
	case EXIT_POTENTIAL:
		return "potential deadlock";
	case EXIT_LOSSY:
		return "unsure: lost events may hide a deadlock";
	}
	return "no deadlock";
}

/* That nothing was proved of a process that is left as it is does not mean that it goes on. */
static void add_closing_words(const struct check *c, const struct session *s, enum headless_end end,
			      struct strbuf *ret)
{
	const struct model *m = trace_tail(s->trace);

	if (end == HEADLESS_INTERRUPTED) {
		strbuf_adds(ret, "interrupted");
	} else if (c->status || !session_is_attached(s) || s->verdict.kind == VERDICT_ENDED) {
		strbuf_adds(ret, closing_words(c->status));
	} else {
		strbuf_adds(ret, "no deadlock is proved; ");
		verdict_sentence(&s->verdict, m, model_now_ns(m), ret);
	}
}

static void say_closing_words(const struct check *c, const struct session *s, enum headless_end end)
{
	struct strbuf sb = {};

	add_closing_words(c, s, end, &sb);
	fprintf(stderr, "ctrace: %s\n", strbuf_str(&sb));
	strbuf_release(&sb);
}

/* The exit status when it is ours to say; else 0, and it is the program's. */
static int finish(struct check *c, struct session *s, enum headless_end end)
{
	if (!c->status && end != HEADLESS_INTERRUPTED)
		conclude(c, s);
	if (end == HEADLESS_INTERRUPTED && !session_is_attached(s)) {
		int asked = s->wait_status; /* the signal that we are to die of */

		kill_tree(s);
		s->wait_status = asked;
	}
	if (report_out_write(&c->out) && !c->status)
		c->status = EXIT_CTRACE_FAILED;
	if (!c->opts->quiet)
		say_closing_words(c, s, end);
	headless_summary(s);
	return c->status;
}

static int observe(struct check *c, struct session *s)
{
	enum headless_end end;
	int status, found = 0;

	if (report_out_open(c->opts, &c->out))
		return EXIT_CTRACE_FAILED;
	end = headless_run(s, check_step, c, 0, &status);
	if (end != HEADLESS_FAILED)
		found = finish(c, s, end);
	else if (!session_is_attached(s))
		kill_tree(s);
	if (found) /* also where the disk was full: what was found is what is wanted */
		status = found;
	report_out_close(&c->out);
	if (!status && headless_end_has_status(end))
		headless_exit_like(s);
	return status;
}

int cmd_check(const struct options *opts, const struct launch_inherited *inherited)
{
	struct check c = { .opts = opts };
	struct session s;
	int status = session_start(opts, inherited, false, 0, 0, &s);

	if (!status)
		status = observe(&c, &s);
	session_release(&s);
	return status;
}
