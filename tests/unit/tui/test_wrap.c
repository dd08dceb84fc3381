/* SPDX-License-Identifier: GPL-2.0-only */
/* Sentences over several rows. */
#include "tui/wrap.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

TestSuite(wrap, .timeout = 10);

static struct strbuf dump;

static char *drawn(int rows, int cols, const char *text)
{
	struct grid *g = grid_new(rows, cols);
	struct canvas c = grid_canvas(g);

	strbuf_reset(&dump);
	wrap_draw(&c, 0, STYLE_NORMAL, text);
	grid_dump(g, &dump);
	grid_free(g);
	return (char *)strbuf_str(&dump);
}

Test(wrap, breaks_between_words)
{
	cr_expect(eq(str, drawn(3, 10, "one two three four"), "one two\nthree four\n\n"));
	cr_expect(eq(int, wrap_rows("one two three four", 10), 2));
}

Test(wrap, word_that_fits_exactly_stays)
{
	cr_expect(eq(str, drawn(2, 7, "one two three"), "one two\nthree\n"));
	cr_expect(eq(str, drawn(2, 3, "one two"), "one\ntwo\n"));
}

Test(wrap, long_word_is_cut)
{
	cr_expect(eq(str, drawn(3, 4, "abcdefghij"), "abcd\nefgh\nij\n"));
	cr_expect(eq(int, wrap_rows("abcdefghij", 4), 3));
}

Test(wrap, what_does_not_fit_is_marked)
{
	cr_expect(eq(str, drawn(2, 8, "one two three four"), "one two\nthree f~\n"));
}

Test(wrap, empty_text_takes_no_row)
{
	cr_expect(eq(int, wrap_rows("", 10), 0));
	cr_expect(eq(str, drawn(1, 5, ""), "\n"));
}

Test(wrap, ends_at_any_width)
{
	for (int cols = -1; cols < 4; cols++)
		cr_expect(gt(int, wrap_rows("a \u6f22\u5b57 b", cols), 0));
	cr_expect(eq(str, drawn(2, 0, "text"), "\n\n"));
}
