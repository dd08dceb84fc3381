/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace completion SHELL: what a shell needs to complete command lines, from the lists. */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"

/* "--max-size=" of max_size. */
static void put_option(const struct option_info *o, bool with_equals)
{
	char name[OPTION_SPELLING_MAX];

	printf("--%s%s", option_spell(o, name), with_equals && o->arg ? "=" : "");
}

/* Those that the command uses. */
static void put_options_of(size_t command)
{
	const struct option_info *o;

	for (size_t i = 0; (o = option_at(i)); i++) {
		if (!(o->uses >> command & 1))
			continue;
		put_option(o, true);
		putchar(' ');
	}
}

/* A branch of bash: after which word which options. */
static void put_bash_options(void)
{
	const struct command_info *c;

	printf("\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; (c = command_at(i)); i++) {
		if (i == COMMAND_live)
			continue;
		printf("\t%s) options='", c->name);
		put_options_of(i);
		puts("' ;;");
	}
	printf("\t*) options='");
	put_options_of(COMMAND_live);
	puts("' ;;\n\tesac");
}

static void put_commands(void)
{
	const struct command_info *c;

	for (size_t i = 0; (c = command_at(i)); i++)
		printf("%s%s", i ? " " : "", c->name);
}

/* Behind the name of a program nothing is ours any more: files, as for any command. */
static void put_bash(void)
{
	puts("_ctrace()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} options commands=");
	put_bash_options();
	printf("\t[ \"$COMP_CWORD\" -gt 1 ] || commands='");
	put_commands();
	puts("'\n"
	     "\tif [ \"$COMP_CWORD\" -eq 1 ] || [[ $cur == -* ]]; then\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands $options\" -- \"$cur\"\n"
	     "\t\t\t[ -z \"$commands\" ] || compgen -c -- \"$cur\")\n"
	     "\t\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	     "\telse\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	     "\tfi\n}\n"
	     "complete -o filenames -F _ctrace ctrace");
}

/* Between single quotes, for zsh and fish: a quote itself ends them for a moment. */
static void put_quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\''");
		else if (*text == '[' || *text == ']' || *text == ':')
			putchar(' '); /* these mean something to zsh */
		else
			putchar(*text);
	}
}

static void put_zsh_options(size_t command)
{
	const struct option_info *o;

	for (size_t i = 0; (o = option_at(i)); i++) {
		if (!(o->uses >> command & 1))
			continue;
		printf(" \\\n\t\t'");
		put_option(o, true);
		putchar('[');
		put_quoted(o->help);
		printf(o->arg ? "]:value:_files'" : "]'");
	}
}

static void put_zsh(void)
{
	const struct command_info *c;

	puts("#compdef ctrace\ncase $words[2] in");
	for (size_t i = 0; (c = command_at(i)); i++) {
		if (i == COMMAND_live)
			continue;
		printf("%s)\n\t_arguments -S '1:command:(%s)'", c->name, c->name);
		put_zsh_options(i);
		puts(" '*::file:_files' ;;");
	}
	printf("*)\n\t_arguments -S");
	put_zsh_options(COMMAND_live);
	printf(" '1:command:(");
	put_commands();
	puts(")' '*::file:_files' ;;\nesac");
}

static void put_fish_option(const struct option_info *o, const struct command_info *c)
{
	char name[OPTION_SPELLING_MAX];

	if (c)
		printf("complete -c ctrace -n '__fish_seen_subcommand_from %s'", c->name);
	else
		printf("complete -c ctrace -n __fish_use_subcommand");
	printf(" -l %s%s -d '", option_spell(o, name), o->arg ? " -r" : "");
	put_quoted(o->help);
	puts("'");
}

static void put_fish(void)
{
	const struct command_info *c;
	const struct option_info *o;

	for (size_t i = 0; (c = command_at(i)); i++)
		printf("complete -c ctrace -n __fish_use_subcommand -a %s\n", c->name);
	for (size_t i = 0; (o = option_at(i)); i++) {
		if (o->uses & FOR_live)
			put_fish_option(o, NULL);
		for (size_t k = 0; (c = command_at(k)); k++)
			if (o->uses >> k & 1)
				put_fish_option(o, c);
	}
}

int cmd_completion(const struct options *opts, const struct launch_inherited *inherited)
{
	static const struct {
		const char *shell;
		void (*put)(void);
	} shells[] = { { "bash", put_bash }, { "zsh", put_zsh }, { "fish", put_fish } };

	(void)inherited;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (!opts->argv[0] || opts->argv[1] || strcmp(opts->argv[0], shells[i].shell) != 0)
			continue;
		shells[i].put();
		return 0;
	}
	log_err("give one shell: bash, zsh or fish");
	return EXIT_USAGE;
}
