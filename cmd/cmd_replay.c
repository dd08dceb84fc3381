/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace replay FILE: the same screen over a recording; needs no privilege. */
#include <stdlib.h>
#include "base/log.h"
#include "base/safe_text.h"
#include "cmd/exit_status.h"
#include "cmd/progress.h"
#include "cmd/replay.h"
#include "cmd/screen_loop.h"
#include "export/findings.h"
#include "export/words.h"

int replay_open(const struct options *opts, struct trace **ret, struct trace_meta *ret_meta)
{
	if (!opts->argv[0] || opts->argv[1]) {
		log_err("give the name of one trace file");
		return EXIT_USAGE;
	}
	if (reader_open(opts->argv[0], ret, ret_meta))
		return EXIT_NO_TRACE;
	return 0;
}

/* --fail: the status is what there was to be seen. */
static int find_status(const struct options *opts, struct trace *t)
{
	struct findings found;
	struct progress p;

	progress_begin(&p, "reading", opts->quiet);
	findings_collect(t, progress_show, &p, &found);
	progress_end(&p);
	return exit_status_of(&found);
}

enum { NAMED_EVENTS_MAX = 300000 }; /* are read within the time of a first screen */

/*
 * In a lecture the ring closes before its locks have been named. Who replays can know the names
 * from the begin, as in exports; in a trace that takes long to read, when they were found.
 */
static void read_names(struct trace *t)
{
	if (trace_event_cnt(t) - trace_first_event(t) <= NAMED_EVENTS_MAX)
		trace_read_lock_names(t, NULL, NULL);
}

int cmd_replay(const struct options *opts, const struct launch_inherited *inherited)
{
	struct screen_source src;
	struct screen_loop l;
	struct trace_meta meta;
	struct save_report reports = {};
	struct trace *t;
	char title[128], **command;
	bool hangup;
	int status = replay_open(opts, &t, &meta);

	(void)inherited;
	if (status)
		return status;
	read_names(t);
	command = words_split(meta.command);
	save_report_set_recording(&reports, t, &meta, (const char *const *)command, opts->argv[0]);
	safe_text(title, sizeof(title), meta.command, sizeof(title));
	src = (struct screen_source){
		.title = title,
		.trace = t,
		.reports = &reports,
		.path = opts->argv[0],
		.notes = meta.notes,
	};
	if (screen_loop_open(opts, &src, &l)) {
		status = EXIT_CTRACE_FAILED;
	} else {
		do
			screen_loop_frame(&l);
		while (screen_loop_wait(&l, -1, -1, &hangup));
		screen_loop_close(&l, opts);
		if (opts->fail)
			status = find_status(opts, t);
	}
	save_report_release(&reports);
	free(command);
	meta_release(&meta);
	trace_free(t);
	return status;
}
