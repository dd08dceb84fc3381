/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines: joined and taken apart. */
#include "export/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/xalloc.h"

static const char plain_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_@%+=:,./-";
static const char blanks[] = " \t\n";

static void add_quoted(struct strbuf *ret, const char *word)
{
	strbuf_addch(ret, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			strbuf_adds(ret, "'\\''");
		else
			strbuf_addch(ret, *word);
	}
	strbuf_addch(ret, '\'');
}

void words_join(const char *const *words, struct strbuf *ret)
{
	for (size_t i = 0; words[i]; i++) {
		if (i)
			strbuf_addch(ret, ' ');
		if (*words[i] && !words[i][strspn(words[i], plain_chars)])
			strbuf_adds(ret, words[i]);
		else
			add_quoted(ret, words[i]);
	}
}

/* Copy the word at *@line to *@out, both of which move on; quotes are gone then. */
static void take_word(const char **line, char **out)
{
	const char *at = *line;
	char quote = '\0';

	for (; *at && (quote || !strchr(blanks, *at)); at++) {
		if (quote ? *at == quote : *at == '\'' || *at == '"')
			quote = quote ? '\0' : *at;
		else if (*at == '\\' && quote != '\'' && at[1])
			*(*out)++ = *++at;
		else
			*(*out)++ = *at;
	}
	*(*out)++ = '\0';
	*line = at;
}

char **words_split(const char *line)
{
	/* A word takes a character at least, and one between it and the next. */
	size_t word_max = strlen(line) / 2 + 1, cnt = 0;
	char **words = xmalloc((word_max + 1) * sizeof(*words) + strlen(line) + 1);
	char *out = (char *)(words + word_max + 1);

	while (*(line += strspn(line, blanks))) {
		words[cnt++] = out;
		take_word(&line, &out);
	}
	words[cnt] = NULL;
	return words;
}
