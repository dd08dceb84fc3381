/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rust RFC 2603, whose grammar the functions follow rule by rule. The library of the C compiler has
 * this, too (libiberty, rust_demangle()), but a name of 400 bytes that refers back to itself keeps
 * it busy for hours; here steps, depth and length are bounded.
 */
#include "inspect/demangle_rust.h"

#include <stdint.h>
#include <string.h>

enum { STEP_MAX = 10000, DEPTH_MAX = 60, OUT_MAX = 1000, NUMBER_MAX = 1 << 24 };

struct rust {
	const char *text; /* behind "_R" */
	size_t len, at;
	unsigned steps, depth;
	bool is_wrong;
	bool is_quiet; /* what is read is not told */
	bool with_args;
	struct strbuf *out;
};

static void parse_path(struct rust *r);
static void parse_type(struct rust *r);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool fail(struct rust *r)
{
	r->is_wrong = true;
	r->at = r->len;
	return false;
}

static void add(struct rust *r, const char *text, size_t len)
{
	if (r->is_quiet || r->is_wrong)
		return;
	if (r->out->len + len > OUT_MAX)
		fail(r);
	else
		strbuf_add(r->out, text, len);
}

static void adds(struct rust *r, const char *text)
{
	add(r, text, strlen(text));
}

static char peek(const struct rust *r)
{
	return r->at < r->len ? r->text[r->at] : '\0';
}

static char next(struct rust *r)
{
	return r->at < r->len ? r->text[r->at++] : '\0';
}

static bool take(struct rust *r, char c)
{
	if (r->is_wrong || peek(r) != c)
		return false;
	r->at++;
	return true;
}

/* Around what calls itself; false: it has gone too far. */
static bool enter(struct rust *r)
{
	if (r->is_wrong || ++r->steps > STEP_MAX || ++r->depth > DEPTH_MAX)
		return fail(r);
	return true;
}

static void leave(struct rust *r)
{
	r->depth--;
}

static int digit_62(char c)
{
	if (is_digit(c))
		return c - '0';
	if (is_lower(c))
		return c - 'a' + 10;
	return is_upper(c) ? c - 'A' + 36 : -1;
}

/* base-62-number: "_" is 0, "0_" is 1. That of a crate is a hash, and may run over. */
static uint64_t parse_base_62(struct rust *r)
{
	uint64_t n = 0;

	if (take(r, '_'))
		return 0;
	while (!take(r, '_')) {
		int digit = digit_62(next(r));

		if (digit < 0) {
			fail(r);
			return 0;
		}
		n = n * 62 + digit;
	}
	return n + 1;
}

/* Of those that a letter announces: 0 when it is not there. */
static uint64_t parse_optional(struct rust *r, char letter)
{
	return take(r, letter) ? parse_base_62(r) + 1 : 0;
}

static uint32_t parse_decimal(struct rust *r)
{
	uint32_t n = 0;

	if (!is_digit(peek(r)))
		fail(r);
	if (take(r, '0'))
		return 0;
	while (is_digit(peek(r)) && n < NUMBER_MAX)
		n = n * 10 + (next(r) - '0');
	return n;
}

/* undisambiguated-identifier; how many bytes it has. */
static size_t parse_name(struct rust *r, const char **ret)
{
	size_t len;

	take(r, 'u'); /* letters beyond ASCII are left as they are coded */
	len = parse_decimal(r);
	take(r, '_');
	*ret = r->text + r->at;
	if (r->is_wrong || len > r->len - r->at) {
		fail(r);
		return 0;
	}
	r->at += len;
	return len;
}

/* What "B" leads to was read before; what is read there is told again here. */
static void parse_backref(struct rust *r, void (*rule)(struct rust *))
{
	size_t begin = r->at - 1, back;
	uint64_t to = parse_base_62(r);

	if (r->is_wrong || to >= begin) {
		fail(r);
		return;
	}
	if (r->is_quiet)
		return;
	back = r->at;
	r->at = to;
	rule(r);
	if (!r->is_wrong)
		r->at = back;
}

static void parse_const(struct rust *r);

static void parse_generic_arg(struct rust *r)
{
	if (take(r, 'K'))
		parse_const(r);
	else
		parse_type(r);
}

