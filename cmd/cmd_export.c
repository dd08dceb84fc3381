/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace export --format=F FILE: a trace in the format of other programs; needs no privilege. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "base/safe_text.h"
#include "cmd/exit_status.h"
#include "cmd/export_cast.h"
#include "cmd/out_file.h"
#include "cmd/moment.h"
#include "cmd/progress.h"
#include "cmd/replay.h"
#include "export/export.h"
#include "tui/sentence.h"
#include "tui/state_words.h"

enum { NAME_SHOWN = 200 };

static const struct format {
	const char *name, *extension;
	unsigned uses; /* enum export_use */
	export_fn fn;
} formats[] = {
#define FORMAT(name, ext, uses, help) { #name, ext, uses, export_##name },
	EXPORT_FORMATS(FORMAT) CAST_FORMAT(FORMAT)
#undef FORMAT
};

static const char *const table_names[] = {
#define TABLE_NAME(name, help) #name,
	EXPORT_TABLES(TABLE_NAME)
#undef TABLE_NAME
};

struct export
{
	const struct options *opts;
	const struct format *format;
	struct trace *trace;
	struct trace_meta meta;
	struct findings found;
	char source[NAME_SHOWN];
	struct export_input in;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The one that was named, or else that of the name of the file. */
static const struct format *find_format(const char *name, const char *output)
{
	const char *dot = output ? strrchr(output, '.') : NULL;
	struct strbuf known = {};

	for (size_t i = 0; i < COUNT(formats); i++) {
		if (name ? !strcmp(formats[i].name, name)
			 : dot && !strcmp(formats[i].extension, dot + 1)) {
			strbuf_release(&known);
			return &formats[i];
		}
		strbuf_addf(&known, "%s%s", i ? " " : "", formats[i].name);
	}
	if (name)
		log_err("no format '%s'; there are: %s", name, strbuf_str(&known));
	else
		log_err("give a format: --format=F, one of %s", strbuf_str(&known));
	strbuf_release(&known);
	return NULL;
}

/* 0, or EXIT_USAGE after a message. */
static int take_table(const char *name, enum export_table *ret)
{
	for (size_t i = 0; name && i < COUNT(table_names); i++) {
		if (!strcmp(table_names[i], name)) {
			*ret = i;
			return 0;
		}
	}
	if (!name)
		return 0;
	log_err("--table: '%s' is not threads, locks or waits", name);
	return EXIT_USAGE;
}

/* Threads and locks are summed up from the begin of the recording. */
static int check_table(const struct export *e)
{
	bool is_sum = (e->format->uses & EXPORT_TABLE) && e->in.table != EXPORT_TABLE_waits;

	if (!is_sum || !e->opts->from)
		return 0;
	log_err("--from: the table of %s is the sum from the begin on, up to --to",
		table_names[e->in.table]);
	return EXIT_USAGE;
}

/* An option that would change nothing is a misunderstanding. */
static int check_uses(const struct format *f, const struct options *opts)
{
	static const struct {
		const char *name;
		unsigned use;
	} options[] = {
		{ "from", EXPORT_WINDOW },  { "to", EXPORT_WINDOW },	{ "at", EXPORT_MOMENT },
		{ "table", EXPORT_TABLE },  { "color", EXPORT_SCREEN }, { "theme", EXPORT_SCREEN },
		{ "ascii", EXPORT_SCREEN }, { "states", EXPORT_WORDS },
	};

	for (size_t i = 0; i < COUNT(options); i++) {
		if (options_given(opts, options[i].name) && !(f->uses & options[i].use)) {
			log_err("--%s has no meaning for --format=%s", options[i].name, f->name);
			return EXIT_USAGE;
		}
	}
	return 0;
}

static int take_window(struct export *e)
{
	int status;

	e->in.from_ns = export_begin_ns(&e->in);
	e->in.to_ns = trace_end_ns(e->trace);
	status = moment_parse(e->trace, "from", e->opts->from, &e->in.from_ns);
	if (!status)
		status = moment_parse(e->trace, "to", e->opts->to, &e->in.to_ns);
	if (status || e->in.from_ns <= e->in.to_ns)
		return status;
	log_err("--from is later than --to");
	return EXIT_USAGE;
}

/* The moment that the report is about: of a deadlock, else the end. */
static bool is_at_report(const struct export *e)
{
	return !e->opts->at || !strcmp(e->opts->at, "report");
}

/* The moment of a picture. A format that draws a window does so unless a moment is given. */
static int take_moment(struct export *e)
{
	__u64 at_ns = trace_end_ns(e->trace);
	bool is_wanted = e->format->uses & EXPORT_MOMENT &&
			 (e->opts->at || !(e->format->uses & EXPORT_WINDOW));
	int status = 0;

	if (!is_wanted)
		return 0;
	if (!is_at_report(e) && strcmp(e->opts->at, "end") != 0)
		status = moment_parse(e->trace, "at", e->opts->at, &at_ns);
	if (status)
		return status;
	e->in.at = cursor_new(e->trace);
	if (is_at_report(e))
		cursor_seek_event(e->in.at, e->found.event);
	else
		cursor_seek_time(e->in.at, at_ns);
	return 0;
}

/* A cast is what the screen shows, which knows a name when it is found. */
static bool wants_names(const struct export *e)
{
	return strcmp(e->format->name, "cast") != 0;
}

static bool wants_findings(const struct export *e)
{
	unsigned uses = e->format->uses;

	return (uses & EXPORT_FOUND) || ((uses & EXPORT_MOMENT) && is_at_report(e));
}

/* Names of locks and findings take a reading of the whole trace each: only for who wants them. */
static void find(struct export *e)
{
	struct progress p;

	progress_begin(&p, "reading names", e->opts->quiet);
	if (wants_names(e))
		trace_read_lock_names(e->trace, progress_show, &p);
	progress_next(&p, "reading");
	if (wants_findings(e)) {
		findings_collect(e->trace, progress_show, &p, &e->found);
		e->in.found = &e->found;
	}
	progress_end(&p);
}

static int run(struct export *e)
{
	struct out_file file;
	struct progress p;
	char cnt[FMT_SZ];
	int err;

	if (out_file_open(e->opts->output, e->opts->overwrite, e->opts->argv[0], &file))
		return EXIT_CTRACE_FAILED;
	progress_begin(&p, "exporting", e->opts->quiet);
	e->in.progress = progress_show;
	e->in.progress_arg = &p;
	err = e->format->fn(&e->in, &file.out);
	progress_end(&p);
	if (export_lost(&e->in))
		log_warn("%s events were lost in this recording: what they would tell is missing",
			 fmt_count(cnt, sizeof(cnt), export_lost(&e->in)));
	if (err == -ENODATA)
		log_warn("parts of %s cannot be read; they are missing in the export", e->source);
	if (out_file_close(&file, !err || err == -ENODATA))
		return EXIT_CTRACE_FAILED;
	return err && err != -ENODATA ? EXIT_CTRACE_FAILED : EXIT_SUCCESS;
}

static int export_trace(struct export *e)
{
	int status;

	e->in = (struct export_input){
		.trace = e->trace,
		.meta = &e->meta,
		.source = e->source,
		.sentence = event_sentence,
		.state_word = state_word,
		.user = e->opts,
	};
	status = take_table(e->opts->table, &e->in.table);
	if (!status)
		status = check_table(e);
	if (!status)
		status = take_window(e);
	if (!status)
		find(e);
	if (!status)
		status = take_moment(e);
	if (!status)
		status = run(e);
	cursor_free(e->in.at);
	return status;
}

int cmd_export(const struct options *opts, const struct launch_inherited *inherited)
{
	struct export e = { .opts = opts, .format = find_format(opts->format, opts->output) };
	int status;

	(void)inherited;
	if (!e.format || check_uses(e.format, opts))
		return EXIT_USAGE;
	status = replay_open(opts, &e.trace, &e.meta);
	if (status)
		return status;
	safe_text(e.source, sizeof(e.source), basename(opts->argv[0]), NAME_SHOWN);
	status = export_trace(&e);
	meta_release(&e.meta);
	trace_free(e.trace);
	return status;
}
