/* SPDX-License-Identifier: GPL-2.0-only */
/* The one clock that events and the program around them share. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in ns: the clock of bpf_ktime_get_ns() (kernel, kernel/bpf/helpers.c). */
uint64_t clock_now_ns(void);

#endif
