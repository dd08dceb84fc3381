/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people read and type them: durations, counts, clocks, sizes. ASCII only. */
#include "base/fmt.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_US    1000ULL
#define NS_PER_MS    (1000 * NS_PER_US)
#define NS_PER_SEC   (1000 * NS_PER_MS)
#define NS_PER_MIN   (60 * NS_PER_SEC)
#define NS_PER_HOUR  (60 * NS_PER_MIN)
#define NS_PER_DAY   (24 * NS_PER_HOUR)

#define ARRAY_CNT(a) (sizeof(a) / sizeof((a)[0]))

/* snprintf that shows a result it has no room for as a row of '#'. */
static const char *fmt_put(char *buf, size_t sz, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static const char *fmt_put(char *buf, size_t sz, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, sz, fmt, args);
	va_end(args);
	if (sz && (len < 0 || (size_t)len >= sz)) {
		memset(buf, '#', sz - 1);
		buf[sz - 1] = '\0';
	}
	return buf;
}

/* To the nearest, halves up; @num + @den / 2 might overflow. */
static uint64_t div_rounded(uint64_t num, uint64_t den)
{
	return num / den + (num % den >= den - den / 2);
}

/*
 * From fine to coarse. A duration takes the first row in which it has less than
 * @end steps after rounding, so that 999.95 us becomes 1.00 ms, never 1000 us.
 * With @split the steps are printed as two numbers: 125 as 1.25, 185 as 3m05.
 */
static const struct duration_form {
	uint64_t step_ns;
	unsigned int end, split;
	const char *sep, *unit;
} duration_forms[] = {
	{ 1, 1000, 0, "", " ns" },
	{ NS_PER_US / 100, 1000, 100, ".", " us" },
	{ NS_PER_US / 10, 1000, 10, ".", " us" },
	{ NS_PER_US, 1000, 0, "", " us" },
	{ NS_PER_MS / 100, 1000, 100, ".", " ms" },
	{ NS_PER_MS / 10, 1000, 10, ".", " ms" },
	{ NS_PER_MS, 1000, 0, "", " ms" },
	{ NS_PER_SEC / 100, 1000, 100, ".", " s" },
	{ NS_PER_SEC / 10, 600, 10, ".", " s" },
	{ NS_PER_SEC, 3600, 60, "m", "s" },
	{ NS_PER_MIN, 24 * 60, 60, "h", "m" },
	{ NS_PER_HOUR, 1000 * 24, 24, "d", "h" },
};

const char *fmt_duration(char *buf, size_t sz, uint64_t ns)
{
	for (size_t i = 0; i < ARRAY_CNT(duration_forms); i++) {
		const struct duration_form *f = &duration_forms[i];
		uint64_t steps = div_rounded(ns, f->step_ns);

		if (steps >= f->end)
			continue;
		if (!f->split)
			return fmt_put(buf, sz, "%" PRIu64 "%s", steps, f->unit);
		return fmt_put(buf, sz, "%" PRIu64 "%s%0*" PRIu64 "%s", steps / f->split, f->sep,
			       f->split == 10 ? 1 : 2, steps % f->split, f->unit);
	}
	return fmt_put(buf, sz, "%" PRIu64 "d", div_rounded(ns, NS_PER_DAY));
}

const char *fmt_count(char *buf, size_t sz, uint64_t cnt)
{
	char grouped[FMT_SZ];
	char *pos = &grouped[sizeof(grouped) - 1];
	int digit_cnt = 0;

	*pos = '\0';
	do {
		if (digit_cnt && digit_cnt % 3 == 0)
			*--pos = ',';
		*--pos = '0' + cnt % 10;
		digit_cnt++;
		cnt /= 10;
	} while (cnt);
	return fmt_put(buf, sz, "%s", pos);
}

