/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures: bars where and as wide as the stays were, columns for what is too short. */
#include <stdio.h>
#include <stdlib.h>

#include "export/svg.h"
#include "tests/unit/export/exporting.h"

enum { A = 0x1000, B = 0x2000 };

static struct exporting e;

static void setup(void)
{
	exporting_begin(&e);
}

static void teardown(void)
{
	exporting_end(&e);
}

TestSuite(export_svg, .init = setup, .fini = teardown);

static void set_moment(void)
{
	exporting_set_input(&e);
	e.in.at = cursor_new(e.trace);
	cursor_seek_event(e.in.at, trace_event_cnt(e.trace));
}

static void expect_in(const char *text, const char *what)
{
	cr_expect(ne(ptr, strstr(text, what), NULL), "no %s in %s", what, text);
}

/* 100 us in all, so that a microsecond is ten pixels. */
static void append_run_of_two(void)
{
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	build_later(19000);
	exporting_append(&e, build_block_mutex(2, 0, A, 10));
	build_later(29000);
	exporting_append(&e, build_wake_futex(2, 10, A));
	build_later(47000);
	exporting_append(&e, build_preempt(0, 0));
}

Test(export_svg, bars_are_where_the_stays_were)
{
	const char *text;

	append_run_of_two();
	exporting_set_input(&e);
	cr_assert(eq(u64, e.in.to_ns - e.in.from_ns, 100000));
	text = exporting_run(&e, export_svg);
	expect_in(text, "<rect class=\"RUNNING\" x=\"190.00\" y=\"88\" width=\"200.00\"");
	expect_in(text, "<rect class=\"BLOCKED\" x=\"390.00\" y=\"93\" width=\"300.00\"");
	expect_in(text, "<title>Blocked 30.0 us: mutex 0x1000 held by main</title>");
	expect_in(text, "<rect class=\"READY\" x=\"690.00\" y=\"90\" width=\"480.00\"");
	/* From the lane of the waker to that of the woken one. */
	expect_in(text, "<line class=\"wake\" x1=\"690.00\" y1=\"73\" x2=\"690.00\" y2=\"88\"/>");
	expect_in(text, ">mutex 0x1000</text>");
	expect_in(text, ">100 us</text>");
}

Test(export_svg, a_window_cuts_them)
{
	const char *text;

	append_run_of_two();
	exporting_set_input(&e);
	e.in.from_ns += 30000;
	e.in.to_ns = e.in.from_ns + 10000;
	text = exporting_run(&e, export_svg);
	expect_in(text, "<rect class=\"BLOCKED\" x=\"170.00\" y=\"93\" width=\"1000.00\"");
	cr_expect(eq(sz, count_in(text, "<rect class=\"RUNNING\""), 1)); /* in the legend */
}

/* A microsecond of work in a second of sleep is seen. */
/* 10 pixels from each other; the third is not, and has a number of its own. */
Test(export_svg, texts_of_notes_without_room_are_a_numbered_list)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	build_later(19000);
	exporting_append(&e, build_note("the <first> of them"));
	exporting_append(&e, build_note("a second"));
	build_later(29000);
	exporting_append(&e, build_note("a third"));
	build_later(46000);
	exporting_append(&e, build_preempt(0, 0));
	exporting_set_input(&e);
	text = exporting_run(&e, export_svg);
	expect_in(text, ">1</text></g>");
	expect_in(text, ">2</text></g>");
	cr_expect(eq(ptr, strstr(text, ">3</text></g>"), NULL), "one number for two at a place");
	expect_in(text, ">1</text>\n<text x=\"40\" y=\"172\">00:00.000</text>\n"
			"<text x=\"170\" y=\"172\">the &lt;first&gt; of them</text>");
	expect_in(text, "<text x=\"170\" y=\"188\">a second</text>");
	expect_in(text, "<text x=\"170\" y=\"204\">a third</text>");
}

Test(export_svg, notes_with_room_have_no_numbers)
{
	const char *text;

	append_run_of_two();
	exporting_append(&e, build_note("the end"));
	exporting_set_input(&e);
	text = exporting_run(&e, export_svg);
	expect_in(text, ">the end</text></g>");
	cr_expect(eq(ptr, strstr(text, ">1</text></g>"), NULL), "it has room");
}

Test(export_svg, what_is_shorter_than_a_pixel_is_a_column)
{
	const char *text;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	build_later(500000000);
	exporting_append(&e, build_run(10));
	exporting_append(&e, build_block_sleep(10, 0));
	build_later(500000000);
	exporting_append(&e, build_preempt(0, 0));
	exporting_set_input(&e);
	text = exporting_run(&e, export_svg);
	expect_in(text, "<path class=\"RUNNING\" d=\"M669 66h1v14h-1z\"/>");
}

