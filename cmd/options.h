/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: one list of options and one of commands give parsing, help and manual. */
#ifndef CTRACE_OPTIONS_H
#define CTRACE_OPTIONS_H

#include <stdbool.h>
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
#define COMMANDS(_)                                                                               \
	_(live,   "PROG [ARGS...]",   "start PROG, trace it and all it creates, show it live")    \
	_(record, "[-o FILE] PROG...","record a trace, no screen; PROG keeps its terminal")       \
	_(replay, "FILE",             "show a recording on the same screen; needs no privilege")  \
	_(report, "FILE",             "tell what a recording shows: verdict, threads, locks")     \
	_(check,  "PROG...",          "find deadlocks: the exit status is the verdict")           \
	_(export, "--format=F FILE",  "write a recording in the format of other programs")        \
	_(annotate, "FILE [NOTES]",   "put the notes of a lecture into a recording; or print them")\
	_(info,   "FILE",             "tell what a recording is: command, times, events, losses") \
	_(schema, "",                 "print the JSON schema of events and of the report")        \
	_(demo,   "[NAME [ARGS...]]", "list the bundled lessons, or show one")                    \
	_(doctor, "",                 "say what this machine lacks for tracing, and the remedy")  \
	_(completion, "SHELL",        "print what bash, zsh or fish needs to complete a command") \
	_(manual, "",                 "print this manual page, for man(1)")
/* clang-format on */

/* clang-format off */
/*        name             letter  argument  what it does */
#define OPTIONS(_)                                                                           \
	_(pid,       'p', "PID[,PID]", "attach to running processes and all below them")     \
	_(no_children, 0, NULL,        "-p: without the children that are there already")    \
	_(output,    'o', "FILE",      "write the trace, or the export, to FILE")            \
	_(overwrite, 0,   NULL,        "replace FILE if it is there")                        \
	_(plain,     0,   NULL,        "no screen: one line per state change")               \
	_(buffer,    'b', "SIZE",      "ring buffer between kernel and ctrace (16M)")        \
	_(history,   0,   "SIZE",      "memory for time travel (256M)")                      \
	_(duration,  0,   "TIME",      "record: only so long; the program goes on")          \
	_(max_size,  0,   "SIZE",      "record: only until FILE has SIZE, to one block")     \
	_(ring,      0,   "SIZE",      "record: keep only the last events, as many as SIZE holds") \
	_(timeout,   0,   "TIME",      "check: give up after TIME (10s, 500ms)")             \
	_(hang,      0,   "TIME",      "check: give up when no thread has run for TIME")     \
	_(order,     0,   NULL,        "find lock orders that may deadlock; a lock costs 20 us") \
	_(order_all, 0,   NULL,        "also in those it forks; then it costs every program so")  \
	_(report,    0,   "F[:FILE]",  "the report as text, json or junit, to FILE; again")  \
	_(json,      0,   NULL,        "report in JSON")                                     \
	_(fail,      0,   NULL,        "report: the exit status is the verdict")             \
	_(format,    0,   "F",         "export: the format, see FORMATS in the manual")      \
	_(table,     0,   "NAME",      "export, csv: threads, locks or waits")               \
	_(from,      0,   "TIME",      "export: begin there (1.5s, 20ms)")                   \
	_(to,        0,   "TIME",      "export: end there")                                  \
	_(at,        0,   "TIME",      "export: the moment of a graph; or: report, end")     \
	_(color,     0,   "WHEN",      "auto, always or never")                              \
	_(theme,     0,   "NAME",      "dark, light, projector or mono")                     \
	_(states,    0,   "WORDS",     "words for states: ctrace, ostep, silberschatz, linux")\
	_(ascii,     'U', NULL,        "no line drawing, letters only")                      \
	_(as_root,   0,   NULL,        "under sudo: run PROG as root, not as the invoker")   \
	_(quiet,     'q', NULL,        "no closing line")                                    \
	_(verbose,   'v', NULL,        "say more; twice: even more")                         \
	_(help,      'h', NULL,        "this help")                                          \
	_(version,   'V', NULL,        "the version")
/* clang-format on */

struct options {
	uint32_t pids[OPTIONS_PID_MAX];
	size_t pid_cnt;	   /* 0: launch argv */
	char *const *argv; /* the program with its arguments, or a command's own; NULL-terminated */
	const char *output; /* NULL: none was named; */
	bool own_output;    /* then one called after the program */
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
	int verbose;
};

/* One function per command in cmd_<command>.c: the exit status of ctrace. */
#define COMMAND_DECLARE(name, args, help) \
	int cmd_##name(const struct options *opts, const struct launch_inherited *inherited);
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* NULL when nothing is called that. */
typedef int (*command_fn)(const struct options *opts, const struct launch_inherited *inherited);
command_fn command_find(const char *name);

/* Messages go to standard error (again, after a screen). */
void options_log_to_stderr(const struct options *opts);

/*
 * Parse up to the first word that is no option; argv[0] is skipped. 0, with *ret_used
 * words consumed; or the exit status to leave with, plus one: help and version were
 * asked for (1), or it is wrong (EXIT_USAGE + 1, with a message).
 */
int options_parse(int argc, char **argv, struct options *ret, int *ret_used);

#endif /* CTRACE_OPTIONS_H */
