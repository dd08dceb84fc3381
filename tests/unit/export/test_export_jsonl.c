/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON Lines: every line is an object, of every kind, also of hostile text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/event_json.h"
#include "export/schema.h"
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

TestSuite(export_jsonl, .init = setup, .fini = teardown);

static void say(const struct model *before, const struct ev_hdr *ev, struct strbuf *ret)
{
	(void)before;
	strbuf_addf(ret, "kind %u", ev->kind);
}

/* The value at @path of line @idx of @text, as it is written; to be freed. */
static char *look(const char *text, size_t idx, const char *path)
{
	const char *end;
	char *line, *value;

	for (; idx; idx--)
		text = strchr(text, '\n') + 1;
	end = strchr(text, '\n');
	line = strndup(text, end - text);
	value = json_look(line, path);
	free(line);
	return value;
}

static void expect(const char *text, size_t idx, const char *path, const char *want)
{
	char *value = look(text, idx, path);

	cr_assert(ne(ptr, value, NULL), "line %zu has no %s", idx, path);
	cr_expect(eq(str, value, (char *)want), "line %zu, %s", idx, path);
	free(value);
}

Test(export_jsonl, every_line_is_one_object)
{
	const char *text;
	size_t lines;

	exporting_append_all(&e);
	exporting_set_input(&e);
	e.in.sentence = say;
	text = exporting_run(&e, export_jsonl);
	lines = count_in(text, "\n");
	cr_expect(eq(sz, lines, 1 + trace_event_cnt(e.trace)));
	for (size_t i = 0; i < lines; i++) {
		char *value = look(text, i, "");

		cr_expect(ne(ptr, value, NULL), "line %zu is not JSON", i);
		free(value);
	}
	for (const char *c = text; *c; c++)
		if (*c != '\n')
			cr_assert(ge(u8, (unsigned char)*c, ' '));
}

Test(export_jsonl, the_header_tells_where_it_comes_from)
{
	const char *text;

	exporting_append_all(&e);
	exporting_set_input(&e);
	text = exporting_run(&e, export_jsonl);
	expect(text, 0, "schema", "\"ctrace.events/1\"");
	expect(text, 0, "command[2]", "\"a <b>\"");
	expect(text, 0, "kernel", "\"6.18.44\"");
	expect(text, 0, "start_ns", "1000000000");
	expect(text, 0, "realtime_ns", "1700000001000000000");
	expect(text, 0, "lost", "7");
	expect(text, 0, "truncated", "false");
	expect(text, 1, "text", "null");
}

Test(export_jsonl, events_have_names_and_what_they_mean)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_append(&e, build_exit(2, 0x0300));
	exporting_set_input(&e);
	e.in.sentence = say;
	text = exporting_run(&e, export_jsonl);
	expect(text, 2, "name", "\"left\"");
	expect(text, 2, "created_by", "10");
	expect(text, 3, "next_name", "\"left\"");
	expect(text, 4, "n", "3");
	expect(text, 4, "t_ns", "3000");
	expect(text, 4, "kind", "\"block\"");
	expect(text, 4, "waits_for.kind", "\"mutex\"");
	expect(text, 4, "waits_for.address", "\"0x1000\"");
	expect(text, 4, "waits_for.holder", "\"main\"");
	expect(text, 4, "waits_for.evidence", "\"read\"");
	expect(text, 5, "waker_name", "\"main\"");
	expect(text, 5, "irq", "null");
	expect(text, 6, "status", "3");
	expect(text, 6, "signal", "null");
	expect(text, 6, "text", "\"kind 5\"");
}

Test(export_jsonl, the_same_trace_gives_the_same_bytes)
{
	char *first;

	for (__u64 i = 0; i < 20000; i++)
		exporting_append(&e, build_story(3, 8, i));
	exporting_set_input(&e);
	first = strdup(exporting_run(&e, export_jsonl));
	cr_expect(eq(str, first, (char *)exporting_run(&e, export_jsonl)));
	free(first);
}

Test(export_jsonl, the_schema_is_json_and_knows_every_kind)
{
	struct strbuf schema = {};
	char *value;

	schema_json(&schema);
	value = json_look(strbuf_str(&schema), "$defs.event_stack.allOf[2].properties.stack.type");
	cr_assert(ne(ptr, value, NULL));
	cr_expect(eq(str, value, "\"array\""));
	free(value);
	strbuf_release(&schema);
}

/* Each field has a line of its own. */
static void expect_in_schema(const char *schema, const char *kind, const char *fields)
{
	char path[128], key[32], *value;

	for (const char *at = fields; (at = strchr(at, '\n')); at++) {
		if (sscanf(at, " \"%31[^\"]", key) != 1)
			continue;
		snprintf(path, sizeof(path), "$defs.event_%s.allOf[2].properties.%s", kind, key);
		value = json_look(schema, path);
		cr_expect(ne(ptr, value, NULL), "%s.%s is not in schema_fields.h", kind, key);
		free(value);
	}
}

Test(export_jsonl, the_schema_knows_every_field_of_every_kind)
{
	struct strbuf schema = {}, fields = {};
	struct model *m = model_new();

	schema_json(&schema);
#define EXPECT_KIND(name, id, type, tail, help)                                    \
	if (!event_kind_is_checkpoint(id)) {                                       \
		struct json j = json_begin(&fields, 1);                            \
		struct ev_##type ev = { .hdr.kind = id };                          \
		json_object_begin(&j, NULL);                                       \
		event_json_fields(&j, m, &ev.hdr);                                 \
		json_object_end(&j);                                               \
		expect_in_schema(strbuf_str(&schema), #type, strbuf_str(&fields)); \
		strbuf_reset(&fields);                                             \
	}
	EVENT_KINDS(EXPECT_KIND)
#undef EXPECT_KIND
	strbuf_release(&schema);
	strbuf_release(&fields);
	model_free(m);
}
