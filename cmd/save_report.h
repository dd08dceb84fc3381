/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports that the user asks for with a key: files in the current directory. */
#ifndef CTRACE_SAVE_REPORT_H
#define CTRACE_SAVE_REPORT_H

#include "cmd/own_file.h"
#include "model/lock_names.h"
#include "trace/meta.h"
#include "trace/trace.h"
#include "tui/ui.h"

struct save_report {
	char name[OWN_NAME_MAX];    /* of the files: ctrace-report-NAME-1.txt, -2.txt, ... */
	const char *const *command; /* the program and its arguments up to NULL; NULL: not known */
	const char *kernel;	    /* its release; NULL: not known */
	__u64 file_lost;	    /* events that the file of the trace should hold and does not */
	bool is_truncated;
	struct trace *recording; /* NULL: it is live, and nothing is known beforehand */
	struct lock_names names; /* of that, since the first report */
	bool has_names;
	/* How far that is, when it takes long: a line for the screen, at once. NULL: not told. */
	void (*tell)(void *arg, const char *text);
	void *tell_arg;
	__u64 tell_ns; /* when the next one is due */
};

/*
 * For a recording, after whose file at path the reports are called, and which is read for the
 * names of locks when the first is written; what is borrowed must outlive s.
 */
void save_report_set_recording(struct save_report *s, struct trace *t,
			       const struct trace_meta *meta, const char *const *command,
			       const char *path);
void save_report_release(struct save_report *s);

/* The ui_save_fn; arg is the struct. Nothing that is there already is written to. */
void save_report(void *arg, const struct ui_moment *at, struct strbuf *ret);

#endif /* CTRACE_SAVE_REPORT_H */
