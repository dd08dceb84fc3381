/* SPDX-License-Identifier: GPL-2.0-only */
/* The n-th of some numbers, without sorting them. */
#ifndef BASE_SELECT_H
#define BASE_SELECT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The one that would be at index n of the cnt values were they sorted; n < cnt. What is in values
 * is used up. Eight passes over them at most, whatever they are: they may come from a file.
 */
uint64_t select_nth(uint64_t *values, size_t cnt, size_t n);

#endif
