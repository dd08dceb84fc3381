/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: one list of options and one of commands give parsing, help and manual. */
#ifndef CTRACE_OPTIONS_H
#define CTRACE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "capture/launch.h"

enum { OPTIONS_PID_MAX = 64, OPTIONS_REPORT_MAX = 4 };

/* clang-format off */
#define REPORT_FORMATS(_)             \
	_(text,  "for people")        \
	_(json,  "of ctrace schema")  \
	_(junit, "for CI servers")
/* clang-format on */

enum report_format {
#define REPORT_FORMAT_ENUM(name, help) REPORT_AS_##name,
	REPORT_FORMATS(REPORT_FORMAT_ENUM)
#undef REPORT_FORMAT_ENUM
};

/* A report that is wanted. */
struct report_target {
	enum report_format format;
	bool has_format;  /* else: that of --json, or text */
	const char *file; /* NULL: standard output */
};

/* clang-format off */
/*        command    arguments      what it does */
#define COMMANDS(_)                                                                           \
	_(live,   "PROG...",          "start PROG, show it and all it creates, live")         \
	_(record, "PROG...",          "record, no screen; PROG keeps its terminal")           \
	_(replay, "FILE",             "show a recording on the same screen; no privilege")    \
	_(report, "FILE",             "tell the verdict, threads, locks of a recording")      \
	_(check,  "PROG...",          "find deadlocks: the exit status is the verdict")       \
	_(export, "--format=F FILE",  "write a recording in the format of other programs")    \
	_(annotate, "FILE [NOTES]",   "put notes into a recording; or print those it has")    \
	_(info,   "FILE",             "tell what a recording is: command, times, losses")     \
	_(schema, "",                 "print the JSON schema of events and of the report")    \
	_(demo,   "[NAME [ARGS...]]", "list the bundled lessons, or show one")                \
	_(doctor, "",                 "say what tracing lacks here, and the remedy")          \
	_(completion, "SHELL",        "print the completion for bash, zsh or fish")           \
	_(manual, "",                 "print the manual page, for man(1)")

/* In the help of the command, and all of them in the manual. */
/*        command   line                                    what it is for */
#define EXAMPLES(_)                                                                              \
	_(live,   "ctrace ./program",                       "watch a program; ? is help")        \
	_(live,   "ctrace -p $(pidof program)",             "one that runs, or hangs, already")  \
	_(check,  "ctrace check --timeout=60s ./program", \
		  "is there a deadlock? The status says so; it is killed") \
	_(check,  "ctrace check a.ctrace",                  "the same of what was recorded")     \
	_(check,  "ctrace check --order ./program", \
		  "nor one that may strike another time?") \
	_(record, "ctrace record -o a.ctrace ./program", \
		  "record; ^C ends what would hang for ever") \
	_(record, "ctrace record --duration=5s -p 4711",    "five seconds of what runs already") \
	_(replay, "ctrace a.ctrace", \
		  "Space plays, . steps, m sets a note, M keeps the view with it, ? helps") \
	_(replay, "ctrace replay --theme=projector --states=ostep a.ctrace", \
		  "in the hall: ] goes to the next note, Space plays up to it, x answers")       \
	_(annotate, "ctrace annotate a.ctrace notes.txt",   "all notes at once, from a text")    \
	_(annotate, "ctrace annotate a.ctrace > notes.txt", "those it has, to be edited")        \
	_(report, "ctrace report a.ctrace",                 "what there is to be said of it")    \
	_(report, "ctrace report --at=75ms a.ctrace",       "the same of a moment on the way")   \
	_(export, "ctrace export -o a.html a.ctrace",                                            \
		  "a page to hand out, with the questions")                                       \
	_(export, "ctrace export --at=report -o a.svg a.ctrace", \
		  "the wait-for graph, for a slide") \
	_(info,   "ctrace info a.ctrace",                   "what is in it, and what was lost")  \
	_(schema, "ctrace schema > ctrace.schema.json",                                          \
		  "to validate what export and report print")                                     \
	_(demo,   "ctrace demo forks --fix=order",          "the dining forks, with a cure")     \
	_(doctor, "sudo ctrace doctor",                     "can this machine trace?")           \
	_(completion, "eval \"$(ctrace completion bash)\"", "in ~/.bashrc")                      \
	_(manual, "ctrace manual | man -l -",               "read it without installing it")

