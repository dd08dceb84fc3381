/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Demangling by the C++ library that is there, if one is: no program in C should need it. It
 * knows the old names of Rust, too, which are made like those of C++, but not the new ones.
 */
#include "inspect/demangle.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "inspect/demangle_rust.h"

enum {
	RESULT_MAX = 1 << 26, /* bytes that the library may come to make of a name */
	PACKED_SZ = 4,	      /* of a name, for one argument of a pack and what goes with it */
};

/* Itanium C++ ABI, 3.4: __cxa_demangle(). */
typedef char *(*demangle_fn)(const char *name, char *buf, size_t *len, int *status);

static demangle_fn find_demangler(void)
{
	static demangle_fn found;
	static bool is_tried;
	void *lib;

	if (!is_tried) {
		lib = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
		found = lib ? (demangle_fn)dlsym(lib, "__cxa_demangle") : NULL;
	}
	is_tried = true;
	return found;
}

/* Rust ends its names of the old kind with a hash: "::h" and 16 hexadecimal digits. */
static void cut_rust_hash(char *name)
{
	size_t len = strlen(name);
	char *hash = len > 19 ? name + len - 19 : NULL;

	if (hash && !strncmp(hash, "::h", 3) && strspn(hash + 3, "0123456789abcdef") == 16)
		*hash = '\0';
}

/*
 * The parameter list is the last pair of parentheses on the outermost level; what follows
 * ("const") goes with it. Parentheses in front are part of a name: "(anonymous namespace)".
 */
static void cut_parameters(char *name)
{
	char *open = NULL;
	int depth = 0;

	for (char *at = name; *at; at++) {
		if (*at == '(' && depth++ == 0 && strncmp(at, "(anonymous", 10) != 0 &&
		    strncmp(at, "()(", 3) != 0)
			open = at;
		else if (*at == ')')
			depth--;
	}
	if (open && open > name)
		*open = '\0';
}

/* In front of a template's name is what it returns: "void f<int>". */
static void cut_return_type(char *name)
{
	char *begin = name;
	int depth = 0;

	if (strstr(name, "operator"))
		return;
	for (char *at = name; *at; at++) {
		if (*at == '<' || *at == '(' || *at == '{')
			depth++;
		else if (*at == '>' || *at == ')' || *at == '}')
			depth--;
		else if (*at == ' ' && !depth)
			begin = at + 1;
	}
	memmove(name, begin, strlen(begin) + 1);
}

/* "a<b<c> >::d" becomes "a<>::d". An operator such as "operator<" is left alone. */
static void cut_templates(char *name)
{
	char *to = name;
	int depth = 0;

	if (strstr(name, "operator"))
		return;
	for (char *at = name; *at; at++) {
		if (*at == '>' && depth)
			depth--;
		if (!depth)
			*to++ = *at;
		if (*at == '<' && depth++ == 0 && to > name && to[-1] != '<')
			*to++ = '<';
	}
	*to = '\0';
}

/* "S1_", "T_": what was read before, once more. Behind the letter; its end, or NULL. */
static const char *skip_reference(const char *at, const char *end)
{
	while (at < end && (isdigit((unsigned char)*at) || isupper((unsigned char)*at)))
		at++;
	return at < end && *at == '_' ? at + 1 : NULL;
}

/*
 * A name of 300 bytes can stand for one of gigabytes, which the library does not mind. With R
 * references what is read can be told 3^(R/3) times (each level of a name takes three to the one
 * below), and for each expansion of a pack ("Dp", "sp") once per argument, which takes a few bytes.
 * In 200 000 names of LLVM and others fifty would be left as they are for this, all of templates.
 */
static bool is_short_enough(const char *name, size_t len)
{
	const char *end = name + len, *next;
	size_t most = len, ref_cnt = 0;

	for (const char *at = name; at + 1 < end && most <= RESULT_MAX; at++) {
		if ((*at == 'S' || *at == 'T') && (next = skip_reference(at + 1, end))) {
			most *= ++ref_cnt % 3 ? 1 : 3;
			at = next - 1;
		} else if (at[1] == 'p' && (*at == 'D' || *at == 's')) {
			most *= len / PACKED_SZ + 1;
		}
	}
	return most <= RESULT_MAX;
}

static char *demangle_cpp(const char *name, size_t len)
{
	demangle_fn fn;

	if (len == DEMANGLE_IN_MAX || strncmp(name, "_Z", 2) != 0 || !is_short_enough(name, len))
		return NULL;
	fn = find_demangler();
	return fn ? fn(name, NULL, NULL, NULL) : NULL;
}

/* Of Rust, in two ways: the second time without what is in templates. */
static bool add_rust(const char *name, size_t len, struct strbuf *ret)
{
	size_t before = ret->len;

	if (!demangle_rust(name, len, true, ret))
		return false;
	if (ret->len - before <= DEMANGLE_OUT_MAX)
		return true;
	ret->len = before;
	return demangle_rust(name, len, false, ret);
}

void demangle(const char *name, struct strbuf *ret)
{
	size_t len = strnlen(name, DEMANGLE_IN_MAX);
	char *text = demangle_cpp(name, len);

	if (!text) {
		if (len == DEMANGLE_IN_MAX || !add_rust(name, len, ret))
			strbuf_add(ret, name, len);
		return;
	}
	cut_rust_hash(text);
	cut_parameters(text);
	cut_return_type(text);
	if (strlen(text) > DEMANGLE_OUT_MAX)
		cut_templates(text);
	strbuf_adds(ret, text);
	free(text);
}
