/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps, knobs and counters that the probes share. */
#include "bpf/maps.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct threads_map threads SEC(".maps");
struct events_map events SEC(".maps");
struct targets_map targets SEC(".maps");

const volatile __s64 preempt_count_offset = 0;
const volatile bool has_rdonly_cast = false;
const volatile __u8 syscall_takes_fd[PROBE_SYSCALL_MAX] = {};

struct probe_memory memory = {};
struct probe_counters counters[PROBE_CPU_MAX] = {};
__u64 lost_pending[LOST_CAUSE_MAX] = {};
__u64 wanted_bits[PROBE_WANTED_BITS / 64] = {};
