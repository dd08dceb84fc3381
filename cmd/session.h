/* SPDX-License-Identifier: GPL-2.0-only */
/* A program under observation: launched, probed, pumped into a trace, looked at. */
#ifndef CTRACE_SESSION_H
#define CTRACE_SESSION_H

#include "capture/attach.h"
#include "capture/launch.h"
#include "capture/pump.h"
#include "cmd/doubt.h"
#include "cmd/options.h"
#include "cmd/order_watch.h"
#include "cmd/own_file.h"
#include "cmd/recording.h"
#include "cmd/resync.h"
#include "inspect/ends.h"
#include "inspect/lock_words.h"
#include "inspect/looks.h"

enum {
	SESSION_STEP_MS = 10, /* the ring is drained this often: 16 MiB hold 0.3 s of a full load */
};

struct session {
	const struct options *opts;
	struct invoker as;
	struct launch launch; /* when a program was launched */
	struct attach attach; /* when processes were attached to */
	struct probe *probe;
	struct trace *trace;
	struct recording rec;
	struct pump pump;
	struct resync resync;
	struct doubt doubt;
	struct lock_words words;
	struct ends ends;
	struct looks *looks;
	struct order_watch *order; /* NULL: not wanted */
	struct verdict verdict;	   /* as of the last step */
	__u64 verdict_version;
	__u64 judge_at_ns; /* not to be judged again before that */
	__u64 alarm_ns;	   /* when the verdict became an alarm; 0: it is none */
	__u64 looked_ns;   /* when the inspector last had a look */
	char title[128];
	bool is_launched;  /* the program is held, or more */
	bool is_released;  /* it runs */
	bool is_detached;  /* the recording has its length: only the end is waited for */
	const char *limit; /* the option that said so */
	bool is_recorded;  /* to the end of observing: rec is whole */
	int file_err;	   /* once it was ended: -errno when something is missing in it */
	bool has_ended;
	__u64 ended_ns;	    /* when that was known first: it is awaited that its threads are gone */
	bool is_reach_said; /* whose memory may not be read */
	__u64 stopped_ns;   /* when observing ended */
	int wait_status;    /* once has_ended; 0 when attached */
};

/*
 * Launch opts->argv, held, or look at opts->pids; load and attach the probes; give up
 * privilege. pty: the program gets a terminal of its own of that size. 0, or the exit
 * status to leave with (the message was given).
 */
int session_start(const struct options *opts, const struct launch_inherited *inherited, bool pty,
		  unsigned short rows, unsigned short cols, struct session *ret);

/* Was it there before us? Then it is left alone: no signal, no end. */
bool session_is_attached(const struct session *s);

/* What is observed, for a title: the command, or "-p 4711". Safe text, borrowed. */
const char *session_title(const struct session *s);

/* What files about it are called after: the program, or the number of a process. */
void session_name(const struct session *s, char ret[OWN_NAME_MAX]);

/* What a recording of it says of itself; the caller releases. */
void session_meta(const struct session *s, struct trace_meta *ret);

/* Let the program go. 0, or the exit status to leave with. */
int session_go(struct session *s);

/*
 * One turn: drain the ring, judge, look at what holds still, notice the end. To be
 * called every SESSION_STEP_MS. 0, or -errno when the stream is damaged.
 */
int session_step(struct session *s);

/* The option for the length or size that the recording has reached; NULL: none. Static. */
const char *session_reached_limit(const struct session *s);

/*
 * End recording and tracing for that limit; the program goes on, and its end is still noticed.
 * 0, or -errno.
 */
int session_detach(struct session *s, const char *limit);

/*
 * Is the verdict said as well as it can be? False for a moment after a deadlock or stall
 * was found, while its locks are being named, or its threads' stacks unwound: whoever says
 * it, or reports it, but once waits for this.
 */
bool session_is_named(const struct session *s);
bool session_is_explained(const struct session *s);

/*
 * Nothing moves any more, and a report is due: look at all threads, whatever it takes, or not any
 * more. Are the stacks there that can be had?
 */
void session_hurry(struct session *s, bool in_a_hurry);
bool session_has_all_stacks(const struct session *s);

/* All that had happened then is known: the moment that a report of now is about. */
__u64 session_known_ns(const struct session *s);

/* What the program has written to its terminal goes into the trace. Bytes read. */
size_t session_read_output(struct session *s);

/*
 * Stop observing, do the sum of events and close the recording; file_err says whether the file
 * holds everything. 0; -EBADE when the sum does not come out; or -errno.
 */
int session_stop(struct session *s);

/* Send the program a signal, if it still runs. */
void session_signal(struct session *s, int sig);

/* Give everything back; what was not started is skipped. */
void session_release(struct session *s);

#endif /* CTRACE_SESSION_H */
