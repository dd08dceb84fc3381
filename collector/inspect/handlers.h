/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a process that looks stalled handle signals? Then one may still set it going. */
#ifndef CTRACE_HANDLERS_H
#define CTRACE_HANDLERS_H

#include "bpf/event.h"

/*
 * Read the signals that process pid handles into *ret, an event whose time is not set
 * yet: those that are not blocked in all of its threads, which wait. What cannot be read is an
 * event with err.
 */
void handlers_read(__u32 pid, struct ev_handlers *ret);

#endif /* CTRACE_HANDLERS_H */
