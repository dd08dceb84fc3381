/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as people read and type them: durations, counts, clocks, sizes. ASCII only. */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Enough for every result here. A buffer that is too small is filled with '#':
 * a cut number would be a wrong number. Each fmt_ function returns its @buf.
 */
#define FMT_SZ 32

/* At most 7 columns, rounded: "850 ns", "12.3 us", "1.25 ms", "12.4 s", "3m05s", "3d04h". */
const char *fmt_duration(char *buf, size_t sz, uint64_t ns);

/* "48,231" */
const char *fmt_count(char *buf, size_t sz, uint64_t cnt);

/* Position in a recording, cut to milliseconds: "00:12.481", from one hour on "1:00:12.481". */
const char *fmt_clock(char *buf, size_t sz, uint64_t ns);

/* Binary units, one decimal, rounded: "850 B", "64.0 MiB". */
const char *fmt_size(char *buf, size_t sz, uint64_t bytes);

/*
 * Whole number with an optional k, K, M or G (times 1024, 1024^2, 1024^3), which may be
 * followed by B or iB. Returns 0 and *@ret, -EINVAL, or -ERANGE when it exceeds 64 bits.
 */
int parse_size(const char *str, uint64_t *ret);

/*
 * Decimal number with an optional ns, us, ms, s, m or h; without a unit seconds.
 * Digits below one nanosecond are dropped. Returns 0 and *@ret_ns, -EINVAL, or -ERANGE
 * when it exceeds 64 bits.
 */
int parse_duration(const char *str, uint64_t *ret_ns);

#endif
