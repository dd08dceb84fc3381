/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands over a trace file begin alike. */
#ifndef CTRACE_REPLAY_H
#define CTRACE_REPLAY_H

#include "cmd/options.h"
#include "trace/reader.h"

/*
 * Open the trace that opts->argv names. 0, with *ret for trace_free() and *ret_meta for
 * meta_release(); or the exit status to leave with, after a message.
 */
int replay_open(const struct options *opts, struct trace **ret, struct trace_meta *ret_meta);

#endif /* CTRACE_REPLAY_H */
