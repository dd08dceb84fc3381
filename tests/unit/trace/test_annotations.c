/* SPDX-License-Identifier: GPL-2.0-only */
/* Annotations: as text, and in a trace file. */
#include "trace/annotations.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/support/builders.h"
#include "tests/unit/trace/scratch.h"
#include "trace/reader.h"
#include "trace/writer.h"

enum { BEGIN_NS = 1000 };

TestSuite(annotations, .init = scratch_begin, .fini = scratch_end);

static const char lecture[] = "# a comment\n"
			      "\n"
			      "0.5s  chapter: How it begins\n"
			      "      view: graph\n"
			      "\tlanes: locks\n"
			      "\tzoom: 50ms\n"
			      "12.25s A waits\r\n"
			      "  and B, too\n"
			      "  pause\n"
			      "  question: Who runs next?\n"
			      "  answer: Nobody: all wait.\n";

static void expect_wrong(const char *text, unsigned line, const char *why)
{
	struct strbuf said = {};
	struct annotations a;

	cr_expect(eq(u32, annotations_parse(text, BEGIN_NS, &a, &said), line), "%s", text);
	cr_expect(eq(str, (char *)strbuf_str(&said), (char *)why));
	cr_expect(eq(sz, a.items.cnt, 0));
	strbuf_release(&said);
}

Test(annotations, are_times_with_texts_and_what_to_show)
{
	const struct annotation *item;
	struct annotations a;

	cr_assert(eq(u32, annotations_parse(lecture, BEGIN_NS, &a, NULL), 0));
	cr_assert(eq(sz, a.items.cnt, 2));
	item = &a.items.items[0];
	cr_expect(eq(u64, item->at_ns, BEGIN_NS + 500000000ULL));
	cr_expect(item->is_chapter && !item->is_pause);
	cr_expect(eq(str, item->text, "How it begins"));
	cr_expect(eq(str, item->view, "graph"));
	cr_expect(eq(str, item->lanes, "locks"));
	cr_expect(eq(str, item->zoom, "50ms"));
	cr_expect(eq(ptr, item->question, NULL));
	item = &a.items.items[1];
	cr_expect(item->is_pause && !item->is_chapter);
	cr_expect(eq(str, item->text, "A waits and B, too"));
	cr_expect(eq(str, item->answer, "Nobody: all wait."));
	annotations_release(&a);
}

Test(annotations, are_printed_as_they_are_parsed)
{
	struct strbuf once = {}, twice = {};
	struct annotations a;

	cr_assert(eq(u32, annotations_parse(lecture, BEGIN_NS, &a, NULL), 0));
	annotations_print(&a, BEGIN_NS, &once);
	annotations_release(&a);
	cr_assert(eq(u32, annotations_parse(strbuf_str(&once), BEGIN_NS, &a, NULL), 0));
	cr_expect(eq(sz, a.items.cnt, 2));
	annotations_print(&a, BEGIN_NS, &twice);
	annotations_release(&a);
	cr_expect(eq(str, (char *)strbuf_str(&once), (char *)strbuf_str(&twice)));
	strbuf_release(&once);
	strbuf_release(&twice);
}

Test(annotations, that_are_wrong_say_in_which_line)
{
	expect_wrong("# fine\nsoon  A waits\n", 2, "no time: soon  A waits");
	expect_wrong("  view: graph\n", 1, "belongs to no annotation: view: graph");
	expect_wrong("1s A\n  zoom: much\n", 2, "no time: much");
	expect_wrong("#12x A\n", 1, "no number of an event: #12x A");
	expect_wrong("1s \x1b[2J\n2\x1b", 2, "no time: 2?");
}

static void expect_refused(const char *text, unsigned line, const char *why)
{
	static const char *const views[] = { "threads", "graph", NULL };
	static const char *const lanes[] = { "threads", "locks", NULL };
	const struct annotation_limits limits = {
		.begin_ns = BEGIN_NS,
		.end_ns = BEGIN_NS + 2500000000ULL,
		.first_event = 10,
		.event_cnt = 20,
		.views = views,
		.lanes = lanes,
	};
	struct strbuf said = {};
	struct annotations a;

	cr_expect(eq(u32, annotations_parse_for(text, &limits, &a, &said), line), "%s", text);
	cr_expect(eq(str, (char *)strbuf_str(&said), (char *)why));
	annotations_release(&a);
	strbuf_release(&said);
}

