/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a report goes: standard output, or the file of --report. */
#ifndef CTRACE_REPORT_OUT_H
#define CTRACE_REPORT_OUT_H

#include "cmd/options.h"
#include "export/report.h"

/*
 * To be called before the work begins, so that a name that cannot be written to is known in
 * time. A descriptor, to be given to report_out_close(); or -1, logged.
 */
int report_out_open(const struct options *opts);
void report_out_close(int fd);

/* Append the report to @ret in the form that was asked for. */
void report_out_make(const struct options *opts, const struct report_input *in, struct strbuf *ret);

/* 0; or -errno, logged. */
int report_out_write(int fd, const struct strbuf *report);

/*
 * The report on the recording that opts->argv names; with @fail the exit status is its
 * verdict. The exit status to leave with, after a message when something failed.
 */
int report_recording(const struct options *opts, bool fail);

#endif /* CTRACE_REPORT_OUT_H */
