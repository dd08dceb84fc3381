/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs share: maps, knobs and counters, defined in ctrace.bpf.c. */
#ifndef CTRACE_MAPS_BPF_H
#define CTRACE_MAPS_BPF_H

#define CTRACE_BPF
#include "bpf/kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "bpf/event.h"

enum traced_flag {
	TRACED_ANNOUNCED = 1 << 0,    /* its THREAD event went out */
	TRACED_BLOCKED = 1 << 1,      /* its BLOCK event went out, no WAKE since */
	TRACED_WAKE_PENDING = 1 << 2, /* was woken while not blocked */
	TRACED_MET = 1 << 3,	      /* its MET event went out */
};

/* What is remembered of a traced thread; that it exists says it is traced. */
struct traced {
	__u32 flags; /* enum traced_flag */
	__u32 skipped_cnt;
	__u64 ownerless[2]; /* futexes without owner it waited on last; see has_no_owner_again() */
};

struct threads_map {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct traced);
};

struct events_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
};

/* Processes to attach to, whose threads are met by the snapshot, or not to: enum probe_target. */
struct targets_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PROBE_TARGET_MAX);
	__type(key, __u32);
	__type(value, __u8);
};

extern struct threads_map threads SEC(".maps");
extern struct events_map events SEC(".maps");
extern struct targets_map targets SEC(".maps");

/* Knobs, set before loading. */
extern const volatile __s64
	preempt_count_offset;		    /* from struct rq to __preempt_count; 0: unknown */
extern const volatile bool has_rdonly_cast; /* kfunc bpf_rdonly_cast() is there */
extern const volatile __u8 syscall_takes_fd[PROBE_SYSCALL_MAX];

/* Counters; user space reads them through the mapping of .bss. */
extern struct probe_memory memory;
extern struct probe_counters counters[PROBE_CPU_MAX];
extern __u64 lost_pending[LOST_CAUSE_MAX]; /* lost, and no LOST event says so yet */

/*
 * Whose registers user space wants to read next: a bit for each, by its tid modulo the number of
 * bits. User space sets them through the mapping, and leaves out who merely has the same bit.
 */
extern __u64 wanted_bits[PROBE_WANTED_BITS / 64];

#endif /* CTRACE_MAPS_BPF_H */
