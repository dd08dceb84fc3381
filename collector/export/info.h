/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording is, as text and as JSON: where it comes from, how much is in it. */
#ifndef CTRACE_EXPORT_INFO_H
#define CTRACE_EXPORT_INFO_H

#include "export/findings.h"
#include "trace/meta.h"

struct info {
	struct trace *trace;
	const struct trace_meta *meta;
	__u64 cnt[EV_KIND_MAX]; /* events that can be read, by kind */
	__u64 readable_cnt;	/* of all kinds */
	size_t note_cnt;	/* markers set live, and annotations added later */
	size_t thread_cnt;	/* that are announced in it, foreign ones left out */
};

/* Read the trace from begin to end, which also finds what cannot be read. fn may be NULL. */
void info_collect(struct trace *t, const struct trace_meta *meta, findings_progress_fn fn,
		  void *arg, struct info *ret);

/* For people: one line each, safe text. */
void info_text(const struct info *info, struct strbuf *ret);

/* The schema "ctrace.info/1": what is unknown is null, fields may be added. */
void info_json(const struct info *info, struct strbuf *ret);

#endif /* CTRACE_EXPORT_INFO_H */
