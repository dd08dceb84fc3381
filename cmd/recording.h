/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace on its way into a file: all of it, or what a ring has kept at the end. */
#ifndef CTRACE_RECORDING_H
#define CTRACE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>
#include "trace/writer.h"

struct recording {
	struct writer *writer; /* NULL: none is running */
	struct trace *trace;
	char *path;	   /* of the file that is running, or ran last; NULL: there was none */
	bool is_ring;	   /* written when it ends */
	bool is_ending;	   /* it gets no more events; what waits is being written */
	bool is_written;   /* and that has come to its end */
	uint64_t begin_ns; /* of its first event */
	uint64_t flushed_ns, flushed_event_cnt; /* when the file was last complete, how far */
	/* Of the one that ran last: bytes of the file, its events, and those that should be. */
	uint64_t file_sz, event_cnt, lost_cnt;
};

/* A new file at path for the trace, as writer_open() does it. 0, or -errno, which was said. */
int recording_begin(struct recording *r, struct trace *t, const char *path,
		    const struct trace_meta *meta, bool overwrite, bool is_ring);

/*
 * The same, into ctrace-NAME-1.ctrace or the next number that is free. The history is
 * written by and by, in recording_step(). 0, or -errno, which was said.
 */
int recording_begin_own(struct recording *r, struct trace *t, const char *name,
			const struct trace_meta *meta, bool is_ring);

/* To be called every SESSION_STEP_MS: a recorder that is killed loses seconds, not more. */
void recording_step(struct recording *r);

/* Bytes so far. */
uint64_t recording_size(const struct recording *r);

/*
 * It has what there is by now and gets no more. False: what waits is more than can be written at
 * once; it is written by and by, in recording_step(), until is_written: then end it.
 */
bool recording_finish(struct recording *r);

/* Write what is left and close. 0 when all events are in the file; or -errno. */
int recording_end(struct recording *r);

void recording_release(struct recording *r);

#endif /* CTRACE_RECORDING_H */
