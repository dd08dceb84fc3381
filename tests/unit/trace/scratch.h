/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a test: a directory of its own, removed at its end; and recordings in it. */
#ifndef TESTS_TRACE_SCRATCH_H
#define TESTS_TRACE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/trace.h"

/* For .init and .fini of a suite. */
void scratch_begin(void);
void scratch_end(void);

/* A path in the directory; valid until 16 more were asked for. */
const char *scratch_path(const char *name);

/* Bytes of a whole file; the caller frees. */
void *scratch_read(const char *path, size_t *ret_sz);
void scratch_write(const char *path, const void *bytes, size_t sz);

/* Append events [begin, end) of a story of a few threads. */
void scratch_append(struct trace *t, __u64 begin, __u64 end);

/* A recording of the first @cnt events of it, closed properly. */
void scratch_record(const char *path, __u64 cnt);

/* Has the trace exactly the events of the story from @first on? */
bool scratch_has_story(struct trace *t, __u64 first, __u64 end);

/* What was logged since the last call, at most a few KiB. */
const char *scratch_log(void);

#endif
