/* SPDX-License-Identifier: GPL-2.0-only */
/* The pump: from the ring of the probes into the trace, nothing unaccounted for. */
#ifndef CTRACE_PUMP_H
#define CTRACE_PUMP_H

#include "capture/probe.h"
#include "trace/trace.h"

struct pump {
	struct probe *probe;
	struct trace *trace;
	__u64 stored; /* events of the probes that are in the trace */
};

/* Move what is in the ring now. Returns how many records there were, or -errno. */
int pump_run(struct pump *p);

/*
 * Detach the probes, move the rest, and do the sum: generated = stored + lost. 0, or
 * -EBADE (with a message) when the sum is not right.
 */
int pump_finish(struct pump *p);

/* Append an event of our own, at the present time. */
void pump_append(struct pump *p, struct ev_hdr *ev);

#endif /* CTRACE_PUMP_H */
