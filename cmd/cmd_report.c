/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace report FILE: what a recording tells, as text or JSON; needs no privilege. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/exit_status.h"
#include "cmd/progress.h"
#include "cmd/replay.h"
#include "cmd/report_out.h"
#include "export/findings.h"
#include "export/words.h"
#include "trace/cursor.h"

/* What locks are called, and what there is to find: each takes a reading of the whole trace. */
static void search(const struct options *opts, struct trace *t, struct findings *ret)
{
	struct progress p;

	progress_begin(&p, "reading names", opts->quiet);
	trace_read_lock_names(t, progress_show, &p);
	progress_next(&p, "reading");
	findings_collect(t, progress_show, &p, ret);
	progress_end(&p);
}

static int status_of(const struct findings *f)
{
	if (f->verdict.kind == VERDICT_DEADLOCK)
		return EXIT_DEADLOCK;
	if (f->verdict.kind == VERDICT_STALL)
		return EXIT_STALL;
	if (f->verdict.kind == VERDICT_POTENTIAL)
		return EXIT_POTENTIAL;
	return f->is_unsure ? EXIT_LOSSY : 0;
}

static void make_report(struct trace *t, const struct trace_meta *meta, const struct findings *f,
			struct report_out *ret)
{
	struct cursor *at = cursor_new(t), *end = cursor_new(t);
	char **command = words_split(meta->command);
	struct report_input in = {
		.verdict = &f->verdict,
		.limit = f->is_unsure ? REPORT_UNSURE : REPORT_NO_LIMIT,
		.command = *command ? (const char *const *)command : NULL,
		.kernel = *meta->kernel ? meta->kernel : NULL,
		/* Holes are known from the index, damage inside a block from reading it. */
		.file_lost = meta->lost_cnt > f->unread_cnt ? meta->lost_cnt : f->unread_cnt,
		.is_truncated = meta->truncated,
		.first_event = trace_first_event(t),
		.first_ns = trace_begin_ns(t),
	};

	cursor_seek_event(at, f->event);
	cursor_seek_event(end, trace_event_cnt(t));
	in.model = cursor_model(at);
	in.now_ns = model_now_ns(in.model);
	in.last = cursor_event(end) != f->event ? cursor_model(end) : NULL;
	report_out_make(ret, &in);
	free(command);
	cursor_free(at);
	cursor_free(end);
}

int report_recording(const struct options *opts, bool fail)
{
	struct report_out out;
	struct trace_meta meta;
	struct findings found;
	struct trace *t;
	int status = replay_open(opts, &t, &meta);

	if (status)
		return status;
	status = EXIT_CTRACE_FAILED;
	if (!report_out_open(opts, &out)) {
		search(opts, t, &found);
		make_report(t, &meta, &found, &out);
		if (!report_out_write(&out))
			status = fail ? status_of(&found) : EXIT_SUCCESS;
		report_out_close(&out);
	}
	meta_release(&meta);
	trace_free(t);
	return status;
}

int cmd_report(const struct options *opts, const struct launch_inherited *inherited)
{
	(void)inherited;
	return report_recording(opts, opts->fail);
}
