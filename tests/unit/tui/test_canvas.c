/* SPDX-License-Identifier: GPL-2.0-only */
/* The canvas: text, clipping, wide characters, styles. */
#include "tui/canvas.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct grid *g;
static struct canvas c;
static struct strbuf dump;

static void setup(void)
{
	g = grid_new(3, 10);
	c = grid_canvas(g);
}

static void teardown(void)
{
	grid_free(g);
	strbuf_release(&dump);
}

TestSuite(canvas, .init = setup, .fini = teardown, .timeout = 10);

static char *shown(void)
{
	strbuf_reset(&dump);
	grid_dump(g, &dump);
	return (char *)strbuf_str(&dump);
}

static char *shown_styles(void)
{
	strbuf_reset(&dump);
	grid_dump_styles(g, &dump);
	return (char *)strbuf_str(&dump);
}

Test(canvas, new_grid_is_blank)
{
	cr_assert(eq(str, shown(), "\n\n\n"));
}

Test(canvas, text_is_clipped_on_all_sides)
{
	canvas_puts(&c, 0, -2, STYLE_NORMAL, "abcd");
	canvas_puts(&c, 1, 8, STYLE_NORMAL, "abcd");
	canvas_puts(&c, -1, 0, STYLE_NORMAL, "above");
	canvas_puts(&c, 3, 0, STYLE_NORMAL, "below");
	cr_assert(eq(str, shown(), "cd\n        ab\n\n"));
}

Test(canvas, drawing_returns_the_column_behind_even_when_clipped)
{
	cr_expect(eq(int, canvas_puts(&c, 0, 8, STYLE_NORMAL, "abcd"), 12));
	cr_expect(eq(int, canvas_printf(&c, 1, 1, STYLE_NORMAL, "%d", 42), 3));
	cr_expect(eq(int, canvas_field(&c, 2, 1, 5, STYLE_NORMAL, "x"), 6));
}

Test(canvas, field_that_is_too_small_says_so)
{
	canvas_puts(&c, 0, 0, STYLE_NORMAL, "##########");
	canvas_field(&c, 0, 1, 6, STYLE_NORMAL, "longer than that");
	canvas_field(&c, 1, 0, 4, STYLE_NORMAL, "four");
	canvas_field(&c, 2, 0, 0, STYLE_NORMAL, "nothing");
	cr_assert(eq(str, shown(), "#longe~###\nfour\n\n"));
}

Test(canvas, field_pads_over_what_was_there)
{
	canvas_puts(&c, 0, 0, STYLE_NORMAL, "##########");
	canvas_field(&c, 0, 2, 5, STYLE_NORMAL, "ab");
	cr_assert(eq(str, shown(), "##ab   ###\n\n\n"));
}

Test(canvas, sub_canvas_has_its_own_corner_and_clips)
{
	struct canvas sub = canvas_sub(&c, 1, 2, 1, 3);

	canvas_puts(&sub, 0, 0, STYLE_NORMAL, "abcdef");
	canvas_puts(&sub, 1, 0, STYLE_NORMAL, "xyz");
	canvas_puts(&sub, 0, -1, STYLE_NORMAL, "<");
	cr_assert(eq(str, shown(), "\n  abc\n\n"));
}

Test(canvas, sub_canvas_stays_inside_of_its_parent)
{
	struct canvas sub = canvas_sub(&c, 2, 8, 5, 5);
	struct canvas outside = canvas_sub(&c, 9, 9, 2, 20);
	struct canvas left = canvas_sub(&c, -1, -3, 3, 6);

	cr_expect(eq(int, sub.rows, 1));
	cr_expect(eq(int, sub.cols, 2));
	cr_expect(eq(int, outside.rows, 0));
	cr_expect(eq(int, left.rows, 2));
	cr_expect(eq(int, left.cols, 3));
	canvas_puts(&outside, 0, 0, STYLE_NORMAL, "no");
	canvas_puts(&left, 0, 0, STYLE_NORMAL, "abcdef");
	cr_assert(eq(str, shown(), "abc\n\n\n"));
}

