/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace annotate FILE [NOTES]: put a lecturer's notes into a recording, or print them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "base/log.h"
#include "base/safe_text.h"
#include "cmd/exit_status.h"
#include "cmd/replay.h"
#include "trace/annotations.h"
#include "trace/cursor.h"
#include "trace/writer.h"
#include "tui/views.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin UTF-8 with it */

static const char *const views[] = {
#define VIEW_NAME(name, action) #name,
	VIEWS(VIEW_NAME)
#undef VIEW_NAME
		NULL,
};

static const char *const lanes[] = {
#define LANES_NAME(name) #name,
	UI_LANES(LANES_NAME)
#undef LANES_NAME
		NULL,
};

/* Times of those that name an event. False, with a message, when one of these cannot be read. */
static bool resolve(struct trace *t, struct annotations *a)
{
	struct cursor *c = cursor_new(t);
	bool is_good = true;

	vec_for_each(item, &a->items) {
		if (!item->event)
			continue;
		if (cursor_seek_event(c, item->event) < 0) {
			log_err("event #%llu cannot be read, the trace is damaged there: "
				"give a time instead",
				(unsigned long long)(item->event - 1));
			is_good = false;
			break;
		}
		item->at_ns = cursor_now_ns(c);
		item->event = 0;
	}
	cursor_free(c);
	annotations_sort(a);
	return is_good;
}

static int print_notes(struct trace *t, const struct trace_meta *meta)
{
	struct annotations a;
	struct strbuf text = {}, why = {};
	int status = 0;
	unsigned line = annotations_parse(meta->notes, model_begin_ns(trace_tail(t)), &a, &why);

	if (line) {
		log_err("its annotations are damaged (line %u: %s)", line, strbuf_str(&why));
		status = EXIT_NO_TRACE;
	}
	annotations_print(&a, model_begin_ns(trace_tail(t)), &text);
	fputs(strbuf_str(&text), stdout);
	annotations_release(&a);
	strbuf_release(&text);
	strbuf_release(&why);
	return status;
}

/* The whole text of a file, or of standard input; NULL, with a message. */
static char *read_text(const char *path)
{
	const char *from = strcmp(path, "-") ? path : "/dev/stdin";
	char *text = xcalloc(1, ANNOTATIONS_FILE_MAX + 2);
	size_t len;
	int err = read_file(from, text, ANNOTATIONS_FILE_MAX + 2, &len);

	if (!err && (len > ANNOTATIONS_FILE_MAX || strlen(text) != len))
		err = -EFBIG;
	if (!err && !strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		memmove(text, text + strlen(BYTE_ORDER_MARK), len + 1 - strlen(BYTE_ORDER_MARK));
	if (!err)
		return text;
	log_err("%s: %s", path,
		err == -EFBIG ? "is no text of at most a million bytes" : strerror(-err));
	free(text);
	return NULL;
}

/* Of a program that hung notes may be later than all events: so long it was recorded. */
static __u64 find_end_ns(const struct trace *t, const struct trace_meta *meta)
{
	__u64 end_ns = trace_end_ns(t);
	struct annotations a;
	struct strbuf why = {};

	annotations_parse(meta->notes, model_begin_ns(trace_tail(t)), &a, &why);
	vec_for_each(note, &a.items)
		if (note->at_ns > end_ns)
			end_ns = note->at_ns;
	annotations_release(&a);
	strbuf_release(&why);
	return end_ns;
}

static int put_notes(struct trace *t, const struct trace_meta *meta, const char *path,
		     const char *notes_path)
{
	struct annotations a;
	struct strbuf text = {}, why = {};
	struct annotation_limits limits = {
		.begin_ns = model_begin_ns(trace_tail(t)),
		.end_ns = find_end_ns(t, meta),
		.first_event = trace_first_event(t),
		.event_cnt = trace_event_cnt(t),
		.views = views,
		.lanes = lanes,
	};
	char *given = read_text(notes_path);
	int status = EXIT_CTRACE_FAILED;
	unsigned line;

	if (!given)
		return EXIT_USAGE;
	line = annotations_parse_for(given, &limits, &a, &why);
	if (line) {
		log_err("%s, line %u: %s", notes_path, line, strbuf_str(&why));
		status = EXIT_USAGE;
	} else if (!resolve(t, &a)) {
		status = EXIT_USAGE;
	} else {
		annotations_print(&a, limits.begin_ns, &text);
		status = writer_annotate(path, strbuf_str(&text)) ? EXIT_CTRACE_FAILED : 0;
	}
	if (!status)
		log_info("%s: %zu annotation%s", path, a.items.cnt, a.items.cnt == 1 ? "" : "s");
	annotations_release(&a);
	strbuf_release(&text);
	strbuf_release(&why);
	free(given);
	return status;
}

int cmd_annotate(const struct options *opts, const struct launch_inherited *inherited)
{
	struct trace_meta meta;
	struct trace *t;
	int status;

	(void)inherited;
	if (!opts->argv[0] || (opts->argv[1] && opts->argv[2])) {
		log_err("give a trace file, and a file with notes for it, or none to print them");
		return EXIT_USAGE;
	}
	if (reader_open(opts->argv[0], &t, &meta))
		return EXIT_NO_TRACE;
	status = opts->argv[1] ? put_notes(t, &meta, opts->argv[0], opts->argv[1])
			       : print_notes(t, &meta);
	meta_release(&meta);
	trace_free(t);
	return status;
}
