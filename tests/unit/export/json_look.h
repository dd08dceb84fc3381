/* SPDX-License-Identifier: GPL-2.0-only */
/* Just enough of a JSON reader to ask a text for one value. */
#ifndef TESTS_JSON_LOOK_H
#define TESTS_JSON_LOOK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value at @path ("verdict.cycle[0].held_by", "" for all) as it is written; the caller
 * frees it. NULL when there is none, or when the text is not one well-formed value.
 */
char *json_look(const char *text, const char *path);

#endif
