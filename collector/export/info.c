/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording is. */
#include "export/info.h"

#include <time.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "export/head_json.h"
#include "trace/annotations.h"
#include "trace/cursor.h"

enum {
	PROGRESS_EVENTS = 1 << 16,
	LINE_SHOWN = 200, /* bytes of a command line */
	INDENT = 11,	  /* columns of the names */
	COLUMNS = 80,
	ITEM_MAX = 22, /* columns of "lockname 1,234,567" */
};

/* Threads may be announced again; a foreign one is none of the program. */
static bool is_new_thread(const struct model *m, const struct ev_thread *ev)
{
	const struct thread *t = model_find_thread(m, ev->hdr.tid);

	return !(ev->hdr.flags & EVF_FOREIGN) &&
	       (!t || (t->flags & THREAD_NAMELESS) || t->start_ns != ev->start_ns);
}

/* Of a recording that begins in the middle: those that the state there tells of. */
static size_t count_threads(struct cursor *c)
{
	const struct model *m = cursor_model(c);
	size_t cnt = 0;

	cursor_seek_event(c, 0);
	for (size_t i = 0; i < model_thread_cnt(m); i++)
		cnt += !(model_thread_at(m, i)->flags & (THREAD_FOREIGN | THREAD_NAMELESS));
	return cnt;
}

static size_t count_annotations(const struct trace_meta *meta, const struct trace *t)
{
	struct annotations a;
	struct strbuf why = {};
	size_t cnt;

	annotations_parse(meta->notes ? meta->notes : "", model_begin_ns(trace_tail(t)), &a, &why);
	cnt = a.items.cnt;
	annotations_release(&a);
	strbuf_release(&why);
	return cnt;
}

void info_collect(struct trace *t, const struct trace_meta *meta, findings_progress_fn fn,
		  void *arg, struct info *ret)
{
	struct cursor *c = cursor_new(t);
	const struct ev_hdr *ev;

	*ret = (struct info){ .trace = t, .meta = meta, .thread_cnt = count_threads(c) };
	while ((ev = cursor_peek(c))) {
		if (fn && ret->readable_cnt % PROGRESS_EVENTS == 0)
			fn(arg, ret->readable_cnt, trace_event_cnt(t) - trace_first_event(t));
		ret->readable_cnt++;
		if (ev->kind < EV_KIND_MAX)
			ret->cnt[ev->kind]++;
		ret->thread_cnt += ev->kind == EV_THREAD &&
				   is_new_thread(cursor_model(c), (const struct ev_thread *)ev);
		cursor_next(c);
	}
	cursor_free(c);
	ret->note_cnt = ret->cnt[EV_NOTE] + count_annotations(meta, t);
}

static __u64 unreadable(const struct info *info)
{
	return trace_event_cnt(info->trace) - trace_first_event(info->trace) - info->readable_cnt;
}

static __u64 lost(const struct info *info)
{
	return model_lost(trace_tail(info->trace), 0) +
	       meta_file_lost(info->meta, unreadable(info));
}

static __u64 duration_ns(const struct info *info)
{
	return trace_end_ns(info->trace) - trace_begin_ns(info->trace);
}

/* From the first event that was seen, which need not be in the recording. */
static __u64 seen_ns(const struct info *info)
{
	return trace_end_ns(info->trace) - model_begin_ns(trace_tail(info->trace));
}

/* When the first event was, on the clock of the wall. */
static __u64 realtime_ns(const struct info *info)
{
	return info->meta->realtime_ns + trace_begin_ns(info->trace) - info->meta->monotonic_ns;
}

/* "2026-11-21 02:36:10 UTC": the same wherever the file is looked at. */
static void add_date(const struct info *info, struct strbuf *ret)
{
	time_t seconds = realtime_ns(info) / 1000000000;
	struct tm tm;
	char text[64];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%F %T UTC", &tm))
		strbuf_adds(ret, text);
	else
		strbuf_adds(ret, "at a time that is no date");
}

static void add_raw(const char *text, struct strbuf *ret)
{
	char shown[LINE_SHOWN];

	safe_text(shown, sizeof(shown), text, LINE_SHOWN);
	strbuf_adds(ret, *shown ? shown : "not known");
}

