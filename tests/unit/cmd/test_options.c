/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: what is parsed, and who refuses what; each pair from the lists themselves. */
#include "cmd/options.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/exit_status.h"

/* A value that each option takes which wants one. */
static const struct {
	const char *name, *value;
} values[] = {
	{ "pid", "1" },	      { "output", "f" },     { "buffer", "1M" },  { "history", "1M" },
	{ "duration", "1s" }, { "max_size", "1M" },  { "ring", "1M" },	  { "timeout", "1s" },
	{ "hang", "1s" },     { "report", "f" },     { "format", "svg" }, { "table", "locks" },
	{ "from", "1s" },     { "to", "1s" },	     { "at", "1s" },	  { "color", "never" },
	{ "theme", "light" }, { "states", "ostep" },
};

static char said[512];
static int said_cnt;

static void hear(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	if (level > LOG_ERR)
		return;
	said_cnt++;
	snprintf(said, sizeof(said), "%s", line);
}

static void setup(void)
{
	said_cnt = 0;
	log_set_sink(hear, NULL);
}

static const char *value_of(const struct option_info *o)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(values[i].name, o->name))
			return values[i].value;
	return NULL;
}

/* "--max-size=1M". */
static char *write_option(const struct option_info *o, char ret[80])
{
	char name[OPTION_SPELLING_MAX];

	snprintf(ret, 80, "--%s%s%s", option_spell(o, name), o->arg ? "=" : "",
		 o->arg ? value_of(o) : "");
	return ret;
}

TestSuite(options, .init = setup, .timeout = 10);

Test(options, every_pair_of_command_and_option_is_used_or_refused_with_one_line)
{
	const struct command_info *c;
	const struct option_info *o;
	char word[80], name[OPTION_SPELLING_MAX];

	for (size_t k = 0; (c = command_at(k)); k++) {
		for (size_t i = 0; (o = option_at(i)); i++) {
			char *argv[] = { (char *)c->name, write_option(o, word), "x", NULL };
			struct options opts = {};
			bool is_used = o->uses >> k & 1;
			int used, status;

			setup();
			cr_assert(eq(int, options_parse(3, argv, &opts, &used), 0), "%s", word);
			cr_expect(eq(int, used, 2));
			opts.argv = argv + used;
			status = options_check_uses(&opts, k, k);
			cr_expect(eq(int, status, is_used ? 0 : EXIT_USAGE), "%s %s", c->name,
				  word);
			cr_expect(eq(int, said_cnt, !is_used), "%s %s", c->name, word);
			if (!is_used)
				cr_expect(strstr(said, option_spell(o, name)) &&
						  !strchr(said, '\n'),
					  "%s %s: %s", c->name, word, said);
		}
	}
}

Test(options, every_option_and_every_command_is_of_use)
{
	const struct option_info *o;
	const struct example_info *e;
	unsigned with_examples = 0;

	for (size_t i = 0; (o = option_at(i)); i++) {
		cr_expect(ne(u32, o->uses, 0), "%s", o->name);
		cr_expect(eq(u32, o->uses & ~(unsigned)FOR_ALL, 0), "%s", o->name);
		cr_expect(eq(int, o->arg != NULL, value_of(o) != NULL), "a value for %s", o->name);
	}
	for (size_t i = 0; (e = example_at(i)); i++)
		with_examples |= 1u << e->command;
	cr_expect(eq(u32, with_examples, FOR_ALL));
}

/* A shell would take them apart so: the examples are command lines that are accepted. */
Test(options, examples_are_right)
{
	const struct example_info *e;

	for (size_t i = 0; (e = example_at(i)); i++) {
		char line[128], *argv[16] = {}, *word, *rest = line;
		struct options opts = {};
		int argc = 0, used;

		if (strchr(e->line, '$') || strchr(e->line, '|') || strchr(e->line, '>'))
			continue;
		snprintf(line, sizeof(line), "%s", e->line);
		while ((word = strtok_r(NULL, " ", &rest)) && argc < 15)
			argv[argc++] = word;
		if (argc > 2 && command_find(argv[1]) != COMMAND_CNT)
			memmove(argv + 1, argv + 2, (argc-- - 1) * sizeof(*argv));
		cr_expect(eq(int, options_parse(argc, argv, &opts, &used), 0), "%s", e->line);
		opts.argv = argv + used;
		cr_expect(eq(int, options_check_uses(&opts, e->command, e->command), 0), "%s: %s",
			  e->line, said);
	}
}

Test(options, a_recording_that_is_checked_takes_what_a_report_takes)
{
	char *argv[] = { "check", "--timeout=1s", "--as-root", "a.ctrace", NULL };
	struct options opts = {};
	int used;

	cr_assert(eq(int, options_parse(4, argv, &opts, &used), 0));
	opts.argv = argv + used;
	cr_expect(eq(int, options_check_uses(&opts, COMMAND_check, COMMAND_check), 0));
	cr_expect(eq(int, options_check_uses(&opts, COMMAND_report, COMMAND_check), EXIT_USAGE));
	cr_expect(strstr(said, "a.ctrace") && strstr(said, "--as-root"), "%s", said);
}

Test(options, what_is_not_understood_behind_a_command_points_to_its_own_help)
{
	char *before[] = { "ctrace", "--jason", NULL }, *behind[] = { "check", "--jason", NULL };
	struct options opts = {};
	int used;

	cr_assert(eq(int, options_parse(2, before, &opts, &used), EXIT_USAGE));
	cr_expect(eq(str, said, "no option '--jason'; try ctrace --help"));
	cr_assert(eq(int, options_parse(2, behind, &opts, &used), EXIT_USAGE));
	cr_expect(eq(str, said, "no option '--jason'; try ctrace check --help"));
}

Test(options, both_rounds_of_options_count)
{
	char *before[] = { "ctrace", "--json", "report", NULL };
	char *behind[] = { "report", "--fail", "a.ctrace", NULL };
	struct options opts = {};
	int used;

	cr_assert(eq(int, options_parse(3, before, &opts, &used), 0));
	cr_assert(eq(int, options_parse(3, behind, &opts, &used), 0));
	cr_expect(options_given(&opts, "json") && options_given(&opts, "fail"));
	cr_expect(not(options_given(&opts, "at")));
}

Test(options, names_of_commands_are_found_and_others_are_not)
{
	cr_expect(eq(int, command_find("live"), COMMAND_live));
	cr_expect(eq(int, command_find("manual"), COMMAND_manual));
	cr_expect(eq(int, command_find("man"), COMMAND_CNT));
	cr_expect(eq(int, command_find(""), COMMAND_CNT));
}
