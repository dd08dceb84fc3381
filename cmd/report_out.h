/* SPDX-License-Identifier: GPL-2.0-only */
/* Where reports go: standard output, or the files of --report. */
#ifndef CTRACE_REPORT_OUT_H
#define CTRACE_REPORT_OUT_H

#include "cmd/options.h"
#include "export/report.h"

/* The reports that are wanted, made and not yet written. */
struct report_out {
	struct report_file {
		int fd;
		enum report_format format;
		struct strbuf text;
	} files[OPTIONS_REPORT_MAX];
	size_t cnt;
};

/*
 * To be called before the work begins, so that a name that cannot be written to is known in
 * time. 0 and *ret, to be given to report_out_close(); or -1, logged.
 */
int report_out_open(const struct options *opts, struct report_out *ret);
void report_out_close(struct report_out *out);

/* Make each report in the form that was asked for. */
void report_out_make(struct report_out *out, const struct report_input *in);

/* 0; or -errno of the first that failed, logged. */
int report_out_write(const struct report_out *out);

/*
 * The report on the recording that opts->argv names; with @fail the exit status is its
 * verdict. The exit status to leave with, after a message when something failed.
 */
int report_recording(const struct options *opts, bool fail);

#endif /* CTRACE_REPORT_OUT_H */
