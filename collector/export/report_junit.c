/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report as JUnit XML, which CI servers show: one test case, the program.
 *
 * There is no standard but what the readers take; this is what is common to
 * https://llg.cubic.org/docs/junit/ and the schema of Jenkins' xUnit plug-in.
 */
#include <string.h>

#include "export/report.h"
#include "export/report_phrases.h"
#include "export/svg.h"

enum { NS_PER_MS = 1000000 };

/* Readers tell a program that failed from one of which nothing can be said. */
enum outcome { OUTCOME_PASSED, OUTCOME_FAILURE, OUTCOME_ERROR };

static enum outcome outcome_of(const struct report_input *in)
{
	__u32 code = 0;

	if (report_has_cycle(in) || in->verdict->kind == VERDICT_POTENTIAL)
		return OUTCOME_FAILURE;
	if (in->limit == REPORT_UNSURE)
		return OUTCOME_ERROR;
	if (report_is_limited(in))
		return OUTCOME_FAILURE;
	return model_ended(report_last(in), &code) && code ? OUTCOME_FAILURE : OUTCOME_PASSED;
}

static void add_escaped(struct strbuf *ret, struct strbuf *text)
{
	svg_text(ret, strbuf_str(text));
	strbuf_release(text);
}

/* The program with its arguments, as a name. */
static void add_name(struct strbuf *ret, const struct report_input *in)
{
	struct strbuf name = {};

	for (const char *const *word = in->command; word && *word; word++) {
		if (word != in->command)
			strbuf_addch(&name, ' ');
		phrase_add_raw(&name, *word);
	}
	add_escaped(ret, &name);
}

static void add_time(struct strbuf *ret, const struct report_input *in)
{
	__u64 ms = report_duration_ns(in) / NS_PER_MS;

	strbuf_addf(ret, " time=\"%llu.%03llu\"", ms / 1000, ms % 1000);
}

static void add_outcome(struct strbuf *ret, const struct report_input *in, const char *element)
{
	struct strbuf text = {};

	strbuf_addf(ret, "<%s type=\"%s\" message=\"", element, report_kind_word(in));
	report_sentence(in, &text);
	add_escaped(ret, &text);
	strbuf_adds(ret, "\">");
	report_text(in, &text);
	add_escaped(ret, &text);
	strbuf_addf(ret, "</%s>\n", element);
}

void report_junit(const struct report_input *in, struct strbuf *ret)
{
	enum outcome outcome = outcome_of(in);

	strbuf_adds(ret, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
			 "<testsuite name=\"ctrace check\" tests=\"1\"");
	strbuf_addf(ret, " failures=\"%d\" errors=\"%d\" skipped=\"0\"", outcome == OUTCOME_FAILURE,
		    outcome == OUTCOME_ERROR);
	add_time(ret, in);
	strbuf_adds(ret, ">\n<testcase classname=\"ctrace\" name=\"");
	add_name(ret, in);
	strbuf_adds(ret, "\"");
	add_time(ret, in);
	strbuf_adds(ret, ">\n");
	if (outcome != OUTCOME_PASSED)
		add_outcome(ret, in, outcome == OUTCOME_ERROR ? "error" : "failure");
	strbuf_adds(ret, "</testcase>\n</testsuite>\n</testsuites>\n");
}
