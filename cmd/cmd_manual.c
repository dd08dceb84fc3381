/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace manual: ctrace(1) in roff, made from the lists of commands, options, keys and words. */
#include <stdio.h>
#include <stdlib.h>
#include "cmd/exit_status.h"
#include "cmd/export_cast.h"
#include "cmd/options.h"
#include "model/state.h"
#include "trace/annotations.h"
#include "tui/keymap.h"

/* Text as roff takes it: a backslash and a dash mean themselves, a dot does not begin a request. */
static void put_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

/* A tagged paragraph: a bold head, then what it means. */
static void put_entry(const char *head, const char *text)
{
	fputs(".TP\n\\fB", stdout);
	put_text(head);
	fputs("\\fR\n", stdout);
	put_text(text);
	putchar('\n');
}

/* "--at, --from": those that a command uses, but for those of all. */
static void put_options_of(size_t command)
{
	const struct option_info *o;
	char name[OPTION_SPELLING_MAX];
	const char *before = ".br\nOptions: ";

	for (size_t i = 0; (o = option_at(i)); i++) {
		if (!(o->uses >> command & 1) || o->uses == FOR_ALL)
			continue;
		fputs(before, stdout);
		fputs("\\-\\-", stdout);
		put_text(option_spell(o, name));
		before = ", ";
	}
	if (*before == ',')
		puts(".");
}

static void put_commands(void)
{
	const struct command_info *c;
	char head[96];

	puts(".SH COMMANDS\nEach takes the options that are named with it, and \\-\\-quiet, "
	     "\\-\\-verbose and \\-\\-help, which prints all of one command; any other option is "
	     "refused.");
	for (size_t i = 0; (c = command_at(i)); i++) {
		snprintf(head, sizeof(head), "%s %s", c->name, c->args);
		put_entry(head, c->help);
		put_options_of(i);
	}
}

static void put_option(const struct option_info *o)
{
	char head[96], spelling[OPTION_SPELLING_MAX], letter[] = "-p, ";

	letter[1] = o->letter;
	snprintf(head, sizeof(head), "%s--%s%s%s", o->letter ? letter : "",
		 option_spell(o, spelling), o->arg ? "=" : "", o->arg ? o->arg : "");
	put_entry(head, o->help);
}

static void put_options(void)
{
	const struct option_info *o;

	puts(".SH OPTIONS\nOptions end at the program: what follows it is its own.");
	for (size_t i = 0; (o = option_at(i)); i++)
		put_option(o);
}

static void put_keys(void)
{
	const struct key_info *k;

	puts(".SH KEYS\nThe same live and replayed.");
	for (size_t i = 0; (k = keymap_at(i)); i++)
		put_entry(k->shown, k->help);
}

static void put_words(void)
{
	puts(".SH STATES");
#define STATE_ENTRY(name, id, letter, word, help) put_entry(word, help);
	THREAD_STATES(STATE_ENTRY)
#undef STATE_ENTRY
	puts(".SH REASONS\nWhat a Blocked thread waits for, in one word.");
#define REASON_ENTRY(name, id, word, help) put_entry(word, help);
	WAIT_REASONS(REASON_ENTRY)
#undef REASON_ENTRY
	puts(".SH EVIDENCE\nHow well it is known for whom a thread waits. A verdict is never "
	     "made of what is only learned.");
#define EVIDENCE_ENTRY(name, id, word, help) put_entry(word, help);
	EVIDENCES(EVIDENCE_ENTRY)
#undef EVIDENCE_ENTRY
}

static void put_formats(void)
{
	puts(".SH FORMATS\nOf ctrace export. Times count from the begin of the recording, in "
	     "nanoseconds where a name ends in _ns.");
#define FORMAT_ENTRY(name, ext, uses, help) put_entry(#name, help);
	EXPORT_FORMATS(FORMAT_ENTRY)
	CAST_FORMAT(FORMAT_ENTRY)
#undef FORMAT_ENTRY
	puts(".PP\nA row of a table of csv is, for");
#define TABLE_ENTRY(name, help) put_entry(#name, help);
	EXPORT_TABLES(TABLE_ENTRY)
#undef TABLE_ENTRY
}