Test(annotations, of_what_the_trace_does_not_have_are_refused)
{
	expect_refused("0s A\n2.5s B\n#10 C\n#19 D\n view: graph\n", 0, "");
	expect_refused("0s A\n2.500000001s B\n", 2,
		       "behind the end of the trace, which is 2.500000000s: 2.500000001s B");
	expect_refused("-1s A\n", 1, "before the begin of the trace, which is 0s: -1s A");
	expect_refused("#9 A\n", 1, "the trace has no such event, only #10 to #19: #9 A");
	expect_refused("#20 A\n", 1, "the trace has no such event, only #10 to #19: #20 A");
	expect_refused("1s A\n\n view: grpah\n", 3,
		       "no such view, there are threads, graph: grpah");
	expect_refused("1s A\n lanes: lock\n", 2, "no such lanes, there are threads, locks: lock");
	expect_refused("1s A\n  veiw: graph\n", 2, "no such word: veiw: graph");
	expect_refused("1s A\n view:\n", 2, "no such view, there are threads, graph: ");
}

Test(annotations, of_a_file_are_taken_whatever_the_trace_has)
{
	struct annotations a;

	cr_assert(eq(u32, annotations_parse("99s A\n#99 B\n view: later\n", 0, &a, NULL), 0));
	cr_expect(eq(sz, a.items.cnt, 2));
	annotations_release(&a);
}

/* A file must not lose what a later ctrace told in it, nor its other notes. */
Test(annotations, with_words_of_a_later_ctrace_are_kept)
{
	static const char text[] = "0.000000000s  A\n\tview: graph\n\tcamera: \x1b[2J left\n"
				   "\tsound: off: all\n1.000000000s  B\n\tzoom: 5ms\n";
	struct strbuf printed = {};
	struct annotations a;

	cr_assert(eq(u32, annotations_parse(text, 0, &a, NULL), 0));
	cr_expect(eq(sz, a.items.cnt, 2));
	cr_expect(eq(str, a.items.items[0].text, "A"));
	cr_expect(eq(str, a.items.items[0].view, "graph"));
	cr_expect(eq(str, (char *)annotations_find_later(&a),
		     "\tcamera: ?[2J left\n\tsound: off: all\n"));
	annotations_print(&a, 0, &printed);
	annotations_release(&a);
	cr_assert(eq(u32, annotations_parse(strbuf_str(&printed), 0, &a, NULL), 0));
	cr_expect(ne(ptr, strstr(strbuf_str(&printed), "\tcamera: ?[2J left\n"), NULL));
	cr_expect(ne(ptr, (void *)annotations_find_later(&a), NULL));
	annotations_release(&a);
	strbuf_release(&printed);
}

Test(annotations, with_words_of_a_later_ctrace_are_told_when_a_file_is_opened)
{
	const char *path = scratch_path("a.ctrace"), *said;
	struct trace_meta meta;
	struct trace *t;

	scratch_record(path, 1);
	cr_assert(eq(int, writer_annotate(path, "1s A\n\tcamera: left\n"), 0));
	scratch_log();
	cr_assert(eq(int, reader_open(path, &t, &meta), 0));
	said = scratch_log();
	cr_expect(ne(ptr, strstr(said, "words of a later ctrace"), NULL), "%s", said);
	cr_expect(ne(ptr, strstr(said, "(camera)"), NULL), "%s", said);
	meta_release(&meta);
	trace_free(t);
}

/* A text of one annotation: a head, and what comes behind a word in its second line. */
static unsigned wrong_line(size_t head_len, const char *word, size_t len)
{
	struct strbuf text = {}, why = {};
	struct annotations a;
	unsigned line;

	strbuf_adds(&text, "1s ");
	for (; head_len; head_len--)
		strbuf_addch(&text, 'x');
	strbuf_addf(&text, "\n  %s", word);
	for (; len; len--)
		strbuf_addch(&text, 'y');
	line = annotations_parse(strbuf_str(&text), 0, &a, &why);
	annotations_release(&a);
	strbuf_release(&text);
	strbuf_release(&why);
	return line;
}

Test(annotations, that_would_be_cut_are_refused)
{
	enum { LONGEST = ANNOTATION_TEXT_MAX - 1 };

	cr_expect(eq(u32, wrong_line(LONGEST, "answer: ", LONGEST), 0));
	cr_expect(eq(u32, wrong_line(LONGEST + 1, "answer: ", 1), 1));
	cr_expect(eq(u32, wrong_line(1, "answer: ", LONGEST + 1), 2));
	cr_expect(eq(u32, wrong_line(1, "", LONGEST - 2), 0));
	cr_expect(eq(u32, wrong_line(1, "", LONGEST - 1), 2));
}

