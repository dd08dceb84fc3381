/* SPDX-License-Identifier: GPL-2.0-only */
/* A command and its arguments as one line that a shell would take apart again. */
#ifndef CTRACE_EXPORT_WORDS_H
#define CTRACE_EXPORT_WORDS_H

#include "base/strbuf.h"

/* Append the words, NULL-terminated, with quotes where a shell needs them (POSIX, 2.2). */
void words_join(const char *const *words, struct strbuf *ret);

/*
 * The words of a line, NULL-terminated; whatever words_join() makes comes back the same,
 * and of other text blanks and quotes are understood. One allocation, for free().
 */
char **words_split(const char *line);

#endif /* CTRACE_EXPORT_WORDS_H */
