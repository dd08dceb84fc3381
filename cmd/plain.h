/* SPDX-License-Identifier: GPL-2.0-only */
/* One line per state change, for pipes, logs and screen readers. */
#ifndef CTRACE_PLAIN_H
#define CTRACE_PLAIN_H

#include "cmd/options.h"

/* Observe opts->argv and print to standard output; the exit status. */
int plain_run(const struct options *opts, const struct launch_inherited *inherited);

#endif /* CTRACE_PLAIN_H */