Test(annotations, carry_no_escape_to_a_terminal)
{
	struct annotations a;

	cr_assert(eq(u32, annotations_parse("1s \x1b[2J\n", 0, &a, NULL), 0));
	cr_expect(eq(ptr, strchr(a.items.items[0].text, '\x1b'), NULL));
	annotations_release(&a);
}

Test(annotations, of_one_time_keep_their_order)
{
	struct annotations a;

	cr_assert(eq(u32, annotations_parse("2s B\n1s A\n2s C\n", 0, &a, NULL), 0));
	annotations_sort(&a);
	cr_expect(eq(str, a.items.items[0].text, "A"));
	cr_expect(eq(str, a.items.items[1].text, "B"));
	cr_expect(eq(str, a.items.items[2].text, "C"));
	annotations_remove(&a, 1);
	cr_expect(eq(sz, a.items.cnt, 2));
	cr_expect(eq(str, a.items.items[1].text, "C"));
	annotations_release(&a);
}

static void expect_notes(const char *path, const char *notes, bool truncated)
{
	struct trace_meta meta;
	struct trace *t;

	cr_assert(eq(int, reader_open(path, &t, &meta), 0));
	cr_expect(eq(str, meta.notes, (char *)notes));
	cr_expect(eq(int, meta.truncated, truncated));
	cr_expect(scratch_has_story(t, 0, 5000));
	meta_release(&meta);
	trace_free(t);
}

Test(annotations, are_put_into_a_file_again_and_again)
{
	const char *path = scratch_path("a.ctrace");

	scratch_record(path, 5000);
	expect_notes(path, "", false);
	cr_assert(eq(int, writer_annotate(path, "1s A\n"), 0));
	expect_notes(path, "1s A\n", false);
	cr_assert(eq(int, writer_annotate(path, "1s A\n2s B\n"), 0));
	expect_notes(path, "1s A\n2s B\n", false);
	cr_assert(eq(int, writer_annotate(path, ""), 0));
	expect_notes(path, "", false);
	cr_expect(eq(str, (char *)scratch_log(), ""));
}

Test(annotations, that_were_cut_off_leave_those_of_before)
{
	const char *path = scratch_path("a.ctrace");
	struct stat before, after;

	scratch_record(path, 5000);
	cr_assert(eq(int, writer_annotate(path, "1s A\n"), 0));
	cr_assert(eq(int, stat(path, &before), 0));
	cr_assert(eq(int, writer_annotate(path, "1s B\n"), 0));
	cr_assert(eq(int, stat(path, &after), 0));
	cr_assert(eq(int, truncate(path, before.st_size + 70), 0), "in the middle of the block");
	expect_notes(path, "1s A\n", false);
	cr_assert(eq(int, truncate(path, before.st_size), 0));
	expect_notes(path, "1s A\n", false);
}

Test(annotations, of_a_recording_that_was_not_closed_do_not_close_it)
{
	const char *path = scratch_path("a.ctrace");
	struct stat st;

	scratch_record(path, 5000);
	cr_assert(eq(int, stat(path, &st), 0));
	cr_assert(eq(int, truncate(path, st.st_size - 96), 0), "the end block");
	cr_assert(eq(int, writer_annotate(path, "1s A\n"), 0));
	expect_notes(path, "1s A\n", true);
}

Test(annotations, wait_for_nobody_who_records)
{
	const char *path = scratch_path("a.ctrace");
	int fd;

	scratch_record(path, 5000);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(eq(int, flock(fd, LOCK_EX), 0));
	cr_expect(eq(int, writer_annotate(path, "1s A\n"), -EBUSY));
	close(fd);
	expect_notes(path, "", false);
}

Test(annotations, go_into_traces_alone)
{
	const char *path = scratch_path("a.txt");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;

	cr_assert(eq(int, write(fd, "no trace", 8), 8));
	close(fd);
	cr_expect(eq(int, writer_annotate(path, "1s A\n"), -EPROTO));
	cr_assert(eq(int, stat(path, &st), 0));
	cr_expect(eq(int, st.st_size, 8));
	cr_expect(eq(int, writer_annotate(scratch_path("none"), ""), -ENOENT));
	cr_expect(eq(int, writer_annotate("/dev/null", ""), -EPROTO));
}