Test(export_svg, its_size_does_not_grow_with_the_events)
{
	size_t len;

	for (__u64 i = 0; i < 20000; i++)
		exporting_append(&e, build_story(3, 8, i));
	exporting_set_input(&e);
	exporting_run(&e, export_svg);
	len = e.out.buf.len;
	for (__u64 i = 20000; i < 100000; i++)
		exporting_append(&e, build_story(3, 8, i));
	exporting_set_input(&e);
	exporting_run(&e, export_svg);
	cr_expect(lt(sz, e.out.buf.len, 2 * len));
}

/* What XML has no place for; its neighbour U+FFFD it has. */
Test(export_svg, text_is_of_characters_that_xml_knows)
{
	struct strbuf sb = {};

	svg_text(&sb, "a\xef\xbf\xbf"
		      "b\xef\xbf\xbe\xef\xbf\xbd<\xef");
	cr_expect(eq(str, (char *)strbuf_str(&sb), "a?b?\xef\xbf\xbd&lt;\xef"));
	strbuf_release(&sb);
}

Test(export_svg, hostile_text_is_text)
{
	const char *text;

	exporting_append_all(&e);
	exporting_set_input(&e);
	text = exporting_run(&e, export_svg);
	expect_in(text, "&lt;/script&gt;&quot;&amp;</text>");
	expect_in(text, "&quot;&lt;&amp;&gt;\\??[31m?</text>");
	cr_expect(eq(ptr, strstr(text, "</script>"), NULL));
	set_moment();
	text = exporting_run(&e, export_svg);
	cr_expect(eq(sz, count_in(text, "<text"), count_in(text, "</text>")));
}

static void append_ring(__u32 cnt)
{
	exporting_append(&e, build_thread(10, 10, 0, "main"));
	for (__u32 i = 0; i < cnt; i++)
		exporting_append(&e, build_thread(100 + i, 10, 10, "phil"));
	for (__u32 i = 0; i < cnt; i++)
		exporting_append(
			&e, build_block_mutex(100 + i, 0, 0x1000 + i * 64, 100 + (i + 1) % cnt));
	exporting_append(&e, build_block_join(10, 0, 0x7000, 100));
}

/* The line that closes a large ring goes around at the left: no node is in its way. */
static void expect_free_way(const char *text)
{
	const char *at, *way;
	int from_x, from_y, x, y;

	for (way = text; (way = strstr(way, " d=\"M")); way++)
		if (sscanf(way, " d=\"M%d %dH", &from_x, &from_y) == 2 && (at = strchr(way, 'H')) &&
		    at < strchr(way, '/'))
			break;
	for (at = text; way && (at = strstr(at, "<rect class=\"node")); at++) {
		cr_assert(eq(int, sscanf(strstr(at, " x="), " x=\"%d\" y=\"%d", &x, &y), 2));
		cr_expect(y + 20 != from_y || x >= from_x);
	}
}

/* Every node and edge is drawn, whatever the size of the ring, and no node on another. */
Test(export_svg, rings_of_all_sizes_are_drawn)
{
	for (__u32 cnt = 1; cnt <= 25; cnt++) {
		char *places[64];
		const char *text, *at;
		size_t nodes = 0;

		teardown();
		exporting_begin(&e);
		append_ring(cnt);
		set_moment();
		at = text = exporting_run(&e, export_svg);
		cr_expect(eq(sz, count_in(text, "class=\"edge"), 2 * cnt + 1));
		expect_free_way(text);
		while ((at = strstr(at, "<rect class=\"node"))) {
			at = strstr(at, " x=");
			places[nodes++] = strndup(at, strstr(at, " width") - at);
		}
		cr_expect(eq(sz, nodes, 2 * cnt + 1));
		for (size_t i = 0; i < nodes; i++)
			for (size_t j = 0; j < i; j++)
				cr_expect(ne(str, places[i], places[j]));
		for (size_t i = 0; i < nodes; i++)
			free(places[i]);
	}
}

Test(export_svg, too_many_for_one_picture_are_refused)
{
	append_ring(200);
	set_moment();
	cr_expect(eq(int, export_svg(&e.in, &e.out), -90)); /* EMSGSIZE */
}

Test(export_svg, of_an_empty_trace)
{
	exporting_set_input(&e);
	expect_in(exporting_run(&e, export_svg), "</svg>\n");
	set_moment();
	expect_in(exporting_run(&e, export_svg), "No thread waits");
}
