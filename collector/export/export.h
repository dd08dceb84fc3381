/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exports: a trace, or a stretch of it, in formats that other programs read.
 *
 * Whatever the length of the trace, an export takes the memory of the threads and locks
 * that are there. The same file and the same options give the same bytes. Strings are
 * safe text (base/safe_text.h) and escaped for their format.
 */
#ifndef CTRACE_EXPORT_H
#define CTRACE_EXPORT_H

#include "export/findings.h"
#include "export/out.h"
#include "trace/cursor.h"
#include "trace/meta.h"

/* What a format makes use of, and what has to be there before it begins. */
enum export_use {
	EXPORT_WINDOW = 1 << 0, /* from_ns and to_ns */
	EXPORT_MOMENT = 1 << 1, /* at */
	EXPORT_TABLE = 1 << 2,	/* table */
	EXPORT_FOUND = 1 << 3,	/* found */
	EXPORT_SCREEN = 1 << 4, /* what a screen looks like: colours, letters */
	EXPORT_WORDS = 1 << 5,	/* state_word */
};

/*        name      extension  uses           what it is */
#define EXPORT_FORMATS(_)                                                                    \
	_(jsonl, "jsonl", EXPORT_WINDOW, "one JSON object per event, with words")            \
	_(csv, "csv", EXPORT_WINDOW | EXPORT_TABLE, "a table for spreadsheets, see --table") \
	_(dot, "dot", EXPORT_MOMENT, "the wait-for graph at a moment, for Graphviz")         \
	_(mermaid, "mmd", EXPORT_MOMENT, "the wait-for graph at a moment, for Markdown")     \
	_(svg, "svg", EXPORT_WINDOW | EXPORT_MOMENT | EXPORT_FOUND,                          \
	  "a picture: the timeline of a window, or with --at the wait-for graph")            \
	_(perfetto, "pftrace", EXPORT_WINDOW, "a trace for ui.perfetto.dev")                 \
	_(chrome, "json", EXPORT_WINDOW, "JSON for chrome://tracing, speedscope and others") \
	_(html, "html", EXPORT_WINDOW | EXPORT_FOUND | EXPORT_WORDS,                         \
	  "one page without network, to hand out")

/*        name      what a row is */
#define EXPORT_TABLES(_)                                                               \
	_(threads, "a thread: how long it was in which state, and what it waited for") \
	_(locks, "a lock: who holds it, how often and how long threads waited for it") \
	_(waits, "a wait: who, when, how long, for what, on whom, and who ended it")

enum export_table {
#define EXPORT_TABLE_ENUM(name, help) EXPORT_TABLE_##name,
	EXPORT_TABLES(EXPORT_TABLE_ENUM)
#undef EXPORT_TABLE_ENUM
};

struct export_input {
	struct trace *trace;
	const struct trace_meta *meta;
	const char *source;   /* the name of the file, for titles; safe text */
	__u64 from_ns, to_ns; /* the window: CLOCK_MONOTONIC, both ends are in it */
	struct cursor *at;    /* stands at the moment of a picture; NULL: none was asked for */
	enum export_table table;
	const struct findings *found;

	/* Says an event in words; @before is the state without it. NULL: there are no words. */
	void (*sentence)(const struct model *before, const struct ev_hdr *ev, struct strbuf *ret);
	/* What a state is called; NULL: thread_state_word(). */
	const char *(*state_word)(enum thread_state s);
	/* For formats that are not of this room. */
	const void *user;
	/* Told now and then how much is done. May be NULL. */
	void (*progress)(void *arg, __u64 done, __u64 total);
	void *progress_arg;
};

/*
 * 0; -ENODATA: complete but for parts of the trace that cannot be read; -EMSGSIZE: the
 * format has no place for so much, which was logged; or the error of @out.
 */
typedef int (*export_fn)(const struct export_input *in, struct out *out);

#define EXPORT_DECLARE(name, ext, uses, help) \
	int export_##name(const struct export_input *in, struct out *out);
EXPORT_FORMATS(EXPORT_DECLARE)
#undef EXPORT_DECLARE

/*
 * Clocks in exports count from the first event of the recording, as on the screen: where
 * that is, and what the clock says then.
 */
__u64 export_begin_ns(const struct export_input *in);
__u64 export_clock_ns(const struct export_input *in, __u64 ns);

/* Events that are not in the trace, for whatever cause. */
__u64 export_lost(const struct export_input *in);

#endif /* CTRACE_EXPORT_H */
