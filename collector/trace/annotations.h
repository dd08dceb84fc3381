/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Annotations: what a lecturer adds to a recording - notes, chapters, questions, and the
 * view to show at each.
 *
 * In the file they are a text (trace/meta.h, "notes"), the same that `ctrace annotate`
 * reads and prints:
 *
 *	# a comment
 *	12.5s  B takes the noodles
 *	       view: graph
 *	#4711  chapter: How it closes
 *	       pause
 *	       question: Who runs next?
 *	       answer: Nobody.
 *
 * A line that begins with a time since the begin of the trace, or with # and the number of an
 * event, begins an annotation; indented lines belong to it: more text, or one of the words of
 * ANNOTATION_FIELDS with its value, or "pause". In a text that a recording brings along other words
 * ("name: value") are those of a later ctrace: they are kept as they are, and mean nothing here.
 */
#ifndef CTRACE_TRACE_ANNOTATIONS_H
#define CTRACE_TRACE_ANNOTATIONS_H

#include <linux/types.h>
#include <stdbool.h>

#include "base/strbuf.h"
#include "base/vec.h"

/* clang-format off */
/*        name      what it says */
#define ANNOTATION_FIELDS(_)                                                   \
	_(view,     "the view to show: threads, timeline, graph, diagram ...") \
	_(threads,  "show only threads that match")                            \
	_(select,   "the thread to select")                                    \
	_(lock,     "the lock to select")                                      \
	_(lanes,    "what the timeline has lanes of: threads, cpus, locks")    \
	_(zoom,     "time in one column of the timeline")                      \
	_(question, "asked here; what comes next is hidden")                   \
	_(answer,   "what is told when it is revealed")
/* clang-format on */

enum {
	ANNOTATIONS_MAX = 10000,
	ANNOTATION_TEXT_MAX = 2000,	/* bytes of one text and its end; longer: refused */
	ANNOTATIONS_FILE_MAX = 1000000, /* bytes of all, as text */
};

/* The texts are safe_text() and owned; NULL: not given. */
struct annotation {
	__u64 at_ns;	     /* on the clock of the events */
	__u64 event;	     /* number of an event, plus one; 0: at_ns says when */
	bool is_chapter;     /* text is the title of what follows */
	bool is_revealed;    /* the answer was told; not kept */
	bool is_pause;	     /* playing stops here; a question stops it, too */
	char *text;	     /* never NULL */
	struct strbuf later; /* lines with the words of a later ctrace, as they are printed */
#define ANNOTATION_MEMBER(name, help) char *name;
	ANNOTATION_FIELDS(ANNOTATION_MEMBER)
#undef ANNOTATION_MEMBER
};

struct annotations {
	VEC(struct annotation) items; /* ascending in time, once annotations_sort() was called */
};

/* What there is to annotate: other times, events and views are refused. Borrowed. */
struct annotation_limits {
	__u64 begin_ns, end_ns;
	__u64 first_event, event_cnt; /* those from first_event on, before number event_cnt */
	const char *const *views;     /* their names, NULL behind the last */
	const char *const *lanes;     /* the same of what lanes can be of */
};

/*
 * Parse a text in which times count from begin_ns. 0; or the number of the line that is wrong,
 * with the reason appended to *why, and *ret empty. What annotations name by event number has
 * no at_ns yet.
 */
unsigned annotations_parse(const char *text, __u64 begin_ns, struct annotations *ret,
			   struct strbuf *why);

/*
 * The same for a text that was just written: words that are not known, and what the trace does not
 * have, are wrong, too.
 */
unsigned annotations_parse_for(const char *text, const struct annotation_limits *limits,
			       struct annotations *ret, struct strbuf *why);

/* The lines with words that this ctrace does not know, of the first that has some; or NULL. */
const char *annotations_find_later(const struct annotations *a);

/* As text that annotations_parse() takes, all by time. */
void annotations_print(const struct annotations *a, __u64 begin_ns, struct strbuf *ret);

/* Add one, which takes over what *item owns, behind those of the same time; its index. */
size_t annotations_insert(struct annotations *a, const struct annotation *item);
void annotations_remove(struct annotations *a, size_t idx);
void annotations_sort(struct annotations *a);
void annotations_release(struct annotations *a);

#endif /* CTRACE_TRACE_ANNOTATIONS_H */
