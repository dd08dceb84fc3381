/* SPDX-License-Identifier: GPL-2.0-only */
/* What --help prints, from the lists of cmd/options.h. */
#ifndef CTRACE_HELP_H
#define CTRACE_HELP_H

#include "cmd/options.h"

/* To standard output: the overview for COMMAND_CNT, else all of one command. At most 80 columns. */
void help_print(enum command_id command);

#endif /* CTRACE_HELP_H */
