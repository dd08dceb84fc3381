/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other ends: what threads wait for that have waited for a while, who could end that,
 * and when time will.
 *
 * The open files of the whole machine are read for it, so it is done when somebody waits, for
 * all who do, and within a budget of CPU time that is saved up while nobody does.
 */
#ifndef CTRACE_INSPECT_ENDS_H
#define CTRACE_INSPECT_ENDS_H

#include "base/map.h"
#include "inspect/open_files.h"
#include "model/verdict.h"

enum {
	ENDS_SLEEP_NS = 50000000,    /* so is a wait for nothing but time */
	ENDS_WAIT_NS = 20000000,     /* a wait this long is looked at */
	ENDS_AGAIN_NS = 200000000,   /* and again after this or a quarter of its age, */
	ENDS_AGAIN_MAX_NS = 1 << 30, /* whichever is more, but at most after 10 of these */
};

/* Called with each finding, an event with its tail, whose time is not set yet. */
typedef void (*ends_emit_fn)(void *arg, struct ev_hdr *ev);

struct ends_calls {
	record_table_fn read_files;
	record_table_fn read_mappings; /* of struct probe_mapping */
	ends_emit_fn emit;
	void *arg;
};

/* Zero-initialised is ready. */
struct ends {
	struct open_files files;
	struct record_table mappings;
	__u64 mapped_ns;  /* when these were read; 0: they are not known */
	struct map seen;  /* tid -> mark of the wait that was looked at */
	struct map pages; /* lock -> how often its memory was looked at */
	bool is_blind;	  /* processes have other numbers here than in the trace */
	__s64 budget_ns;
	__u64 saved_ns; /* up to when the budget is counted */
	size_t next;	/* the thread to begin with, so that everybody has a turn */
};

/* Look at who is due; at the threads of the suspicion v whatever it costs. */
void ends_step(struct ends *e, const struct model *m, const struct verdict *v, __u64 now_ns,
	       const struct ends_calls *calls);

void ends_release(struct ends *e);

#endif
