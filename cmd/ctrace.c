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
#include "cmd/help.h"
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

typedef int (*command_fn)(const struct options *opts, const struct launch_inherited *inherited);

static const command_fn functions[] = {
#define COMMAND_FUNCTION(name, args, help) cmd_##name,
	COMMANDS(COMMAND_FUNCTION)
#undef COMMAND_FUNCTION
};

static bool command_needs_program(enum command_id id)
{
	return id == COMMAND_live || id == COMMAND_record || id == COMMAND_check;
}

static bool command_reads_file(enum command_id id)
{
	return id == COMMAND_replay || id == COMMAND_report || id == COMMAND_export ||
	       id == COMMAND_info || id == COMMAND_annotate;
}

static bool names_a_trace(const char *word)
{
	const char *dot = word ? strrchr(word, '.') : NULL;

	return dot && !strcmp(dot, ".ctrace");
}

/* ctrace FILE.ctrace is ctrace replay FILE.ctrace, and to check it is to report on it. */
static enum command_id command_over_file(enum command_id id, const struct options *opts)
{
	if (!names_a_trace(opts->argv[0]))
		return id;
	if (id == COMMAND_check)
		return COMMAND_report;
	return id == COMMAND_live || id == COMMAND_CNT ? COMMAND_replay : id;
}

/* What stands behind a program is its own; behind a file there may be options of ours. */
static int parse_behind_files(int argc, char **argv, struct options *opts)
{
	int words = 0, used, status = 0;

	for (int i = 0; !status && i < argc; i += used) {
		argv[words++] = argv[i];
		status = options_parse(argc - i, argv + i, opts, &used);
	}
	argv[words] = NULL;
	return status;
}

/* Two that cannot both be had, or one that wants another. */
static bool options_contradict(const struct options *opts, enum command_id id,
			       enum command_id typed)
{
	const char *why = NULL;

	if (opts->keep_sz && opts->max_sz)
		why = "--ring goes on and keeps the end, --max-size ends: give one of them";
	else if (opts->keep_sz && id == COMMAND_check && !opts->output)
		why = "--ring is of the trace that is kept: give -o FILE";
	else if (opts->output && id == COMMAND_report && typed == COMMAND_check)
		why = "-o keeps the trace, and this is one; --report=FILE names a place for the "
		      "report";
	else if (opts->pid_cnt && opts->argv[0])
		why = "-p is for what runs already: no program is started beside it";
	else if (opts->no_children && !opts->pid_cnt)
		why = "--no-children is for -p: of a program there are none before it starts";
	if (why)
		log_err("%s", why);
	return why;
}

/* A command that takes no words, and one that has to have some. */
static bool words_are_wrong(const struct options *opts, enum command_id id)
{
	if (!*command_at(id)->args && opts->argv[0]) {
		log_err("'%s' is too much: ctrace %s takes options only", opts->argv[0],
			command_at(id)->name);
		return true;
	}
	if (command_needs_program(id) && !opts->argv[0] && !opts->pid_cnt) {
		log_err("no program given; try ctrace %s%s--help",
			id == COMMAND_live ? "" : command_at(id)->name,
			id == COMMAND_live ? "" : " ");
		return true;
	}
	return false;
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

static int run(enum command_id id, const struct options *opts,
	       const struct launch_inherited *inherited)
{
	if (!command_needs_program(id) && id != COMMAND_demo)
		protect_files();
	return functions[id](opts, inherited);
}

/* The command that was typed, with all options: 0, or EXIT_USAGE after a message. */
static int parse(int argc, char **argv, struct options *opts, enum command_id *ret_typed)
{
	int used, status = options_parse(argc, argv, opts, &used);

	*ret_typed = COMMAND_CNT;
	if (status)
		return status;
	/* Behind "--" a word is always a program, also when it is called like a command. */
	if (used < argc && strcmp(argv[used - 1], "--"))
		*ret_typed = command_find(argv[used]);
	if (*ret_typed != COMMAND_CNT) {
		argc -= used;
		argv += used;
		status = options_parse(argc, argv, opts, &used);
	}
	opts->argv = argv + used;
	if (!status && command_reads_file(command_over_file(*ret_typed, opts)))
		status = parse_behind_files(argc - used, argv + used, opts);
	return status;
}

static int check(const struct options *opts, enum command_id id, enum command_id typed)
{
	int status = options_check_uses(opts, id, typed);

	if (!status && (options_contradict(opts, id, typed) || words_are_wrong(opts, id)))
		status = EXIT_USAGE;
	return status;
}

int main(int argc, char **argv)
{
	struct options opts = {};
	struct launch_inherited inherited;
	enum command_id typed, id;
	int status;

	launch_inherited_save(&inherited);
	setlocale(LC_CTYPE, "");
	options_log_to_stderr(&opts);

	status = parse(argc, argv, &opts, &typed);
	if (status)
		return status;
	if (opts.help || opts.version) {
		if (opts.help)
			help_print(typed);
		else
			puts("ctrace " CTRACE_VERSION);
		return finish_output(0);
	}
	if (typed == COMMAND_CNT)
		typed = COMMAND_live;
	id = command_over_file(typed, &opts);
	opts.fail |= typed == COMMAND_check;
	status = check(&opts, id, typed);
	return finish_output(status ? status : run(id, &opts, &inherited));
}
