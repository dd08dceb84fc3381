/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report: verdict with its proof, threads, locks and losses, as text, JSON and JUnit XML.
 *
 * Where something is not known the text says so and the JSON has null; nothing is left
 * out. The same state gives the same report, live and from a file.
 */
#ifndef CTRACE_EXPORT_REPORT_H
#define CTRACE_EXPORT_REPORT_H

#include "model/verdict.h"

/* Why the report is made now, where the model alone has no verdict. */
enum report_limit {
	REPORT_NO_LIMIT,
	REPORT_HANG,	/* no thread has run for limit_ns */
	REPORT_TIMEOUT, /* limit_ns are over */
	REPORT_UNSURE,	/* lost events may hide a deadlock */
};

struct report_input {
	const struct model *model;     /* the state that is reported */
	const struct model *last;      /* the end of the trace, when that is later; else NULL */
	const struct verdict *verdict; /* on that state */
	__u64 now_ns;		       /* its time: not before the last event */
	enum report_limit limit;
	__u64 limit_ns;
	const char *const *command; /* the program and its arguments up to NULL; NULL: not known */
	const char *kernel;	    /* its release; NULL: not known */
	__u64 read_cnt;		    /* events that were read of it; 0: all that the model counts */
	__u64 file_lost;	    /* events that the file of the trace should hold and does not */
	bool goes_on;	   /* the trace: what comes after this report is counted elsewhere */
	bool is_truncated; /* that file was not closed: there may have been more */
	__u64 first_event; /* that is kept in it: as many were forgotten, as a ring does */
	__u64 first_ns;	   /* its time */
};

/* One word: that of the verdict, or "hang", "timeout" or "unsure". Static. */
const char *report_kind_word(const struct report_input *in);

/* The one sentence, without newline. */
void report_sentence(const struct report_input *in, struct strbuf *ret);

/* For people: lines of safe text, 80 columns where names and sentences allow. */
void report_text(const struct report_input *in, struct strbuf *ret);

/*
 * The schema "ctrace.report/1": every field is there, what is unknown is null, and fields
 * may be added. start_ns is CLOCK_MONOTONIC; every other instant (at_ns, since_ns, ...) is
 * counted from start_ns, so that it survives readers whose numbers are doubles. Ends in a
 * newline.
 */
void report_json(const struct report_input *in, struct strbuf *ret);

/*
 * JUnit XML for CI servers: one test case, with the text report in it when it has failed. A
 * program that ends badly by itself has failed, too; lost events are an error. Well-formed
 * whatever the names are; ends in a newline.
 */
void report_junit(const struct report_input *in, struct strbuf *ret);

#endif /* CTRACE_EXPORT_REPORT_H */
