/* SPDX-License-Identifier: GPL-2.0-only */
/* The one way out: reserve a record, fill in its header, count it. */
#ifndef CTRACE_EMIT_BPF_H
#define CTRACE_EMIT_BPF_H

#include "bpf/maps.bpf.h"

static __always_inline struct probe_counters *emit_counters(void)
{
	return &counters[bpf_get_smp_processor_id() & (PROBE_CPU_MAX - 1)];
}

static __always_inline void emit_count_lost(enum lost_cause cause)
{
	__sync_fetch_and_add(&emit_counters()->lost[cause], 1);
	__sync_fetch_and_add(&lost_pending[cause], 1);
}

/*
 * Say in the stream, where it happened, how many events are missing. The place is taken
 * before the count: a CPU that finds nothing to tell of its loss any more has been told of
 * before whatever it emits next.
 */
static __noinline int emit_lost(enum lost_cause cause)
{
	struct ev_lost *ev;
	__u64 cnt;

	if (cause >= LOST_CAUSE_MAX)
		return 0;
	ev = bpf_ringbuf_reserve(&events, sizeof(*ev), 0);
	if (!ev)
		return 0;
	cnt = __sync_lock_test_and_set(&lost_pending[cause], 0);
	if (!cnt) {
		bpf_ringbuf_discard(ev, BPF_RB_NO_WAKEUP);
		return 0;
	}
	*ev = (struct ev_lost){ .cause = cause, .cnt = cnt };
	ev->hdr.ts_ns = bpf_ktime_get_ns();
	ev->hdr.kind = EV_LOST;
	ev->hdr.cpu = bpf_get_smp_processor_id();
	bpf_ringbuf_submit(ev, BPF_RB_NO_WAKEUP);
	return 0;
}

/*
 * Reserve a record of constant size about tid. NULL when the ring is full: that
 * is counted here, so callers just return. The time is taken after reserving, so
 * that times follow the order of the ring but for what interrupts put between.
 */
static __always_inline void *emit_reserve(enum event_kind kind, __u32 tid, __u64 size)
{
	struct ev_hdr *hdr;

	__sync_fetch_and_add(&emit_counters()->generated, 1);
	if (lost_pending[LOST_RING_FULL])
		emit_lost(LOST_RING_FULL);
	if (lost_pending[LOST_STORAGE])
		emit_lost(LOST_STORAGE);

	hdr = bpf_ringbuf_reserve(&events, size, 0);
	if (!hdr) {
		emit_count_lost(LOST_RING_FULL);
		return 0;
	}
	hdr->ts_ns = bpf_ktime_get_ns();
	hdr->tid = tid;
	hdr->kind = kind;
	hdr->flags = 0;
	hdr->cpu = bpf_get_smp_processor_id();
	return hdr;
}

/* Never wake the reader for one event: measured, that makes the program 2.3 x slower. */
static __always_inline void emit_submit(void *ev)
{
	bpf_ringbuf_submit(ev, BPF_RB_NO_WAKEUP);
}

#endif /* CTRACE_EMIT_BPF_H */
