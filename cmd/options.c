/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line, parsed by getopt_long from the one list. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fmt.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"
#include "tui/state_words.h"

enum option_id {
	OPT_BASE = 1000, /* above every letter */
#define OPTION_ID(name, letter, arg, uses, help) OPT_##name,
	OPTIONS(OPTION_ID)
#undef OPTION_ID
};

static const struct option_info infos[] = {
#define OPTION_INFO(name, letter, arg, uses, help) { #name, letter, arg, uses, help },
	OPTIONS(OPTION_INFO)
#undef OPTION_INFO
};

static const struct command_info commands[] = {
#define COMMAND_INFO(name, args, help) { #name, args, help },
	COMMANDS(COMMAND_INFO)
#undef COMMAND_INFO
};

static const struct example_info examples[] = {
#define EXAMPLE_INFO(command, line, help) { COMMAND_##command, line, help },
	EXAMPLES(EXAMPLE_INFO)
#undef EXAMPLE_INFO
};

enum {
	OPTION_CNT = sizeof(infos) / sizeof(infos[0]),
	EXAMPLE_CNT = sizeof(examples) / sizeof(examples[0]),
};

_Static_assert(OPTION_CNT <= 64, "options.given has a bit for each");

/* enum option_id of option_at(i). */
static int id_at(size_t i)
{
	return OPT_BASE + 1 + i;
}

const struct option_info *option_at(size_t i)
{
	return i < OPTION_CNT ? &infos[i] : NULL;
}

const struct command_info *command_at(size_t i)
{
	return i < COMMAND_CNT ? &commands[i] : NULL;
}

const struct example_info *example_at(size_t i)
{
	return i < EXAMPLE_CNT ? &examples[i] : NULL;
}

bool options_given(const struct options *opts, const char *name)
{
	for (size_t i = 0; i < OPTION_CNT; i++)
		if (!strcmp(infos[i].name, name))
			return opts->given & 1ULL << i;
	return false;
}

enum command_id command_find(const char *name)
{
	int i = 0;

	while (i < COMMAND_CNT && strcmp(name, commands[i].name) != 0)
		i++;
	return i;
}

const char *option_spell(const struct option_info *o, char ret[OPTION_SPELLING_MAX])
{
	snprintf(ret, OPTION_SPELLING_MAX, "%s", o->name);
	for (char *c = ret; *c; c++)
		if (*c == '_')
			*c = '-';
	return ret;
}

/* ", export" to the list of those that have a use for it. */
static void add_users(const struct option_info *o, struct strbuf *ret)
{
	for (int i = 0; i < COMMAND_CNT; i++)
		if (o->uses & 1u << i && i != COMMAND_demo) /* that is live */
			strbuf_addf(ret, "%s%s", ret->len ? ", " : "", commands[i].name);
}

static void say_useless(const struct options *opts, const struct option_info *o,
			enum command_id command, enum command_id typed)
{
	char name[OPTION_SPELLING_MAX];
	struct strbuf users = {};

	option_spell(o, name);
	add_users(o, &users);
	if (o->uses & 1u << typed) /* a recording stands for the program */
		log_err("--%s is for what still runs: %s is only read; try ctrace %s --help", name,
			opts->argv[0], commands[command].name);
	else
		log_err("--%s is not for ctrace %s (but for %s); try ctrace %s --help", name,
			command == COMMAND_live ? "PROG" : commands[command].name,
			strbuf_str(&users), commands[command].name);
	strbuf_release(&users);
}

/* A recording does not run into a limit of check, which may be one for programs and recordings. */
static bool is_limit(size_t i)
{
	return id_at(i) == OPT_timeout || id_at(i) == OPT_hang;
}

int options_check_uses(const struct options *opts, enum command_id command, enum command_id typed)
{
	for (size_t i = 0; i < OPTION_CNT; i++) {
		if (!(opts->given & 1ULL << i) || infos[i].uses & 1u << command)
			continue;
		if (infos[i].uses & 1u << typed && is_limit(i))
			continue;
		say_useless(opts, &infos[i], command, typed);
		return EXIT_USAGE;
	}
	return 0;
}

static int bad_value(const char *name, const char *value, const char *want)
{
	log_err("--%s: '%s' is not %s", name, value, want);
	return EXIT_USAGE;
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

static void take_flag(int id, struct options *ret)
{
	switch (id) {
	case OPT_no_children:
		ret->no_children = true;
		break;
	case OPT_overwrite:
		ret->overwrite = true;
		break;
	case OPT_plain:
		ret->plain = true;
		break;
	case OPT_json:
		ret->json = true;
		break;
	case OPT_order:
		ret->order = true;
		break;
	case OPT_order_all:
		ret->order = ret->order_all = true;
		break;
	case OPT_fail:
		ret->fail = true;
		break;
	case OPT_ascii:
		ret->ascii = true;
		break;
	case OPT_as_root:
		ret->as_root = true;
		break;
	case OPT_quiet:
		ret->quiet = true;
		break;
	case OPT_verbose:
		ret->verbose++;
		break;
	case OPT_help:
		ret->help = true;
		break;
	case OPT_version:
		ret->version = true;
		break;
	}
}

static int id_of_letter(int c)
{
	for (size_t i = 0; i < OPTION_CNT; i++)
		if (infos[i].letter && infos[i].letter == c)
			return id_at(i);
	return c;
}

static void fill_tables(struct option longs[OPTION_CNT + 1],
			char names[OPTION_CNT][OPTION_SPELLING_MAX], char *letters)
{
	*letters++ = '+'; /* stop at the program: what follows is its own */
	*letters++ = ':';
	for (size_t i = 0; i < OPTION_CNT; i++) {
		longs[i] = (struct option){ option_spell(&infos[i], names[i]),
					    infos[i].arg ? required_argument : no_argument, NULL,
					    id_at(i) };
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
	char names[OPTION_CNT][OPTION_SPELLING_MAX], letters[2 * OPTION_CNT + 3];
	int c, status = 0;

	fill_tables(longs, names, letters);
	optind = 0; /* glibc: begin anew, also for a second round behind the command */
	opterr = 0;
	while (!status && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == '?' || c == ':') {
			log_err(c == ':' ? "option '%s' needs a value"
					 : "no option '%s'; try ctrace --help",
				argv[optind - 1]);
			return EXIT_USAGE;
		}
		c = id_of_letter(c);
		ret->given |= 1ULL << (c - OPT_BASE - 1);
		if (!optarg)
			take_flag(c, ret);
		else if (!take_text(c, optarg, ret))
			status = take_value(c, optarg, ret);
	}
	*ret_used = optind;
	return status;
}
