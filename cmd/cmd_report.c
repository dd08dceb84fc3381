/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace report FILE: what a recording tells, as text or JSON; needs no privilege. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/moment.h"
#include "cmd/progress.h"
#include "cmd/replay.h"
#include "cmd/report_out.h"
#include "export/findings.h"
#include "export/words.h"
#include "trace/cursor.h"

/* What is reported: what was found, and when it was so. */
struct subject {
	struct findings found;
	__u64 now_ns; /* 0: at its last event */
};

/* What locks are called, and what there is to find: each takes a reading of the whole trace. */
static void search(const struct options *opts, struct trace *t, bool wants_findings,
		   struct findings *ret)
{
	struct progress p;

	progress_begin(&p, "reading names", opts->quiet);
	trace_read_lock_names(t, progress_show, &p);
	progress_next(&p, "reading");
	if (wants_findings)
		findings_collect(t, progress_show, &p, ret);
	progress_end(&p);
}

/* As things were then, whatever was found later. */
static void look_at(struct trace *t, __u64 at_ns, struct subject *ret)
{
	struct cursor *c = cursor_new(t);
	const struct model *m;

	cursor_seek_time(c, at_ns);
	m = cursor_model(c);
	*ret = (struct subject){ .now_ns = at_ns, .found.event = cursor_event(c) };
	verdict_find(m, &ret->found.verdict);
	ret->found.is_unsure = model_lost(m, 0) && model_state_cnt(m, THREAD_UNKNOWN);
	cursor_free(c);
}

/* 0, or the exit status to leave with, after a message. */
static int find_subject(const struct options *opts, struct trace *t, struct subject *ret)
{
	bool is_at = opts->at && strcmp(opts->at, "report") != 0;
	__u64 at_ns = trace_end_ns(t);
	int status = 0;

	*ret = (struct subject){};
	if (is_at && strcmp(opts->at, "end") != 0)
		status = moment_parse(t, "at", opts->at, &at_ns);
	if (status)
		return status;
	search(opts, t, !is_at, &ret->found);
	if (is_at)
		look_at(t, at_ns, ret);
	return 0;
}

static void make_report(struct trace *t, const struct trace_meta *meta, const struct subject *s,
			struct report_out *ret)
{
	const struct findings *f = &s->found;
	struct cursor *at = cursor_new(t), *end = cursor_new(t);
	char **command = words_split(meta->command);
	struct report_input in = {
		.verdict = &f->verdict,
		.limit = f->is_unsure ? REPORT_UNSURE : REPORT_NO_LIMIT,
		.command = *command ? (const char *const *)command : NULL,
		.kernel = *meta->kernel ? meta->kernel : NULL,
		.read_cnt = f->read_cnt,
		.file_lost = meta_file_lost(meta, f->unread_cnt),
		.is_truncated = meta->truncated,
		.first_event = trace_first_event(t),
		.first_ns = trace_begin_ns(t),
	};

	cursor_seek_event(at, f->event);
	cursor_seek_event(end, trace_event_cnt(t));
	in.model = cursor_model(at);
	in.now_ns = s->now_ns ? s->now_ns : model_now_ns(in.model);
	in.last = cursor_event(end) != f->event ? cursor_model(end) : NULL;
	report_out_make(ret, &in);
	free(command);
	cursor_free(at);
	cursor_free(end);
}

/* -o FILE is one more --report=FILE; what a trace is about stays out of the way of it. */
static int take_output(struct options *opts)
{
	if (!opts->output)
		return 0;
	if (opts->report_cnt == OPTIONS_REPORT_MAX) {
		log_err("--output: '%s' is not among the first four reports", opts->output);
		return EXIT_USAGE;
	}
	opts->reports[opts->report_cnt++] = (struct report_target){ .file = opts->output };
	opts->output = NULL;
	return 0;
}

static int report_on(const struct options *opts, struct trace *t, const struct trace_meta *meta)
{
	struct report_out out;
	struct subject subject;
	int status;

	if (report_out_open(opts, &out))
		return EXIT_CTRACE_FAILED;
	status = find_subject(opts, t, &subject);
	if (!status) {
		make_report(t, meta, &subject, &out);
		if (report_out_write(&out))
			status = EXIT_CTRACE_FAILED;
		else if (opts->fail)
			status = exit_status_of(&subject.found);
	}
	report_out_close(&out);
	return status;
}

int cmd_report(const struct options *opts, const struct launch_inherited *inherited)
{
	struct options mine = *opts;
	struct trace_meta meta;
	struct trace *t;
	int status = take_output(&mine);

	(void)inherited;
	if (!status)
		status = replay_open(&mine, &t, &meta);
	if (status)
		return status;
	status = report_on(&mine, t, &meta);
	meta_release(&meta);
	trace_free(t);
	return status;
}
