/* SPDX-License-Identifier: GPL-2.0-only */
/* The page: its data are JSON that no name can leave, and there is a limit to it. */
#include <stdio.h>
#include <stdlib.h>

#include "export/sha256.h"
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

TestSuite(export_html, .init = setup, .fini = teardown);

static void expect_hash(const char *text, const char *want)
{
	uint8_t hash[SHA256_SZ];
	char hex[2 * SHA256_SZ + 1];

	sha256(text, strlen(text), hash);
	for (int i = 0; i < SHA256_SZ; i++)
		sprintf(hex + 2 * i, "%02x", hash[i]);
	cr_expect(eq(str, hex, (char *)want));
}

/* The first two are the examples of FIPS 180-2; then around the edge of a block. */
Test(export_html, sha256_gives_the_known_hashes)
{
	expect_hash("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	expect_hash("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_hash("1234567890123456789012345678901234567890123456789012345",
		    "03c3a70e99ed5eeccd80f73771fcf1ece643d939d9ecc76f25544b0233f708e9");
	expect_hash("1234567890123456789012345678901234567890123456789012345678901234",
		    "676491965ed3ec50cb7a63ee96315480a95c54426b0b72bca8a0d4ad1285ad55");
}

/* The data of the page; to be freed. */
static char *data_of(const char *page)
{
	const char *begin = strstr(page, "id=\"data\">") + strlen("id=\"data\">");

	return strndup(begin, strstr(begin, "</script>") - begin);
}

static void expect(const char *data, const char *path, const char *want)
{
	char *value = json_look(data, path);

	cr_assert(ne(ptr, value, NULL), "no %s in %s", path, data);
	cr_expect(eq(str, value, (char *)want), "%s", path);
	free(value);
}

/* Before it was read again, the page does not draw it as certain. */
Test(export_html, what_is_known_of_a_wait_is_told_from_when_it_was_known)
{
	char *data;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	build_later(20000000);
	exporting_append(&e, build_lockword(2, 0x1000, 10));
	build_later(5000);
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_set_input(&e);
	data = data_of(exporting_run(&e, export_html));
	expect(data, "stays[2][8]", "1");
	expect(data, "stays[2][11][1]", "0");
	expect(data, "links[0].dashed", "true");
	expect(data, "links[0].label", "\"held by (read, not confirmed)\"");
	expect(data, "links[1].dashed", "false");
	expect(data, "links[1].label", "\"held by (read)\"");
	free(data);
}

Test(export_html, stays_have_their_words_and_who_is_in_them)
{
	char *data;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_block_mutex(2, 10, 0x1000, 10));
	build_later(5000);
	exporting_append(&e, build_wake_futex(2, 10, 0x1000));
	exporting_append(&e, build_output("one\n", 4));
	exporting_append(&e, build_note("look"));
	exporting_set_input(&e);
	data = data_of(exporting_run(&e, export_html));
	expect(data, "threads[1].name", "\"left\"");
	expect(data, "stays[2]",
	       "[1, 2000, 6000, 4, \"mutex 0x1000\", 0, \"read\", 0, 0, 0, \"held by\"]");
	expect(data, "objects", "[\"mutex 0x1000\"]");
	expect(data, "links[0].object", "0");
	expect(data, "links[0].label", "\"held by (read, not confirmed)\"");
	expect(data, "links[0].dashed", "true");
	expect(data, "links[0].ends[0].name", "\"main\"");
	expect(data, "output[0].text", "\"one\"");
	expect(data, "marks[0].text", "\"look\"");
	expect(data, "states[4].word", "\"Blocked\"");
	expect(data, "verdict.at_ns", "null");
	free(data);
}

Test(export_html, notes_have_their_question_and_their_picture)
{
	char notes[] = "1us Look\n view: timeline\n threads: left\n zoom: 20us\n"
		       "2us\n question: Who?\n answer: left\n"
		       "9s It hangs\n";
	char *data, *given;

	exporting_append(&e, build_thread(10, 10, 0, "main"));
	exporting_append(&e, build_thread(2, 10, 10, "left"));
	exporting_append(&e, build_run(2));
	exporting_set_input(&e);
	given = e.meta.notes;
	e.meta.notes = notes;
	data = data_of(exporting_run(&e, export_html));
	e.meta.notes = given;
	expect(data, "marks[0].view", "\"timeline\"");
	expect(data, "marks[0].threads", "\"left\"");
	expect(data, "marks[0].zoom_ns", "20000");
	expect(data, "marks[0].question", "null");
	expect(data, "marks[1].text", "\"Who?\"");
	expect(data, "marks[1].answer", "\"left\"");
	expect(data, "marks[1].zoom_ns", "0");
	expect(data, "marks[2].text", "\"It hangs\"");
	expect(data, "marks[2].at_ns", "2000");
	free(data);
}

Test(export_html, no_name_leaves_the_data)
{
	const char *page;
	char *data, *value;

	exporting_append_all(&e);
	exporting_append(&e, build_note("</script><script>alert(1)</script><!--"));
	exporting_set_input(&e);
	page = exporting_run(&e, export_html);
	cr_expect(eq(sz, count_in(page, "<script"), 2));
	cr_expect(eq(sz, count_in(page, "</script>"), 2));
	data = data_of(page);
	cr_expect(eq(ptr, strchr(data, '<'), NULL));
	value = json_look(data, "");
	cr_expect(ne(ptr, value, NULL));
	free(value);
	expect(data, "marks[2].text",
	       "\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\\u003c!--\"");
	free(data);
}

Test(export_html, too_much_for_a_page_is_refused)
{
	for (__u64 i = 0; i < 400000; i++)
		exporting_append(&e, build_story(3, 8, i));
	exporting_set_input(&e);
	cr_expect(eq(int, export_html(&e.in, &e.out), -90)); /* EMSGSIZE */
	cr_expect(eq(sz, e.out.buf.len, 0));
	e.in.to_ns = e.in.from_ns + (e.in.to_ns - e.in.from_ns) / 10;
	cr_expect(eq(int, export_html(&e.in, &e.out), 0));
	cr_expect(gt(sz, e.out.buf.len, 1000000));
}

Test(export_html, of_an_empty_trace)
{
	exporting_set_input(&e);
	cr_expect(ne(ptr, strstr(exporting_run(&e, export_html), "</html>"), NULL));
}
