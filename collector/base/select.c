/* SPDX-License-Identifier: GPL-2.0-only */
/* Selection digit by digit, the highest first: only those with the digit looked for are kept. */
#include "base/select.h"

#include <assert.h>

enum { DIGIT_BITS = 8, DIGIT_CNT = 1 << DIGIT_BITS };

static unsigned digit_of(uint64_t value, unsigned shift)
{
	return value >> shift & (DIGIT_CNT - 1);
}

/* Where the highest digit begins in which they differ. */
static unsigned first_shift(const uint64_t *values, size_t cnt)
{
	uint64_t differs = 0;

	for (size_t i = 0; i < cnt; i++)
		differs |= values[i] ^ values[0];
	for (unsigned shift = 64 - DIGIT_BITS; shift; shift -= DIGIT_BITS)
		if (differs >> shift)
			return shift;
	return 0;
}

/* Keep those with the digit that the n-th has, and count n from the first of them. */
static size_t keep_digit(uint64_t *values, size_t cnt, unsigned shift, size_t *n)
{
	size_t cnts[DIGIT_CNT] = {}, kept = 0;
	unsigned digit = 0;

	for (size_t i = 0; i < cnt; i++)
		cnts[digit_of(values[i], shift)]++;
	while (*n >= cnts[digit])
		*n -= cnts[digit++];
	for (size_t i = 0; i < cnt; i++)
		if (digit_of(values[i], shift) == digit)
			values[kept++] = values[i];
	return kept;
}

uint64_t select_nth(uint64_t *values, size_t cnt, size_t n)
{
	unsigned shift = first_shift(values, cnt);

	assert(n < cnt);
	cnt = keep_digit(values, cnt, shift, &n);
	while (shift && cnt > 1) {
		shift -= DIGIT_BITS;
		cnt = keep_digit(values, cnt, shift, &n);
	}
	return values[0];
}
