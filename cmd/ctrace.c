/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace: find the command, parse its options, run it. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"

/* Messages go to standard error; a screen puts its own sink in place while it is there. */
static void print_message(void *arg, enum log_level level, const char *line)
{
	const struct options *opts = arg;

	if ((int)level <= LOG_WARN + opts->verbose)
		fprintf(stderr, "ctrace: %s\n", line);
}

void options_log_to_stderr(const struct options *opts)
{
	log_set_sink(print_message, (void *)opts);
}

static bool command_needs_program(command_fn fn)
{
	return fn == cmd_live || fn == cmd_record || fn == cmd_check;
}

static bool command_reads_file(command_fn fn)
{
	return fn == cmd_replay || fn == cmd_report || fn == cmd_export || fn == cmd_info;
}

static bool names_a_trace(const char *word)
{
	const char *dot = word ? strrchr(word, '.') : NULL;

	return dot && !strcmp(dot, ".ctrace");
}

/* ctrace FILE.ctrace is ctrace replay FILE.ctrace, and to check it is to report on it. */
static command_fn command_over_file(command_fn fn, struct options *opts)
{
	if (!names_a_trace(opts->argv[0]))
		return fn;
	if (fn == cmd_live)
		return cmd_replay;
	if (fn != cmd_check)
		return fn;
	opts->fail = true;
	return cmd_report;
}

/* What stands behind a program is its own; behind a file there may be options of ours. */
static int parse_behind_file(int argc, char **argv, struct options *opts)
{
	int used, status = options_parse(argc, argv, opts, &used);

	if (used == argc)
		argv[1] = NULL;
	return status;
}

/* Two that cannot both be had; there is no third one. */
static bool options_contradict(const struct options *opts)
{
	if (opts->keep_sz && opts->max_sz)
		log_err("--ring goes on and keeps the end, --max-size ends: give one of them");
	return opts->keep_sz && opts->max_sz;
}

/*
 * Who starts no program: a descriptor that was closed is no place for the next file that is
 * opened, or a message would be written into a trace; and a limit that is reached is told.
 */
static void protect_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			abort();
	signal(SIGXFSZ, SIG_IGN);
}

/* What is printed and did not get there is a failure, whatever else went well. */
static int finish_output(int status)
{
	int err = fflush(stdout) ? errno : 0;

	if (!err && !ferror(stdout))
		return status;
	log_err("cannot write: %s", err ? strerror(err) : "some of it is missing");
	return status ? status : EXIT_CTRACE_FAILED;
}

static int run(command_fn fn, const struct options *opts, const struct launch_inherited *inherited)
{
	if (!command_needs_program(fn) && fn != cmd_demo)
		protect_files();
	return finish_output(fn(opts, inherited));
}

int main(int argc, char **argv)
{
	struct options opts = {};
	struct launch_inherited inherited;
	command_fn fn = NULL;
	int used, status;

	launch_inherited_save(&inherited);
	setlocale(LC_CTYPE, "");
	options_log_to_stderr(&opts);

	status = options_parse(argc, argv, &opts, &used);
	if (status)
		return finish_output(status - 1);
	/* Behind "--" a word is always a program, also when it is called like a command. */
	if (used < argc && strcmp(argv[used - 1], "--"))
		fn = command_find(argv[used]);
	if (fn) {
		argc -= used;
		argv += used;
		status = options_parse(argc, argv, &opts, &used);
		if (status)
			return finish_output(status - 1);
	} else {
		fn = cmd_live;
	}
	opts.argv = argv + used;
	fn = command_over_file(fn, &opts);
	if (command_reads_file(fn) && used < argc) {
		status = parse_behind_file(argc - used, argv + used, &opts);
		if (status)
			return finish_output(status - 1);
	}
	if (options_contradict(&opts))
		return EXIT_USAGE;
	if (command_needs_program(fn) && used == argc && !opts.pid_cnt) {
		log_err("no program given; try ctrace --help");
		return EXIT_USAGE;
	}
	return run(fn, &opts, &inherited);
}
