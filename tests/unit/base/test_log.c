/* SPDX-License-Identifier: GPL-2.0-only */
/* Log lines: what arrives at the sink. */
#include "base/log.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

/* What the sink was given, one "level:line;" behind the other. Spoils errno, as a sink may. */
static void sink_record(void *arg, enum log_level level, const char *line)
{
	strbuf_addf(arg, "%d:%s;", (int)level, line);
	errno = ENOTTY;
}

static struct strbuf record;

static void record_start(void)
{
	log_set_sink(sink_record, &record);
}

static void record_stop(void)
{
	log_set_sink(NULL, NULL);
	strbuf_release(&record);
}

TestSuite(log, .init = record_start, .fini = record_stop);

static void expect_record(const char *expected)
{
	cr_expect(eq(str, (char *)strbuf_str(&record), (char *)expected));
}

Test(log, each_function_has_its_level)
{
	log_err("%s %d", "e", 1);
	log_warn("w");
	log_info("i");
	log_debug("d");
	expect_record("0:e 1;1:w;2:i;3:d;");
}

Test(log, lines_are_safe_text)
{
	log_warn("name \"%s\"", "\x1b]0;owned\x07\xc2\x9b\xff");
	expect_record("1:name \"?]0;owned???\";");
}

Test(log, newline_at_the_end_is_dropped)
{
	log_info("libbpf ends its messages so\n");
	log_info("or so\n\n");
	expect_record("2:libbpf ends its messages so;2:or so;");
}

Test(log, text_of_several_lines_arrives_as_lines)
{
	log_debug("first\n\n%s\nlast\n", "third\x1b");
	expect_record("3:first;3:;3:third?;3:last;");
}

Test(log, empty_text_is_one_empty_line)
{
	log_info("%s", "");
	log_info("\n");
	expect_record("2:;2:;");
}

Test(log, long_line_is_whole)
{
	log_info("%05000d", 7);
	cr_assert(eq(sz, record.len, 2 + 5000 + 1));
	cr_expect(eq(str, record.data + 2 + 4999, "7;"));
}

Test(log, errno_is_printed_and_survives)
{
	char expected[128];

	snprintf(expected, sizeof(expected), "0:open: %s;", strerror(EACCES));
	errno = EACCES;
	log_err("open: %m");
	cr_expect(eq(int, errno, EACCES));
	expect_record(expected);
}

Test(log, without_sink_lines_are_dropped)
{
	log_info("before");
	log_set_sink(NULL, NULL);
	log_err("unheard");
	log_set_sink(sink_record, &record);
	log_info("after");
	expect_record("2:before;2:after;");
}

Test(log, sink_gets_its_argument)
{
	struct strbuf other = {};

	log_set_sink(sink_record, &other);
	log_info("x");
	cr_expect(eq(str, (char *)strbuf_str(&other), "2:x;"));
	expect_record("");
	strbuf_release(&other);
}
