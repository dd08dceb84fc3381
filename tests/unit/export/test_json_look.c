/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON reader of the tests, and the proof that it does not say yes to everything. */
#include "tests/unit/export/json_look.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the reader is, and the value it is looking for. */
struct look {
	const char *at;
	const char *want; /* the rest of the path; NULL: not on it */
	char *found;
	bool is_bad;
};

static void look_value(struct look *l, const char *want);

static void skip_space(struct look *l)
{
	l->at += strspn(l->at, " \t\r\n");
}

static bool take(struct look *l, const char *word)
{
	size_t len = strlen(word);

	skip_space(l);
	if (strncmp(l->at, word, len) != 0)
		return false;
	l->at += len;
	return true;
}

static void expect(struct look *l, const char *word)
{
	l->is_bad |= !take(l, word);
}

static void take_string(struct look *l)
{
	expect(l, "\"");
	while (!l->is_bad && *l->at != '"') {
		l->is_bad |= (unsigned char)*l->at < 0x20;
		if (*l->at == '\\' && !strchr("\"\\/bfnrtu", *++l->at))
			l->is_bad = true;
		l->at += *l->at != '\0';
	}
	expect(l, "\"");
}

static void take_number(struct look *l)
{
	char *end;

	l->is_bad |= *l->at != '-' && !isdigit((unsigned char)*l->at);
	strtod(l->at, &end);
	l->at = end;
}

/* The rest of the path when its next step is @step, else NULL. */
static const char *step_into(const char *want, const char *step, size_t len)
{
	if (!want || strncmp(want, step, len) != 0 || (want[len] && !strchr(".[", want[len])))
		return NULL;
	return want + len + (want[len] == '.');
}

static void take_members(struct look *l, const char *want)
{
	do {
		const char *key;
		size_t len;

		skip_space(l);
		key = l->at + 1;
		take_string(l);
		len = l->at - 1 - key;
		expect(l, ":");
		if (!l->is_bad)
			look_value(l, step_into(want, key, len));
	} while (!l->is_bad && take(l, ","));
	expect(l, "}");
}

static void take_items(struct look *l, const char *want)
{
	char step[16];

	for (int i = 0; !l->is_bad; i++) {
		snprintf(step, sizeof(step), "[%d]", i);
		look_value(l, step_into(want, step, strlen(step)));
		if (!take(l, ","))
			break;
	}
	expect(l, "]");
}

static void look_value(struct look *l, const char *want)
{
	const char *begin;

	skip_space(l);
	begin = l->at;
	if (take(l, "{")) {
		if (!take(l, "}"))
			take_members(l, want);
	} else if (take(l, "[")) {
		if (!take(l, "]"))
			take_items(l, want);
	} else if (*l->at == '"') {
		take_string(l);
	} else if (!take(l, "true") && !take(l, "false") && !take(l, "null")) {
		take_number(l);
	}
	if (want && !*want && !l->found && !l->is_bad)
		l->found = strndup(begin, l->at - begin);
}

char *json_look(const char *text, const char *path)
{
	struct look l = { .at = text };

	look_value(&l, path);
	skip_space(&l);
	if (!l.is_bad && !*l.at)
		return l.found;
	free(l.found);
	return NULL;
}

static void expect_look(const char *text, const char *path, const char *want)
{
	char *got = json_look(text, path);

	cr_expect(eq(str, got ? got : "(nothing)", (char *)(want ? want : "(nothing)")), "%s",
		  path);
	free(got);
}

Test(json_look, finds_by_path)
{
	static const char text[] = "{\"a\": [1, {\"b\": \"x\\\"y\"}], \"ab\": null, \"c\": {}}\n";

	expect_look(text, "a[0]", "1");
	expect_look(text, "a[1].b", "\"x\\\"y\"");
	expect_look(text, "a[1]", "{\"b\": \"x\\\"y\"}");
	expect_look(text, "ab", "null");
	expect_look(text, "c", "{}");
	expect_look(text, "a[2]", NULL);
	expect_look(text, "b", NULL);
}

Test(json_look, refuses_what_is_not_json)
{
	static const char *const bad[] = { "",		 "{",	     "[1",     "[1,]",
					   "{\"a\"}",	 "{\"a\":}", "{} {}",  "[\"a\nb\"]",
					   "[\"a\\q\"]", "nul",	     "{a: 1}", "[1 2]" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_look(bad[i], "", NULL);
}
