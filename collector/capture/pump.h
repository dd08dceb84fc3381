/* SPDX-License-Identifier: GPL-2.0-only */
/* The pump: from the ring of the probes into the trace, nothing unaccounted for. */
#ifndef CTRACE_PUMP_H
#define CTRACE_PUMP_H

#include "capture/probe.h"
#include "trace/trace.h"

struct pump {
	struct probe *probe;
	struct trace *trace;
	__u64 stored;	  /* events of the probes that are in the trace */
	__u64 drained_ns; /* all that had happened then is in the trace */
};

/* Move what is in the ring now. Returns how many records there were, or -errno. */
int pump_run(struct pump *p);

/*
 * Detach the probes, move the rest, and do the sum: generated = stored + lost. 0, or
 * -EBADE (with a message) when the sum is not right.
 */
int pump_finish(struct pump *p);

/*
 * Append an event of our own, at the time up to which all else is known: were it later, what the
 * ring holds from before it would be moved behind it.
 */
void pump_append(struct pump *p, struct ev_hdr *ev);

#endif /* CTRACE_PUMP_H */
