/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines: what was joined comes apart the same. */
#include "export/words.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static void expect_joined(const char *const *words, const char *want)
{
	struct strbuf line = {};

	words_join(words, &line);
	cr_expect(eq(str, (char *)strbuf_str(&line), (char *)want));
	strbuf_release(&line);
}

static void expect_split(const char *line, const char *const *want)
{
	char **got = words_split(line);
	size_t i = 0;

	for (; want[i] && got[i]; i++)
		cr_expect(eq(str, got[i], (char *)want[i]), "of <%s>", line);
	cr_expect(eq(ptr, got[i], NULL), "of <%s>", line);
	cr_expect(eq(ptr, (char *)want[i], NULL), "of <%s>", line);
	free(got);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

Test(words, are_quoted_where_a_shell_needs_it)
{
	expect_joined(WORDS("./forks", "--philosophers=5"), "./forks --philosophers=5");
	expect_joined(WORDS("sh", "-c", "echo 'a' | cat"), "sh -c 'echo '\\''a'\\'' | cat'");
	expect_joined(WORDS("x", "", "*", "$HOME"), "x '' '*' '$HOME'");
	expect_joined((const char *const[]){ NULL }, "");
}

Test(words, come_apart_as_in_a_shell)
{
	expect_split("./forks --philosophers 5", WORDS("./forks", "--philosophers", "5"));
	expect_split("  a\t'b c'\"d 'e\"  f\\ g ", WORDS("a", "b cd 'e", "f g"));
	expect_split("'' \"\"", WORDS("", ""));
	expect_split("\"a\\\"b\" 'c\\d'", WORDS("a\"b", "c\\d"));
	expect_split("", (const char *const[]){ NULL });
	expect_split("   ", (const char *const[]){ NULL });
}

Test(words, of_a_line_that_was_cut_are_taken_as_they_are)
{
	expect_split("a 'b c", WORDS("a", "b c"));
	expect_split("a \\", WORDS("a", "\\"));
	expect_split("'", WORDS(""));
	expect_split("a b", WORDS("a", "b"));
	expect_split("a", WORDS("a"));
}

Test(words, survive_join_and_split)
{
	static const char hostile[] = "ab '\"\\$\n\t\33\xff*?;&|<>()#~`!{}[]=";
	unsigned seed = 7;

	for (int round = 0; round < 2000; round++) {
		char buf[4][9] = {};
		const char *words[5] = {};
		struct strbuf line = {};

		for (int i = 0; i < round % 5; i++) {
			int len = rand_r(&seed) % 9;

			for (int k = 0; k < len; k++)
				buf[i][k] = hostile[rand_r(&seed) % (sizeof(hostile) - 1)];
			words[i] = buf[i];
		}
		words_join(words, &line);
		expect_split(strbuf_str(&line), words);
		strbuf_release(&line);
	}
}
