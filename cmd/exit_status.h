/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit statuses of ctrace itself, as documented in ctrace(1). */
#ifndef CTRACE_EXIT_STATUS_H
#define CTRACE_EXIT_STATUS_H

/* clang-format off */
/*      name            status  when */
#define EXIT_STATUSES(_)                                                     \
	_(USAGE,          2,   "wrong command line")                         \
	_(NO_TRACE,       3,   "the file is not a trace that can be read")   \
	_(DEADLOCK,       90,  "check: a deadlock")                          \
	_(STALL,          91,  "check: a stall")                             \
	_(HANG,           92,  "check: a hang, or the time ran out")         \
	_(POTENTIAL,      93,  "check: a potential deadlock")                \
	_(LOSSY,          94,  "check: lost events made the verdict unsure") \
	_(CTRACE_FAILED,  125, "ctrace itself failed")                       \
	_(NOT_EXECUTABLE, 126, "the program cannot be executed")             \
	_(NOT_FOUND,      127, "the program was not found")
/* clang-format on */

enum exit_status {
#define EXIT_STATUS_ENUM(name, status, when) EXIT_##name = (status),
	EXIT_STATUSES(EXIT_STATUS_ENUM)
#undef EXIT_STATUS_ENUM
};

struct findings;

/* --fail: what is found in a recording, as check says it of a program; 0: nothing. */
int exit_status_of(const struct findings *f);

#endif /* CTRACE_EXIT_STATUS_H */