/* "wake 20, block 12", in the order of the list of kinds, over some lines. */
static void add_kinds(const struct info *info, struct strbuf *ret)
{
	size_t begin = ret->len - INDENT;
	const char *sep = "";
	char buf[FMT_SZ];

	for (unsigned kind = 0; kind < EV_KIND_MAX; kind++) {
		if (!info->cnt[kind])
			continue;
		strbuf_adds(ret, sep);
		if (ret->len - begin > COLUMNS - ITEM_MAX) {
			strbuf_addf(ret, "\n%*s", INDENT - 1, "");
			begin = ret->len - INDENT;
		}
		strbuf_addf(ret, "%s%s %s", *sep ? " " : "", event_kind_name(kind),
			    fmt_count(buf, sizeof(buf), info->cnt[kind]));
		sep = ",";
	}
}

static void add_sums(const struct info *info, struct strbuf *ret)
{
	const struct trace *t = info->trace;
	size_t blocks = trace_block_cnt(t);
	char buf[FMT_SZ], size[FMT_SZ];

	strbuf_addf(ret, "events     %s in %zu block%s, %s\n",
		    fmt_count(buf, sizeof(buf), info->readable_cnt), blocks, blocks == 1 ? "" : "s",
		    fmt_size(size, sizeof(size), trace_stored_sz(t)));
	if (trace_first_event(t))
		strbuf_addf(ret, "%*sthe last of %s in %s: what was before was not kept\n", INDENT,
			    "", fmt_count(buf, sizeof(buf), trace_event_cnt(t)),
			    fmt_duration(size, sizeof(size), seen_ns(info)));
	if (info->readable_cnt) {
		strbuf_addf(ret, "%*s", INDENT, "");
		add_kinds(info, ret);
		strbuf_addch(ret, '\n');
	}
	strbuf_addf(ret, "threads    %s\n", fmt_count(buf, sizeof(buf), info->thread_cnt));
	strbuf_addf(ret, "notes      %s\n", fmt_count(buf, sizeof(buf), info->note_cnt));
	strbuf_addf(ret, "lost       %s\n", fmt_count(buf, sizeof(buf), lost(info)));
	if (unreadable(info))
		strbuf_addf(ret, "damaged    %s of the lost events are missing in the middle\n",
			    fmt_count(buf, sizeof(buf), unreadable(info)));
	strbuf_addf(ret, "complete   %s\n",
		    info->meta->truncated ? "no: it was not closed, there may have been more"
					  : "yes");
}

void info_text(const struct info *info, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, "command    ");
	add_raw(info->meta->command, ret);
	strbuf_adds(ret, "\nrecorded   ");
	add_date(info, ret);
	strbuf_addf(ret, ", for %s", fmt_duration(buf, sizeof(buf), duration_ns(info)));
	strbuf_adds(ret, "\nkernel     ");
	add_raw(info->meta->kernel, ret);
	strbuf_adds(ret, " (");
	add_raw(info->meta->machine, ret);
	strbuf_adds(ret, ")\nwritten by ctrace ");
	add_raw(info->meta->version, ret);
	strbuf_addch(ret, '\n');
	add_sums(info, ret);
}

void info_json(const struct info *info, struct strbuf *ret)
{
	struct json j = json_begin(ret, 1);

	json_object_begin(&j, NULL);
	json_string(&j, "schema", "ctrace.info/1");
	head_json_meta(&j, info->meta);
	json_u64(&j, "start_ns", trace_begin_ns(info->trace));
	json_u64(&j, "realtime_ns", realtime_ns(info));
	json_u64(&j, "duration_ns", duration_ns(info));
	json_u64(&j, "first_event", trace_first_event(info->trace));
	json_u64(&j, "events", info->readable_cnt);
	json_object_begin(&j, "kinds");
	for (unsigned kind = 0; kind < EV_KIND_MAX; kind++)
		if (info->cnt[kind])
			json_u64(&j, event_kind_name(kind), info->cnt[kind]);
	json_object_end(&j);
	json_u64(&j, "unreadable", unreadable(info));
	json_u64(&j, "blocks", trace_block_cnt(info->trace));
	json_u64(&j, "stored_bytes", trace_stored_sz(info->trace));
	json_u64(&j, "threads", info->thread_cnt);
	json_u64(&j, "notes", info->note_cnt);
	json_u64(&j, "lost", lost(info));
	json_bool(&j, "truncated", info->meta->truncated);
	json_object_end(&j);
	strbuf_addch(ret, '\n');
}