enum command_id {
#define COMMAND_ID(name, args, help) COMMAND_##name,
	COMMANDS(COMMAND_ID)
#undef COMMAND_ID
	COMMAND_CNT,
};

/* Which commands use an option: the others refuse it. */
enum option_use {
#define OPTION_USE(name, args, help) FOR_##name = 1 << COMMAND_##name,
	COMMANDS(OPTION_USE)
#undef OPTION_USE
	FOR_TRACING = FOR_live | FOR_record | FOR_check | FOR_demo,
	FOR_SCREEN = FOR_live | FOR_demo | FOR_replay,
	FOR_PICTURE = FOR_SCREEN | FOR_export, /* of formats that show a screen */
	FOR_OUTPUT = FOR_TRACING | FOR_report | FOR_export,
	FOR_ALL = (1 << COMMAND_CNT) - 1,
};

/*        name             letter  argument  used by   what it does */
#define OPTIONS(_)                                                                           \
	_(pid,       'p', "PID[,PID]", FOR_live | FOR_record | FOR_check,                    \
	  "attach to running processes and all below them")                                 \
	_(no_children, 0, NULL,        FOR_live | FOR_record | FOR_check,                    \
	  "-p: without the children that are there already")                                 \
	_(output,    'o', "FILE",      FOR_OUTPUT, \
	  "write the trace, export or report to FILE") \
	_(overwrite, 0,   NULL,        FOR_OUTPUT,     "replace a FILE that is there") \
	_(plain,     0,   NULL,        FOR_live | FOR_demo, \
	  "one line per state change, no screen") \
	_(buffer,    'b', "SIZE",      FOR_TRACING | FOR_doctor,                             \
	  "ring buffer between kernel and ctrace (16M)")                                     \
	_(history,   0,   "SIZE",      FOR_TRACING,    "memory for time travel (256M)")      \
	_(duration,  0,   "TIME",      FOR_record,     "only so long; the program goes on")  \
	_(max_size,  0,   "SIZE",      FOR_record,     "only until FILE has SIZE, to one block") \
	_(ring,      0,   "SIZE",      FOR_record | FOR_check, "keep the last SIZE of it only") \
	_(timeout,   0,   "TIME",      FOR_check,      "give up after TIME (10s, 500ms)")    \
	_(hang,      0,   "TIME",      FOR_check,      "give up when no thread has run for TIME") \
	_(order,     0,   NULL,        FOR_TRACING,                                          \
	  "find lock orders that may deadlock; 20 us a lock")                            \
	_(order_all, 0,   NULL,        FOR_TRACING,                                          \
	  "also in what it forks; every program pays for it")                                \
	_(report,    0,   "F[:FILE]",  FOR_check | FOR_report,                               \
	  "as text, json or junit, to FILE")                                          \
	_(json,      0,   NULL,        FOR_check | FOR_report | FOR_info, "report in JSON")  \
	_(fail,      0,   NULL,        FOR_check | FOR_report | FOR_replay,                  \
	  "the exit status is the verdict")                                                  \
	_(format,    0,   "F",         FOR_export,     "the format; else FILE's ending says it") \
	_(table,     0,   "NAME",      FOR_export,     "of csv: threads, locks or waits")    \
	_(from,      0,   "TIME",      FOR_export,     "begin there (1.5s, 20ms)")           \
	_(to,        0,   "TIME",      FOR_export,     "end there")                          \
	_(at,        0,   "TIME",      FOR_report | FOR_export,                              \
	  "the moment; or: report, end")                                                     \
	_(color,     0,   "WHEN",      FOR_PICTURE,    "auto, always or never")              \
	_(theme,     0,   "NAME",      FOR_PICTURE,    "dark, light, projector or mono")     \
	_(states,    0,   "WORDS",     FOR_PICTURE,                                          \
	  "for states: ctrace, ostep, silberschatz, linux")                                  \
	_(ascii,     'U', NULL,        FOR_PICTURE,    "no line drawing, letters only")      \
	_(as_root,   0,   NULL,        FOR_TRACING,                                          \
	  "under sudo: run PROG as root, not as the invoker")                                \
	_(quiet,     'q', NULL,        FOR_ALL,        "no closing line")                    \
	_(verbose,   'v', NULL,        FOR_ALL,        "say more; twice: even more")         \
	_(help,      'h', NULL,        FOR_ALL,        "this help; behind a command: its help") \
	_(version,   'V', NULL,        FOR_ALL,        "the version")
