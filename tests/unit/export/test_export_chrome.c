/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace event format: one well-formed document, slices, flows, names. */
#include <stdlib.h>

#include "tests/unit/export/exporting.h"
#include "tests/unit/export/json_look.h"

static struct exporting e;

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
}

TestSuite(export_chrome, .init = setup, .fini = teardown);

static void expect(const char *text, const char *path, const char *want)
{
	char *value = json_look(text, path);

	cr_assert(ne(ptr, value, NULL), "no %s in %s", path, text);
	cr_expect(eq(str, value, (char *)want), "%s", path);
	free(value);
}

Test(export_chrome, a_wake_up_ends_a_slice_and_is_a_flow)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	build_later(5500);
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_set_input(&e);
	text = exporting_run(&e, export_chrome);
	expect(text, "traceEvents[2].name", "\"mutex 0x1000\"");
	expect(text, "traceEvents[2].ph", "\"X\"");
	expect(text, "traceEvents[2].ts", "2.000");
	expect(text, "traceEvents[2].dur", "6.500");
	expect(text, "traceEvents[3].ph", "\"s\"");
	expect(text, "traceEvents[3].tid", "10");
	expect(text, "traceEvents[4].ph", "\"f\"");
	expect(text, "traceEvents[4].tid", "2");
	expect(text, "traceEvents[4].id", "1");
	expect(text, "otherData.command[0]", "\"./forks\"");
	cr_expect(eq(sz, count_in(text, "\"thread_name\""), 2));
	cr_expect(eq(sz, count_in(text, "\"process_name\""), 1));
}

Test(export_chrome, hostile_text_is_text)
{
	char *value;

	exporting_append_all(&e);
	exporting_set_input(&e);
	value = json_look(exporting_run(&e, export_chrome), "traceEvents[0].ph");
	cr_expect(ne(ptr, value, NULL));
	free(value);
}

Test(export_chrome, of_an_empty_trace)
{
	exporting_set_input(&e);
	expect(exporting_run(&e, export_chrome), "traceEvents", "[\n]");
}
