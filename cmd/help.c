/* SPDX-License-Identifier: GPL-2.0-only */
/* What --help prints, from the lists of cmd/options.h. */
#include "cmd/help.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cmd/exit_status.h"
#include "cmd/export_cast.h"
#include "trace/annotations.h"

enum { COLS = 79, COMMAND_COLS = 26, OPTION_COLS = 22, WORD_COLS = 10 };

/* Words between indent and the right edge, on as many lines as they take. */
static void put_wrapped(const char *text, int indent, int col)
{
	while (*text) {
		int len = strcspn(text, " ");

		if (col > indent && col + len > COLS) {
			printf("\n%*s", indent, "");
			col = indent;
		}
		printf("%.*s", len, text);
		text += len;
		col += len + 1;
		if (*text == ' ' && *++text && col + (int)strcspn(text, " ") <= COLS)
			putchar(' ');
	}
	putchar('\n');
}

/* What is too long for its column has a line of its own. */
static void put_row(const char *left, const char *right, int cols)
{
	bool is_long = (int)strlen(left) > cols - 1;

	printf("  %-*s%s", cols, left, is_long ? "\n" : "");
	if (is_long)
		printf("%*s", cols + 2, "");
	put_wrapped(right, cols + 2, cols + 2);
}

/* "check, report: " before what few commands use. */
static void add_users(const struct option_info *o, struct strbuf *ret)
{
	const struct command_info *c;
	size_t cnt = 0;

	for (size_t i = 0; command_at(i); i++)
		cnt += o->uses >> i & 1;
	if (cnt > 2)
		return;
	for (size_t i = 0; (c = command_at(i)); i++)
		if (o->uses >> i & 1)
			strbuf_addf(ret, "%s%s", ret->len ? ", " : "", c->name);
	strbuf_adds(ret, ": ");
}

static void put_option(const struct option_info *o, bool with_users)
{
	char name[OPTION_SPELLING_MAX], left[64], letter[] = "-p, ";
	struct strbuf text = {};

	letter[1] = o->letter;
	snprintf(left, sizeof(left), "%s--%s%s%s", o->letter ? letter : "    ",
		 option_spell(o, name), o->arg ? "=" : "", o->arg ? o->arg : "");
	if (with_users)
		add_users(o, &text);
	strbuf_adds(&text, o->help);
	put_row(left, strbuf_str(&text), OPTION_COLS);
	strbuf_release(&text);
}

static void put_overview(void)
{
	const struct command_info *c;
	const struct option_info *o;
	char left[64];

	puts("ctrace shows what the kernel does with a program's threads: Ready, Running,\n"
	     "Blocked - and for each Blocked thread why, since when, and on whom.\n\n"
	     "usage: ctrace [OPTIONS] PROG [ARGS...]\n"
	     "       ctrace COMMAND [OPTIONS] ...\n\n"
	     "commands; ctrace COMMAND --help tells more of one:");
	for (size_t i = 0; (c = command_at(i)); i++) {
		snprintf(left, sizeof(left), "%-8s %s", c->name, c->args);
		put_row(left, c->help, COMMAND_COLS);
	}
	puts("\noptions:");
	for (size_t i = 0; (o = option_at(i)); i++)
		put_option(o, true);
	puts("\nkeys: ? or F1 in the screen.  More: man ctrace, or ctrace manual | man -l -");
}

static void put_formats(void)
{
	puts("\nformats:");
#define FORMAT_ROW(name, ext, uses, help) put_row(#name, help, WORD_COLS);
	EXPORT_FORMATS(FORMAT_ROW)
	CAST_FORMAT(FORMAT_ROW)
#undef FORMAT_ROW
}

static void put_statuses(void)
{
	puts("\nexit status: that of PROG, or");
#define STATUS_ROW(name, status, when) put_row(#status, when, WORD_COLS);
	EXIT_STATUSES(STATUS_ROW)
#undef STATUS_ROW
}

static void put_notes(void)
{
	puts("\nA note begins with a time or with # and the number of an event; indented lines\n"
	     "belong to it: more of its text, 'pause', or one of these words with a value.");
#define FIELD_ROW(name, help) put_row(#name ":", help, WORD_COLS);
	ANNOTATION_FIELDS(FIELD_ROW)
#undef FIELD_ROW
	puts("\n  0.01s  chapter: Four eaters are born\n         view: diagram\n"
	     "  #51    Somebody waits\n         question: Who holds what B wants?\n"
	     "         answer: D.");
}

static void put_command(enum command_id id)
{
	const struct command_info *c = command_at(id);
	const struct example_info *e;
	const struct option_info *o;
	const char *name = id == COMMAND_live ? "" : c->name;

	printf("ctrace%s%s - %s\n\n", *name ? " " : "", name, c->help);
	printf("usage: ctrace%s%s [OPTIONS]%s%s\n", *name ? " " : "", name, *c->args ? " " : "",
	       c->args);
	if (option_at(0)->uses >> id & 1) /* the first is --pid */
		printf("       ctrace%s%s [OPTIONS] -p PID[,PID]\n", *name ? " " : "", name);
	puts("\noptions:");
	for (size_t i = 0; (o = option_at(i)); i++)
		if (o->uses >> id & 1)
			put_option(o, false);
	if (id == COMMAND_export)
		put_formats();
	if (id == COMMAND_check)
		put_statuses();
	if (id == COMMAND_annotate)
		put_notes();
	puts("\nexamples:");
	for (size_t i = 0; (e = example_at(i)); i++)
		if (e->command == id) {
			printf("  %s\n      ", e->line);
			put_wrapped(e->help, 6, 6);
		}
}

void help_print(enum command_id command)
{
	if (command == COMMAND_CNT)
		put_overview();
	else
		put_command(command);
}