static void put_notes(void)
{
	puts(".SH NOTES OF A LECTURE\nA recording can have notes, which\n.B ctrace annotate\nputs "
	     "into it from a text, all at once, and prints; so do the keys m and M of a replay. "
	     "A line that begins with a time since the begin of the recording (12.5s, 20ms), or "
	     "with # and the number of an event, begins a note; indented lines belong to it: "
	     "more of its text, or one of the words below. A line of # and no digit is a "
	     "comment.\n"
	     ".PP\n.nf\n0.01s  chapter: Four eaters are born\n       view: diagram\n"
	     "#51    Somebody waits\n       question: Who holds the fork that B wants?\n"
	     "       answer: D.\n.fi");
	put_entry("chapter:", "before the text: it is the title of what follows");
	put_entry("pause", "playing stops here, also when it does not stop at each note");
#define FIELD_ENTRY(name, help) put_entry(#name ":", help);
	ANNOTATION_FIELDS(FIELD_ENTRY)
#undef FIELD_ENTRY
	puts(".PP\nA note that names a view is shown with what else it names, and nothing of the "
	     "picture before: all threads, lanes of threads, the zoom that fits. Without a view, "
	     "what it does not "
	     "name stays as it is. Notes with a time or an "
	     "event that the recording does not have, or a view or lanes that there are not, are "
	     "refused "
	     "with the number of the line, and the recording keeps those that it had.");
}

static void put_exit_statuses(void)
{
	puts(".SH EXIT STATUS\nThat of the program; a program killed by a signal makes ctrace die "
	     "of the same signal. Otherwise 0, or:");
#define STATUS_ENTRY(name, status, when) put_entry(#status, when);
	EXIT_STATUSES(STATUS_ENTRY)
#undef STATUS_ENTRY
}

static void put_examples(void)
{
	const struct example_info *e;

	puts(".SH EXAMPLES");
	for (size_t i = 0; (e = example_at(i)); i++)
		put_entry(e->line, e->help);
}

static void put_closing_notes(void)
{
	puts(".SH NOTES\nTracing needs root, or CAP_BPF and CAP_PERFMON, and a kernel from 6.1 "
	     "with BTF. All privilege is given up once the probes are attached, but for "
	     "CAP_SYS_PTRACE where memory could not be read otherwise, and CAP_KILL where root "
	     "has started the program, so that all can be ended that it runs as other users; under "
	     "sudo the program runs as the invoking user.\n"
	     ".PP\n\\-p takes processes with all that is below them when they are attached to, "
	     "whoever these belong to, but ctrace itself, what it runs under and the rest of its "
	     "pipeline; with \\-\\-no\\-children it is they alone. What they create from then "
	     "on is traced in any case. It is over when those that were named have ended.\n"
	     ".PP\nA trace is a file, not a pipe: it is read at many places. What \\-\\-ring "
	     "keeps is in memory until the recording ends: a recorder that was killed (SIGKILL) "
	     "leaves no events.\n"
	     ".PP\nThe keys y and O, and record without \\-o, write to the directory in which "
	     "ctrace was started: to ctrace\\-report\\-PROG\\-1.txt and to "
	     "ctrace\\-PROG\\-1.ctrace, or with the next number that is free, and never to a "
	     "file that is there.");
}

int cmd_manual(const struct options *opts, const struct launch_inherited *inherited)
{
	(void)opts;
	(void)inherited;
	puts(".TH CTRACE 1 \"\" \"ctrace " CTRACE_VERSION "\" \"User Commands\"\n"
	     ".SH NAME\nctrace \\- show what the kernel does with the threads of a program\n"
	     ".SH SYNOPSIS\n.B ctrace\n[OPTIONS] PROG [ARGS...]\n.br\n.B ctrace\n"
	     "COMMAND [OPTIONS] ...\n"
	     ".SH DESCRIPTION\nctrace shows, live in a terminal, every thread of a program Ready, "
	     "Running or Blocked, and for each Blocked thread why, since when and on whom. A "
	     "deadlock is told in one sentence. The program is neither recompiled nor stopped.\n"
	     ".PP\nStandard output is data, standard error is messages, the screen is the "
	     "terminal. Without a terminal, with TERM=dumb or \\-\\-plain, every state change is "
	     "a line.");
	put_commands();
	put_options();
	put_keys();
	put_words();
	put_formats();
	put_notes();
	put_exit_statuses();
	puts(".SH ENVIRONMENT\n.B NO_COLOR\nswitches colours off,\n.B TERM\nsays what the terminal "
	     "can.");
	put_examples();
	put_closing_notes();
	return EXIT_SUCCESS;
}
