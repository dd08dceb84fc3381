/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace completion SHELL: what a shell needs to complete command lines, from the lists. */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"

static const char *const commands[] = {
#define COMMAND_NAME(name, args, help) #name,
	COMMANDS(COMMAND_NAME)
#undef COMMAND_NAME
};

static const struct {
	const char *name, *arg, *help;
} options[] = {
#define OPTION_NAME(name, letter, arg, help) { #name, arg, help },
	OPTIONS(OPTION_NAME)
#undef OPTION_NAME
};

enum {
	COMMAND_CNT = sizeof(commands) / sizeof(commands[0]),
	OPTION_CNT = sizeof(options) / sizeof(options[0]),
};

/* "--max-size=" of max_size. */
static void put_option(size_t i, bool with_equals)
{
	printf("--");
	for (const char *c = options[i].name; *c; c++)
		putchar(*c == '_' ? '-' : *c);
	if (with_equals && options[i].arg)
		putchar('=');
}

static void put_words(void)
{
	for (size_t i = 0; i < COMMAND_CNT; i++)
		printf("%s ", commands[i]);
	for (size_t i = 0; i < OPTION_CNT; i++) {
		put_option(i, true);
		putchar(' ');
	}
}

/* Behind the name of a program nothing is ours any more: files, as for any command. */
static void put_bash(void)
{
	printf("_ctrace()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ] || [[ $cur == -* ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	put_words();
	printf("' -- \"$cur\"; compgen -c -- \"$cur\")\n"
	       "\t\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	       "\telse\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	       "\tfi\n}\n"
	       "complete -o filenames -F _ctrace ctrace\n");
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

static void put_zsh(void)
{
	printf("#compdef ctrace\n_arguments -S \\\n");
	for (size_t i = 0; i < OPTION_CNT; i++) {
		printf("\t'");
		put_option(i, true);
		putchar('[');
		put_quoted(options[i].help);
		printf(options[i].arg ? "]:value:_files' \\\n" : "]' \\\n");
	}
	printf("\t'1:command:(");
	for (size_t i = 0; i < COMMAND_CNT; i++)
		printf("%s%s", i ? " " : "", commands[i]);
	printf(")' '*::file:_files'\n");
}

static void put_fish(void)
{
	for (size_t i = 0; i < COMMAND_CNT; i++)
		printf("complete -c ctrace -n __fish_use_subcommand -a %s\n", commands[i]);
	for (size_t i = 0; i < OPTION_CNT; i++) {
		printf("complete -c ctrace -l ");
		for (const char *c = options[i].name; *c; c++)
			putchar(*c == '_' ? '-' : *c);
		printf("%s -d '", options[i].arg ? " -r" : "");
		put_quoted(options[i].help);
		printf("'\n");
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
