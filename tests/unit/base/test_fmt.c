/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people read them: every unit on both sides of its border. */
#include "base/fmt.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#define US	     1000ULL
#define MS	     (1000 * US)
#define SEC	     (1000 * MS)
#define MIN	     (60 * SEC)
#define HR	     (60 * MIN)
#define DAY	     (24 * HR)

#define KIB	     1024ULL
#define MIB	     (1024 * KIB)
#define GIB	     (1024 * MIB)

#define ARRAY_CNT(a) (sizeof(a) / sizeof((a)[0]))

typedef const char *(*fmt_fn)(char *buf, size_t size, uint64_t value);

struct fmt_case {
	uint64_t value;
	const char *text;
};

static void expect_fmt(fmt_fn fmt, const struct fmt_case *cases, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		char buf[FMT_SZ];
		const char *text = fmt(buf, sizeof(buf), cases[i].value);

		cr_expect(eq(ptr, (void *)text, (void *)buf));
		cr_expect(eq(str, (char *)text, (char *)cases[i].text));
	}
}

Test(fmt, duration_takes_three_digits)
{
	static const struct fmt_case cases[] = {
		{ 0, "0 ns" },
		{ 1, "1 ns" },
		{ 850, "850 ns" },
		{ 12300, "12.3 us" },
		{ 340 * US, "340 us" },
		{ 1250 * US, "1.25 ms" },
		{ 12400 * MS, "12.4 s" },
		{ 3 * MIN + 5 * SEC, "3m05s" },
		{ 2 * HR + 7 * MIN, "2h07m" },
		{ 3 * DAY + 4 * HR, "3d04h" },
	};

	expect_fmt(fmt_duration, cases, ARRAY_CNT(cases));
}

/* Last value of each form, then the first of the next. */
Test(fmt, duration_at_the_border_of_each_form)
{
	static const struct fmt_case cases[] = {
		{ 999, "999 ns" },
		{ 1000, "1.00 us" },
		{ 9994, "9.99 us" },
		{ 9995, "10.0 us" },
		{ 99949, "99.9 us" },
		{ 99950, "100 us" },
		{ 999499, "999 us" },
		{ 999500, "1.00 ms" },
		{ 999950, "1.00 ms" }, /* 999.95 us is not 1000 us */
		{ 1 * MS, "1.00 ms" },
		{ 9994999, "9.99 ms" },
		{ 9995 * US, "10.0 ms" },
		{ 99949999, "99.9 ms" },
		{ 99950 * US, "100 ms" },
		{ 999499999, "999 ms" },
		{ 999500 * US, "1.00 s" },
		{ 9994999999, "9.99 s" },
		{ 9995 * MS, "10.0 s" },
		{ 59949999999, "59.9 s" },
		{ 59950 * MS, "1m00s" },
		{ MIN, "1m00s" },
		{ 59 * MIN + 59 * SEC + 499 * MS, "59m59s" },
		{ 59 * MIN + 59 * SEC + 500 * MS, "1h00m" },
		{ HR, "1h00m" },
		{ DAY - 30 * SEC - 1, "23h59m" },
		{ DAY - 30 * SEC, "1d00h" },
		{ DAY, "1d00h" },
		{ 1000 * DAY - 30 * MIN - 1, "999d23h" },
		{ 1000 * DAY - 30 * MIN, "1000d" },
		{ UINT64_MAX, "213504d" },
	};

	expect_fmt(fmt_duration, cases, ARRAY_CNT(cases));
}

Test(fmt, duration_rounds_to_the_nearest)
{
	static const struct fmt_case cases[] = {
		{ 1004, "1.00 us" },
		{ 1005, "1.01 us" },
		{ 12349, "12.3 us" },
		{ 12350, "12.4 us" },
		{ 340499, "340 us" },
		{ 340500, "341 us" },
		{ 61 * SEC + 499 * MS, "1m01s" },
		{ 61 * SEC + 500 * MS, "1m02s" },
	};

	expect_fmt(fmt_duration, cases, ARRAY_CNT(cases));
}

