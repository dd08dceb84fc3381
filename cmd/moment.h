/* SPDX-License-Identifier: GPL-2.0-only */
/* The moments of a recording that --at, --from and --to name. */
#ifndef CTRACE_MOMENT_H
#define CTRACE_MOMENT_H

#include <linux/types.h>

#include "trace/trace.h"

/*
 * A time as the screen shows it, which counts from the begin: to *ret_ns as CLOCK_MONOTONIC.
 * @option is its name for messages; @value NULL leaves *ret_ns as it is. 0, or EXIT_USAGE
 * after a message.
 */
int moment_parse(const struct trace *t, const char *option, const char *value, __u64 *ret_ns);

#endif /* CTRACE_MOMENT_H */
