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
	LONG_BASE = 256, /* getopt_long() says LONG_BASE + id: above every letter */
};

_Static_assert(OPTION_CNT <= 64, "options.given has a bit for each");

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
static bool is_limit(enum option_id id)
{
	return id == OPT_timeout || id == OPT_hang;
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

static int take_word(const char *option, const char *value, const char *const *words,
		     const char *wanted, const char **ret)
{
	for (; *words; words++) {
		if (!strcmp(value, *words)) {
			*ret = value;
			return 0;
		}
	}
	return bad_value(option, value, wanted);
}

static int take_states(const char *value)
{
	return state_words_choose(value)
		       ? 0
		       : bad_value("states", value, "ctrace, ostep, silberschatz or linux");
}

static int take_output(const char *value, struct options *ret)
{
	ret->output = value;
	return *value ? 0 : bad_value("output", value, "a file name");
}

/* Text that is checked by who uses it. */
static int take_text(const char *value, const char **ret)
{
	*ret = value;
	return 0;
}

static int set(bool *ret)
{
	*ret = true;
	return 0;
}

/*
 * One case for each option, and no default: the compiler says which is missing. @value is NULL
 * for those without argument. 0, or EXIT_USAGE, with a message.
 */
static int take_option(enum option_id id, const char *value, struct options *ret)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };
	static const char *const themes[] = { "dark", "light", "projector", "mono", NULL };

	switch (id) {
	case OPT_pid:
		return take_pids(value, ret);
	case OPT_no_children:
		return set(&ret->no_children);
	case OPT_output:
		return take_output(value, ret);
	case OPT_overwrite:
		return set(&ret->overwrite);
	case OPT_plain:
		return set(&ret->plain);
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
	case OPT_order:
		return set(&ret->order);
	case OPT_order_all:
		return set(&ret->order) ?: set(&ret->order_all);
	case OPT_report:
		return take_report(value, ret);
	case OPT_json:
		return set(&ret->json);
	case OPT_fail:
		return set(&ret->fail);
	case OPT_format:
		return take_text(value, &ret->format);
	case OPT_table:
		return take_text(value, &ret->table);
	case OPT_from:
		return take_text(value, &ret->from);
	case OPT_to:
		return take_text(value, &ret->to);
	case OPT_at:
		return take_text(value, &ret->at);
	case OPT_color:
		return take_word("color", value, colors, "auto, always or never", &ret->color);
	case OPT_theme:
		return take_word("theme", value, themes, "dark, light, projector or mono",
				 &ret->theme);
	case OPT_states:
		return take_states(value);
	case OPT_ascii:
		return set(&ret->ascii);
	case OPT_as_root:
		return set(&ret->as_root);
	case OPT_quiet:
		return set(&ret->quiet);
	case OPT_verbose:
		ret->verbose++;
		return 0;
	case OPT_help:
		return set(&ret->help);
	case OPT_version:
		return set(&ret->version);
	}
	return 0;
}

/* What getopt_long() has returned: a letter, or a long option. */
static enum option_id option_id_of(int c)
{
	size_t i = 0;

	if (c >= LONG_BASE)
		return c - LONG_BASE;
	while (infos[i].letter != c)
		i++;
	return i;
}

static void fill_tables(struct option longs[OPTION_CNT + 1],
			char names[OPTION_CNT][OPTION_SPELLING_MAX], char *letters)
{
	*letters++ = '+'; /* stop at the program: what follows is its own */
	*letters++ = ':';
	for (size_t i = 0; i < OPTION_CNT; i++) {
		longs[i] = (struct option){ option_spell(&infos[i], names[i]),
					    infos[i].arg ? required_argument : no_argument, NULL,
					    LONG_BASE + i };
		if (infos[i].letter)
			*letters++ = infos[i].letter;
		if (infos[i].letter && infos[i].arg)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[OPTION_CNT] = (struct option){};
}

/* Behind a command its own help is the one that tells; argv[0] is the command then. */
static void say_not_understood(int c, char **argv)
{
	const char *command = command_find(argv[0]) == COMMAND_CNT ? "" : argv[0];

	if (c == ':')
		log_err("option '%s' needs a value", argv[optind - 1]);
	else
		log_err("no option '%s'; try ctrace %s%s--help", argv[optind - 1], command,
			*command ? " " : "");
}

int options_parse(int argc, char **argv, struct options *ret, int *ret_used)
{
	struct option longs[OPTION_CNT + 1];
	char names[OPTION_CNT][OPTION_SPELLING_MAX], letters[2 * OPTION_CNT + 3];
	enum option_id id;
	int c, status = 0;

	fill_tables(longs, names, letters);
	optind = 0; /* glibc: begin anew, also for a second round behind the command */
	opterr = 0;
	while (!status && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == '?' || c == ':') {
			say_not_understood(c, argv);
			return EXIT_USAGE;
		}
		id = option_id_of(c);
		ret->given |= 1ULL << id;
		status = take_option(id, optarg, ret);
	}
	*ret_used = optind;
	return status;
}