/* Around every power of two and of ten there is. */
Test(fmt, duration_has_at_most_seven_ascii_columns)
{
	for (int shift = 0; shift < 64; shift++) {
		for (int delta = -2000; delta <= 2000; delta++) {
			char buf[FMT_SZ];
			size_t len =
				strlen(fmt_duration(buf, sizeof(buf), (1ULL << shift) + delta));

			cr_assert(le(sz, len, 7));
			cr_assert(eq(sz, strspn(buf, "0123456789. nusmhd"), len));
		}
	}
	for (uint64_t power = 1; power < UINT64_MAX / 10; power *= 10) {
		for (uint64_t factor = 1; factor < 1000; factor++) {
			char buf[FMT_SZ];

			fmt_duration(buf, sizeof(buf), power * factor - 1);
			cr_assert(le(sz, strlen(buf), 7));
		}
	}
}

Test(fmt, count_is_grouped_by_three)
{
	static const struct fmt_case cases[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 48231, "48,231" },
		{ 999999, "999,999" },
		{ 1000000, "1,000,000" },
		{ 100000000, "100,000,000" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	expect_fmt(fmt_count, cases, ARRAY_CNT(cases));
}

/* A clock does not run ahead: it is cut, not rounded. */
Test(fmt, clock_shows_what_has_passed)
{
	static const struct fmt_case cases[] = {
		{ 0, "00:00.000" },
		{ MS - 1, "00:00.000" },
		{ MS, "00:00.001" },
		{ 12481 * MS, "00:12.481" },
		{ SEC - 1, "00:00.999" },
		{ MIN - 1, "00:59.999" },
		{ MIN, "01:00.000" },
		{ HR - 1, "59:59.999" },
		{ HR, "1:00:00.000" },
		{ HR + 12481 * MS, "1:00:12.481" },
		{ 123 * HR + 4 * MIN + 5 * SEC + 6 * MS, "123:04:05.006" },
		{ UINT64_MAX, "5124095:34:33.709" },
	};

	expect_fmt(fmt_clock, cases, ARRAY_CNT(cases));
}

Test(fmt, size_in_binary_units)
{
	static const struct fmt_case cases[] = {
		{ 0, "0 B" },
		{ 1023, "1023 B" },
		{ 1024, "1.0 KiB" },
		{ 1536, "1.5 KiB" },
		{ 1024 + 51, "1.0 KiB" },
		{ 1024 + 52, "1.1 KiB" },
		{ MIB - 52, "1023.9 KiB" },
		{ MIB - 51, "1.0 MiB" }, /* 1023.95 KiB is not 1024.0 KiB */
		{ 64 * MIB, "64.0 MiB" },
		{ GIB, "1.0 GiB" },
		{ 1024 * GIB, "1.0 TiB" },
		{ GIB * MIB, "1.0 PiB" },
		{ GIB * GIB, "1.0 EiB" },
		{ UINT64_MAX, "16.0 EiB" },
	};

	expect_fmt(fmt_size, cases, ARRAY_CNT(cases));
}

Test(fmt, buffer_too_small_shows_no_wrong_number)
{
	char buf[8];

	cr_expect(eq(str, (char *)fmt_count(buf, 7, 48231), "48,231"));
	cr_expect(eq(str, (char *)fmt_count(buf, 6, 48231), "#####"));
	cr_expect(eq(str, (char *)fmt_duration(buf, 7, 1250 * US), "######"));
	cr_expect(eq(str, (char *)fmt_clock(buf, 8, 0), "#######"));
	cr_expect(eq(str, (char *)fmt_size(buf, 3, 1024), "##"));
	cr_expect(eq(str, (char *)fmt_count(buf, 1, 5), ""));
	buf[0] = 'x';
	cr_expect(eq(ptr, (void *)fmt_count(buf, 0, 5), (void *)buf));
	cr_expect(eq(chr, buf[0], 'x'));
}
