/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace PROG, ctrace -p PID: a program that runs, on the screen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/headless.h"
#include "cmd/plain.h"
#include "cmd/screen_loop.h"
#include "export/words.h"
#include "trace/writer.h"

enum { PTY_ROWS = 24, PTY_COLS = 80 };

static void tell_recording(struct record_key *key, struct tui *tui)
{
	struct strbuf told = {};

	record_key_step(key, &told);
	if (told.len)
		tui_message(tui, strbuf_str(&told));
	strbuf_release(&told);
}

/* 0 when the user left, or -errno. */
static int run_screen(struct session *s, struct record_key *key, struct screen_loop *l)
{
	int pty_fd = s->is_launched ? s->launch.pty_fd : -1;
	bool said_end = false, hangup = false;

	while (screen_loop_wait(l, hangup ? -1 : pty_fd, SESSION_STEP_MS, &hangup)) {
		struct ui_recording rec;
		int err;

		session_read_output(s);
		err = session_step(s);
		if (err)
			return err;
		if (s->has_ended && !said_end) {
			said_end = true;
			tui_set_ended(l->tui);
		}
		tell_recording(key, l->tui);
		rec = record_state(s);
		tui_set_recording(l->tui, &rec);
		screen_loop_frame(l);
	}
	return 0;
}

static int observe(struct session *s, const struct options *opts)
{
	char **title = words_split(session_title(s)); /* "-p 4711" of what was not launched */
	struct utsname name;
	struct save_report reports = {
		.command = (const char *const *)(session_is_attached(s) ? title : opts->argv),
		.kernel = uname(&name) ? NULL : name.release,
	};
	struct record_key record = { .session = s };
	struct strbuf notes = {};
	struct screen_source src = {
		.title = session_title(s),
		.trace = s->trace,
		.live = true,
		.reports = &reports,
		.record = &record,
	};
	struct screen_loop l;
	int status = session_go(s), err;

	session_name(s, reports.name);
	memcpy(record.name, reports.name, sizeof(record.name));
	if (!status && screen_loop_open(opts, &src, &l))
		status = EXIT_CTRACE_FAILED;
	if (status) {
		free(title);
		return status;
	}
	err = run_screen(s, &record, &l);
	tui_print_notes(l.tui, &notes);
	screen_loop_close(&l, opts);
	free(title);
	if (session_stop(s) || s->file_err)
		err = -EIO;
	if (s->is_recorded && notes.len && writer_annotate(s->rec.path, strbuf_str(&notes)))
		err = -EIO;
	strbuf_release(&notes);
	record_key_release(&record);
	return err ? EXIT_CTRACE_FAILED : 0;
}

int cmd_live(const struct options *opts, const struct launch_inherited *inherited)
{
	struct winsize size = { .ws_row = PTY_ROWS, .ws_col = PTY_COLS };
	struct session s;
	int status;

	if (!screen_is_possible(opts))
		return plain_run(opts, inherited);
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	status = session_start(opts, inherited, true, size.ws_row, size.ws_col, &s);
	if (!status)
		status = observe(&s, opts);
	if (!status)
		headless_summary(&s);
	if (!status && s.has_ended)
		headless_exit_like(&s);
	if (!status && !session_is_attached(&s))
		log_warn("%s was still running: its terminal is closed now", opts->argv[0]);
	session_release(&s);
	return status;
}