/* clang-format on */

struct options;

/* What the lists say, for those who print it. */
struct option_info {
	const char *name; /* as in the list */
	char letter;	  /* 0: none */
	const char *arg;  /* NULL: none */
	unsigned uses;	  /* enum option_use */
	const char *help;
};

struct command_info {
	const char *name, *args, *help;
};

struct example_info {
	enum command_id command;
	const char *line, *help;
};

/* NULL behind the last. */
const struct option_info *option_at(size_t i);
const struct command_info *command_at(size_t i);
const struct example_info *example_at(size_t i);

/* How it is typed: --as-root of as_root, without the dashes. Returns ret. */
enum { OPTION_SPELLING_MAX = 32 };
const char *option_spell(const struct option_info *o, char ret[OPTION_SPELLING_MAX]);

/* Was the option given that the list calls so? */
bool options_given(const struct options *opts, const char *name);

/* COMMAND_CNT when nothing is called that. */
enum command_id command_find(const char *name);

struct options {
	uint32_t pids[OPTIONS_PID_MAX];
	size_t pid_cnt;	   /* 0: launch argv */
	char *const *argv; /* the program with its arguments, or a command's own; NULL-terminated */
	const char *output; /* NULL: none was named */
	bool own_output;    /* without one, a file called after the program is wanted */
	const char *theme;
	const char *color;
	uint64_t ring_sz;     /* bytes; 0: default */
	uint64_t history_sz;  /* bytes; 0: default */
	uint64_t duration_ns; /* of a recording; 0: to the end */
	uint64_t max_sz;      /* of a recording, bytes; 0: any */
	uint64_t keep_sz;     /* of a recording that keeps its end only, bytes; 0: keep all */
	uint64_t timeout_ns;  /* 0: none */
	uint64_t hang_ns;     /* 0: none */
	struct report_target reports[OPTIONS_REPORT_MAX];
	size_t report_cnt;  /* 0: one to standard output */
	const char *format; /* as given, NULL: not given; cmd_export.c knows what they mean */
	const char *table;
	const char *from, *to, *at;
	bool no_children; /* of pids, when attaching */
	bool overwrite;
	bool plain;
	bool json;
	bool order;
	bool order_all; /* in forked processes, too */
	bool fail;
	bool ascii;
	bool as_root;
	bool quiet;
	bool help;
	bool version;
	int verbose;
	uint64_t given; /* bit i: option_at(i) */
};

/* One function per command in cmd_<command>.c: the exit status of ctrace. */
#define COMMAND_DECLARE(name, args, help) \
	int cmd_##name(const struct options *opts, const struct launch_inherited *inherited);
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* Messages go to standard error (again, after a screen). */
void options_log_to_stderr(const struct options *opts);

/*
 * Parse up to the first word that is no option; argv[0] is skipped. 0, with *ret_used
 * words consumed; or EXIT_USAGE, with a message.
 */
int options_parse(int argc, char **argv, struct options *ret, int *ret_used);

/*
 * Does the command use all options that were given? @typed is the command that was typed, which is
 * another one where a recording stands for a program. 0, or EXIT_USAGE, with a message.
 */
int options_check_uses(const struct options *opts, enum command_id command, enum command_id typed);

#endif /* CTRACE_OPTIONS_H */
