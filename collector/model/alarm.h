/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in a trace that is read event by event to ask for a verdict: it costs a look at every
 * thread. A deadlock lasts until somebody is killed, and is asked for while it lasts.
 */
#ifndef CTRACE_MODEL_ALARM_H
#define CTRACE_MODEL_ALARM_H

#include "model/verdict.h"

/* Zeroed it begins anew, anywhere in the trace. */
struct alarm_watch {
	__u64 judged_ns, judged_version; /* of the model at the latest verdict */
	__u64 now_ns;			 /* of the event before */
	bool is_told;			 /* that was of the inspector, which has looked at waits */
};

/*
 * Around an event: with the model without it, and with it applied. True when a deadlock or
 * stall is confirmed then: *ret.
 */
bool alarm_before(struct alarm_watch *w, const struct model *before, const struct ev_hdr *ev,
		  struct verdict *ret);
bool alarm_after(struct alarm_watch *w, const struct model *after, const struct ev_hdr *ev,
		 struct verdict *ret);

/* The same at once: where no event follows. */
bool alarm_now(struct alarm_watch *w, const struct model *m, struct verdict *ret);

#endif /* CTRACE_MODEL_ALARM_H */
