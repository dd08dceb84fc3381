/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people type them: every unit, the limits of 64 bits, and what is refused. */
#include "base/fmt.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#define US	     1000ULL
#define MS	     (1000 * US)
#define SEC	     (1000 * MS)
#define MIN	     (60 * SEC)
#define HR	     (60 * MIN)

#define KIB	     1024ULL
#define MIB	     (1024 * KIB)
#define GIB	     (1024 * MIB)

#define ARRAY_CNT(a) (sizeof(a) / sizeof((a)[0]))

struct parse_case {
	uint64_t value;
	const char *text;
};

typedef int (*parse_fn)(const char *str, uint64_t *ret);

static void expect_parsed(parse_fn parse, const struct parse_case *cases, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		uint64_t value = ~cases[i].value;

		cr_expect(eq(int, parse(cases[i].text, &value), 0), "\"%s\"", cases[i].text);
		cr_expect(eq(u64, value, cases[i].value), "\"%s\"", cases[i].text);
	}
}

/* Refused with @err, and the output parameter is not touched. */
static void expect_refused(parse_fn parse, int err, const char *const *texts, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		uint64_t value = 4711;

		cr_expect(eq(int, parse(texts[i], &value), err), "\"%s\"", texts[i]);
		cr_expect(eq(u64, value, 4711), "\"%s\"", texts[i]);
	}
}

Test(parse, size_units)
{
	static const struct parse_case cases[] = {
		{ 0, "0" },
		{ 64, "64" },
		{ 7, "007" },
		{ 64 * KIB, "64k" },
		{ 64 * KIB, "64K" },
		{ 64 * KIB, "64kB" },
		{ 64 * KIB, "64KiB" },
		{ 64 * MIB, "64M" },
		{ 64 * MIB, "64MB" },
		{ 64 * MIB, "64MiB" },
		{ 2 * GIB, "2G" },
		{ 2 * GIB, "2GiB" },
		{ UINT64_MAX, "18446744073709551615" },
		{ UINT64_MAX - 1023, "18014398509481983K" },
		{ 17179869183 * GIB, "17179869183G" },
		{ 0, "0G" },
	};

	expect_parsed(parse_size, cases, ARRAY_CNT(cases));
}

Test(parse, size_refuses)
{
	static const char *const invalid[] = {
		"",    " ",    "M",	"-1",  "+1",   " 1",  "1 ",
		"1 M", "1.5M", "1T",	"1m",  "1g",   "1B",  "1iB",
		"1Mi", "1Mb",  "1MiBs", "1MM", "0x10", "1e3", "99999999999999999999x",
	};
	static const char *const out_of_range[] = {
		"18446744073709551616",	 "18446744073709551620", "99999999999999999999999999",
		"18014398509481984K",	 "17592186044416M",	 "17179869184G",
		"99999999999999999999K",
	};

	expect_refused(parse_size, -EINVAL, invalid, ARRAY_CNT(invalid));
	expect_refused(parse_size, -ERANGE, out_of_range, ARRAY_CNT(out_of_range));
}

Test(parse, duration_units)
{
	static const struct parse_case cases[] = {
		{ 0, "0" },
		{ 10 * SEC, "10" },
		{ 10 * SEC, "10s" },
		{ 1500 * US, "1.5ms" },
		{ 200 * US, "200us" },
		{ 3, "3ns" },
		{ 2 * MIN, "2m" },
		{ HR, "1h" },
		{ 500 * MS, "0.5" },
		{ 500 * MS, ".5" },
		{ 90 * MIN, "1.5h" },
		{ 1, "0.000000001" },
		{ UINT64_MAX, "18446744073709551615ns" },
		{ UINT64_MAX, "18446744073.709551615" },
	};

	expect_parsed(parse_duration, cases, ARRAY_CNT(cases));
}

/* Never up: a time-out must not become longer than written. */
Test(parse, duration_drops_what_is_below_a_nanosecond)
{
	static const struct parse_case cases[] = {
		{ 1, "1.999999ns" },
		{ 0, "0.0000000009999999999999999999999999" },
		{ 1200 * SEC - 1, "0.3333333333333333333333333333333333h" },
		{ 123456789, "0.12345678987654321012345678909876543210" },
	};

	expect_parsed(parse_duration, cases, ARRAY_CNT(cases));
}

Test(parse, duration_refuses)
{
	static const char *const invalid[] = {
		"",
		" ",
		"s",
		"ms",
		".",
		"1.",
		".s",
		"1.s",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1 s",
		"1,5s",
		"1.5.",
		"1..5s",
		"1S",
		"1Ms",
		"1d",
		"1min",
		"1sec",
		"1s1",
		"1h30m",
		"0x1",
		"1e3",
		"inf",
		"nan",
		"1\xc2\xb5s",
		"99999999999999999999x",
	};
	static const char *const out_of_range[] = {
		"18446744073709551616ns",
		"18446744073.709551616",
		"18446744074",
		"5124096h",
		"307445735m",
		"99999999999999999999999999999999999",
		"99999999999999999999999999999999999ns",
	};

	expect_refused(parse_duration, -EINVAL, invalid, ARRAY_CNT(invalid));
	expect_refused(parse_duration, -ERANGE, out_of_range, ARRAY_CNT(out_of_range));
}

/* What is shown below a minute can be typed in again. */
Test(parse, shown_durations_parse_back)
{
	static const uint64_t values[] = { 850, 12300, 340 * US, 1250 * US, 12400 * MS };

	for (size_t i = 0; i < ARRAY_CNT(values); i++) {
		char buf[FMT_SZ], *space;
		uint64_t back = 0;

		fmt_duration(buf, sizeof(buf), values[i]);
		space = strchr(buf, ' ');
		memmove(space, space + 1, strlen(space));
		cr_expect(eq(int, parse_duration(buf, &back), 0));
		cr_expect(eq(u64, back, values[i]));
	}
}
