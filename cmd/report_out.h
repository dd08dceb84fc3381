/* SPDX-License-Identifier: GPL-2.0-only */
/* Where reports go: standard output, or the files of --report. */
#ifndef CTRACE_REPORT_OUT_H
#define CTRACE_REPORT_OUT_H

#include "cmd/options.h"
#include "cmd/out_file.h"
#include "export/report.h"

/* The reports that are wanted. */
struct report_out {
	struct report_file {
		struct out_file file; /* its buffer is the report, once it is made */
		enum report_format format;
	} files[OPTIONS_REPORT_MAX];
	size_t cnt;
};

/*
 * To be called before the work begins, so that a name that cannot be written to is known in
 * time. 0 and *ret, to be given to report_out_close(); or -1, logged.
 */
int report_out_open(const struct options *opts, struct report_out *ret);

/* Files of reports that were not written are gone, or as they were before. */
void report_out_close(struct report_out *out);

/* Make each report in the form that was asked for. */
void report_out_make(struct report_out *out, const struct report_input *in);

/* Once, when they are made. 0; or -errno of the first that failed, logged. */
int report_out_write(struct report_out *out);

#endif /* CTRACE_REPORT_OUT_H */
