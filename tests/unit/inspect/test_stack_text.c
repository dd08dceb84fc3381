/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks that are too long lose what tells least. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include "inspect/stack_text.h"

enum { MAX = 1000 };

static struct strbuf text;

static void fini(void)
{
	strbuf_release(&text);
}

TestSuite(stack_text, .fini = fini);

/* "f7_xxxx file.c:7" */
static void add_frames(int cnt, int name_len)
{
	for (int i = 0; i < cnt; i++) {
		strbuf_addf(&text, "f%d_", i);
		for (int n = 0; n < name_len; n++)
			strbuf_addch(&text, 'x');
		strbuf_addf(&text, " file.c:%d\n", i);
	}
}

static bool has(const char *words)
{
	return strstr(strbuf_str(&text), words);
}

Test(stack_text, what_has_room_stays_as_it_is)
{
	add_frames(4, 200);
	stack_text_fit(&text, MAX);
	cr_expect(eq(sz, text.len, 4 * (3 + 200 + 10)));
}

Test(stack_text, long_names_are_cut_before_callers_are)
{
	add_frames(8, 200);
	stack_text_fit(&text, MAX);
	cr_expect(le(sz, text.len, MAX));
	for (int i = 0; i < 8; i++) {
		char words[32];

		snprintf(words, sizeof(words), "x... file.c:%d\n", i);
		cr_expect(has(words), "%s is not in %s", words, strbuf_str(&text));
	}
	cr_expect(not(has("left out")));
}

Test(stack_text, callers_in_the_middle_are_left_out_and_counted)
{
	const char *at;
	size_t cnt = 0;
	int left;

	add_frames(90, 20);
	stack_text_fit(&text, MAX);
	cr_expect(le(sz, text.len, MAX));
	cr_expect(has("f0_"));
	cr_expect(has(" file.c:89\n"), "the outermost one");
	at = strstr(strbuf_str(&text), "\n(");
	cr_assert(at && sscanf(at, "\n(%d callers left out)", &left) == 1);
	for (at = strbuf_str(&text); *at; at++)
		cnt += *at == '\n';
	cr_expect(eq(sz, cnt - 1 + left, 90));
}

Test(stack_text, what_is_no_lines_is_bounded_as_well)
{
	for (int i = 0; i < 3 * MAX; i++)
		strbuf_addch(&text, i % 7 ? 'x' : ' ');
	stack_text_fit(&text, MAX);
	cr_expect(le(sz, text.len, MAX));
	for (int i = 0; i < 3 * MAX; i++)
		strbuf_addch(&text, '\n');
	stack_text_fit(&text, MAX);
	cr_expect(le(sz, text.len, MAX));
}