const char *fmt_clock(char *buf, size_t sz, uint64_t ns)
{
	uint64_t hours = ns / NS_PER_HOUR;
	unsigned int min = ns % NS_PER_HOUR / NS_PER_MIN;
	unsigned int sec = ns % NS_PER_MIN / NS_PER_SEC;
	unsigned int ms = ns % NS_PER_SEC / NS_PER_MS;

	if (hours)
		return fmt_put(buf, sz, "%" PRIu64 ":%02u:%02u.%03u", hours, min, sec, ms);
	return fmt_put(buf, sz, "%02u:%02u.%03u", min, sec, ms);
}

const char *fmt_size(char *buf, size_t sz, uint64_t bytes)
{
	static const char prefixes[] = "KMGTPE";

	if (bytes < 1024)
		return fmt_put(buf, sz, "%" PRIu64 " B", bytes);
	for (size_t i = 0;; i++) {
		uint64_t unit = 1ULL << (10 * (i + 1));
		uint64_t tenths = bytes / unit * 10 + div_rounded(bytes % unit * 10, unit);

		/* 1023.95 KiB reads 1.0 MiB. Ends at the latest with 2^64 - 1, 16.0 EiB. */
		if (tenths < 10240)
			return fmt_put(buf, sz, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10,
				       tenths % 10, prefixes[i]);
	}
}

/* The digits at *@pos, which moves behind them. *@ret_overflows: more than 64 bits. */
static uint64_t parse_digits(const char **pos, bool *ret_overflows)
{
	uint64_t value = 0;

	*ret_overflows = false;
	for (; isdigit((unsigned char)**pos); (*pos)++) {
		*ret_overflows |= __builtin_mul_overflow(value, 10, &value);
		*ret_overflows |= __builtin_add_overflow(value, **pos - '0', &value);
	}
	return value;
}

/* Shift for the unit at @str, which ends there, or -EINVAL. */
static int parse_size_unit(const char *str)
{
	int shift = *str == 'k' || *str == 'K' ? 10 : *str == 'M' ? 20 : *str == 'G' ? 30 : 0;

	if (!*str)
		return 0;
	if (!shift)
		return -EINVAL;
	str++;
	return !*str || !strcmp(str, "B") || !strcmp(str, "iB") ? shift : -EINVAL;
}

int parse_size(const char *str, uint64_t *ret)
{
	const char *pos = str;
	bool overflows;
	uint64_t value = parse_digits(&pos, &overflows);
	int shift = parse_size_unit(pos);

	if (pos == str || shift < 0)
		return -EINVAL;
	if (overflows || value > UINT64_MAX >> shift)
		return -ERANGE;
	*ret = value << shift;
	return 0;
}

/* Nanoseconds in the unit @str, 0 when there is no such unit. */
static uint64_t duration_unit_ns(const char *str)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_SEC },  { "ns", 1 },	  { "us", NS_PER_US },	{ "ms", NS_PER_MS },
		{ "s", NS_PER_SEC }, { "m", NS_PER_MIN }, { "h", NS_PER_HOUR },
	};

	for (size_t i = 0; i < ARRAY_CNT(units); i++) {
		if (!strcmp(str, units[i].name))
			return units[i].ns;
	}
	return 0;
}

/* 10^18, the largest denominator kept: finer than a nanosecond in any unit. */
#define FRACTION_DEN_MAX 1000000000000000000ULL

int parse_duration(const char *str, uint64_t *ret_ns)
{
	const char *pos = str;
	bool overflows;
	uint64_t whole = parse_digits(&pos, &overflows);
	uint64_t num = 0, den = 1, unit_ns;
	unsigned __int128 total_ns;

	if (*pos == '.') {
		pos++;
		if (!isdigit((unsigned char)*pos))
			return -EINVAL;
		for (; isdigit((unsigned char)*pos); pos++) {
			if (den == FRACTION_DEN_MAX)
				continue;
			num = num * 10 + (*pos - '0');
			den *= 10;
		}
	}
	unit_ns = duration_unit_ns(pos);
	if (pos == str || !unit_ns)
		return -EINVAL;
	total_ns = (unsigned __int128)whole * unit_ns + (unsigned __int128)num * unit_ns / den;
	if (overflows || total_ns > UINT64_MAX)
		return -ERANGE;
	*ret_ns = total_ns;
	return 0;
}
