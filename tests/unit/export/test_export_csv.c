/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables: quoting, formulas, every thread that ever was, waits with who ended them. */
#include <stdlib.h>

#include "export/csv.h"
#include "tests/unit/export/exporting.h"

static struct exporting e;

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
}

TestSuite(export_csv, .init = setup, .fini = teardown);

static const char *table(enum export_table which)
{
	exporting_set_input(&e);
	e.in.table = which;
	return exporting_run(&e, export_csv);
}

/* The idx-th row begins with this. */
static void expect_row(const char *text, size_t idx, const char *want)
{
	for (; idx; idx--)
		text = strstr(text, "\r\n") + 2;
	cr_expect(eq(int, strncmp(text, want, strlen(want)), 0), "%.*s", 120, text);
}

Test(export_csv, text_is_quoted_where_it_has_to_be)
{
	struct strbuf sb = {};

	csv_text(&sb, "plain");
	csv_text(&sb, "a \"b\", c");
	csv_text(&sb, "two\nlines");
	csv_text(&sb, NULL);
	csv_text(&sb, " edge ");
	csv_u64(&sb, 18446744073709551615ULL);
	csv_i64(&sb, -5);
	csv_end(&sb);
	cr_expect(eq(
		str, (char *)strbuf_str(&sb),
		"plain,\"a \"\"b\"\", c\",\"two\nlines\",,\" edge \",18446744073709551615,-5\r\n"));
	strbuf_release(&sb);
}

Test(export_csv, no_text_is_a_formula)
{
	static const char *const formulas[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1" };

	for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
		struct strbuf sb = {};
		const char *text;

		csv_text(&sb, formulas[i]);
		text = strbuf_str(&sb);
		cr_expect(eq(chr, text[*text == '"'], '\''), "%s", text);
		strbuf_release(&sb);
	}
}

Test(export_csv, waits_have_who_held_and_who_woke)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "=left"));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	exporting_append(&e, build_lockname(10, 0x1000, "a,\"b\""));
	build_later(4000);
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_sleep(2, 0));
	build_later(1000);
	exporting_append(&e, build_wake_irq(2));
	exporting_append(&e, build_block_fd(10, 0, 0, 3, 0010000));
	text = table(EXPORT_TABLE_waits);
	expect_row(text, 1,
		   "2,10,'=left,3000,9000,6000,mutex,futex,0x1000,\"a,\"\"b\"\"\",,no,10,main,read,"
		   "10,main,futex,,,,\r\n");
	expect_row(text, 2, "2,10,'=left,11000,13000,2000,sleep,");
	cr_expect(ne(ptr, strstr(text, ",hard interrupt,,,,\r\n"), NULL));
	expect_row(text, 3, "10,10,main,14000,,0,pipe,read,,,3,no,,,unknown,,,lasts,,,,\r\n");
	cr_expect(eq(sz, count_in(text, "\r\n"), 4));
}

Test(export_csv, waits_for_what_has_no_owner_have_who_woke_there_before)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	for (int i = 0; i < 3; i++) {
		exporting_append(&e, build_run(2));
		exporting_append(&e, build_block_condvar(2, 10, 0x1000));
		exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	}
	text = table(EXPORT_TABLE_waits);
	cr_expect(eq(sz, count_in(text, ",unknown,10,main,futex,,,,\r\n"), 1));
	cr_expect(eq(sz, count_in(text, ",learned,10,main,futex,10,main,1,1\r\n"), 1));
	cr_expect(eq(sz, count_in(text, ",learned,10,main,futex,10,main,2,2\r\n"), 1));
}

Test(export_csv, a_wait_before_its_lock_was_named_has_the_name)
{
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	for (int i = 0; i < 2; i++) {
		exporting_append(&e, build_run(2));
		exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
		if (i)
			exporting_append(&e, build_lockname(10, 0x1000, "fork[1]"));
		exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	}
	trace_read_lock_names(e.trace, NULL, NULL);
	cr_expect(eq(sz, count_in(table(EXPORT_TABLE_waits), ",0x1000,fork[1],"), 2));
}

/* The model forgets threads that ended long ago; the table does not. */
Test(export_csv, every_thread_that_ended_has_its_row)
{
	enum { THREADS = 2 * MODEL_DEAD_MAX };
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	for (__u32 tid = 100; tid < 100 + THREADS; tid++) {
		exporting_append(&e, build_thread(tid, 10, 10, "short"));
		exporting_append(&e, build_run(tid));
		exporting_append(&e, build_exit(tid, 0x0100));
		exporting_append(&e, build_die(tid, 0));
	}
	text = table(EXPORT_TABLE_threads);
	cr_expect(eq(sz, count_in(text, "\r\n"), 1 + THREADS + 1));
	cr_expect(eq(sz, count_in(text, ",short,dead,2000,"), THREADS));
	expect_row(text, THREADS + 1, "10,10,1,main,new,0,");
}

Test(export_csv, a_thread_that_another_one_follows_ends)
{
	struct ev_thread *again;
	const char *text;

	exporting_append(&e, build_thread(2, 10, 10, "first"));
	exporting_append(&e, build_run(2));
	again = (struct ev_thread *)build_thread(2, 10, 10, "second");
	again->start_ns = 77;
	exporting_append(&e, &again->hdr);
	text = table(EXPORT_TABLE_threads);
	expect_row(text, 1, "2,10,1,first,dead,1000,");
	expect_row(text, 2, "2,10,1,second,new,0,");
}

Test(export_csv, locks_are_those_of_the_report)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	exporting_append(&e, build_lockname(10, 0x1000, "fork[1]"));
	text = table(EXPORT_TABLE_locks);
	expect_row(text, 1, "0x1000,fork[1],10,mutex,1,1000,1000,0,10,main,read,1\r\n");
}

Test(export_csv, rows_have_as_many_fields_as_the_head)
{
	for (__u64 i = 0; i < 3000; i++)
		exporting_append(&e, build_story(9, 6, i));
	for (enum export_table which = 0; which <= EXPORT_TABLE_waits; which++) {
		const char *text = table(which), *eol;
		size_t want = 0;

		for (; *text; text = eol + 2) {
			size_t commas = 0;

			eol = strstr(text, "\r\n");
			for (const char *c = text; c < eol; c++)
				commas += *c == ',';
			if (!want)
				want = commas;
			cr_assert(eq(sz, commas, want));
		}
	}
}
