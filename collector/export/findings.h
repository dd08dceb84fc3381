/* SPDX-License-Identifier: GPL-2.0-only */
/* What a whole trace has to tell: did it ever come to a deadlock or a stall, and when? */
#ifndef CTRACE_EXPORT_FINDINGS_H
#define CTRACE_EXPORT_FINDINGS_H

#include "model/verdict.h"
#include "trace/trace.h"

struct findings {
	struct verdict verdict; /* the last deadlock or stall, else that of the end */
	__u64 event;		/* for cursor_seek_event(): the state it is about */
	__u64 read_cnt;		/* events that were read */
	__u64 unread_cnt;	/* events in damaged blocks, and where blocks are missing */
	bool is_unsure;		/* until the end a loss or damage hid what some thread does */
};

/* Told now and then how many of all events are read. */
typedef void (*findings_progress_fn)(void *arg, __u64 done, __u64 total);

/*
 * Read the trace from its begin to its end, but for what cannot be read. A deadlock lasts
 * until somebody is killed, so its last moment is the one to report. fn may be NULL.
 */
void findings_collect(struct trace *t, findings_progress_fn fn, void *arg, struct findings *ret);

#endif /* CTRACE_EXPORT_FINDINGS_H */
