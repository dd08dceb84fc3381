/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports that the user asks for with a key: files in the current directory. */
#ifndef CTRACE_SAVE_REPORT_H
#define CTRACE_SAVE_REPORT_H

#include "cmd/own_file.h"
#include "trace/meta.h"
#include "tui/ui.h"

struct save_report {
	char name[OWN_NAME_MAX];    /* of the files: ctrace-report-NAME-1.txt, -2.txt, ... */
	const char *const *command; /* the program and its arguments up to NULL; NULL: not known */
	const char *kernel;	    /* its release; NULL: not known */
	__u64 file_lost;	    /* events that the file of the trace should hold and does not */
	bool is_truncated;
};

/*
 * For a recording, after whose file the reports are called; what is borrowed from meta and
 * command must outlive s.
 */
void save_report_set_meta(struct save_report *s, const struct trace_meta *meta,
			  const char *const *command, const char *path);

/* The ui_save_fn; arg is the struct. Nothing that is there already is written to. */
void save_report(void *arg, const struct ui_moment *at, struct strbuf *ret);

#endif /* CTRACE_SAVE_REPORT_H */
