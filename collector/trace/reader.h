/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens a trace file, of which every byte is untrusted, for reading.
 *
 * Only headers and the last block are read; the other blocks when a cursor comes
 * to them, with pread(2), so that a file that shrinks meanwhile is a damaged one
 * and no SIGBUS.
 */
#ifndef CTRACE_TRACE_READER_H
#define CTRACE_TRACE_READER_H

#include "trace/meta.h"
#include "trace/trace.h"

/*
 * 0; or -EPROTO for what is no trace, -ENOTSUP for one of a later major version,
 * or -errno: each logged with path and offset. A file that was not closed opens
 * with ret_meta->truncated; blocks that cannot be read are holes (cursor.h). The
 * caller gives the trace to trace_free() and the meta to meta_release(); both are
 * untouched on failure. Events may be appended to the trace: they stay in memory.
 */
int reader_open(const char *path, struct trace **ret, struct trace_meta *ret_meta);

#endif
