/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace of the first version of the format, replayed for ever. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include "model/verdict.h"
#include "trace/cursor.h"
#include "trace/reader.h"

#define GOLDEN "tests/golden/first.ctrace"

enum { GOLDEN_EVENT_CNT = 27 };

/* The deadlock of the dining forks, attached to, with names of locks and stacks. */
Test(golden, the_first_version_replays)
{
	struct trace_meta meta;
	struct cursor *c;
	struct trace *t;
	struct strbuf sb = {};
	struct verdict v;

	cr_assert(eq(int, reader_open(GOLDEN, &t, &meta), 0));
	cr_expect(eq(int, strncmp(meta.command, "-p ", 3), 0));
	cr_expect(not(meta.truncated));
	cr_expect(eq(u64, trace_event_cnt(t), GOLDEN_EVENT_CNT));

	c = cursor_new(t);
	while (cursor_next(c))
		;
	cr_expect(eq(u64, cursor_event(c), GOLDEN_EVENT_CNT));
	verdict_find(cursor_model(c), &v);
	cr_expect(eq(int, v.kind, VERDICT_DEADLOCK));
	cr_expect(eq(sz, v.cycle_cnt, 2));
	verdict_sentence(&v, cursor_model(c), v.at_ns, &sb);
	cr_expect(strstr(strbuf_str(&sb), " waits for table.") != NULL, "%s", strbuf_str(&sb));

	strbuf_release(&sb);
	cursor_free(c);
	trace_free(t);
	meta_release(&meta);
}