Test(canvas, wide_characters_take_two_columns)
{
	cr_expect(eq(int, canvas_puts(&c, 0, 0, STYLE_NORMAL, "a\u6f22b"), 4));
	cr_expect(eq(str, shown(), "a\u6f22b\n\n\n"));
	cr_expect(eq(u32, grid_cell(g, 0, 2)->ch, 0));
	cr_expect(eq(int, text_width("a\u6f22b"), 4));
}

Test(canvas, half_of_a_wide_character_is_never_left)
{
	canvas_puts(&c, 0, 0, STYLE_NORMAL, "\u6f22\u5b57");
	canvas_put(&c, 0, 1, STYLE_NORMAL, 'x');
	cr_expect(eq(str, shown(), " x\u5b57\n\n\n"));
	canvas_put(&c, 0, 2, STYLE_NORMAL, 'y');
	cr_expect(eq(str, shown(), " xy\n\n\n"));
}

Test(canvas, wide_character_at_the_edge_becomes_question_mark)
{
	canvas_puts(&c, 0, 9, STYLE_NORMAL, "\u6f22");
	cr_assert(eq(str, shown(), "         ?\n\n\n"));
}

Test(canvas, combining_marks_do_not_reach_beyond_their_column)
{
	cr_expect(eq(int, canvas_puts(&c, 0, 0, STYLE_NORMAL, "e\u0301x"), 2));
	cr_expect(eq(str, shown(), "ex\n\n\n"));
}

Test(canvas, ascii_grid_holds_nothing_but_ascii)
{
	grid_set_ascii(g, true);
	canvas_hline(&c, 0, 0, 3, STYLE_RULE, GLYPH_HLINE);
	canvas_glyph(&c, 0, 3, STYLE_RULE, GLYPH_FULL);
	canvas_puts(&c, 1, 0, STYLE_NORMAL, "\u00e4\u6f22z");
	cr_assert(eq(str, shown(), "---#\n???z\n\n"));
}

Test(canvas, glyphs_are_lines_where_the_terminal_can)
{
	canvas_hline(&c, 0, 8, -1, STYLE_RULE, GLYPH_HLINE);
	canvas_glyph(&c, 1, 0, STYLE_RULE, GLYPH_TREE_MID);
	cr_assert(eq(str, shown(), "        \u2500\u2500\n\u251c\n\n"));
}

Test(canvas, styles_are_kept_apart_from_text)
{
	canvas_puts(&c, 0, 0, STYLE_ALARM, "ab");
	canvas_puts(&c, 1, 0, STYLE_RUNNING, "R");
	canvas_restyle(&c, 0, 1, 1, STYLE_DIM);
	canvas_select_row(&c, 1);
	cr_assert(eq(str, shown_styles(), "ad\nRXXXXXXXXX\n\n"));
	cr_assert(eq(str, shown(), "ab\nR\n\n"));
}

Test(canvas, rule_carries_its_title)
{
	canvas_rule(&c, 0, "ab");
	canvas_rule(&c, 1, "abcdefgh");
	grid_set_ascii(g, true);
	canvas_rule(&c, 2, "ab");
	cr_assert(eq(str, shown(),
		     "\u2500\u2500\u2500 ab \u2500\u2500\u2500\n\u2500\u2500\u2500 abc~ "
		     "\u2500\n--- ab ---\n"));
}

Test(canvas, cursor_is_where_it_was_put_last)
{
	struct canvas sub = canvas_sub(&c, 1, 2, -1, -1);
	int row, col;

	cr_expect(not(grid_cursor(g, &row, &col)));
	canvas_set_cursor(&sub, 1, 3);
	canvas_set_cursor(&sub, 7, 7);
	cr_assert(grid_cursor(g, &row, &col));
	cr_expect(eq(int, row, 2));
	cr_expect(eq(int, col, 5));
	grid_clear(g);
	cr_expect(not(grid_cursor(g, &row, &col)));
}

Test(canvas, grid_may_be_empty)
{
	grid_resize(g, 0, 0);
	c = grid_canvas(g);
	canvas_puts(&c, 0, 0, STYLE_NORMAL, "text");
	canvas_rule(&c, 0, "title");
	cr_expect(eq(str, shown(), ""));
	cr_expect(eq(ptr, (void *)grid_cell(g, 0, 0), NULL));
}
