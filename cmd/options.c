/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line, parsed by getopt_long from the one list. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fmt.h"
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"
#include "tui/state_words.h"

enum option_id {
	OPT_BASE = 1000, /* above every letter */
#define OPTION_ID(name, letter, arg, help) OPT_##name,
	OPTIONS(OPTION_ID)
#undef OPTION_ID
};

static const struct option_info {
	int id;
	char letter;
	const char *name, *arg, *help;
} infos[] = {
#define OPTION_INFO(name, letter, arg, help) { OPT_##name, letter, #name, arg, help },
	OPTIONS(OPTION_INFO)
#undef OPTION_INFO
};

enum { OPTION_CNT = sizeof(infos) / sizeof(infos[0]) };

command_fn command_find(const char *name)
{
#define COMMAND_MATCH(command, args, help) \
	if (!strcmp(name, #command))       \
		return cmd_##command;
	COMMANDS(COMMAND_MATCH)
#undef COMMAND_MATCH
	return NULL;
}

/* as_root is written --as-root. */
static const char *option_spelling(const char *name, char *buf, size_t sz)
{
	snprintf(buf, sz, "%s", name);
	for (char *c = buf; *c; c++)
		if (*c == '_')
			*c = '-';
	return buf;
}

static void print_help(void)
{
	char name[32], left[64];

	puts("ctrace shows what the kernel does with a program's threads: Ready, Running,\n"
	     "Blocked - and for each Blocked thread why, since when, and on whom.\n\n"
	     "usage: ctrace [OPTIONS] PROG [ARGS...]\n"
	     "       ctrace COMMAND [OPTIONS] ...\n\ncommands:");
#define COMMAND_HELP(command, args, help) printf("  %-10s %-16s %s\n", #command, args, help);
	COMMANDS(COMMAND_HELP)
#undef COMMAND_HELP
	puts("\noptions:");
	for (size_t i = 0; i < OPTION_CNT; i++) {
		const struct option_info *o = &infos[i];

		option_spelling(o->name, name, sizeof(name));
		snprintf(left, sizeof(left), "--%s%s%s", name, o->arg ? "=" : "",
			 o->arg ? o->arg : "");
		if (o->letter)
			printf("  -%c, %-17s %s\n", o->letter, left, o->help);
		else
			printf("      %-17s %s\n", left, o->help);
	}
	puts("\nkeys: ? or F1 in the screen.  More: man ctrace");
}

static int bad_value(const char *name, const char *value, const char *want)
{
	log_err("--%s: '%s' is not %s", name, value, want);
	return EXIT_USAGE + 1;
}

static int is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(value, *words))
			return 1;
	return 0;
}

static void add_pid(struct options *opts, __u32 pid)
{
	for (size_t i = 0; i < opts->pid_cnt; i++)
		if (opts->pids[i] == pid)
			return;
	opts->pids[opts->pid_cnt++] = pid;
}

/* A list with commas; the option may be given again, and a number twice. */
static int take_pids(const char *value, struct options *ret)
{
	const char *word = value;
	char *end;

	for (;; word = end + 1) {
		unsigned long pid = strtoul(word, &end, 10);

		if (!isdigit((unsigned char)*word) || (*end && *end != ',') || !pid ||
		    pid > INT32_MAX)
			return bad_value("pid", value, "a process id, or several with commas");
		if (ret->pid_cnt == OPTIONS_PID_MAX)
			return bad_value("pid", value, "among the first 64");
		add_pid(ret, pid);
		if (!*end)
			return 0;
	}
}

/* FORMAT, FORMAT:FILE or FILE; a file that is called like a format is written ./junit. */
static int take_report(const char *value, struct options *ret)
{
	static const char *const formats[] = {
#define REPORT_FORMAT_NAME(name, help) [REPORT_AS_##name] = #name,
		REPORT_FORMATS(REPORT_FORMAT_NAME)
#undef REPORT_FORMAT_NAME
	};
	struct report_target target = { .file = value };
	size_t len = strcspn(value, ":");

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strlen(formats[i]) != len || strncmp(value, formats[i], len))
			continue;
		target.format = i;
		target.has_format = true;
		target.file = value[len] ? value + len + 1 : NULL;
	}
	if (target.file && !*target.file)
		return bad_value("report", value, "text, json or junit, with :FILE, or a FILE");
	if (ret->report_cnt == OPTIONS_REPORT_MAX)
		return bad_value("report", value, "among the first four");
	ret->reports[ret->report_cnt++] = target;
	return 0;
}

static int take_size(const char *option, const char *value, uint64_t max, uint64_t *ret)
{
	const char *wanted = max == UINT64_MAX ? "a size such as 64M" : "a size from 4K to 1G";

	return parse_size(value, ret) || !*ret || *ret > max ? bad_value(option, value, wanted) : 0;
}

