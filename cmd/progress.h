/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a work is, on the terminal of who waits for it longer than a second. */
#ifndef CTRACE_PROGRESS_H
#define CTRACE_PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

struct progress {
	const char *verb; /* "reading" */
	__u64 begin_ns;
	bool is_wanted; /* standard error is a terminal */
	bool is_shown;
};

void progress_begin(struct progress *p, const char *verb, bool is_quiet);

/* The work goes on with another part, to which the second does not start anew. */
void progress_next(struct progress *p, const char *verb);

/* Of the types findings_progress_fn and trace_progress_fn; @arg is the struct progress. */
void progress_show(void *arg, __u64 done, __u64 total);

/* Take it off the terminal. */
void progress_end(struct progress *p);

#endif /* CTRACE_PROGRESS_H */