/* Lifetimes say nothing here. */
static void parse_generic_args(struct rust *r)
{
	const char *between = "<";
	bool was_quiet = r->is_quiet;

	r->is_quiet |= !r->with_args;
	while (!r->is_wrong && !take(r, 'E')) {
		if (take(r, 'L')) {
			parse_base_62(r);
			continue;
		}
		adds(r, between);
		between = ", ";
		parse_generic_arg(r);
	}
	if (*between == ',')
		adds(r, ">");
	r->is_quiet = was_quiet;
}

/* Where the impl stands does not matter, only what it is of. */
static void parse_impl_path(struct rust *r)
{
	bool was_quiet = r->is_quiet;

	parse_optional(r, 's');
	r->is_quiet = true;
	parse_path(r);
	r->is_quiet = was_quiet;
}

static void parse_trait_of_type(struct rust *r)
{
	adds(r, "<");
	parse_type(r);
	adds(r, " as ");
	parse_path(r);
	adds(r, ">");
}

static void add_number(struct rust *r, uint64_t n)
{
	char buf[24] = "";
	size_t at = sizeof(buf);

	do
		buf[--at] = '0' + n % 10;
	while (n /= 10);
	add(r, buf + at, sizeof(buf) - at);
}

/* Namespaces in capitals have no name of their own: {closure#0} */
static void parse_nested_path(struct rust *r)
{
	char space = next(r);
	const char *name;
	uint64_t number;
	size_t len;

	if (!is_lower(space) && !is_upper(space))
		fail(r);
	parse_path(r);
	number = parse_optional(r, 's');
	len = parse_name(r, &name);
	if (is_lower(space)) {
		if (len)
			adds(r, "::");
		add(r, name, len);
		return;
	}
	adds(r, "::{");
	if (space == 'C' || space == 'S')
		adds(r, space == 'C' ? "closure" : "shim");
	else
		add(r, &space, 1);
	if (len)
		adds(r, ":");
	add(r, name, len);
	adds(r, "#");
	add_number(r, number);
	adds(r, "}");
}

static void parse_crate(struct rust *r)
{
	const char *name;
	size_t len;

	parse_optional(r, 's');
	len = parse_name(r, &name);
	add(r, name, len);
}

static void parse_path(struct rust *r)
{
	if (!enter(r))
		return;
	switch (next(r)) {
	case 'C':
		parse_crate(r);
		break;
	case 'M':
		parse_impl_path(r);
		parse_type(r);
		break;
	case 'X':
		parse_impl_path(r);
		parse_trait_of_type(r);
		break;
	case 'Y':
		parse_trait_of_type(r);
		break;
	case 'N':
		parse_nested_path(r);
		break;
	case 'I':
		parse_path(r);
		parse_generic_args(r);
		break;
	case 'B':
		parse_backref(r, parse_path);
		break;
	default:
		fail(r);
	}
	leave(r);
}

static const char *basic_type(char c)
{
	static const char *const words['z' - 'a' + 1] = {
		['a' - 'a'] = "i8",   ['b' - 'a'] = "bool",  ['c' - 'a'] = "char",
		['d' - 'a'] = "f64",  ['e' - 'a'] = "str",   ['f' - 'a'] = "f32",
		['h' - 'a'] = "u8",   ['i' - 'a'] = "isize", ['j' - 'a'] = "usize",
		['l' - 'a'] = "i32",  ['m' - 'a'] = "u32",   ['n' - 'a'] = "i128",
		['o' - 'a'] = "u128", ['p' - 'a'] = "_",     ['s' - 'a'] = "i16",
		['t' - 'a'] = "u16",  ['u' - 'a'] = "()",    ['v' - 'a'] = "...",
		['x' - 'a'] = "i64",  ['y' - 'a'] = "u64",   ['z' - 'a'] = "!",
	};

	return c >= 'a' && c <= 'z' ? words[c - 'a'] : NULL;
}

/* Types up to "E"; how many. */
static size_t parse_types(struct rust *r)
{
	size_t cnt = 0;

	while (!r->is_wrong && !take(r, 'E')) {
		if (cnt++)
			adds(r, ", ");
		parse_type(r);
	}
	return cnt;
}

static void parse_tuple(struct rust *r)
{
	adds(r, "(");
	if (parse_types(r) == 1)
		adds(r, ",");
	adds(r, ")");
}

static void parse_function(struct rust *r)
{
	const char *abi;

	parse_optional(r, 'G');
	if (take(r, 'U'))
		adds(r, "unsafe ");
	if (take(r, 'K') && !take(r, 'C'))
		parse_name(r, &abi);
	adds(r, "fn(");
	parse_types(r);
	adds(r, ")");
	if (take(r, 'u'))
		return;
	adds(r, " -> ");
	parse_type(r);
}