static int take_time(const char *option, const char *value, uint64_t *ret)
{
	return parse_duration(value, ret) || !*ret ? bad_value(option, value, "a time such as 10s")
						   : 0;
}

/* Options that are text, which who uses it checks. */
static bool take_text(int id, const char *value, struct options *ret)
{
	const char **text;

	switch (id) {
	case OPT_format:
		text = &ret->format;
		break;
	case OPT_table:
		text = &ret->table;
		break;
	case OPT_from:
		text = &ret->from;
		break;
	case OPT_to:
		text = &ret->to;
		break;
	case OPT_at:
		text = &ret->at;
		break;
	default:
		return false;
	}
	*text = value;
	return true;
}

static int take_value(int id, const char *value, struct options *ret)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };
	static const char *const themes[] = { "dark", "light", "projector", "mono", NULL };

	switch (id) {
	case OPT_pid:
		return take_pids(value, ret);
	case OPT_output:
		ret->output = value;
		return *value ? 0 : bad_value("output", value, "a file name");
	case OPT_buffer:
		return take_size("buffer", value, 1ULL << 30, &ret->ring_sz);
	case OPT_history:
		return take_size("history", value, UINT64_MAX, &ret->history_sz);
	case OPT_duration:
		return take_time("duration", value, &ret->duration_ns);
	case OPT_max_size:
		return take_size("max-size", value, UINT64_MAX, &ret->max_sz);
	case OPT_ring:
		return take_size("ring", value, UINT64_MAX, &ret->keep_sz);
	case OPT_timeout:
		return take_time("timeout", value, &ret->timeout_ns);
	case OPT_hang:
		return take_time("hang", value, &ret->hang_ns);
	case OPT_report:
		return take_report(value, ret);
	case OPT_states:
		return state_words_choose(value)
			       ? 0
			       : bad_value("states", value, "ctrace, ostep, silberschatz or linux");
	case OPT_color:
		ret->color = value;
		return is_one_of(value, colors)
			       ? 0
			       : bad_value("color", value, "auto, always or never");
	case OPT_theme:
		ret->theme = value;
		return is_one_of(value, themes)
			       ? 0
			       : bad_value("theme", value, "dark, light, projector or mono");
	}
	return 0;
}

static int take_flag(int id, struct options *ret)
{
	switch (id) {
	case OPT_no_children:
		ret->no_children = true;
		return 0;
	case OPT_overwrite:
		ret->overwrite = true;
		return 0;
	case OPT_plain:
		ret->plain = true;
		return 0;
	case OPT_json:
		ret->json = true;
		return 0;
	case OPT_order:
		ret->order = true;
		return 0;
	case OPT_order_all:
		ret->order = ret->order_all = true;
		return 0;
	case OPT_fail:
		ret->fail = true;
		return 0;
	case OPT_ascii:
		ret->ascii = true;
		return 0;
	case OPT_as_root:
		ret->as_root = true;
		return 0;
	case OPT_quiet:
		ret->quiet = true;
		return 0;
	case OPT_verbose:
		ret->verbose++;
		return 0;
	case OPT_help:
		print_help();
		return 1;
	case OPT_version:
		puts("ctrace " CTRACE_VERSION);
		return 1;
	}
	return 0;
}

static int id_of_letter(int c)
{
	for (size_t i = 0; i < OPTION_CNT; i++)
		if (infos[i].letter && infos[i].letter == c)
			return infos[i].id;
	return c;
}

static void fill_tables(struct option longs[OPTION_CNT + 1], char names[OPTION_CNT][32],
			char *letters)
{
	*letters++ = '+'; /* stop at the program: what follows is its own */
	*letters++ = ':';
	for (size_t i = 0; i < OPTION_CNT; i++) {
		option_spelling(infos[i].name, names[i], sizeof(names[i]));
		longs[i] = (struct option){ names[i],
					    infos[i].arg ? required_argument : no_argument, NULL,
					    infos[i].id };
		if (infos[i].letter)
			*letters++ = infos[i].letter;
		if (infos[i].letter && infos[i].arg)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[OPTION_CNT] = (struct option){};
}

int options_parse(int argc, char **argv, struct options *ret, int *ret_used)
{
	struct option longs[OPTION_CNT + 1];
	char names[OPTION_CNT][32], letters[2 * OPTION_CNT + 3];
	int c, status = 0;

	fill_tables(longs, names, letters);
	optind = 0; /* glibc: begin anew, also for a second round behind the command */
	opterr = 0;
	while (!status && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == '?' || c == ':') {
			log_err(c == ':' ? "option '%s' needs a value"
					 : "no option '%s'; try ctrace --help",
				argv[optind - 1]);
			return EXIT_USAGE + 1;
		}
		c = id_of_letter(c);
		if (!optarg)
			status = take_flag(c, ret);
		else if (!take_text(c, optarg, ret))
			status = take_value(c, optarg, ret);
	}
	*ret_used = optind;
	return status;
}