/* A trait, and what types it is told to have: "FnOnce<Output = ()>" */
static void parse_dyn_trait(struct rust *r)
{
	const char *name;
	size_t len;

	parse_path(r);
	while (take(r, 'p')) {
		len = parse_name(r, &name);
		adds(r, "<");
		add(r, name, len);
		adds(r, " = ");
		parse_type(r);
		adds(r, ">");
	}
}

static void parse_dyn(struct rust *r)
{
	const char *between = "dyn ";

	parse_optional(r, 'G');
	while (!r->is_wrong && !take(r, 'E')) {
		adds(r, between);
		between = " + ";
		parse_dyn_trait(r);
	}
	if (!take(r, 'L'))
		fail(r);
	parse_base_62(r);
}

static void parse_array(struct rust *r)
{
	adds(r, "[");
	parse_type(r);
	adds(r, "; ");
	parse_const(r);
	adds(r, "]");
}

static void parse_reference(struct rust *r, const char *before)
{
	if (take(r, 'L'))
		parse_base_62(r);
	adds(r, before);
	parse_type(r);
}

static void parse_other_type(struct rust *r, char c)
{
	switch (c) {
	case 'A':
		parse_array(r);
		break;
	case 'S':
		adds(r, "[");
		parse_type(r);
		adds(r, "]");
		break;
	case 'T':
		parse_tuple(r);
		break;
	case 'R':
		parse_reference(r, "&");
		break;
	case 'Q':
		parse_reference(r, "&mut ");
		break;
	case 'P':
		parse_reference(r, "*const ");
		break;
	case 'O':
		parse_reference(r, "*mut ");
		break;
	case 'F':
		parse_function(r);
		break;
	case 'D':
		parse_dyn(r);
		break;
	case 'B':
		parse_backref(r, parse_type);
		break;
	default:
		r->at--; /* a path, or nothing that is known */
		parse_path(r);
	}
}

static void parse_type(struct rust *r)
{
	char c;

	if (!enter(r))
		return;
	c = next(r);
	if (basic_type(c))
		adds(r, basic_type(c));
	else if (c)
		parse_other_type(r, c);
	else
		fail(r);
	leave(r);
}

static int digit_16(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Long numbers stay in the hexadecimal digits of the name. */
static void parse_number(struct rust *r)
{
	size_t begin;
	uint32_t n = 0;

	if (take(r, 'n'))
		adds(r, "-");
	begin = r->at;
	while (digit_16(peek(r)) >= 0)
		n = n << 4 | digit_16(next(r));
	if (r->at - begin <= 2 * sizeof(n)) {
		add_number(r, n);
	} else {
		adds(r, "0x");
		add(r, r->text + begin, r->at - begin);
	}
	if (!take(r, '_'))
		fail(r);
}

static void parse_bool(struct rust *r)
{
	char digit = next(r);

	adds(r, digit == '0' ? "false" : "true");
	if ((digit != '0' && digit != '1') || !take(r, '_'))
		fail(r);
}

static void parse_const(struct rust *r)
{
	char type;

	if (!enter(r))
		return;
	type = next(r);
	if (type == 'p')
		adds(r, "_");
	else if (type == 'B')
		parse_backref(r, parse_const);
	else if (type == 'b')
		parse_bool(r);
	else if (type && strchr("achijlmnostxy", type))
		parse_number(r);
	else
		fail(r);
	leave(r);
}

/* The crate that made it of a template, and what the linker has added. */
static void parse_rest(struct rust *r)
{
	r->is_quiet = true;
	if (is_upper(peek(r)))
		parse_path(r);
	if (r->at < r->len && peek(r) != '.' && peek(r) != '$')
		fail(r);
}

bool demangle_rust(const char *name, size_t len, bool with_args, struct strbuf *ret)
{
	struct strbuf out = {};
	struct rust r = { .out = &out, .with_args = with_args };

	if (len < 3 || name[0] != '_' || name[1] != 'R' || !is_upper(name[2]))
		return false;
	r.text = name + 2;
	r.len = len - 2;
	parse_path(&r);
	parse_rest(&r);
	if (!r.is_wrong)
		strbuf_add(ret, out.data, out.len);
	strbuf_release(&out);
	return !r.is_wrong;
}
